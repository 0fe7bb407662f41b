"""All that the manifests may say, so that nothing stands there that the other checks would not have read."""

from typing import Any

from app.colours import COLOURS
from tests.manifests.colours import RECOMMENDED
from tests.manifests.rendering import (
    Labels,
    Objects,
    container,
    labels_of,
    mysqls,
    name_of,
    of_istio,
    of_kind,
    pod,
    web_servers,
    workloads,
)

KINDS = {
    "ConfigMap",
    "Deployment",
    "Namespace",
    "NetworkPolicy",
    "PodDisruptionBudget",
    "Service",
    "ServiceAccount",
    "StatefulSet",
}
NAMESPACE_LABELS = {"app.kubernetes.io/part-of", "istio-injection", "pod-security.kubernetes.io/enforce"}
LABELS = RECOMMENDED | {"app", "version"}
MESH_LABELS = LABELS | {"service.istio.io/canonical-revision"}
MESH_ANNOTATIONS = {"proxy.istio.io/config": "holdApplicationUntilProxyStarts: true\n"}

WORKLOAD = {
    "Deployment": {"replicas", "selector", "strategy", "template"},
    # Without persistentVolumeClaimRetentionPolicy the claim stays.
    "StatefulSet": {
        "podManagementPolicy",
        "replicas",
        "selector",
        "serviceName",
        "template",
        "volumeClaimTemplates",
    },
}
CLAIM = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "status": {"phase": "Pending"}}
POD = {
    "automountServiceAccountToken",
    "containers",
    "enableServiceLinks",
    "securityContext",
    "serviceAccountName",
    "terminationGracePeriodSeconds",
    "topologySpreadConstraints",
    "volumes",
}
CONTAINER = {
    "env",
    "image",
    "lifecycle",
    "livenessProbe",
    "name",
    "ports",
    "readinessProbe",
    "resources",
    "securityContext",
    "startupProbe",
    "volumeMounts",
}

HOST = {"hosts", "gateways"}
HTTP = {
    "http.route.destination.host",
    "http.route.destination.subset",
    "http.retries.attempts",
    "http.retries.retryOn",
    "http.headers.request.set.x-edge-live",
    "http.headers.response.set.x-edge-live",
}
DESTINATION = {
    "host",
    "subsets.name",
    "subsets.labels.version",
    "subsets.trafficPolicy.tls.mode",
    "subsets.trafficPolicy.tls.subjectAltNames",
    "trafficPolicy.connectionPool.tcp.connectTimeout",
    "trafficPolicy.loadBalancer.simple",
    "trafficPolicy.tls.mode",
    "trafficPolicy.tls.subjectAltNames",
}
# Of a TCP port only the caller and the port can be told: Istio would drop whatever else a rule says.
AUTHORIZATION = {
    "selector.matchLabels.app",
    "selector.matchLabels.version",
    "rules.from.source.principals",
    "rules.to.operation.ports",
}
ISTIO = {
    "Gateway pii-demo-gateway": {
        "selector.istio",
        "servers.hosts",
        "servers.port.name",
        "servers.port.number",
        "servers.port.protocol",
    },
    "VirtualService pii-demo": {
        *HOST,
        *HTTP,
        "http.name",
        "http.match.headers.cookie.regex",
        "http.route.weight",
    },
    **{f"VirtualService pii-demo-{colour}": HOST | HTTP for colour in COLOURS},
    "VirtualService httpd-server": {
        *HOST,
        *HTTP,
        "http.name",
        "http.match.sourceLabels.version",
        "http.directResponse.status",
        "http.directResponse.body.string",
    },
    "VirtualService mysql-server": {
        *HOST,
        "tcp.match.sourceLabels.version",
        "tcp.route.destination.host",
        "tcp.route.destination.subset",
    },
    "DestinationRule httpd-server": {
        *DESTINATION,
        "trafficPolicy.connectionPool.http.idleTimeout",
        "trafficPolicy.loadBalancer.localityLbSetting.enabled",
        "trafficPolicy.outlierDetection.baseEjectionTime",
        "trafficPolicy.outlierDetection.consecutive5xxErrors",
        "trafficPolicy.outlierDetection.consecutiveGatewayErrors",
        "trafficPolicy.outlierDetection.consecutiveLocalOriginFailures",
        "trafficPolicy.outlierDetection.interval",
        "trafficPolicy.outlierDetection.maxEjectionPercent",
        "trafficPolicy.outlierDetection.splitExternalLocalOriginErrors",
    },
    "DestinationRule mysql-server": DESTINATION,
    "Sidecar default": {"egress.hosts", "inboundConnectionPool.http.idleTimeout", "outboundTrafficPolicy.mode"},
    "PeerAuthentication default": {"mtls.mode"},
    "AuthorizationPolicy default-deny": {""},
    **{
        f"AuthorizationPolicy {app}-{colour}": AUTHORIZATION
        for app in ("httpd-server", "mysql-server")
        for colour in COLOURS
    },
}


