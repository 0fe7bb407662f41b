"""What has to be true of every pod."""

from tests.manifests.rendering import Object, Objects, container, mysqls, name_of, of_kind, pod, web_servers, workloads

LOCKED = {
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "capabilities": {"drop": ["ALL"]},
}
# Of the pod, so that it holds for a sidecar, too. Not 1337: what Istio's own user sends does not go through the mesh.
USERS: dict[str, Object] = {
    "httpd-server": {"runAsUser": 10001, "runAsGroup": 10001},
    "mysql-server": {"runAsUser": 999, "runAsGroup": 999, "fsGroup": 999, "fsGroupChangePolicy": "OnRootMismatch"},
}
RESTRICTED: Object = {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}
RESTRICTED_VOLUMES = {"name", "configMap", "downwardAPI", "emptyDir", "secret"}
ROOM = {"httpd-server": {"tmp": "64Mi"}, "mysql-server": {"tmp": "256Mi", "run": "1Mi"}}
MOUNTS = {
    "httpd-server": [
        {"name": "podinfo", "mountPath": "/etc/podinfo", "readOnly": True},
        {"name": "tmp", "mountPath": "/tmp"},
    ],
    "mysql-server": [
        {"name": "data", "mountPath": "/var/lib/mysql", "subPath": "data"},
        {"name": "initdb", "mountPath": "/docker-entrypoint-initdb.d", "readOnly": True},
        {"name": "conf", "mountPath": "/etc/mysql/conf.d", "readOnly": True},
        {"name": "scripts", "mountPath": "/scripts", "readOnly": True},
        {"name": "passwords", "mountPath": "/passwords", "readOnly": True},
        {"name": "tmp", "mountPath": "/tmp"},
        {"name": "run", "mountPath": "/var/run/mysqld"},
    ],
}


def check_the_workloads_are_a_web_server_and_a_mysql_of_each_colour(objects: Objects) -> None:
    assert {name_of(each) for each in web_servers(objects)} == {"httpd-server-blue", "httpd-server-green"}
    assert {name_of(each) for each in mysqls(objects)} == {"mysql-server-blue", "mysql-server-green"}


def check_pods_are_restricted(objects: Objects) -> None:
    for each in workloads(objects):
        spec = pod(each)["spec"]
        assert container(each)["securityContext"] == LOCKED
        assert spec["securityContext"] == RESTRICTED | USERS[container(each)["name"]]
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


def check_volumes_are_mounted_where_they_are_read(objects: Objects) -> None:
    for each in workloads(objects):
        assert container(each)["volumeMounts"] == MOUNTS[container(each)["name"]]


def check_what_is_written_beside_the_data_has_room_and_a_limit(objects: Objects) -> None:
    for each in workloads(objects):
        volumes = {volume["name"]: volume.get("emptyDir") for volume in pod(each)["spec"]["volumes"]}
        limits = {name: empty["sizeLimit"] for name, empty in volumes.items() if empty}
        assert limits == ROOM[container(each)["name"]]


CHECKS = [
    check_the_workloads_are_a_web_server_and_a_mysql_of_each_colour,
    check_pods_are_restricted,
    check_no_pod_has_a_token_or_the_variables_of_services,
    check_containers_have_requests_and_limits,
    check_volumes_are_mounted_where_they_are_read,
    check_what_is_written_beside_the_data_has_room_and_a_limit,
]
