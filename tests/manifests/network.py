"""Which pods reach which by the NetworkPolicies."""

from itertools import product
from typing import NamedTuple

from tests.manifests.rendering import (
    Labels,
    Object,
    Objects,
    labels_of,
    matches,
    mysqls,
    name_of,
    of_kind,
    pod,
    web_servers,
    workloads,
)

Port = tuple[str, int]


class Peer(NamedTuple):
    """A pod, of this namespace or of another."""

    labels: Labels
    here: bool = True


PORT = {"httpd-server": 8080, "mysql-server": 3306}
DNS = {("UDP", 53), ("TCP", 53)}
CONTROL_PLANE = {("TCP", 15012)}
SIDECAR_METRICS = {("TCP", 15020), ("TCP", 15090)}

UNLABELLED: Labels = {}
OUTSIDE = None  # no pod
STRANGERS = [OUTSIDE, Peer(UNLABELLED), Peer({"app": "httpd-server"}), Peer(UNLABELLED, here=False)]
ISTIOD = Peer({"app": "istiod"}, here=False)


def pods(objects: Objects) -> list[Labels]:
    """The labels of each pod, and of one that none of the policies of a colour selects."""
    return [UNLABELLED, *(labels_of(pod(each)) for each in workloads(objects))]


def policies(objects: Objects, labels: Labels, direction: str) -> Objects:
    """The policies of that direction that select a pod with these labels."""
    specs = [each["spec"] for each in of_kind(objects, "NetworkPolicy") if direction in each["spec"]["policyTypes"]]
    assert all(spec["podSelector"].keys() <= {"matchLabels"} for spec in specs)
    return [spec for spec in specs if matches(spec["podSelector"].get("matchLabels"), labels)]


def is_for(rule: Object, key: str, peer: Peer | None) -> bool:
    """Whether a rule means that peer. Without anybody named it means everybody."""
    return not rule.get(key) or any(peer_matches(each, peer) for each in rule[key])


def peer_matches(selectors: Object, peer: Peer | None) -> bool:
    """Whether a peer is meant: a pod of this namespace, or, with a namespaceSelector, of any."""
    assert selectors.keys() <= {"podSelector", "namespaceSelector"}
    assert selectors.get("namespaceSelector", {}) == {}
    if peer is None or not (peer.here or "namespaceSelector" in selectors):
        return False
    return are_selected(selectors["podSelector"], peer.labels)


def are_selected(selector: Object, labels: Labels) -> bool:
    """Whether a podSelector selects these labels: by matchLabels, or by expressions, which kustomize leaves alone."""
    assert selector.keys() in ({"matchLabels"}, {"matchExpressions"})
    expressions = selector.get("matchExpressions", [])
    assert all(each["operator"] == "In" for each in expressions)
    return matches(selector.get("matchLabels"), labels) and all(
        labels.get(each["key"]) in each["values"] for each in expressions
    )


def ports(rule: Object) -> set[Port]:
    assert rule["ports"], "every port is open"
    assert all(each.keys() <= {"protocol", "port"} for each in rule["ports"])
    return {(each.get("protocol", "TCP"), each["port"]) for each in rule["ports"]}


def let_through(objects: Objects, direction: str, own: Labels, peer: Peer | None) -> set[Port]:
    """All ports at which the policies let a pod reach a peer (Egress), or be reached by it (Ingress)."""
    key = {"Ingress": "from", "Egress": "to"}[direction]
    found = policies(objects, own, direction)
    assert found, "a pod that no policy selects may everything"
    rules = [rule for spec in found for rule in spec.get(direction.lower(), [])]
    return {port for rule in rules if is_for(rule, key, peer) for port in ports(rule)}


def check_every_pod_is_denied_by_default(objects: Objects) -> None:
    assert {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]} in [
        each["spec"] for each in of_kind(objects, "NetworkPolicy")
    ]
    for peer in STRANGERS:
        assert let_through(objects, "Ingress", UNLABELLED, peer) <= SIDECAR_METRICS


def check_no_pod_reaches_anything_outside_but_dns(objects: Objects) -> None:
    for own, peer in product(pods(objects), STRANGERS):
        assert let_through(objects, "Egress", own, peer) == DNS


def check_a_web_server_is_reached_from_anywhere_on_its_port_alone(objects: Objects) -> None:
    for web, peer in product(web_servers(objects), STRANGERS):
        assert let_through(objects, "Ingress", labels_of(pod(web)), peer) - SIDECAR_METRICS == {("TCP", 8080)}


def check_only_pods_of_one_colour_speak_and_none_but_the_web_server_begins(objects: Objects) -> None:
    for source, target in product(workloads(objects), repeat=2):
        own, peer = labels_of(pod(source)), labels_of(pod(target))
        may = own["app"] == "httpd-server" and own["version"] == peer["version"]
        meant = {("TCP", PORT[peer["app"]])} if may else set()
        out = let_through(objects, "Egress", own, Peer(peer)) - DNS
        assert out == meant, f"{name_of(source)} to {name_of(target)}: {out}"
        assert meant <= let_through(objects, "Ingress", peer, Peer(own))


def check_no_mysql_is_reached_by_another_than_its_web_server(objects: Objects) -> None:
    for mysql in mysqls(objects):
        own = labels_of(pod(mysql))
        same = {"app": "httpd-server", "version": own["version"]}
        for peer in [*STRANGERS, Peer({"version": own["version"]}), Peer(same, here=False)]:
            assert let_through(objects, "Ingress", own, peer) <= SIDECAR_METRICS


def check_without_a_mesh_no_port_of_a_sidecar_is_open(objects: Objects) -> None:
    for own in pods(objects):
        assert let_through(objects, "Egress", own, ISTIOD) == DNS
        assert not let_through(objects, "Ingress", own, OUTSIDE) & SIDECAR_METRICS


def check_sidecars_reach_their_control_plane_and_can_be_measured(objects: Objects) -> None:
    for own in pods(objects):
        assert let_through(objects, "Egress", own, ISTIOD) == DNS | CONTROL_PLANE
        assert let_through(objects, "Ingress", own, OUTSIDE) >= SIDECAR_METRICS


CHECKS = [
    check_every_pod_is_denied_by_default,
    check_no_pod_reaches_anything_outside_but_dns,
    check_a_web_server_is_reached_from_anywhere_on_its_port_alone,
    check_only_pods_of_one_colour_speak_and_none_but_the_web_server_begins,
    check_no_mysql_is_reached_by_another_than_its_web_server,
]
WITHOUT_MESH = [check_without_a_mesh_no_port_of_a_sidecar_is_open]
IN_THE_MESH = [check_sidecars_reach_their_control_plane_and_can_be_measured]
