import subprocess
import sys
import threading
from collections import Counter

import pytest

from app.hosts import STAY_COOKIE
from app.live import BOTH, Live
from edge.routes import routes
from tests.support.edges import edge
from tests.support.one_machine import ROOT, free_port


@pytest.fixture
def machine(one_machine):
    yield one_machine
    one_machine.switch("both")


def answers(machine, host="pii-demo.apps.hl.test", cookie="") -> Counter[str]:
    with machine.client(host) as client:
        return Counter(client.get("/version", headers={"Cookie": cookie}).headers["X-App-Colour"] for _ in range(10))


@pytest.mark.parametrize(("colour", "other"), [("blue", "green"), ("green", "blue")])
def test_the_plain_host_goes_to_the_live_colour_whatever_the_cookie_says(machine, colour, other):
    switched = machine.switch(colour)
    assert switched.returncode == 0
    assert f"is served by {colour}" in switched.stdout
    assert answers(machine) == {colour: 10}
    assert answers(machine, cookie=f"{STAY_COOKIE}={other}") == {colour: 10}
    assert answers(machine, f"pii-demo-{other}.localhost") == {other: 10}


def test_both_is_round_robin_again_with_the_cookie_rule(machine):
    machine.switch("blue")
    assert machine.switch("both").returncode == 0
    assert answers(machine) == {"blue": 5, "green": 5}
    assert answers(machine, cookie=f"{STAY_COOKIE}=green") == {"green": 10}


def test_a_share_of_new_visitors_goes_to_a_colour_and_cookies_lead_where_they_did(machine):
    switched = machine.switch("green", "99")
    assert switched.returncode == 0
    assert "is served by blue, with 99% of new visitors on green." in switched.stdout
    seen = sum((answers(machine) for _ in range(5)), Counter())
    assert seen["green"] > 40  # 50 requests: less by one chance in 10^10
    for colour in ("blue", "green"):
        assert answers(machine, cookie=f"{STAY_COOKIE}={colour}") == {colour: 10}
        assert answers(machine, f"pii-demo-{colour}.localhost") == {colour: 10}


def test_no_request_fails_while_it_is_switched(machine):
    stop = threading.Event()
    seen: Counter[tuple[str | None, int]] = Counter()
    failed: list[Exception] = []

    def load() -> None:
        with machine.client("pii-demo.localhost") as client:
            while not stop.is_set():
                try:
                    response = client.get("/version")
                    seen[response.headers.get("X-App-Colour"), response.status_code] += 1
                except Exception as error:  # noqa: BLE001 - whatever it is, it is a failed request
                    failed.append(error)

    threads = [threading.Thread(target=load) for _ in range(4)]
    for thread in threads:
        thread.start()
    for arguments in (["blue"], ["green"], ["both"], ["green", "10"], ["green"], ["blue"], ["both"]):
        machine.switch(*arguments)
    stop.set()
    for thread in threads:
        thread.join()
    assert failed == []
    assert seen.keys() == {("blue", 200), ("green", 200)}
    assert seen.total() > 100


@pytest.mark.parametrize("colour", ["", "red"])
def test_another_colour_is_refused_and_changes_nothing(machine, colour):
    refused = machine.switch(colour)
    assert refused.returncode == 1
    problem = f"“{colour}” is not a colour" if colour else "which colour?"
    assert refused.stderr == f"make live: {problem}; use COLOUR=blue or COLOUR=green or COLOUR=both\n"
    assert answers(machine) == {"blue": 5, "green": 5}


@pytest.mark.parametrize("share", ["0", "100", "-1", "ten", "1.5", "²", "10%"])
def test_another_share_is_refused_and_changes_nothing(machine, share):
    refused = machine.switch("green", share)
    assert refused.returncode == 1
    problem = "is not a percentage from 1 to 99; for everybody, leave SHARE out"
    assert refused.stderr == f"make live: “{share}” {problem}\n"
    assert answers(machine) == {"blue": 5, "green": 5}


def test_a_share_of_both_is_refused(machine):
    refused = machine.switch("both", "10")
    assert refused.returncode == 1
    assert refused.stderr == "make live: a share is one colour’s; use COLOUR=blue or COLOUR=green\n"


def test_without_an_edge_it_says_how_to_start_one(one_machine):
    nowhere = type(one_machine)(free_port(), one_machine.process).switch("blue")
    assert nowhere.returncode == 1
    assert "no edge answers on port" in nowhere.stderr


def test_a_switch_changes_the_plain_host_and_nothing_else():
    def hosts(live):
        return {host.pop("name"): host for host in routes(live)["resources"][0]["virtual_hosts"]}

    both, blue, share = hosts(BOTH), hosts(Live("blue")), hosts(Live("blue", 10))
    assert {name for name in both if both[name] != blue[name]} == {"plain"}
    assert {name for name in both if both[name] != share[name]} == {"plain"}


@pytest.mark.parametrize(("module", "target"), [("edge.live", "make live"), ("edge.breaking", "make break")])
@pytest.mark.parametrize("arguments", [[], [""], ["abc", "blue"], ["0", "errors"], ["8080x", "both"]])
def test_an_invalid_port_is_refused_in_one_line(module, target, arguments):
    refused = subprocess.run(
        [sys.executable, "-m", module, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert refused.returncode == 1
    assert refused.stderr.startswith(f"{target}: “")
    assert refused.stderr.count("\n") == 1


def test_an_edge_that_make_run_has_not_started_here_is_left_alone(one_machine, tmp_path):
    with edge(one_machine, tmp_path) as address:
        other = type(one_machine)(int(address.rpartition(":")[2]), one_machine.process).switch("blue")
    assert other.returncode == 1
    assert "was not started in this folder" in other.stderr