def fields(value: Any, path: str = "") -> set[str]:
    """The dotted paths of all that is said; the items of a list have one path, and what is empty counts."""
    if not value or not isinstance(value, (dict, list)):
        return {path}
    if isinstance(value, list):
        return {field for item in value for field in fields(item, path)}
    return {field for key, item in value.items() for field in fields(item, f"{path}.{key}".removeprefix("."))}


def check_nothing_else_is_there(objects: Objects) -> None:
    assert {each["kind"] for each in objects if not of_istio(each)} == KINDS


def check_the_mesh_is_told_nothing_more(objects: Objects) -> None:
    for each in filter(of_istio, objects):
        name = f"{each['kind']} {name_of(each)}"
        assert fields(each["spec"]) <= ISTIO[name], name


def check_a_workload_is_told_nothing_more(objects: Objects) -> None:
    for each in workloads(objects):
        assert each["spec"].keys() == WORKLOAD[each["kind"]]
        assert pod(each)["spec"].keys() <= POD
        assert container(each).keys() <= CONTAINER


def check_labels_are_the_known_ones_and_no_object_is_annotated(objects: Objects) -> None:
    for each in objects:
        assert labels_of(each).keys() <= (NAMESPACE_LABELS if each["kind"] == "Namespace" else LABELS)
        assert "annotations" not in each["metadata"]


def check_pods_have_the_known_labels_and_no_annotation(objects: Objects) -> None:
    check_metadata_of_pods(objects, LABELS, {})


def check_in_the_mesh_pods_have_the_meshs_label_and_annotation_too(objects: Objects) -> None:
    check_metadata_of_pods(objects, MESH_LABELS, MESH_ANNOTATIONS)


def check_metadata_of_pods(objects: Objects, labels: set[str], annotations: Labels) -> None:
    for each in workloads(objects):
        assert labels_of(pod(each)).keys() == labels
        assert pod(each)["metadata"].get("annotations", {}) == annotations


def check_defaults_are_written_if_kubectl_would_apply_them_again_and_again(objects: Objects) -> None:
    """Else a second apply says "configured", as it always does of a PodDisruptionBudget. Tried on a cluster."""
    for each in of_kind(objects, "NetworkPolicy"):
        rules = each["spec"].get("ingress", []) + each["spec"].get("egress", [])
        assert all("protocol" in port for rule in rules for port in rule["ports"]), name_of(each)
    for web in web_servers(objects):
        assert "type" in web["spec"]["strategy"]
        items = [
            item for volume in pod(web)["spec"]["volumes"] for item in volume.get("downwardAPI", {}).get("items", [])
        ]
        assert all(item["fieldRef"]["apiVersion"] == "v1" for item in items)
    for mysql in mysqls(objects):
        [claim] = mysql["spec"]["volumeClaimTemplates"]
        assert {key: claim.get(key) for key in CLAIM} == CLAIM
        assert "volumeMode" in claim["spec"]


CHECKS = [
    check_nothing_else_is_there,
    check_defaults_are_written_if_kubectl_would_apply_them_again_and_again,
    check_a_workload_is_told_nothing_more,
    check_labels_are_the_known_ones_and_no_object_is_annotated,
]
WITHOUT_MESH = [check_pods_have_the_known_labels_and_no_annotation]
IN_THE_MESH = [check_the_mesh_is_told_nothing_more, check_in_the_mesh_pods_have_the_meshs_label_and_annotation_too]
