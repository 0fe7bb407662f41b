"""`kubectl apply -k istio`: the mesh, and the plain host switched."""

import pytest

from app.colours import COLOURS
from tests.manifests.checks import ISTIO
from tests.manifests.colours import (
    check_blue_and_green_differ_in_colour_and_release_alone,
    check_what_both_share_treats_them_alike,
    exchanged,
)
from tests.manifests.rendering import name_of, names, one
from tests.manifests.routing import (
    DOMAIN,
    STAYS,
    answered_by,
    check_the_colour_hosts_tell_their_pages_what_is_live,
    check_the_plain_host,
    check_the_plain_host_is_round_robin_until_a_colour_has_the_visitors_data,
    check_what_the_colour_hosts_say,
    from_outside,
    said,
    shares,
)

NOT_SWITCHED = {
    check_blue_and_green_differ_in_colour_and_release_alone,
    check_the_colour_hosts_tell_their_pages_what_is_live,
    check_the_plain_host_is_round_robin_until_a_colour_has_the_visitors_data,
    check_what_both_share_treats_them_alike,
}

# The folders below istio/live.
SWITCHES = (*COLOURS, "share")


@pytest.mark.parametrize("check", ISTIO)
def test_in_the_mesh(rendered, check):
    check(rendered["istio"])


@pytest.mark.parametrize("live", SWITCHES)
@pytest.mark.parametrize("check", [check for check in ISTIO if check not in NOT_SWITCHED])
def test_with_the_plain_host_switched(rendered, check, live):
    check(rendered[f"istio/live/{live}"])


@pytest.mark.parametrize("live", COLOURS)
def test_a_live_colour_has_the_plain_host_whatever_the_cookie_says(rendered, live):
    check_the_plain_host(rendered[f"istio/live/{live}"], live)
    check_what_the_colour_hosts_say(rendered[f"istio/live/{live}"], live)


def test_the_switches_differ_in_colour_alone(rendered):
    blue, green = (one(rendered[f"istio/live/{live}"], "VirtualService", "pii-demo") for live in COLOURS)
    assert exchanged(blue) == green


@pytest.mark.parametrize("cookie", STAYS)
def test_a_share_moves_new_visitors_and_nobody_with_a_cookie(rendered, cookie):
    objects = rendered["istio/live/share"]
    rule = from_outside(objects, f"pii-demo.{DOMAIN}", cookie)
    assert rule["headers"] == {"request": said("green=10"), "response": said("green=10")}
    if STAYS[cookie] == "both":
        assert shares(objects, rule) == {"green": 10, "blue": 90}
    else:
        assert answered_by(objects, rule) == STAYS[cookie]
    check_what_the_colour_hosts_say(objects, "green=10")


@pytest.mark.parametrize("live", SWITCHES)
def test_a_switch_changes_the_edge_and_nothing_else(rendered, live):
    before, after = rendered["istio"], rendered[f"istio/live/{live}"]
    assert len(before) == len(after)
    changed = [old for old, new in zip(before, after, strict=True) if old != new]
    assert {each["kind"] for each in changed} == {"VirtualService"}
    assert names(changed) == {"pii-demo", "pii-demo-blue", "pii-demo-green"}


def test_the_mesh_takes_nothing_away(rendered):
    def all_of(folder):
        return {(each["kind"], name_of(each)) for each in rendered[folder]}

    assert all_of("k8s") < all_of("istio")
