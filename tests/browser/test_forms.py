"""The form as a person uses it."""

import base64
import re

import pytest
from playwright.sync_api import Page, expect

from tests.support.examples import ADA

COLOURS = ["blue", "green"]
LONGEST = {
    "firstname": "W" * 30,
    "lastname": "M" * 30,
    "email": f"{'w' * 38}@example.org",
    "age": "150",
    "location": "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysilio",
}


def fill(page: Page, **details: str) -> None:
    for name, value in (ADA | details).items():
        page.locator(f"#{name}").fill(value)


def press(page: Page, name: str) -> None:
    page.locator("main").get_by_role("button", name=name).click()


@pytest.mark.parametrize("colour", COLOURS)
def test_create_find_edit_delete(one_machine, page, screenshots, colour):
    def shoot(name: str) -> None:
        page.wait_for_load_state()
        page.screenshot(path=screenshots / f"{colour}-{name}.png")

    page.goto(one_machine.host(colour))
    expect(page).to_have_title(re.compile(f"{colour} .* Home"))
    shoot("home")

    page.get_by_role("main").get_by_role("link", name="Create").click()
    shoot("create")
    fill(page, firstname=f"Ada 🦊 {colour}", age="361")
    press(page, "Store")
    expect(page.get_by_text("Enter a whole number from 0 to 150")).to_be_visible()
    expect(page.locator("#firstname")).to_have_value(f"Ada 🦊 {colour}")
    shoot("create-refused")
    page.locator("#age").fill("36")
    press(page, "Store")
    expect(page.get_by_role("status")).to_have_text("Stored.")
    expect(page).to_have_url(re.compile("/users/[0-9a-f-]{36}"))
    shoot("user")

    page.get_by_role("link", name="Read").click()
    page.get_by_label("Location").fill("Lond")
    page.get_by_label("Match").select_option("prefix")
    press(page, "Find")
    expect(page.get_by_role("rowheader", name=f"Ada 🦊 {colour} Lovelace")).to_have_count(1)
    shoot("read")

    page.get_by_role("link", name=f"Edit Ada 🦊 {colour} Lovelace").click()
    page.locator("#location").fill("Paris")
    press(page, "Save")
    expect(page.get_by_role("status")).to_have_text("Saved.")
    expect(page.locator("#location")).to_have_value("Paris")
    shoot("update")

    page.get_by_role("link", name="Delete this user").click()
    shoot("delete")
    press(page, "Delete")
    expect(page.get_by_role("status")).to_have_text("Deleted.")
    page.goto(one_machine.host(colour) + "/nowhere")
    shoot("not-found")


def test_a_record_stored_on_blue_is_found_on_blue_and_not_on_green(one_machine, page):
    page.goto(one_machine.host("blue") + "/users/new")
    fill(page, location="Only on blue")
    press(page, "Store")
    for colour, found in (("blue", 1), ("green", 0)):
        page.goto(one_machine.host(colour) + "/users?location=Only+on+blue")
        expect(page.get_by_role("rowheader", name="Ada Lovelace")).to_have_count(found)


def test_on_the_plain_host_the_visitor_stays_and_can_leave(one_machine, page, screenshots):
    page.goto(one_machine.host("plain") + "/users/new")
    fill(page)
    press(page, "Store")
    expect(page.get_by_role("status")).to_have_text("Stored.")
    colour = page.locator("html").get_attribute("class")
    for _ in range(4):
        page.goto(one_machine.host("plain"))
        expect(page.get_by_text(f"You stay on {colour}, where you stored something.")).to_be_visible()
    page.screenshot(path=screenshots / "plain-stay.png")
    page.get_by_role("button", name=f"Leave {colour}").click()
    expect(page.get_by_text("the other colour may answer your next request")).to_be_visible()
    page.screenshot(path=screenshots / "plain-round-robin.png")


def test_a_second_click_while_the_first_is_under_way_sends_nothing(one_machine, page):
    """Else two requests could reach two colours: on the plain host each would store a user."""
    page.goto(one_machine.host("plain") + "/users/new")
    fill(page)
    prevented = page.evaluate(
        """() => {
            const prevented = [];
            // After the page's own listener: what it has let through goes no further than this.
            addEventListener("submit", (event) => { prevented.push(event.defaultPrevented); event.preventDefault(); });
            const button = document.querySelector("main button");
            button.click();
            button.click();
            return prevented;
        }"""
    )
    assert prevented == [False, True]


def test_a_stale_edit_shows_both_values(one_machine, page, context, screenshots):
    page.goto(one_machine.host("blue") + "/users/new")
    fill(page)
    press(page, "Store")
    other = context.new_page()
    other.goto(page.url)
    other.locator("#location").fill("Paris")
    press(other, "Save")
    page.locator("#location").fill("Rome")
    press(page, "Save")
    expect(page.get_by_text("Stored now: Paris")).to_be_visible()
    expect(page.locator("#location")).to_have_value("Rome")
    page.screenshot(path=screenshots / "blue-stale.png")


