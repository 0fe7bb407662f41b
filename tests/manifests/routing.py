"""Where Istio would send a request: the rules are read as Istio reads them, the first that matches counts."""

import re
from typing import Any

from app.colours import COLOURS
from tests.manifests.rendering import (
    Labels,
    Object,
    Objects,
    labels_of,
    matches,
    name_of,
    namespace,
    of_kind,
    one,
    pod,
    selected,
    workloads,
)

DOMAIN = "apps.hl.test"
COOKIE = "pii-demo-colour="
SAFE_RETRIES = {"attempts": 2, "retryOn": "connect-failure,refused-stream,reset-before-request"}
NOT_FOUND = 404
COLOUR_HOSTS = {f"pii-demo-{colour}": {"": colour, "blue": colour, "green": colour} for colour in COLOURS}
PLAIN_HOST = {
    "both": {"": "both", "blue": "blue", "green": "green"},
    "blue": {"": "blue", "blue": "blue", "green": "blue"},
    "green": {"": "green", "blue": "green", "green": "green"},
}


def services(objects: Objects, gateway: str) -> Objects:
    """The VirtualServices that hold for a gateway, or for the `mesh`."""
    return [each for each in of_kind(objects, "VirtualService") if gateway in each["spec"]["gateways"]]


def from_outside(objects: Objects, host: str, cookie: str = "") -> Any:
    """The rule for a request at the ingress gateway; NOT_FOUND where there is none."""
    [server] = one(objects, "Gateway", "pii-demo-gateway")["spec"]["servers"]
    found = [each for each in services(objects, "pii-demo-gateway") if host in each["spec"]["hosts"]]
    if host not in server["hosts"] or not found:
        return NOT_FOUND
    [service] = found
    return next(rule for rule in service["spec"]["http"] if accepts(rule, cookie))


def accepts(rule: Object, cookie: str) -> bool:
    if "match" not in rule:
        return True
    [match] = rule["match"]
    return re.fullmatch(match["headers"]["cookie"]["regex"], cookie) is not None


def from_inside(objects: Objects, app: str, kind: str, labels: Labels) -> Any:
    """The rule for a caller with these labels; None where no rule is for it."""
    name = full_name(objects, app)
    [service] = [each for each in services(objects, "mesh") if each["spec"]["hosts"] == [name]]
    for rule in service["spec"][kind]:
        if all(matches(match["sourceLabels"], labels) for match in rule.get("match", [])):
            return rule
    return None


def full_name(objects: Objects, app: str) -> str:
    return f"{app}.{namespace(objects)}.svc.cluster.local"


def answered_by(objects: Objects, rule: Any) -> Any:
    """`blue`, `green` or `both`, by the labels of the subset; or the status of a rule that answers itself."""
    if not isinstance(rule, dict):
        return rule
    if "directResponse" in rule:
        return rule["directResponse"]["status"]
    [route] = rule["route"]
    destination = route["destination"]
    subset = destination.get("subset")
    rules = [each["spec"] for each in of_kind(objects, "DestinationRule")]
    [subsets] = [rule["subsets"] for rule in rules if rule["host"] == destination["host"]]
    labels = {each["name"]: each["labels"] for each in subsets}[subset] if subset else {}
    return behind(objects, destination["host"].split(".")[0], labels)


def behind(objects: Objects, service: str, labels: Labels) -> str:
    """`blue`, `green` or `both`: whose pods are behind a Service, or those of them that have these labels."""
    pods = selected(objects, one(objects, "Service", service)["spec"]["selector"] | labels)
    colours = {labels_of(pod(each))["version"] for each in workloads(objects) if name_of(each) in pods}
    return "both" if colours == set(COLOURS) else "".join(colours)


def check_each_colour_host_is_that_colour(objects: Objects) -> None:
    for host, answers in COLOUR_HOSTS.items():
        for cookie, meant in answers.items():
            assert answered_by(objects, from_outside(objects, f"{host}.{DOMAIN}", COOKIE + cookie)) == meant


def check_the_plain_host_is_round_robin_until_a_colour_has_the_visitors_data(objects: Objects) -> None:
    check_the_plain_host(objects, "both")


def check_the_plain_host(objects: Objects, live: str) -> None:
    for colour, meant in PLAIN_HOST[live].items():
        for cookies in ("{}", "a=b; {}", "a=b;{}; c=d", "{};c=d"):
            rule = from_outside(objects, f"pii-demo.{DOMAIN}", cookies.format(COOKIE + colour))
            assert answered_by(objects, rule) == meant
            assert rule["headers"] == {"response": {"set": {"x-edge-live": live}}}
    for cookie in ("", "x" + COOKIE + "blue", COOKIE + "red", COOKIE + "blue2", "a=" + COOKIE + "blue"):
        assert answered_by(objects, from_outside(objects, f"pii-demo.{DOMAIN}", cookie)) == PLAIN_HOST[live][""]


def check_any_other_host_is_not_found(objects: Objects) -> None:
    inside = full_name(objects, "httpd-server")
    for host in ("example.org", DOMAIN, f"pii-demo-red.{DOMAIN}", f"x.pii-demo.{DOMAIN}", "pii-demo", inside):
        assert answered_by(objects, from_outside(objects, host)) == NOT_FOUND
    [server] = one(objects, "Gateway", "pii-demo-gateway")["spec"]["servers"]
    hosts = {host for each in services(objects, "pii-demo-gateway") for host in each["spec"]["hosts"]}
    assert hosts == set(server["hosts"])
    assert (server["port"]["number"], server["port"]["protocol"]) == (80, "HTTP")


def check_inside_the_mesh_a_caller_reaches_its_own_colour(objects: Objects) -> None:
    for colour in COLOURS:
        for app, kind in (("httpd-server", "http"), ("mysql-server", "tcp")):
            assert answered_by(objects, from_inside(objects, app, kind, {"version": colour})) == colour


def check_inside_the_mesh_a_caller_without_a_colour_is_refused(objects: Objects) -> None:
    for labels in ({}, {"version": "red"}, {"app": "httpd-server"}):
        assert answered_by(objects, from_inside(objects, "httpd-server", "http", labels)) == 403
        assert from_inside(objects, "mysql-server", "tcp", labels) is None


def check_gateway_and_mesh_are_apart(objects: Objects) -> None:
    for each in of_kind(objects, "VirtualService"):
        assert each["spec"]["gateways"] in (["mesh"], ["pii-demo-gateway"])


def check_only_what_the_web_cannot_have_begun_is_tried_again(objects: Objects) -> None:
    for each in of_kind(objects, "VirtualService"):
        for rule in each["spec"].get("http", []):
            assert "directResponse" in rule or rule["retries"] == SAFE_RETRIES


CHECKS = [
    check_each_colour_host_is_that_colour,
    check_the_plain_host_is_round_robin_until_a_colour_has_the_visitors_data,
    check_any_other_host_is_not_found,
    check_inside_the_mesh_a_caller_reaches_its_own_colour,
    check_inside_the_mesh_a_caller_without_a_colour_is_refused,
    check_gateway_and_mesh_are_apart,
    check_only_what_the_web_cannot_have_begun_is_tried_again,
]
