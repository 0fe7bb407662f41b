"""What has to be true of every pod."""

import runpy

from tests.manifests.rendering import Object, Objects, container, environment, name_of, of_kind, pod, workloads
from tests.one_machine import ROOT

LOCKED = {
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "capabilities": {"drop": ["ALL"]},
}
RESTRICTED_VOLUMES = {"name", "configMap", "downwardAPI", "emptyDir"}
ARTICLE_WEB = {"requests": {"cpu": "10m", "memory": "64Mi"}, "limits": {"cpu": "100m", "memory": "128Mi"}}
PROBES = {"startupProbe", "readinessProbe", "livenessProbe"}


def webs(objects: Objects) -> Objects:
    return of_kind(objects, "Deployment")


def mysqls(objects: Objects) -> Objects:
    return of_kind(objects, "StatefulSet")


def check_the_workloads_are_a_web_and_a_mysql_of_each_colour(objects: Objects) -> None:
    assert {name_of(each) for each in webs(objects)} == {"httpd-server-blue", "httpd-server-green"}
    assert {name_of(each) for each in mysqls(objects)} == {"mysql-server-blue", "mysql-server-green"}


def check_pods_are_restricted(objects: Objects) -> None:
    for each in workloads(objects):
        spec = pod(each)["spec"]
        assert container(each)["securityContext"] == LOCKED
        assert spec["securityContext"]["runAsNonRoot"] is True
        assert spec["securityContext"]["runAsUser"] > 0
        assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert not spec.keys() & {"hostNetwork", "hostPID", "hostIPC"}
        assert {key for volume in spec["volumes"] for key in volume} <= RESTRICTED_VOLUMES
    [namespace] = of_kind(objects, "Namespace")
    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"


def check_no_pod_has_a_token_or_the_variables_of_services(objects: Objects) -> None:
    for each in workloads(objects):
        assert pod(each)["spec"]["automountServiceAccountToken"] is False
        assert pod(each)["spec"]["enableServiceLinks"] is False
    for account in of_kind(objects, "ServiceAccount"):
        assert account["automountServiceAccountToken"] is False


def check_containers_have_requests_and_limits(objects: Objects) -> None:
    for each in workloads(objects):
        for kind in ("requests", "limits"):
            assert container(each)["resources"][kind].keys() == {"cpu", "memory"}
    for web in webs(objects):
        assert container(web)["resources"] == ARTICLE_WEB


def check_webs_are_probed_over_http(objects: Objects) -> None:
    for web in webs(objects):
        probes = {name: container(web).get(name, {}) for name in PROBES}
        paths = {name: probe.get("httpGet") for name, probe in probes.items()}
        assert paths == {
            "startupProbe": {"path": "/livez", "port": "http"},
            "readinessProbe": {"path": "/readyz", "port": "http"},
            "livenessProbe": {"path": "/livez", "port": "http"},
        }
        # The web itself takes 5 s to say that its database hangs.
        assert probes["readinessProbe"]["timeoutSeconds"] > 5
        assert seconds(probes["startupProbe"]) >= 120
        assert seconds(probes["livenessProbe"]) >= 60


def check_mysqls_are_probed_over_tcp_without_a_password_in_the_command(objects: Objects) -> None:
    for mysql in mysqls(objects):
        for name in PROBES:
            command = " ".join(container(mysql)[name]["exec"]["command"])
            assert "--host=127.0.0.1" in command
            assert "--password" not in command
        assert seconds(container(mysql)["startupProbe"]) >= 600
        for name in ("startupProbe", "readinessProbe"):
            assert "FROM marker" in container(mysql)[name]["exec"]["command"][-1]


def seconds(probe: Object) -> int:
    """For how long it may fail."""
    return int(probe["periodSeconds"] * probe["failureThreshold"])


def check_a_rollout_loses_no_request(objects: Objects) -> None:
    graceful = runpy.run_path(str(ROOT / "app/gunicorn.conf.py"))["graceful_timeout"]
    for web in webs(objects):
        leaving = container(web)["lifecycle"]["preStop"]["sleep"]["seconds"]
        assert leaving >= 5
        assert pod(web)["spec"]["terminationGracePeriodSeconds"] > leaving + graceful
        assert web["spec"]["strategy"]["rollingUpdate"] == {"maxSurge": 1, "maxUnavailable": 0}
    for mysql in mysqls(objects):
        assert pod(mysql)["spec"]["terminationGracePeriodSeconds"] >= 60


def check_pods_are_spread_where_there_is_more_than_one_node(objects: Objects) -> None:
    for web in webs(objects):
        [spread] = pod(web)["spec"]["topologySpreadConstraints"]
        assert spread["whenUnsatisfiable"] == "ScheduleAnyway"
        assert spread["topologyKey"] == "kubernetes.io/hostname"
        assert spread["labelSelector"]["matchLabels"] == web["spec"]["selector"]["matchLabels"]


def check_webs_know_who_they_are(objects: Objects) -> None:
    fields = {
        "COLOUR": "metadata.labels['version']",
        "POD_NAME": "metadata.name",
        "POD_NAMESPACE": "metadata.namespace",
        "NODE_NAME": "spec.nodeName",
    }
    for web in webs(objects):
        given = environment(web)
        assert {name: given[name] for name in fields} == {
            name: {"fieldRef": {"fieldPath": path}} for name, path in fields.items()
        }
        [items] = [volume["downwardAPI"]["items"] for volume in pod(web)["spec"]["volumes"] if "downwardAPI" in volume]
        paths = {item["path"]: item["fieldRef"]["fieldPath"] for item in items}
        assert paths == {"labels": "metadata.labels", "annotations": "metadata.annotations"}
        assert {"name": "podinfo", "mountPath": "/etc/podinfo", "readOnly": True} in container(web)["volumeMounts"]


def check_the_data_is_on_a_claim_that_a_release_leaves_alone(objects: Objects) -> None:
    for mysql in mysqls(objects):
        [claim] = mysql["spec"]["volumeClaimTemplates"]
        assert "app.kubernetes.io/version" not in claim["metadata"]["labels"]  # it can never be changed
        mounts = {mount["name"]: mount["mountPath"] for mount in container(mysql)["volumeMounts"]}
        assert mounts[claim["metadata"]["name"]] == "/var/lib/mysql"
        assert pod(mysql)["spec"]["securityContext"]["fsGroup"] == 999


CHECKS = [
    check_the_workloads_are_a_web_and_a_mysql_of_each_colour,
    check_pods_are_restricted,
    check_no_pod_has_a_token_or_the_variables_of_services,
    check_containers_have_requests_and_limits,
    check_webs_are_probed_over_http,
    check_mysqls_are_probed_over_tcp_without_a_password_in_the_command,
    check_a_rollout_loses_no_request,
    check_pods_are_spread_where_there_is_more_than_one_node,
    check_webs_know_who_they_are,
    check_the_data_is_on_a_claim_that_a_release_leaves_alone,
]