def test_a_page_of_another_site_cannot_send_the_form(one_machine, page, screenshots):
    target = one_machine.host("blue") + "/users/new"
    page.goto("data:text/html," + f'<form method=post action="{target}"><button>Win</button></form>')
    page.get_by_role("button").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("403 Forbidden")
    page.screenshot(path=screenshots / "blue-forbidden.png")


def test_it_works_without_javascript(one_machine, chromium):
    with chromium.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(one_machine.host("green") + "/users/new")
        fill(page, location="No script")
        press(page, "Store")
        expect(page.get_by_role("status")).to_have_text("Stored.")
        page.get_by_role("link", name="Delete this user").click()
        press(page, "Delete")
        expect(page.get_by_role("status")).to_have_text("Deleted.")


@pytest.fixture(scope="module")
def addresses(one_machine) -> list[str]:
    """Every kind of page, one of them with a user."""
    with one_machine.client("pii-demo-blue.localhost") as client:
        user = client.post("/users/new", data=LONGEST).headers["Location"].partition("?")[0]
    return ["/", "/users/new", "/users", user, f"{user}/delete", "/colours", "/nowhere"]


# How many of the pages on each host: the others read the same, and contrast is tested in tests/app/test_colours.py.
@pytest.mark.parametrize("some", [("blue", 7), ("green", 3), ("plain", 1)], ids=lambda some: some[0])
def test_pages_pass_wcag_2_2_aa(one_machine, page, addresses, passes_wcag, some):
    host, count = some
    assert len(addresses) == 7
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for address in addresses[:count]:
            page.goto(one_machine.host(host) + address)
            passes_wcag()


@pytest.mark.parametrize("width", [320, 375, 1280])
def test_no_page_scrolls_sideways(one_machine, page, addresses, width):
    page.set_viewport_size({"width": width, "height": 640})
    for address in addresses:
        page.goto(one_machine.host("blue") + address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address


@pytest.mark.usefixtures("addresses")
@pytest.mark.parametrize("width", [320, 375, 1280])
def test_the_list_shows_every_word_of_the_longest_user(one_machine, page, screenshots, width):
    page.set_viewport_size({"width": width, "height": 640})
    page.goto(one_machine.host("blue") + "/users")
    for text in (*LONGEST.values(), "Delete"):
        box = page.locator(".users").get_by_text(text).first.bounding_box()
        assert box["x"] + box["width"] <= width
    page.screenshot(path=screenshots / f"read-{width}.png", full_page=True)


def test_the_first_wrong_field_has_the_focus_and_the_title_says_error(one_machine, page):
    page.goto(one_machine.host("blue") + "/users/new")
    fill(page, lastname=" ", age="361")
    press(page, "Store")
    expect(page).to_have_title(re.compile("Error: Create"))
    expect(page.locator("#lastname")).to_be_focused()


def test_stored_is_said_once(one_machine, page):
    page.goto(one_machine.host("blue") + "/users/new")
    fill(page)
    press(page, "Store")
    expect(page.get_by_role("status")).to_have_text("Stored.")
    expect(page).to_have_url(re.compile("/users/[0-9a-f-]{36}$"))
    page.reload()
    expect(page.get_by_role("status")).to_have_count(0)


def test_the_page_does_not_jump_between_the_colours(one_machine, page):
    for width in (320, 375, 1280):
        page.set_viewport_size({"width": width, "height": 640})
        heights = set()
        for colour in COLOURS:
            page.goto(one_machine.host(colour) + "/users/new")
            heights.add(page.locator("header").bounding_box()["height"])
        assert len(heights) == 1, width


def test_the_picture_of_both_colours_for_the_readme(one_machine, chromium, screenshots):
    """Blue's home in light beside green's in dark, each after a user was stored there; docs/ has a copy."""
    pictures = []
    for colour, scheme in (("blue", "light"), ("green", "dark")):
        viewport = {"width": 620, "height": 1010}
        with chromium.new_context(viewport=viewport, device_scale_factor=2, color_scheme=scheme) as context:
            page = context.new_page()
            page.goto(one_machine.host(colour) + "/users/new")
            fill(page)
            press(page, "Store")
            expect(page.get_by_role("status")).to_have_text("Stored.")
            page.goto(one_machine.host(colour))
            expect(page.locator(".newest")).to_be_visible()
            pictures.append(base64.b64encode(page.screenshot()).decode())
    with chromium.new_context(viewport={"width": 1260, "height": 1010}) as context:
        page = context.new_page()
        page.set_content(
            "<body style='margin:0;display:flex;gap:20px'>"
            + "".join(f"<img width=620 src='data:image/png;base64,{picture}'>" for picture in pictures)
        )
        page.screenshot(path=screenshots / "blue-and-green.png")
