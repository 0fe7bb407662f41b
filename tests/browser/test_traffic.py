"""The traffic view, on real answers; where they are to be wrong, the browser makes them so."""

import math
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Route, expect

from app.colours import COLOURS
from app.web.traffic import LIMITS, SHAPES
from edge.run import versions
from tests.support.chromium import dropped, metrics
from tests.support.one_machine import OneMachine
from tests.support.waiting import eventually

VERSION = "**/version"
BOTH = set(COLOURS)


def watch(page: Page, address: str, rate: int = LIMITS["fastest"]) -> None:
    page.goto(f"{address}/traffic")
    page.locator("#rate").fill(str(rate))


def figure(page: Page, name: str) -> int:
    return int(page.locator(f"#{name}").inner_text())


@eventually
def wait_for(page: Page, name: str, count: int) -> None:
    assert figure(page, name) >= count


def table(page: Page, by: str) -> dict[str, tuple[float, int]]:
    """Share now and count in all, by name."""
    read = "rows => rows.map(row => ['.name', '.percent', '.all'].map(part => row.querySelector(part).textContent))"
    rows = page.locator(f"tbody[data-by={by}] tr").evaluate_all(read)
    return {name: (float(share.rstrip("%")), int(count)) for name, share, count in rows}


def shares(page: Page, by: str) -> dict[str, float]:
    return {name: share for name, (share, _) in table(page, by).items()}


def marks(page: Page) -> list[str]:
    """The picture: what each cell shows, the newest last."""
    classes = page.locator("#marks svg").evaluate_all("cells => cells.map(cell => [...cell.classList])")
    newest = next((place for place, names in enumerate(classes) if "newest" in names), 0)
    return [names[0] for names in classes[newest + 1 :] + classes[: newest + 1] if names]


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def answer(colour: str = "blue", pod: str = "pod-1") -> dict[str, str]:
    return {"colour": colour, "version": "1.0.0", "pod": pod}


class Requests:
    """The page's requests: how many there were, and how many at most at a time."""

    def __init__(self, page: Page) -> None:
        self.sent = self.open = self.most = 0
        page.on("request", lambda request: self.count(request.url, 1))
        for event in ("requestfinished", "requestfailed"):
            page.on(event, lambda request: self.count(request.url, -1))

    def count(self, url: str, change: int) -> None:
        if url.endswith("/version"):
            self.sent += change > 0
            self.open += change
            self.most = max(self.most, self.open)


@pytest.fixture
def switched(one_machine: OneMachine) -> Iterator[OneMachine]:
    """For who switches the plain host: afterwards it is served by both again."""
    yield one_machine
    one_machine.switch("both")


class TestWhoAnswers:
    def test_on_the_plain_host_each_colour_has_about_half(self, one_machine, page):
        watch(page, one_machine.host("plain"))
        missing = dropped(page)
        wait_for(page, "answers", 100)
        press(page, "Pause")
        for by in ("colour", "version", "pod"):
            found = shares(page, by)
            assert len(found) == 2
            assert all(40 <= share <= 60 for share in found.values()), found
        assert set(table(page, "colour")) == BOTH
        assert set(table(page, "version")) == set(versions().values())
        assert set(table(page, "pod")) == {f"httpd-server-{colour}" for colour in BOTH}
        assert figure(page, "errors") == len(missing)

    @pytest.mark.parametrize("colour", COLOURS)
    def test_on_a_colour_host_only_that_colour_answers(self, one_machine, page, colour):
        watch(page, one_machine.host(colour))
        missing = dropped(page)
        wait_for(page, "answers", 50)
        press(page, "Pause")
        assert set(table(page, "colour")) == {colour}
        assert set(marks(page)) - {"error"} == {colour}
        assert figure(page, "errors") == len(missing)

    def test_a_switch_of_the_plain_host_is_seen_without_an_error(self, switched, page, screenshots):
        watch(page, switched.host("plain"))
        missing = dropped(page)
        wait_for(page, "answers", 100)
        assert switched.switch("green").returncode == 0
        wait_for(page, "answers", figure(page, "answers") + LIMITS["in_flight"])
        before = table(page, "colour")
        wait_for(page, "answers", figure(page, "answers") + 100)
        press(page, "Pause")
        after = table(page, "colour")
        assert after["blue"][1] == before["blue"][1]
        assert after["green"][1] >= before["green"][1] + 100
        assert after["green"][0] > 60
        assert set(marks(page)[-100:]) - {"error"} == {"green"}
        assert figure(page, "errors") == len(missing)
        press(page, "Resume")
        assert switched.switch("both").returncode == 0
        wait_for(page, "answers", figure(page, "answers") + 50)
        page.screenshot(path=screenshots / "plain-traffic.png", full_page=True)

    def test_it_is_a_new_visitor_wherever_the_cookie_keeps_this_one(self, one_machine, page, context):
        plain = one_machine.host("plain")
        context.add_cookies([{"name": "pii-demo-colour", "value": "blue", "url": plain}])
        watch(page, plain)
        expect(page.get_by_text("You stay on blue")).to_be_visible()
        wait_for(page, "answers", 20)
        assert set(table(page, "colour")) == BOTH


