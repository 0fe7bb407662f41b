"""Where Istio would send a request: the rules are read as Istio reads them, the first that matches counts."""

import re
from typing import Any

from app.colours import COLOURS
from app.hosts import STAY_COOKIES, stay_pattern
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
from tests.support.installation import settings

DOMAIN = settings()["DOMAIN"]
SAFE_RETRIES = {"attempts": 2, "retryOn": "connect-failure,refused-stream,reset-before-request"}
NOT_FOUND = 404
NOBODY = ""  # no pod of ours
PATTERNS = [stay_pattern(name, colour) for name in STAY_COOKIES for colour in COLOURS]  # the first that matches counts

# A `Cookie` header, and who answers on the plain host.
STAYS = {
    "": "both",
    "pii-demo-colour=blue": "blue",
    "pii-demo-colour=green": "green",
    "a=b; pii-demo-colour=blue": "blue",
    "a=b;pii-demo-colour=blue; c=d": "blue",
    "pii-demo-colour=green;c=d": "green",
    "pii-demo-colour=green ; c=d": "green",
    "a=b,pii-demo-colour=green, c=d": "green",  # several headers, as they arrive
    "a=b; \tpii-demo-colour\t=\t green \t;c=d": "green",
    'pii-demo-colour="green"; c=d': "green",
    "__Host-pii-demo-colour=green": "green",
    '__Host-pii-demo-colour = "blue" ; c=d': "blue",
    # The one that only https sets comes first, then blue: one answer, whatever the order that they are sent in.
    "pii-demo-colour=blue; __Host-pii-demo-colour=green": "green",
    "__Host-pii-demo-colour=green; pii-demo-colour=blue": "green",
    "pii-demo-colour=green; pii-demo-colour=blue": "blue",
    "pii-demo-colour=blue; pii-demo-colour=green": "blue",
    "__Host-pii-demo-colour=; pii-demo-colour=green": "green",
    # None of these is the cookie.
    "xpii-demo-colour=blue": "both",
    "a=pii-demo-colour=blue": "both",
    "a=b pii-demo-colour=blue": "both",
    "PII-DEMO-COLOUR=blue": "both",
    "__Host-pii-demo-colour": "both",
    "pii-demo-colour": "both",
    "pii-demo-colour=": "both",
    "pii-demo-colour=red": "both",
    "pii-demo-colour=Blue": "both",
    "pii-demo-colour=blue2": "both",
    "pii-demo-colour='blue'": "both",
    "pii-demo-colour=blue green": "both",
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
    """The rule for a caller with these labels."""
    name = full_name(objects, app)
    [service] = [each for each in services(objects, "mesh") if each["spec"]["hosts"] == [name]]
    rules = service["spec"][kind]
    return next(rule for rule in rules if all(matches(each["sourceLabels"], labels) for each in rule.get("match", [])))


def full_name(objects: Objects, app: str) -> str:
    return f"{app}.{namespace(objects)}.svc.cluster.local"


def answered_by(objects: Objects, rule: Any) -> Any:
    """`blue`, `green` or `both`, by the subset's labels and certificates; or the status that a rule itself answers."""
    if not isinstance(rule, dict):
        return rule
    if "directResponse" in rule:
        return rule["directResponse"]["status"]
    [route] = rule["route"]
    return route_answered_by(objects, route)


def shares(objects: Objects, rule: Object) -> dict[str, int]:
    """Who answers by weighted routes, and their percentages."""
    return {route_answered_by(objects, route): route["weight"] for route in rule["route"]}


def route_answered_by(objects: Objects, route: Object) -> str:
    destination = route["destination"]
    [found] = [
        each["spec"] for each in of_kind(objects, "DestinationRule") if each["spec"]["host"] == destination["host"]
    ]
    [subset] = [each for each in found["subsets"] if each["name"] == destination.get("subset")] or [{}]
    policy = found["trafficPolicy"] | subset.get("trafficPolicy", {})
    service = destination["host"].split(".")[0]
    return behind(objects, service, subset.get("labels", {}), policy["tls"]["subjectAltNames"])


def behind(objects: Objects, service: str, labels: Labels, certificates: list[str]) -> str:
    """`blue`, `green` or `both`: who is behind a Service, has these labels and one of these certificates."""
    pods = selected(objects, one(objects, "Service", service)["spec"]["selector"] | labels)
    found = [pod(each) for each in workloads(objects) if name_of(each) in pods]
    colours = {
        labels_of(each)["version"]
        for each in found
        if certificate(objects, each["spec"]["serviceAccountName"]) in certificates
    }
    return "both" if colours == set(COLOURS) else "".join(colours)


def certificate(objects: Objects, account: str) -> str:
    """What the certificate of a pod with that ServiceAccount names."""
    return f"spiffe://cluster.local/ns/{namespace(objects)}/sa/{account}"


def check_each_colour_host_is_that_colour_whatever_the_cookie_says(objects: Objects) -> None:
    for colour in COLOURS:
        for cookie in STAYS:
            assert answered_by(objects, from_outside(objects, f"pii-demo-{colour}.{DOMAIN}", cookie)) == colour


def check_the_plain_host_is_round_robin_until_a_colour_has_the_visitors_data(objects: Objects) -> None:
    check_the_plain_host(objects, "both")


def check_the_plain_host(objects: Objects, live: str) -> None:
    for cookie, meant in STAYS.items():
        rule = from_outside(objects, f"pii-demo.{DOMAIN}", cookie)
        assert answered_by(objects, rule) == (meant if live == "both" else live), cookie
        assert rule["headers"] == {"request": said(live), "response": said(live)}


def said(live: str) -> Object:
    return {"set": {"x-edge-live": live}}


def check_the_colour_hosts_tell_their_pages_what_is_live(objects: Objects) -> None:
    check_what_the_colour_hosts_say(objects, "both")


def check_what_the_colour_hosts_say(objects: Objects, live: str) -> None:
    for colour in COLOURS:
        rule = from_outside(objects, f"pii-demo-{colour}.{DOMAIN}")
        assert rule != NOT_FOUND
        assert rule["headers"] == {"request": said(live), "response": said(live)}


def check_the_cookie_is_read_as_the_application_reads_it(objects: Objects) -> None:
    rules = one(objects, "VirtualService", "pii-demo")["spec"]["http"]
    patterns = [match["headers"]["cookie"]["regex"] for rule in rules for match in rule.get("match", [])]
    assert patterns in ([], PATTERNS)  # none while a colour is live


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
        assert answered_by(objects, from_inside(objects, "mysql-server", "tcp", labels)) == NOBODY


def check_gateway_and_mesh_are_apart(objects: Objects) -> None:
    for each in of_kind(objects, "VirtualService"):
        assert each["spec"]["gateways"] in (["mesh"], ["pii-demo-gateway"])


def check_only_what_the_web_server_cannot_have_begun_is_tried_again(objects: Objects) -> None:
    for each in of_kind(objects, "VirtualService"):
        for rule in each["spec"].get("http", []):
            assert "directResponse" in rule or rule["retries"] == SAFE_RETRIES


CHECKS = [
    check_each_colour_host_is_that_colour_whatever_the_cookie_says,
    check_the_plain_host_is_round_robin_until_a_colour_has_the_visitors_data,
    check_the_colour_hosts_tell_their_pages_what_is_live,
    check_the_cookie_is_read_as_the_application_reads_it,
    check_any_other_host_is_not_found,
    check_inside_the_mesh_a_caller_reaches_its_own_colour,
    check_inside_the_mesh_a_caller_without_a_colour_is_refused,
    check_gateway_and_mesh_are_apart,
    check_only_what_the_web_server_cannot_have_begun_is_tried_again,
]
