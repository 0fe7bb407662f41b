"""Blue and green are one thing twice, and each knows its name, its release and its own."""

import json
import re
from typing import Any

import yaml

from app.colours import COLOURS
from edge.run import versions
from tests.manifests.rendering import Objects, container, environment, labels_of, name_of, one, pod, workloads

RECOMMENDED = {f"app.kubernetes.io/{name}" for name in ("name", "instance", "version", "component", "part-of")}
OTHER = {"blue": "green", "green": "blue"}
RELEASE = "app.kubernetes.io/version"


def of_colour(objects: Objects, colour: str) -> Objects:
    return [each for each in objects if labels_of(each).get("version") == colour]


def without_data(objects: Objects) -> Objects:
    """The files in ConfigMaps name both colours, and are compared with db/ itself."""
    return [{key: value for key, value in each.items() if key != "data"} for each in objects]


def check_blue_and_green_differ_in_colour_and_release_alone(objects: Objects) -> None:
    blue, green = (yaml.safe_dump_all(without_data(of_colour(objects, colour))) for colour in COLOURS)
    assert blue
    assert blue.replace(versions()["blue"], versions()["green"]).replace("blue", "green") == green


def in_any_order(part: Any) -> str:
    """A text that is the same for parts which differ only in the order of lists, and of words in a text."""
    if isinstance(part, dict):
        return str(sorted((key, in_any_order(value)) for key, value in part.items()))
    return str(sorted(map(in_any_order, part) if isinstance(part, list) else re.split(r"\b", str(part))))


def exchanged(part: Any) -> Any:
    """The same with blue for green, and green for blue."""
    return json.loads(re.sub("blue|green", lambda found: OTHER[found[0]], json.dumps(part)))


def check_what_both_share_treats_them_alike(objects: Objects) -> None:
    for each in objects:
        if "version" not in labels_of(each):
            assert in_any_order(exchanged(each)) == in_any_order(each), name_of(each)


def check_whatever_is_named_for_a_colour_is_labelled_so(objects: Objects) -> None:
    for colour in COLOURS:
        assert [each for each in objects if f"-{colour}" in name_of(each)] == of_colour(objects, colour)


def check_the_recommended_labels_are_there(objects: Objects) -> None:
    kubernetes = [each for each in objects if "istio.io" not in each["apiVersion"] and "version" in labels_of(each)]
    for each in [*kubernetes, *map(pod, workloads(objects))]:
        assert labels_of(each).keys() >= RECOMMENDED | {"app", "version"}
        assert labels_of(each)["app.kubernetes.io/name"] == labels_of(each)["app"]
        assert labels_of(each)["app.kubernetes.io/instance"] == labels_of(each)["version"]
    for each in objects:
        assert labels_of(each)["app.kubernetes.io/part-of"] == "pii-demo"


def check_the_release_is_the_one_of_versions_env(objects: Objects) -> None:
    for colour, release in versions().items():
        web = one(objects, "Deployment", f"httpd-server-{colour}")
        assert container(web)["image"].rpartition("/")[2] == f"pii-demo:{release}-{colour}"
        assert {labels_of(web)[RELEASE], labels_of(pod(web))[RELEASE]} == {release}


def check_a_release_does_not_restart_mysql(objects: Objects) -> None:
    for colour in COLOURS:
        mysql = one(objects, "StatefulSet", f"mysql-server-{colour}")
        assert labels_of(pod(mysql))[RELEASE] == container(mysql)["image"].partition(":")[2]


def check_each_web_server_is_told_its_own_colours_names(objects: Objects) -> None:
    """Without a mesh. The kubelet puts the colour in."""
    for colour in COLOURS:
        given = environment(one(objects, "Deployment", f"httpd-server-{colour}"))
        assert next(iter(given)) == "COLOUR"  # only what stands before it is put into a variable
        assert one(objects, "Service", given["MYSQL_HOST"].replace("$(COLOUR)", colour))
        assert given["MYSQL_HOST"] == "mysql-server-$(COLOUR)"
        assert given["PEER_URL"] == "http://httpd-server-$(COLOUR)/version"
        assert given["MYSQL_TLS"] == "on"


def check_in_the_mesh_each_web_server_is_told_the_shared_names(objects: Objects) -> None:
    for colour in COLOURS:
        given = environment(one(objects, "Deployment", f"httpd-server-{colour}"))
        assert given["MYSQL_HOST"] == "mysql-server"
        assert given["PEER_URL"] == "http://httpd-server/version"
        assert given["MYSQL_TLS"] == "off"


def check_the_graph_of_the_mesh_shows_colours(objects: Objects) -> None:
    """The sidecars name a workload by these two, and would take the release before the colour."""
    for each in workloads(objects):
        labels = labels_of(pod(each))
        assert labels["service.istio.io/canonical-revision"] == labels["version"]
        assert labels["app.kubernetes.io/name"] == labels["app"]


CHECKS = [
    check_blue_and_green_differ_in_colour_and_release_alone,
    check_what_both_share_treats_them_alike,
    check_whatever_is_named_for_a_colour_is_labelled_so,
    check_the_recommended_labels_are_there,
    check_the_release_is_the_one_of_versions_env,
    check_a_release_does_not_restart_mysql,
]
WITHOUT_MESH = [check_each_web_server_is_told_its_own_colours_names]
IN_THE_MESH = [check_in_the_mesh_each_web_server_is_told_the_shared_names, check_the_graph_of_the_mesh_shows_colours]
