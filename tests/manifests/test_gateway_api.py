"""`kubectl apply -k istio/gateway-api`: the same hosts and rules as `istio`, said in the words of the Gateway API."""

import re
from typing import Any

import pytest

from app.colours import COLOURS
from tests.manifests.authorization import GATEWAY
from tests.manifests.colours import (
    check_blue_and_green_differ_in_colour_and_release_alone,
    check_what_both_share_treats_them_alike,
)
from tests.manifests.conftest import GATEWAY_API
from tests.manifests.rendering import Object, Objects, labels_of, name_of, namespace, of_kind, one
from tests.manifests.routing import DOMAIN, NOT_FOUND, PATTERNS, STAYS, behind

GROUP = "gateway.networking.k8s.io"


@pytest.fixture
def objects(rendered) -> Objects:
    return rendered[GATEWAY_API]  # type: ignore[no-any-return]


def answered_by(objects: Objects, host: str, cookie: str = "") -> Any:
    """`blue`, `green` or `both`, by the pods behind the first rule that matches; or NOT_FOUND."""
    rule = rule_for(objects, host, cookie)
    if rule is None:
        return NOT_FOUND
    [backend] = rule["backendRefs"]
    return behind_service(objects, backend)


def rule_for(objects: Objects, host: str, cookie: str = "") -> Object | None:
    rules = [rule for each in routes(objects) if host in each["spec"]["hostnames"] for rule in each["spec"]["rules"]]
    return next((rule for rule in rules if accepts(rule, cookie)), None)


def behind_service(objects: Objects, backend: Object) -> str:
    """`blue`, `green` or `both`, by the Service's selector and the certificates it is trusted for."""
    assert backend["port"] == one(objects, "Service", backend["name"])["spec"]["ports"][0]["port"]
    policy = one(objects, "DestinationRule", backend["name"])["spec"]["trafficPolicy"]
    return behind(objects, backend["name"], {}, policy["tls"]["subjectAltNames"])


def routes(objects: Objects) -> Objects:
    return of_kind(objects, "HTTPRoute")


def accepts(rule: Object, cookie: str) -> bool:
    [match] = rule["matches"]
    assert match["path"] == {"type": "PathPrefix", "value": "/"}
    if "headers" not in match:
        return True
    [header] = match["headers"]
    assert (header["name"], header["type"]) == ("cookie", "RegularExpression")
    return re.fullmatch(header["value"], cookie) is not None


def test_each_colour_host_is_that_colour_whatever_the_cookie_says(objects):
    for colour in COLOURS:
        for cookie in STAYS:
            assert answered_by(objects, f"pii-demo-{colour}.{DOMAIN}", cookie) == colour


@pytest.mark.parametrize("cookie", STAYS)
def test_the_plain_host_is_both_until_a_colour_has_the_visitors_data(objects, cookie):
    assert answered_by(objects, f"pii-demo.{DOMAIN}", cookie) == STAYS[cookie]


def test_the_cookie_is_read_as_the_application_reads_it(objects):
    rules = one(objects, "HTTPRoute", "pii-demo")["spec"]["rules"]
    assert [
        match["headers"][0]["value"] for rule in rules for match in rule["matches"] if "headers" in match
    ] == PATTERNS


@pytest.mark.parametrize("host", ["example.org", DOMAIN, f"pii-demo-red.{DOMAIN}", "pii-demo"])
def test_any_other_host_is_not_found(objects, host):
    assert answered_by(objects, host) == NOT_FOUND


def check_what_is_said(objects: Objects, live: str) -> None:
    """To the web server and to the visitor, by every host."""
    said = {"set": [{"name": "x-edge-live", "value": live}]}
    to_the_page = {"type": "RequestHeaderModifier", "requestHeaderModifier": said}
    to_the_visitor = {"type": "ResponseHeaderModifier", "responseHeaderModifier": said}
    for route in routes(objects):
        for rule in route["spec"]["rules"]:
            assert rule["filters"] == [to_the_page, to_the_visitor]


def test_the_edge_says_that_neither_is_live(objects):
    check_what_is_said(objects, "both")


