"""Who reaches whom by the NetworkPolicies."""

from itertools import product
from typing import Any

from tests.manifests.rendering import (
    Labels,
    Object,
    Objects,
    labels_of,
    matches,
    name_of,
    of_kind,
    pod,
    workloads,
)

PORT = {"httpd-server": 8080, "mysql-server": 3306}
OUTSIDE = None  # not a pod of this namespace
ISTIOD = {"app": "istiod"}
UNLABELLED: Labels = {}


def policies(objects: Objects, labels: Labels, direction: str) -> Objects:
    """The policies of that direction that select a pod with these labels."""
    return [
        each
        for each in of_kind(objects, "NetworkPolicy")
        if direction in each["spec"]["policyTypes"] and matches(each["spec"]["podSelector"].get("matchLabels"), labels)
    ]


def peer_matches(peer: Object, labels: Labels | None) -> bool:
    """Whether a peer is meant: a pod of this namespace, or, with a namespaceSelector, of any."""
    assert peer.keys() <= {"podSelector", "namespaceSelector"}
    assert peer.get("namespaceSelector", {}) == {}
    return labels is not None and matches(peer["podSelector"]["matchLabels"], labels)


def passes(objects: Objects, direction: str, own: Labels, peer: Labels | None, port: int) -> bool:
    """Whether the policies let a pod speak to a peer (Egress) or be spoken to by it (Ingress)."""
    key = {"Ingress": "from", "Egress": "to"}[direction]
    rules: list[Any] = []
    for policy in policies(objects, own, direction):
        rules += policy["spec"].get(direction.lower(), [])
    return any(
        port in [each["port"] for each in rule["ports"]]
        and (key not in rule or any(peer_matches(each, peer) for each in rule[key]))
        for rule in rules
    )


def check_every_pod_is_denied_by_default(objects: Objects) -> None:
    assert {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]} in [
        each["spec"] for each in of_kind(objects, "NetworkPolicy")
    ]
    for direction in ("Ingress", "Egress"):
        assert policies(objects, UNLABELLED, direction)
    for port in (8080, 3306, 443, 15012):
        assert not passes(objects, "Ingress", UNLABELLED, OUTSIDE, port)
        assert not passes(objects, "Egress", UNLABELLED, OUTSIDE, port)


def check_a_web_is_reached_from_anywhere_on_its_port_alone(objects: Objects) -> None:
    for each in of_kind(objects, "Deployment"):
        for peer in (OUTSIDE, UNLABELLED):
            assert passes(objects, "Ingress", labels_of(pod(each)), peer, 8080)
            assert not passes(objects, "Ingress", labels_of(pod(each)), peer, 8000)


def check_only_pods_of_one_colour_speak_and_none_but_the_web_begins(objects: Objects) -> None:
    for source, target in product(workloads(objects), repeat=2):
        own, peer = labels_of(pod(source)), labels_of(pod(target))
        port = PORT[peer["app"]]
        meant = own["app"] == "httpd-server" and own["version"] == peer["version"]
        found = passes(objects, "Egress", own, peer, port) and passes(objects, "Ingress", peer, own, port)
        assert found == meant, f"{name_of(source)} to {name_of(target)}: {found}"
        assert passes(objects, "Egress", own, peer, port) == meant


def check_no_mysql_is_reached_by_another_than_its_web(objects: Objects) -> None:
    for each in of_kind(objects, "StatefulSet"):
        own = labels_of(pod(each))
        others = [OUTSIDE, UNLABELLED, {"version": own["version"]}, {"app": "httpd-server"}]
        assert not any(passes(objects, "Ingress", own, other, 3306) for other in others)


def check_every_pod_may_ask_dns(objects: Objects) -> None:
    for each in workloads(objects):
        assert passes(objects, "Egress", labels_of(pod(each)), OUTSIDE, 53)


def check_sidecars_reach_their_control_plane_and_can_be_measured(objects: Objects) -> None:
    for own in [UNLABELLED, *(labels_of(pod(each)) for each in workloads(objects))]:
        assert passes(objects, "Egress", own, ISTIOD, 15012)
        assert not passes(objects, "Egress", own, OUTSIDE, 15012)
        for port in (15020, 15090):
            assert passes(objects, "Ingress", own, OUTSIDE, port)


CHECKS = [
    check_every_pod_is_denied_by_default,
    check_a_web_is_reached_from_anywhere_on_its_port_alone,
    check_only_pods_of_one_colour_speak_and_none_but_the_web_begins,
    check_no_mysql_is_reached_by_another_than_its_web,
    check_every_pod_may_ask_dns,
]
IN_THE_MESH = [check_sidecars_reach_their_control_plane_and_can_be_measured]
