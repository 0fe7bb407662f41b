"""How the mesh connects to the pods that a rule has chosen."""

import runpy

from app.colours import COLOURS
from tests.manifests.rendering import Objects, of_kind, one
from tests.manifests.routing import certificate, full_name
from tests.support.one_machine import ROOT


def in_seconds(duration: str) -> int:
    """A duration that is given in whole seconds."""
    return int(duration.removesuffix("s"))


def check_destinations_are_balanced_in_turn(objects: Objects) -> None:
    hosts = [each["spec"]["host"] for each in of_kind(objects, "DestinationRule")]
    assert hosts == [full_name(objects, app) for app in ("httpd-server", "mysql-server")]
    for each in of_kind(objects, "DestinationRule"):
        assert each["spec"]["trafficPolicy"]["loadBalancer"]["simple"] == "ROUND_ROBIN"


def check_a_colour_is_whoever_has_its_certificate_and_not_its_label_alone(objects: Objects) -> None:
    for app in ("httpd-server", "mysql-server"):
        spec = one(objects, "DestinationRule", app)["spec"]
        meant = {colour: [certificate(objects, f"{app}-{colour}")] for colour in COLOURS}
        policies = {each["name"]: each["trafficPolicy"] for each in spec["subsets"] if each["name"] in COLOURS}
        # Nothing but `tls`: Istio takes each field that a subset leaves out from the rule's own policy.
        assert policies == {
            colour: {"tls": {"mode": "ISTIO_MUTUAL", "subjectAltNames": names}} for colour, names in meant.items()
        }
        both = [name for names in meant.values() for name in names]
        assert spec["trafficPolicy"]["tls"] == {"mode": "ISTIO_MUTUAL", "subjectAltNames": both}


def check_a_pod_reaches_the_two_shared_names_and_nothing_else(objects: Objects) -> None:
    spec = one(objects, "Sidecar", "default")["spec"]
    assert spec["outboundTrafficPolicy"] == {"mode": "REGISTRY_ONLY"}
    assert spec["egress"] == [{"hosts": [f"./{full_name(objects, app)}" for app in ("httpd-server", "mysql-server")]}]


def check_a_pod_that_cannot_be_reached_is_given_up_soon_but_not_at_once(objects: Objects) -> None:
    for each in of_kind(objects, "DestinationRule"):
        assert 1 <= in_seconds(each["spec"]["trafficPolicy"]["connectionPool"]["tcp"]["connectTimeout"]) <= 5


def check_idle_connections_are_closed_before_the_web_server_closes_them(objects: Objects) -> None:
    keepalive = runpy.run_path(str(ROOT / "app/gunicorn.conf.py"))["keepalive"]
    pools = [
        one(objects, "DestinationRule", "httpd-server")["spec"]["trafficPolicy"]["connectionPool"],
        one(objects, "Sidecar", "default")["spec"]["inboundConnectionPool"],
    ]
    for pool in pools:
        assert in_seconds(pool["http"]["idleTimeout"]) < keepalive


def check_only_pods_that_cannot_be_reached_are_left_out_and_never_the_only_one(objects: Objects) -> None:
    policy = one(objects, "DestinationRule", "httpd-server")["spec"]["trafficPolicy"]
    detection = policy["outlierDetection"]
    assert detection["maxEjectionPercent"] <= 50
    assert detection["splitExternalLocalOriginErrors"] is True
    assert detection["consecutiveLocalOriginFailures"] >= 3
    assert in_seconds(detection["interval"]) <= 10
    assert in_seconds(detection["baseEjectionTime"]) <= 30
    assert detection["consecutive5xxErrors"] == detection["consecutiveGatewayErrors"] == 0
    # Which outlier detection would switch on: the colour of the gateway's own zone would come first.
    assert policy["loadBalancer"]["localityLbSetting"] == {"enabled": False}


CHECKS = [
    check_destinations_are_balanced_in_turn,
    check_a_colour_is_whoever_has_its_certificate_and_not_its_label_alone,
    check_a_pod_reaches_the_two_shared_names_and_nothing_else,
    check_a_pod_that_cannot_be_reached_is_given_up_soon_but_not_at_once,
    check_idle_connections_are_closed_before_the_web_server_closes_them,
    check_only_pods_that_cannot_be_reached_are_left_out_and_never_the_only_one,
]
