"""`kubectl apply -k istio/break/…`: one thing is wrong on purpose, and nothing else changes."""

import pytest

from app.colours import COLOURS
from tests.manifests.conftest import BROKEN
from tests.manifests.rendering import names
from tests.manifests.routing import DOMAIN, STAYS, answered_by, from_outside

INJECTED = {
    "errors": {"abort": {"httpStatus": 500, "percentage": {"value": 50}}},
    "slow": {"delay": {"fixedDelay": "800ms", "percentage": {"value": 100}}},
}
CHANGED = {"pii-demo", "pii-demo-green"}


@pytest.mark.parametrize("folder", BROKEN)
def test_a_fault_changes_the_edge_and_nothing_else(rendered, folder):
    changed = [new for old, new in zip(rendered["istio"], rendered[folder], strict=True) if old != new]
    assert {each["kind"] for each in changed} == {"VirtualService"}
    assert names(changed) == ({"pii-demo-blue"} if folder.endswith("wrong-route") else CHANGED)


@pytest.mark.parametrize("fault", INJECTED)
def test_a_bad_release_is_met_wherever_a_rule_leads_to_green(rendered, fault):
    objects = rendered[f"istio/break/{fault}"]
    hosts = [*((f"pii-demo-{colour}.{DOMAIN}", "") for colour in COLOURS), *((f"pii-demo.{DOMAIN}", c) for c in STAYS)]
    for host, cookie in hosts:
        rule = from_outside(objects, host, cookie)
        assert rule.get("fault") == (INJECTED[fault] if answered_by(objects, rule) == "green" else None)


def test_a_wrong_route_leads_from_blues_host_to_green(rendered):
    objects = rendered["istio/break/wrong-route"]
    for colour in COLOURS:
        assert answered_by(objects, from_outside(objects, f"pii-demo-{colour}.{DOMAIN}")) == "green"