@pytest.mark.parametrize("live", COLOURS)
def test_a_live_colour_has_the_plain_host_whatever_the_cookie_says(rendered, live):
    switched = rendered[f"{GATEWAY_API}/live/{live}"]
    for cookie in STAYS:
        assert answered_by(switched, f"pii-demo.{DOMAIN}", cookie) == live
        for colour in COLOURS:
            assert answered_by(switched, f"pii-demo-{colour}.{DOMAIN}", cookie) == colour
    check_what_is_said(switched, live)


@pytest.mark.parametrize("cookie", STAYS)
def test_a_share_moves_new_visitors_and_nobody_with_a_cookie(rendered, cookie):
    objects, host = rendered[f"{GATEWAY_API}/live/share"], f"pii-demo.{DOMAIN}"
    if STAYS[cookie] == "both":
        rule = rule_for(objects, host, cookie)
        assert rule
        weights = {behind_service(objects, backend): backend["weight"] for backend in rule["backendRefs"]}
        assert weights == {"green": 10, "blue": 90}
    else:
        assert answered_by(objects, host, cookie) == STAYS[cookie]
    check_what_is_said(objects, "green=10")


@pytest.mark.parametrize("live", (*COLOURS, "share"))
def test_a_switch_changes_the_routes_and_nothing_else(objects, rendered, live):
    def others(rendering: Objects) -> Objects:
        return [each for each in rendering if each["kind"] != "HTTPRoute"]

    assert others(rendered[f"{GATEWAY_API}/live/{live}"]) == others(objects)


@pytest.mark.parametrize(
    "check", [check_blue_and_green_differ_in_colour_and_release_alone, check_what_both_share_treats_them_alike]
)
def test_blue_and_green_are_treated_alike(objects, check):
    check(objects)


def test_it_is_the_gateway_that_the_policies_name(objects):
    gateway = one(objects, "Gateway", "pii-demo-gateway")
    assert gateway["metadata"]["namespace"] == GATEWAY.split("/")[2]
    assert gateway["spec"]["addresses"] == [{"type": "Hostname", "value": "istio-ingressgateway"}]
    where = {"group": GROUP, "kind": "Gateway"}
    parent = where | {"name": name_of(gateway), "namespace": gateway["metadata"]["namespace"]}
    assert [each["spec"]["parentRefs"] for each in routes(objects)] == [[parent]] * 3


def test_defaults_are_written_so_that_a_second_apply_changes_nothing(objects):
    backends = [each for route in routes(objects) for rule in route["spec"]["rules"] for each in rule["backendRefs"]]
    assert len(backends) == 7
    assert all(each.items() >= {"group": "", "kind": "Service", "weight": 1}.items() for each in backends)


def test_it_takes_routes_of_our_namespace_alone(objects):
    [listener] = one(objects, "Gateway", "pii-demo-gateway")["spec"]["listeners"]
    ours = {"kubernetes.io/metadata.name": namespace(objects)}
    assert listener["allowedRoutes"] == {"namespaces": {"from": "Selector", "selector": {"matchLabels": ours}}}
    assert (listener["port"], listener["protocol"]) == (80, "HTTP")
    assert {each["metadata"]["namespace"] for each in routes(objects)} == {namespace(objects)}


@pytest.mark.parametrize("colour", COLOURS)
def test_a_colours_own_service_is_connected_to_as_its_subset_of_the_shared_one_is(objects, colour):
    own, shared = (one(objects, "DestinationRule", name)["spec"] for name in (f"httpd-server-{colour}", "httpd-server"))
    [subset] = [each for each in shared["subsets"] if each["name"] == colour]
    assert own == {
        "host": f"httpd-server-{colour}.{namespace(objects)}.svc.cluster.local",
        "trafficPolicy": shared["trafficPolicy"] | subset["trafficPolicy"],
    }


def test_all_else_is_as_in_the_mesh_but_for_what_it_stands_for(rendered, objects):
    def is_edge(each: Object) -> bool:
        return labels_of(each).get("app.kubernetes.io/component") == "edge"

    ours = {f"httpd-server-{colour}" for colour in COLOURS}
    added = [each for each in objects if each["kind"] == "DestinationRule" and name_of(each) in ours]
    assert [each for each in objects if not is_edge(each) and each not in added] == [
        each for each in rendered["istio"] if not is_edge(each)
    ]
    assert {each["apiVersion"] for each in objects if is_edge(each)} == {f"{GROUP}/v1"}