def curve(page: Page, mark: str) -> list[float]:
    """The shares that the curve shows for a mark, the newest last."""
    points = page.locator(f"#curve .{mark}").get_attribute("points") or ""
    return [100 - float(point.split(",")[1]) for point in points.split()]


class TestCurve:
    def test_it_shows_the_shares_as_they_were(self, switched, page):
        watch(page, switched.host("plain"))

        @eventually
        def seen(green: float, tolerance: float) -> None:
            shown = curve(page, "green")
            assert shown
            assert abs(shown[-1] - green) <= tolerance

        seen(50, 10)
        assert switched.switch("green").returncode == 0
        seen(100, 0)
        assert curve(page, "blue")[-1] == 0
        assert curve(page, "error") == []

    def test_errors_have_a_line_beside_it(self, one_machine, page):
        page.route(VERSION, ERRORS["HTTP 503"])
        watch(page, one_machine.host("blue"))

        @eventually
        def seen() -> None:
            assert curve(page, "error")[-1:] == [100]

        seen()

    def test_it_has_at_most_so_many_points_and_a_reset_empties_it(self, one_machine, page):
        page.clock.install()
        page.route(VERSION, lambda route: route.fulfill(json=answer()))
        page.goto(one_machine.host("blue") + "/traffic")
        for _ in range(LIMITS["points"] + 5):
            page.clock.run_for(LIMITS["every"] * 1000)
        assert 1 <= len(curve(page, "blue")) <= LIMITS["points"]
        press(page, "Pause")
        press(page, "Reset")
        page.clock.run_for(LIMITS["every"] * 1000)
        assert curve(page, "blue") == []


