"""The tour of docs/break-it.md with `make run`: each fault shows on the page, in `verify` and in the metrics."""

import re

import httpx
import pytest
from playwright.sync_api import expect

from edge.faults import FAULTS
from tests.support.chromium import dropped
from tests.support.edges import edge
from tests.support.one_machine import ROOT, free_port
from tests.support.tour import change, failing_lines, is_line, section, sentences
from tests.support.verifying import verify

# The web server and the figure that counts a fault.
COUNTED = {
    "wrong-database": ("blue", r'pii_demo_database_refusals_total\{colour="blue",marker="green"\}'),
    "wrong-label": ("blue", r'pii_demo_database_refusals_total\{colour="green",marker="blue"\}'),
    "database-away": ("blue", r'pii_demo_requests_total\{[^}]*status="503"\}'),
}
BY_CHANCE = {"errors", "slow"}


@pytest.fixture(scope="module", params=FAULTS)
def broken(request, one_machine):
    """The machine with that fault, and the fault."""
    broken = change(one_machine.port, request.param)
    assert (broken.returncode, broken.stderr) == (0, "")
    assert FAULTS[request.param]["what"] in broken.stdout
    yield one_machine, request.param
    repaired = change(one_machine.port, "repair")
    assert (repaired.returncode, repaired.stdout) == (0, "Nothing is broken.\n")
    assert httpx.get(f"{one_machine.address}/livez", headers=HOST).headers.get("x-edge-fault") is None
    assert verify(one_machine.address).returncode == 0


HOST = {"Host": "pii-demo-blue.localhost"}


def figures(machine, colour: str) -> str:
    """The metrics of a web server, which no host leads to."""
    socket = str(ROOT / "var/run" / str(machine.port) / f"{colour}.sock")
    with httpx.Client(transport=httpx.HTTPTransport(uds=socket)) as client:
        return client.get("http://web-server/metrics").text


STYLED = "[...document.styleSheets].every(sheet => sheet.cssRules.length)"


def open_whole(page, address: str) -> None:
    """Open a page as often as it takes to get it, its style sheets and its script: they can be errors as well."""
    page.goto(address)
    while not (page.evaluate(STYLED) and page.locator("#traffic").is_visible()):
        page.goto(address)


def test_the_page_is_as_the_picture(broken, page, screenshots):
    machine, fault = broken
    if fault in BY_CHANCE:
        open_whole(page, machine.host("plain") + "/traffic")
        missing = dropped(page)
        page.locator("#rate").fill("50")
        page.locator("#rate").blur()
        expect(page.locator("#answers")).to_have_text(re.compile(r"^([5-9]\d|\d{3})"), timeout=30_000)
    else:
        page.goto(machine.host("blue"))
    for sentence in sentences(fault):
        expect(page.get_by_text(sentence).first).to_be_visible()
    if fault == "errors":
        expect(page.locator("tbody[data-by=error] tr[data-name='HTTP 500']")).to_be_visible()
    if fault == "slow":
        expect(page.locator("#p95")).to_have_text(re.compile(r"^(8|9|1\d)\d\d\.\d ms$"))
        expect(page.locator("#errors")).to_have_text(str(len(missing)))
    page.screenshot(path=screenshots / f"break-{fault}.png", full_page=True)
    assert f"](break-it/{fault}.png)" in section(fault)


@pytest.mark.parametrize("broken", [fault for fault in FAULTS if failing_lines(fault)], indirect=True)
def test_these_lines_of_verify_fail(broken):
    machine, fault = broken
    found = [line for line in verify(machine.address).stdout.splitlines() if line.startswith("fail")]
    documented = failing_lines(fault)
    missing = [line for line in documented if not any(is_line(line, other) for other in found)]
    assert missing == [], found
    if fault in BY_CHANCE:
        assert [line for line in found if "blue host" in line] == []
    else:
        assert len(found) == len(documented)


def test_the_metrics_count_it_or_know_nothing_of_it(broken):
    machine, fault = broken
    colour, name = COUNTED.get(fault, ("green", r'pii_demo_requests_total\{[^}]*status="500"\}'))
    found = re.findall(rf"^{name} (\S+)$", figures(machine, colour), re.MULTILINE)
    assert bool(sum(map(float, found))) == (fault in COUNTED)
    if fault in COUNTED:
        assert name.partition("\\")[0] in section(fault)


def test_every_answer_says_that_something_is_broken(broken):
    machine, fault = broken
    answers = [httpx.get(f"{machine.address}/nowhere", headers=HOST) for _ in range(20)]
    assert fault in {answer.headers.get("x-edge-fault") for answer in answers}


@pytest.mark.parametrize("fault", ["", "red", "wrong database"])
def test_another_fault_is_refused_and_breaks_nothing(one_machine, fault):
    refused = change(one_machine.port, fault)
    assert refused.returncode == 1
    assert refused.stderr.startswith(f"make break: {f'“{fault}” is not a fault' if fault else 'what?'}; use FAULT=")
    assert all(name in refused.stderr for name in FAULTS)


def test_a_switch_keeps_a_fault_and_a_fault_keeps_a_switch(one_machine):
    def headers() -> tuple[str, str | None]:
        answer = httpx.get(f"{one_machine.address}/livez", headers={"Host": "pii-demo.localhost"})
        return answer.headers["x-edge-live"], answer.headers.get("x-edge-fault")

    try:
        one_machine.switch("blue")
        change(one_machine.port, "wrong-route")
        assert headers() == ("blue", "wrong-route")
        one_machine.switch("blue", "10")
        assert headers() == ("blue=10", "wrong-route")
        change(one_machine.port, "repair")
        assert headers() == ("blue=10", None)
    finally:
        change(one_machine.port, "repair")
        one_machine.switch("both")


def test_without_an_edge_it_says_how_to_start_one():
    port = free_port()
    for fault, target in (("errors", "make break"), ("repair", "make repair")):
        refused = change(port, fault)
        assert refused.returncode == 1
        assert refused.stderr == f"{target}: no edge answers on port {port}; start one with: make run PORT={port}\n"


def test_an_edge_that_was_not_started_here_is_left_alone(one_machine, tmp_path):
    with edge(one_machine, tmp_path) as address:
        refused = change(int(address.rpartition(":")[2]), "errors")
    assert refused.returncode == 1
    assert "was not started in this folder; in a cluster, see docs/break-it.md" in refused.stderr
