"""What has to be true of the web servers: small, always two of them, and no request is lost while one goes."""

import runpy

from tests.manifests.rendering import (
    Objects,
    container,
    environment,
    name_of,
    names,
    of_kind,
    one,
    pod,
    seconds,
    web_servers,
)
from tests.support.one_machine import ROOT

ARTICLE = {"requests": {"cpu": "10m", "memory": "64Mi"}, "limits": {"cpu": "100m", "memory": "128Mi"}}
PROBES = {
    "startupProbe": {"path": "/livez", "port": "http"},
    "readinessProbe": {"path": "/readyz", "port": "http"},
    "livenessProbe": {"path": "/livez", "port": "http"},
}
IDENTITY = {
    "COLOUR": "metadata.labels['version']",
    "POD_NAME": "metadata.name",
    "POD_NAMESPACE": "metadata.namespace",
    "NODE_NAME": "spec.nodeName",
}
DATABASE_AND_PEER = {"MYSQL_HOST", "MYSQL_PASSWORD", "MYSQL_TLS", "PEER_URL"}
PODINFO = {"labels": "metadata.labels", "annotations": "metadata.annotations"}


def check_web_servers_have_the_articles_resources(objects: Objects) -> None:
    for web in web_servers(objects):
        assert container(web)["resources"] == ARTICLE


def check_web_servers_are_probed_over_http(objects: Objects) -> None:
    for web in web_servers(objects):
        probes = {name: container(web).get(name, {}) for name in PROBES}
        assert {name: probe.get("httpGet") for name, probe in probes.items()} == PROBES
        # A web server takes 4 s to say that its database hangs.
        assert probes["readinessProbe"]["timeoutSeconds"] > 5
        assert seconds(probes["readinessProbe"]) <= 15
        assert seconds(probes["startupProbe"]) >= 120
        # A tenth of a CPU is slow, and that is no reason to start again.
        assert seconds(probes["livenessProbe"]) >= 60
        assert probes["livenessProbe"]["timeoutSeconds"] >= 10


def check_a_rollout_loses_no_request(objects: Objects) -> None:
    graceful = runpy.run_path(str(ROOT / "app/gunicorn.conf.py"))["graceful_timeout"]
    for web in web_servers(objects):
        leaving = container(web)["lifecycle"]["preStop"]["sleep"]["seconds"]
        assert leaving >= 5
        assert pod(web)["spec"]["terminationGracePeriodSeconds"] > leaving + graceful
        assert web["spec"]["strategy"] == {
            "type": "RollingUpdate",
            "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0},
        }


def check_a_drained_node_takes_one_of_at_least_two_pods(objects: Objects) -> None:
    assert names(of_kind(objects, "PodDisruptionBudget")) == names(web_servers(objects))
    for web in web_servers(objects):
        assert web["spec"]["replicas"] >= 2
        budget = one(objects, "PodDisruptionBudget", name_of(web))
        # One that is not ready, as when its MySQL goes with the same node, holds nobody up.
        taken = {"maxUnavailable": 1, "unhealthyPodEvictionPolicy": "AlwaysAllow"}
        assert budget["spec"] == {**taken, "selector": web["spec"]["selector"]}


def check_pods_are_spread_where_there_is_more_than_one_node(objects: Objects) -> None:
    for web in web_servers(objects):
        [spread] = pod(web)["spec"]["topologySpreadConstraints"]
        assert spread["whenUnsatisfiable"] == "ScheduleAnyway"
        assert spread["topologyKey"] == "kubernetes.io/hostname"
        assert spread["labelSelector"]["matchLabels"] == web["spec"]["selector"]["matchLabels"]


def check_web_servers_know_who_they_are(objects: Objects) -> None:
    for web in web_servers(objects):
        given = environment(web)
        assert given.keys() == IDENTITY.keys() | DATABASE_AND_PEER
        assert {name: given[name] for name in IDENTITY} == {
            name: {"fieldRef": {"fieldPath": path}} for name, path in IDENTITY.items()
        }
        [items] = [volume["downwardAPI"]["items"] for volume in pod(web)["spec"]["volumes"] if "downwardAPI" in volume]
        assert {item["path"]: item["fieldRef"]["fieldPath"] for item in items} == PODINFO


CHECKS = [
    check_web_servers_have_the_articles_resources,
    check_web_servers_are_probed_over_http,
    check_a_rollout_loses_no_request,
    check_a_drained_node_takes_one_of_at_least_two_pods,
    check_pods_are_spread_where_there_is_more_than_one_node,
    check_web_servers_know_who_they_are,
]