class TestPicture:
    def test_an_answer_is_a_mark_of_its_colour_and_shape(self, one_machine, page):
        watch(page, one_machine.host("plain"))
        wait_for(page, "answers", 20)
        press(page, "Pause")
        for colour in COLOURS.values():
            mark = page.locator(f"#marks .{colour.name}")
            wanted = "rgb({}, {}, {})".format(*bytes.fromhex(colour.strong[1:]))
            expect(mark.first).to_have_css("fill", wanted)
            expect(mark.first.locator("path")).to_have_attribute("d", colour.shape)
            assert len(set(marks(page))) == 2

    def test_the_last_mark_is_the_newest(self, one_machine, page):
        watch(page, one_machine.host("blue"))
        wait_for(page, "answers", 20)
        cells = page.locator("#marks svg").evaluate_all("cells => cells.map(cell => cell.classList.value)")
        *others, last = filter(None, cells)
        assert last == "blue turn-0 newest"
        assert set(others) == {"blue turn-0"}

    def test_it_is_described_in_words(self, one_machine, page):
        watch(page, one_machine.host("green"))
        wait_for(page, "answers", 10)
        press(page, "Pause")
        expect(page.get_by_role("img")).to_have_accessible_name(re.compile(r"^(\d+) answers, \1 green$"))

    def test_nothing_grows_when_it_is_full(self, one_machine, page):
        devtools = page.context.new_cdp_session(page)
        devtools.send("Performance.enable")
        watch(page, one_machine.host("plain"))
        elements, heaps = [], []
        for turn in (0, 1):
            page.locator(f"#marks .turn-{turn}:last-child").wait_for(timeout=60_000)
            elements.append(page.evaluate("document.querySelectorAll('*').length"))
            heaps.append(metrics(devtools)["JSHeapUsedSize"])
        press(page, "Pause")
        assert elements[1] == elements[0]
        full, a_turn_later = heaps
        # Bytes an answer: from -130 to 120 were measured.
        assert a_turn_later - full < 500 * LIMITS["cells"]
        assert len(marks(page)) == LIMITS["cells"]
        assert sum(shares(page, "colour").values()) == pytest.approx(100, abs=0.2)
        assert sum(count for _, count in table(page, "colour").values()) >= 2 * LIMITS["cells"]

    def test_a_table_keeps_the_rows_that_were_seen_last(self, one_machine, page):
        pods = iter(range(10_000))
        page.route(VERSION, lambda route: route.fulfill(json=answer(pod=f"pod-{next(pods)}")))
        watch(page, one_machine.host("blue"))
        wait_for(page, "answers", LIMITS["rows"] + 10)
        press(page, "Pause")
        found = table(page, "pod")
        assert len(found) == LIMITS["rows"]
        assert "pod-0" not in found

    def test_a_pod_or_version_of_both_colours_has_the_colour_of_neither(self, one_machine, page):
        colours = iter(["blue", "green"] * 10_000)
        page.route(VERSION, lambda route: route.fulfill(json=answer(next(colours))))
        watch(page, one_machine.host("plain"))
        for by in ("version", "pod"):
            expect(page.locator(f"tbody[data-by={by}] tr")).to_have_class("several")

    def test_a_web_server_without_an_identity_is_none(self, one_machine, page):
        page.route(VERSION, lambda route: route.fulfill(json=dict.fromkeys(("colour", "version", "pod"))))
        watch(page, one_machine.host("blue"))
        wait_for(page, "answers", 3)
        for by in ("colour", "version", "pod"):
            assert shares(page, by) == {"none": 100.0}
        assert set(marks(page)) == {"none"}


@pytest.mark.alone
class TestRate:
    @pytest.mark.parametrize("rate", [5, 20])
    def test_it_is_kept_to(self, one_machine, page, rate):
        watch(page, one_machine.host("blue"), rate)
        expect(page.locator("output")).to_have_text(str(rate))
        page.evaluate("performance.clearResourceTimings()")
        held_back = figure(page, "held-back")
        wait_for(page, "answers", figure(page, "answers") + 3 * rate)
        press(page, "Pause")
        started = page.evaluate(
            "performance.getEntriesByType('resource').filter(e => e.name.endsWith('/version')).map(e => e.startTime)"
        )
        seconds = (max(started) - min(started)) / 1000
        assert len(started) - 1 <= seconds * rate * 1.05
        assert len(started) - 1 + figure(page, "held-back") - held_back >= seconds * rate * 0.85

    def test_never_more_than_six_are_under_way_and_the_others_are_held_back(self, one_machine, page):
        requests = Requests(page)
        page.route(VERSION, lambda route: None)
        watch(page, one_machine.host("blue"))
        wait_for(page, "held-back", 100)
        assert requests.most == LIMITS["in_flight"]

    def test_median_and_95th_percentile(self, one_machine, page):
        """Twenty answers, by a clock that stands still: after 10 ms, 20 ms, ..., 200 ms."""
        page.clock.install(time=0)
        page.goto(one_machine.host("blue"))
        page.clock.pause_at(1000)
        waiting = hold(page)
        page.goto(one_machine.host("blue") + "/traffic")
        press(page, "Pause")
        press(page, "Reset")
        for milliseconds in range(10, 201, 10):
            waiting.clear()
            press(page, "Resume")
            press(page, "Pause")
            request_arrived(page, waiting)
            page.clock.run_for(milliseconds)
            waiting[0].fulfill(json=answer())
            answer_arrived(page)
        page.clock.run_for(1000)
        expect(page.locator("#answers")).to_have_text("20")
        expect(page.locator("#median")).to_have_text("100.0 ms")
        expect(page.locator("#p95")).to_have_text("190.0 ms")


