"""Whatever is named exists, and whatever is selected is what was meant."""

from collections.abc import Iterator

from app.colours import COLOURS
from tests.manifests.rendering import (
    Labels,
    Object,
    Objects,
    container,
    environment,
    labels_of,
    name_of,
    names,
    namespace,
    of_kind,
    one,
    pod,
    selected,
    workloads,
)
from tests.manifests.test_secrets import KEYS
from tests.support.one_machine import ROOT

PORTS = {
    "httpd-server": {"name": "http", "containerPort": 8080},
    "mysql-server": {"name": "mysql", "containerPort": 3306},
}
SERVICE_PORTS = {"httpd-server": ("http-80", 80, "http", None), "mysql-server": ("tcp-3306", 3306, "mysql", "tcp")}


def selectors(objects: Objects) -> Iterator[tuple[Object, Labels | None]]:
    """Every object that selects pods of its own namespace, with its selector."""
    for each in of_kind(objects, "Service"):
        yield each, each["spec"]["selector"]
    for each in of_kind(objects, "Deployment", "StatefulSet", "PodDisruptionBudget"):
        yield each, each["spec"]["selector"]["matchLabels"]
    for each in of_kind(objects, "NetworkPolicy"):
        yield each, each["spec"]["podSelector"].get("matchLabels")
    for each in of_kind(objects, "AuthorizationPolicy", "PeerAuthentication"):
        yield each, each["spec"].get("selector", {}).get("matchLabels")


def check_every_selector_matches_exactly_what_its_name_says(objects: Objects) -> None:
    everything = names(workloads(objects))
    for each, selector in selectors(objects):
        name = name_of(each)
        shared = {f"{name}-{colour}" for colour in COLOURS}
        meant = {name} if name in everything else shared if shared <= everything else everything
        assert selected(objects, selector) == meant, f"{each['kind']} {name} selects {selected(objects, selector)}"


def check_services_have_the_articles_names_and_ports(objects: Objects) -> None:
    for app, (name, number, target, protocol) in SERVICE_PORTS.items():
        for service in (app, *(f"{app}-{colour}" for colour in COLOURS)):
            spec = one(objects, "Service", service)["spec"]
            assert spec.keys() - {"type"} == {"ports", "selector"}
            assert spec.get("type") == ("NodePort" if service == "httpd-server" else None)
            [port] = spec["ports"]
            found = (port["name"], port["port"], port["targetPort"], port.get("appProtocol"))
            assert found == (name, number, target, protocol)
    [port] = one(objects, "Service", "httpd-server")["spec"]["ports"]
    assert port["nodePort"] == 30080


def check_every_port_that_is_named_exists(objects: Objects) -> None:
    for each in workloads(objects):
        app = labels_of(pod(each))["app"]
        assert container(each)["ports"] == [PORTS[app]]


def check_every_account_exists_and_is_of_one_workload_alone(objects: Objects) -> None:
    accounts = [pod(each)["spec"]["serviceAccountName"] for each in workloads(objects)]
    assert accounts == [name_of(each) for each in workloads(objects)]
    assert set(accounts) == names(of_kind(objects, "ServiceAccount"))


def check_every_secret_and_key_is_one_that_make_secrets_creates(objects: Objects) -> None:
    for each in workloads(objects):
        secret = f"mysql-server-{labels_of(pod(each))['version']}"
        variables = {name: value for name, value in environment(each).items() if "secretKeyRef" in value}
        files = [volume["secret"] for volume in pod(each)["spec"]["volumes"] if "secret" in volume]
        if each["kind"] == "StatefulSet":
            assert (variables, files) == ({}, [{"secretName": secret}])
            assert {path.rpartition("/")[2] for path in environment(each).values() if "PASSWORD" in path} == set(KEYS)
        else:  # root's password is no business of a web server
            key = "MYSQL_PASSWORD"
            assert (variables, files) == ({key: {"secretKeyRef": {"name": secret, "key": key}}}, [])
            assert key in KEYS
    assert not of_kind(objects, "Secret")


def check_every_config_map_is_used_and_holds_the_files_of_db(objects: Objects) -> None:
    used = set()
    for each in of_kind(objects, "StatefulSet"):
        volumes = [volume for volume in pod(each)["spec"]["volumes"] if "configMap" in volume]
        maps = {volume["name"]: volume["configMap"]["name"] for volume in volumes}
        for volume, folder in {"initdb": "initdb.d", "conf": "conf.d", "scripts": "scripts"}.items():
            data = one(objects, "ConfigMap", maps[volume])["data"]
            assert data == {file.name: file.read_text(encoding="utf-8") for file in (ROOT / "db" / folder).iterdir()}
        used |= set(maps.values())
    assert names(of_kind(objects, "ConfigMap")) == used


def check_every_mount_has_its_volume(objects: Objects) -> None:
    for each in workloads(objects):
        claims = [claim["metadata"]["name"] for claim in each["spec"].get("volumeClaimTemplates", [])]
        volumes = [volume["name"] for volume in pod(each)["spec"]["volumes"]]
        assert sorted(mount["name"] for mount in container(each)["volumeMounts"]) == sorted(claims + volumes)


def check_each_mysql_is_governed_by_the_service_of_its_name(objects: Objects) -> None:
    for each in of_kind(objects, "StatefulSet"):
        assert each["spec"]["serviceName"] == name_of(one(objects, "Service", name_of(each)))


def check_everything_is_in_the_namespace(objects: Objects) -> None:
    elsewhere = [each for each in objects if each["metadata"].get("namespace") != namespace(objects)]
    assert elsewhere == of_kind(objects, "Namespace")


CHECKS = [
    check_every_selector_matches_exactly_what_its_name_says,
    check_services_have_the_articles_names_and_ports,
    check_every_port_that_is_named_exists,
    check_every_account_exists_and_is_of_one_workload_alone,
    check_every_secret_and_key_is_one_that_make_secrets_creates,
    check_every_config_map_is_used_and_holds_the_files_of_db,
    check_every_mount_has_its_volume,
    check_each_mysql_is_governed_by_the_service_of_its_name,
    check_everything_is_in_the_namespace,
]
