"""The stage: the deployment as this visitor meets it, still and moving."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from app.colours import COLOURS
from edge.run import versions
from tests.support.one_machine import OneMachine
from tests.support.waiting import eventually

WAYS: dict[str, Any] = {
    "light": {},
    "dark": {"color_scheme": "dark"},
    "forced-colours": {"forced_colors": "active"},
    "no-script": {"java_script_enabled": False},
    "still": {"reduced_motion": "reduce"},
}


@pytest.fixture
def switched(one_machine: OneMachine):
    """Both colours, which take turns again afterwards."""
    yield one_machine
    one_machine.switch("both")


def column(page: Page, colour: str):
    return page.locator(f".column[data-colour={colour}]")


def answered(page: Page) -> str:
    return str(page.locator("html").get_attribute("class"))


def test_on_the_plain_host_both_answer_in_turn_and_are_seen_to(one_machine, page):
    page.goto(one_machine.host("plain"))
    expect(page.locator("#edge")).to_contain_text("both take turns")
    for colour in COLOURS:
        expect(column(page, colour)).to_have_class(re.compile("newest"))
        expect(column(page, colour).locator("[data-fact=version]")).to_have_text(versions()[colour])
        expect(column(page, colour).locator("[data-fact=pod]")).to_have_text(f"httpd-server-{colour}")


# Whatever is added to the page is kept: one that travels is there for a moment only.
WATCH = """
    window.travelled = [];
    new MutationObserver((changes) => {
        const added = changes.flatMap((change) => [...change.addedNodes]);
        travelled.push(...added.filter((each) => each.classList?.contains("traveller")));
    }).observe(document, { childList: true, subtree: true });
"""


def test_an_answer_travels_from_the_edge_to_its_server_and_is_gone(one_machine, page):
    page.add_init_script(WATCH)
    page.goto(one_machine.host("blue"))

    @eventually
    def one_was_there():
        assert page.evaluate("travelled.some((each) => each.classList.contains('blue') && !each.isConnected)")

    one_was_there()
    assert not page.evaluate("travelled.some((each) => each.classList.contains('green'))")


def test_with_reduced_motion_nothing_travels(one_machine, chromium):
    with chromium.new_context(reduced_motion="reduce") as context:
        page = context.new_page()
        page.add_init_script(WATCH)
        page.goto(one_machine.host("plain"))
        for colour in COLOURS:
            expect(column(page, colour)).to_have_class(re.compile("newest"))
        assert page.evaluate("travelled.length") == 0


def test_a_request_that_fails_is_said_until_one_is_answered(one_machine, page):
    page.route("**/version", lambda route: route.fulfill(status=503))
    page.goto(one_machine.host("blue"))
    expect(page.locator("#trouble")).to_have_text("The newest request failed: HTTP 503")
    page.unroute("**/version")
    expect(page.locator("#trouble")).to_be_empty()


@pytest.mark.parametrize("colour", COLOURS)
def test_a_colour_host_reaches_that_colour_alone(one_machine, page, colour):
    page.goto(one_machine.host(colour))
    expect(page.locator("#edge")).to_contain_text(f"{colour}, by its name")
    expect(page.locator(".reached")).to_have_count(1)
    expect(column(page, colour)).to_have_class(re.compile("reached"))


def test_a_switch_is_seen_as_it_happens_and_then_on_every_page(switched, page, screenshots):
    page.goto(switched.host("plain"))
    assert switched.switch("green").returncode == 0
    live = page.locator("header .live")
    expect(live).to_have_text(re.compile(r"^\s*green is live\s*$"), use_inner_text=True)
    expect(page.locator("#edge")).to_contain_text("green is live", use_inner_text=True)
    for path in ("/", "/users", "/users/new", "/colours", "/traffic", "/nowhere"):
        for host in ("plain", *COLOURS):
            page.goto(switched.host(host) + path)
            expect(live).to_have_text(re.compile(r"^\s*green is live\s*$"), use_inner_text=True)
    page.goto(switched.host("plain"))
    expect(page.locator(".reached")).to_have_count(1)
    page.screenshot(path=screenshots / "plain-live.png", full_page=True)


@pytest.mark.parametrize("colour", COLOURS)
def test_a_switch_is_seen_on_a_colours_own_host_as_well(switched, page, colour):
    page.goto(switched.host(colour))
    assert switched.switch("green").returncode == 0
    expect(page.locator("header .live")).to_have_text(re.compile(r"^\s*green is live\s*$"), use_inner_text=True)


def test_a_share_is_seen_as_it_changes_and_then_on_every_page(switched, page):
    page.goto(switched.host("plain"))
    live = page.locator("header .live")
    for share in ("10", "25"):
        assert switched.switch("green", share).returncode == 0
        expect(live).to_have_text(re.compile(rf"^\s*{share}% to green\s*$"), use_inner_text=True)
        expect(page.locator("#edge")).to_contain_text(f"{share}% to green", use_inner_text=True)
    for host in ("plain", *COLOURS):
        page.goto(switched.host(host) + "/users")
        expect(live).to_have_text(re.compile(r"^\s*25% to green\s*$"), use_inner_text=True)
    page.goto(switched.host("plain"))
    expect(page.locator(".reached")).to_have_count(2)


def test_without_a_script_it_is_still_and_true(one_machine, chromium):
    with chromium.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(one_machine.host("plain"))
        expect(column(page, answered(page))).to_contain_text("answered this page")
        expect(page.locator(".reached")).to_have_count(2)
        expect(page.locator("#edge")).to_contain_text("both take turns")


def test_one_who_has_stored_something_is_led_there_by_a_cookie(one_machine, page, context):
    plain = one_machine.host("plain")
    context.add_cookies([{"name": "pii-demo-colour", "value": "green", "url": plain}])
    page.goto(plain)
    expect(page.locator("#edge")).to_contain_text("green, by your cookie")
    expect(page.locator(".reached")).to_have_count(1)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("width", [320, 375, 1280])
def test_it_fits_and_keeps_the_name_and_mark_of_each_colour(one_machine, chromium, screenshots, way, width):
    with chromium.new_context(viewport={"width": width, "height": 720}, **WAYS[way]) as context:
        page = context.new_page()
        page.goto(one_machine.host("plain"))
        for colour in COLOURS.values():
            box = column(page, colour.name).locator(".server")
            expect(box.locator("strong")).to_have_text(colour.name)
            expect(box.locator(".mark path")).to_have_attribute("d", colour.shape)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        blue, green = (column(page, colour).locator(".server").bounding_box() for colour in COLOURS)
        assert abs(blue["width"] - green["width"]) < 1
        assert blue["x"] + blue["width"] < green["x"]
        page.screenshot(path=screenshots / f"home-{way}-{width}.png", full_page=True)


def test_on_paper_it_keeps_them_too(one_machine, page, screenshots):
    page.emulate_media(media="print", color_scheme="dark")
    page.goto(one_machine.host("blue"))
    expect(page.locator(".who strong")).to_have_css("color", "rgb(0, 0, 0)")
    expect(page.locator(".who svg")).to_be_visible()
    expect(page.locator("nav")).to_be_hidden()
    page.screenshot(path=screenshots / "home-print.png", full_page=True)