def hold(page: Page) -> list[Route]:
    """Leave requests without an answer. Returns them, as they come."""
    waiting: list[Route] = []

    def keep(route: Route) -> None:
        waiting.append(route)

    page.route(VERSION, keep)
    return waiting


@eventually
def request_arrived(page: Page, waiting: list[Route]) -> None:
    page.evaluate("0")  # lets the browser's events in
    assert waiting


def answer_arrived(page: Page) -> None:
    """Whatever was answered before the page gets this answer has arrived as well."""
    page.evaluate("fetch('/livez').then(answer => answer.text())")


class TestControls:
    def test_pause_asks_nothing_until_it_goes_on(self, one_machine, page):
        requests = Requests(page)
        page.clock.install()
        watch(page, one_machine.host("blue"))
        wait_for(page, "answers", 10)
        press(page, "Pause")
        expect(page.locator("#news")).to_have_text("Paused")
        page.clock.run_for(1_000)  # until the figures are up to date
        sent, held_back = requests.sent, figure(page, "held-back")
        page.clock.run_for(10_000)
        assert (requests.sent, figure(page, "held-back")) == (sent, held_back)
        press(page, "Resume")
        wait_for(page, "answers", sent + 10)
        expect(page.locator("#news")).to_be_empty()

    def test_a_hidden_tab_asks_nothing_until_it_is_seen(self, one_machine, page):
        requests = Requests(page)
        page.clock.install()
        watch(page, one_machine.host("blue"))
        wait_for(page, "answers", 10)
        become = """hidden => {
            Object.defineProperty(document, "hidden", {value: hidden, configurable: true});
            document.dispatchEvent(new Event("visibilitychange"));
        }"""
        page.evaluate(become, True)
        sent = requests.sent
        page.clock.run_for(10_000)
        assert requests.sent == sent
        page.evaluate(become, False)
        wait_for(page, "answers", sent + 10)

    def test_reset_empties_it(self, one_machine, page):
        page.route(VERSION, ERRORS["HTTP 503"])
        watch(page, one_machine.host("blue"))
        wait_for(page, "errors", 10)
        page.unroute(VERSION)
        wait_for(page, "answers", 10)
        press(page, "Pause")
        press(page, "Reset")
        assert [figure(page, name) for name in ("answers", "errors", "held-back")] == [0, 0, 0]
        assert marks(page) == []
        assert page.locator("#traffic tbody tr").count() == 0
        expect(page.locator("#median")).to_have_text("–")

    def test_what_was_asked_before_a_reset_is_not_counted_after_it(self, one_machine, page):
        waiting = hold(page)
        page.goto(one_machine.host("blue") + "/traffic")
        request_arrived(page, waiting)
        press(page, "Pause")
        press(page, "Reset")
        for route in waiting:
            route.fulfill(json=answer(pod="asked before"))
        answer_arrived(page)
        page.unroute(VERSION)
        press(page, "Resume")
        wait_for(page, "answers", 3)
        assert set(table(page, "pod")) == {"httpd-server-blue"}

    def test_it_works_by_keyboard(self, one_machine, page):
        page.goto(one_machine.host("blue") + "/traffic")
        page.get_by_label("Requests a second").focus()
        page.keyboard.press("ArrowRight")
        expect(page.locator("output")).to_have_text(str(LIMITS["rate"] + 1))
        wait_for(page, "answers", 3)
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Resume")).to_be_focused()
        page.keyboard.press("Tab")
        page.keyboard.press("Space")
        expect(page.locator("#answers")).to_have_text("0")


ERRORS = {
    "HTTP 503": lambda route: route.fulfill(status=503, body="no healthy upstream"),
    "HTTP 404": lambda route: route.fulfill(status=404, json=answer()),
    "no answer": lambda route: route.abort(),
    "no identity": lambda route: route.fulfill(body="<html>"),
    "timeout": lambda route: None,
}


