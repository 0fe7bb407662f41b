"""Each wrong edit that one could make to the manifests makes a check fail; and the checks pass before it."""

from typing import Any

import jsonpatch
import pytest

from tests.manifests.checks import ISTIO
from tests.manifests.colours import check_blue_and_green_differ_in_colour_and_release_alone
from tests.manifests.rendering import Objects, name_of

# Not the one that compares blue with green: it would find every edit of one of them, and none that was made in both.
CHECKS = [check for check in ISTIO if check is not check_blue_and_green_differ_in_colour_and_release_alone]
GONE = object()
ANYONE = [{"source": {"principals": ["*"]}}]
GREEN_PRINCIPAL = "cluster.local/ns/pii-demo/sa/httpd-server-green"
BLUE, GREEN = "httpd-server-blue", "httpd-server-green"
POD = "/spec/template/spec"
WEB = f"{POD}/containers/0"

# What, where in it, and what stands there instead. Without a path the whole object goes.
ROUTING = [
    ("VirtualService pii-demo-blue", "/spec/http/0/route/0/destination/subset", "green"),
    ("VirtualService pii-demo-blue", "/spec/http/0/route/0/destination/subset", "red"),
    ("VirtualService pii-demo-blue", "/spec/http/0/route/0/destination/host", "httpd-server"),
    ("VirtualService pii-demo-blue", "/spec/http/0/retries/retryOn", "5xx"),
    ("VirtualService pii-demo-blue", "/spec/hosts/0", "pii-demo-blue"),
    ("VirtualService pii-demo-green", "", GONE),
    ("VirtualService pii-demo", "/spec/http/0", GONE),
    ("VirtualService pii-demo", "/spec/http/0/match/0/headers/cookie/regex", ".*pii-demo-colour=blue.*"),
    ("VirtualService pii-demo", "/spec/http/1/route/0/destination/subset", "blue"),
    ("VirtualService pii-demo", "/spec/http/2", GONE),
    ("VirtualService pii-demo", "/spec/http/2/headers", GONE),
    ("VirtualService pii-demo", "/spec/gateways", ["mesh", "pii-demo-gateway"]),
    ("VirtualService httpd-server", "/spec/http/0/route/0/destination/subset", "green"),
    ("VirtualService httpd-server", "/spec/http/0/match/0/sourceLabels/version", "green"),
    ("VirtualService httpd-server", "/spec/http/2", GONE),
    ("VirtualService httpd-server", "/spec/http/2/directResponse/status", 200),
    ("VirtualService mysql-server", "/spec/tcp/0/route/0/destination/subset", "green"),
    ("VirtualService mysql-server", "/spec/tcp/1/match", GONE),
    ("VirtualService mysql-server", "", GONE),
    ("DestinationRule httpd-server", "/spec/subsets/0/labels/version", "green"),
    ("DestinationRule httpd-server", "/spec/subsets/1", GONE),
    ("DestinationRule httpd-server", "/spec/trafficPolicy/loadBalancer/simple", "LEAST_REQUEST"),
    ("DestinationRule httpd-server", "/spec/trafficPolicy/connectionPool/http/idleTimeout", "90s"),
    ("DestinationRule httpd-server", "/spec/trafficPolicy/outlierDetection/maxEjectionPercent", 100),
    ("DestinationRule mysql-server", "/spec/trafficPolicy/tls/mode", "DISABLE"),
    ("Sidecar default", "/spec/inboundConnectionPool/http/idleTimeout", "3600s"),
    ("Gateway pii-demo-gateway", "/spec/servers/0/hosts", ["*"]),
    ("Gateway pii-demo-gateway", "/spec/servers/0/port/number", 8080),
]
ISOLATION = [
    ("PeerAuthentication default", "", GONE),
    ("PeerAuthentication default", "/spec/mtls/mode", "PERMISSIVE"),
    ("AuthorizationPolicy default-deny", "", GONE),
    ("AuthorizationPolicy default-deny", "/spec", {"rules": [{}]}),
    (f"AuthorizationPolicy {BLUE}", "", GONE),
    (f"AuthorizationPolicy {BLUE}", "/spec/rules/0/from", ANYONE),
    (f"AuthorizationPolicy {BLUE}", "/spec/rules/0/from/0", GONE),
    (
        f"AuthorizationPolicy {BLUE}",
        "/spec/rules/0/from/1/source/principals/0",
        f"cluster.local/ns/pii-demo/sa/{GREEN}",
    ),
    (f"AuthorizationPolicy {BLUE}", "/spec/rules/0/to", GONE),
    (f"AuthorizationPolicy {BLUE}", "/spec/selector/matchLabels/version", GONE),
    ("AuthorizationPolicy mysql-server-blue", "", GONE),
    ("AuthorizationPolicy mysql-server-blue", "/spec/rules/0/to/0/operation", {"methods": ["GET"]}),
    ("AuthorizationPolicy mysql-server-green", "/spec/selector/matchLabels/version", "blue"),
    ("NetworkPolicy default-deny", "", GONE),
    ("NetworkPolicy default-deny", "/spec/policyTypes/1", GONE),
    ("NetworkPolicy dns", "", GONE),
    ("NetworkPolicy istiod", "", GONE),
    ("NetworkPolicy sidecar-metrics", "", GONE),
    (f"NetworkPolicy {BLUE}", "/spec/ingress/0/ports/0/port", 80),
    (f"NetworkPolicy {BLUE}", "/spec/egress/0/to/0/podSelector/matchLabels/version", GONE),
    (f"NetworkPolicy {BLUE}", "/spec/egress/1", GONE),
    ("NetworkPolicy mysql-server-blue", "/spec/ingress/0/from", GONE),
    ("NetworkPolicy mysql-server-blue", "/spec/ingress/0/from/0/podSelector/matchLabels/app", GONE),
    ("NetworkPolicy mysql-server-blue", "/spec/ingress/0/from/0/podSelector/matchLabels/version", "green"),
]
REFERENCES = [
    ("Service httpd-server", "/spec/selector", {"app": "httpd-server", "version": "blue"}),
    ("Service httpd-server", "/spec/ports/0/name", "http"),
    ("Service httpd-server", "/spec/ports/0/nodePort", 30081),
    ("Service mysql-server", "/spec/ports/0/name", "mysql"),
    ("Service mysql-server-blue", "/spec/selector/version", GONE),
    ("Service mysql-server-blue", "", GONE),
    ("ServiceAccount httpd-server-green", "", GONE),
    (f"Deployment {GREEN}", f"{POD}/serviceAccountName", BLUE),
    (f"Deployment {GREEN}", f"{WEB}/ports/0/name", "web"),
    (f"Deployment {GREEN}", f"{WEB}/env/7/valueFrom/secretKeyRef/key", "MYSQL_ROOT_PASSWORD"),
    (f"Deployment {GREEN}", f"{WEB}/env/7/valueFrom/secretKeyRef/name", "mysql-server-blue"),
    (f"Deployment {GREEN}", f"{WEB}/volumeMounts/0/name", "labels"),
    ("StatefulSet mysql-server-green", f"{POD}/volumes/0/configMap/name", "mysql-initdb-green"),
    ("StatefulSet mysql-server-green", "/spec/serviceName", "mysql"),
    ("StatefulSet mysql-server-green", "/metadata/namespace", "default"),
    (f"PodDisruptionBudget {BLUE}", "/spec/selector", GONE),
]
PODS = [
    (f"Deployment {BLUE}", f"{WEB}/image", "pii-demo:1.0.0-green"),
    (f"Deployment {BLUE}", f"{WEB}/image", "pii-demo:latest"),
    (f"Deployment {BLUE}", "/spec/template/metadata/labels/app.kubernetes.io~1version", "0.9.0"),
    (f"Deployment {BLUE}", "/spec/template/metadata/labels/service.istio.io~1canonical-revision", GONE),
    (f"Deployment {BLUE}", "/metadata/labels/app.kubernetes.io~1component", GONE),
    (f"Deployment {BLUE}", f"{WEB}/env/3", GONE),
    (f"Deployment {BLUE}", f"{WEB}/env/2/value", "http://httpd-server-blue/version"),
    (f"Deployment {BLUE}", f"{WEB}/resources/limits", GONE),
    (f"Deployment {BLUE}", f"{WEB}/startupProbe", GONE),
    (f"Deployment {BLUE}", f"{WEB}/readinessProbe/httpGet/path", "/livez"),
    (f"Deployment {BLUE}", f"{WEB}/readinessProbe/timeoutSeconds", 1),
    (f"Deployment {BLUE}", f"{WEB}/lifecycle", GONE),
    (f"Deployment {BLUE}", f"{POD}/terminationGracePeriodSeconds", 30),
    (f"Deployment {BLUE}", "/spec/strategy/rollingUpdate/maxUnavailable", 1),
    (f"Deployment {BLUE}", f"{POD}/topologySpreadConstraints/0/whenUnsatisfiable", "DoNotSchedule"),
    (f"Deployment {BLUE}", f"{WEB}/securityContext/readOnlyRootFilesystem", GONE),
    (f"Deployment {BLUE}", f"{WEB}/securityContext/capabilities", GONE),
    (f"Deployment {BLUE}", f"{POD}/securityContext/seccompProfile", GONE),
    (f"Deployment {BLUE}", f"{POD}/automountServiceAccountToken", True),
    (f"Deployment {BLUE}", f"{POD}/volumes/0/downwardAPI/items/0", GONE),
    ("Deployment httpd-server-blue", "", GONE),
    ("StatefulSet mysql-server-blue", f"{POD}/securityContext/runAsUser", 0),
    ("StatefulSet mysql-server-blue", f"{POD}/securityContext/fsGroup", GONE),
    ("StatefulSet mysql-server-blue", f"{WEB}/startupProbe/exec/command/2", "mysqladmin ping"),
    ("StatefulSet mysql-server-blue", f"{WEB}/image", "mysql:9.8"),
    ("StatefulSet mysql-server-blue", "/spec/volumeClaimTemplates", []),
    ("Namespace pii-demo", "/metadata/labels/istio-injection", GONE),
    ("Namespace pii-demo", "/metadata/labels/pod-security.kubernetes.io~1enforce", "baseline"),
]


def mutated(objects: Objects, what: str, path: str, value: Any) -> Objects:
    kind, name = what.split()
    [position] = [i for i, each in enumerate(objects) if (each["kind"], name_of(each)) == (kind, name)]
    if not path:
        return objects[:position] + objects[position + 1 :]
    edit = {"op": "remove", "path": path} if value is GONE else {"op": "replace", "path": path, "value": value}
    return [*objects[:position], jsonpatch.apply_patch(objects[position], [edit]), *objects[position + 1 :]]


def failing(objects: Objects) -> list[str]:
    return [check.__name__ for check in CHECKS if fails(check, objects)]


def fails(check, objects: Objects) -> bool:
    try:
        check(objects)
    except (AssertionError, LookupError, StopIteration, ValueError):
        return True
    return False


def test_nothing_fails_before_a_mutation(rendered):
    assert failing(rendered["istio"]) == []


@pytest.mark.parametrize(("what", "path", "value"), ROUTING + ISOLATION + REFERENCES + PODS)
def test_a_wrong_edit_is_found(rendered, what, path, value):
    objects = mutated(rendered["istio"], what, path, value)
    assert objects != rendered["istio"]
    assert failing(objects)