class TestErrors:
    @pytest.mark.parametrize("name", ERRORS)
    def test_each_kind_is_a_cross_and_a_row(self, one_machine, page, name):
        page.route(VERSION, ERRORS[name])
        watch(page, one_machine.host("blue"))
        wait_for(page, "errors", 6)
        press(page, "Pause")
        assert shares(page, "error") == {name: 100.0}
        assert set(marks(page)) == {"error"}
        expect(page.locator("#marks .error path").first).to_have_attribute("d", SHAPES["error"])
        assert figure(page, "answers") == 0

    @pytest.mark.parametrize(
        "body", ["null", "[]", "5", '{"colour": "blue"}', '{"colour": 1, "version": "", "pod": ""}']
    )
    def test_json_that_is_no_identity_is_an_error(self, one_machine, page, body):
        page.route(VERSION, lambda route: route.fulfill(body=body, content_type="application/json"))
        watch(page, one_machine.host("blue"))
        wait_for(page, "errors", 3)
        assert shares(page, "error") == {"no identity": 100.0}

    def test_the_first_of_each_kind_is_said_once(self, one_machine, page):
        page.route(VERSION, ERRORS["HTTP 503"])
        watch(page, one_machine.host("blue"))
        said = page.locator("#news")
        expect(said).to_have_text(re.compile(r"^First “HTTP 503” at \d\d:\d\d:\d\d$"))
        first = said.inner_text()
        wait_for(page, "errors", figure(page, "errors") + 60)
        expect(said).to_have_text(first)

    def test_they_share_the_picture_with_the_answers(self, one_machine, page, screenshots):
        page.goto(one_machine.host("plain") + "/traffic")
        numbers = iter(range(10_000))
        wrong = {0: ERRORS["HTTP 503"], 4: ERRORS["no answer"], 8: ERRORS["no identity"]}

        def some_are_wrong(route: Route) -> None:
            wrong.get(next(numbers) % 12, Route.continue_)(route)

        page.route(VERSION, some_are_wrong)
        page.locator("#rate").fill("50")
        wait_for(page, "answers", 90)
        press(page, "Pause")
        assert set(table(page, "error")) == {"HTTP 503", "no answer", "no identity"}
        assert set(marks(page)) == {"error", *BOTH}
        # At one moment, since answers that were under way may still arrive.
        rows = page.locator("[data-by=colour] .percent, [data-by=error] .percent")
        everything = rows.evaluate_all("cells => cells.map(cell => parseFloat(cell.textContent))")
        assert len(everything) == 5
        assert math.isclose(sum(everything), 100, abs_tol=0.3)
        page.screenshot(path=screenshots / "plain-traffic-errors.png", full_page=True)


class TestForEveryone:
    def test_without_javascript_it_is_a_sentence(self, one_machine, chromium, screenshots):
        with chromium.new_context(java_script_enabled=False) as context:
            page = context.new_page()
            page.goto(one_machine.host("blue") + "/traffic")
            assert f"curl pii-demo-blue.localhost:{one_machine.port}/version" in page.locator("main").inner_text()
            for control in ("#rate", "#pause", "#reset", "#marks", ".shares"):
                expect(page.locator(control).first).to_be_hidden()
            page.screenshot(path=screenshots / "blue-traffic-no-script.png")

    @pytest.mark.parametrize("host", [*COLOURS, "plain"])
    def test_it_passes_wcag_2_2_aa(self, one_machine, page, passes_wcag, host):
        page.goto(one_machine.host(host) + "/traffic")
        wait_for(page, "answers", 3)
        page.route(VERSION, ERRORS["HTTP 503"])
        wait_for(page, "errors", 3)
        passes_wcag()

    def test_it_does_not_scroll_sideways_at_320_pixels(self, one_machine, page, screenshots):
        page.set_viewport_size({"width": 320, "height": 640})
        pod = "httpd-server-blue-7d9f8b6c5d-x2x9z"
        page.route(VERSION, lambda route: route.fulfill(json=answer(pod=pod)))
        watch(page, one_machine.host("blue"))
        wait_for(page, "answers", 3)
        page.route(VERSION, ERRORS["no identity"])
        wait_for(page, "errors", 3)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        page.screenshot(path=screenshots / "narrow-traffic.png", full_page=True)
