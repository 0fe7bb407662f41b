"""`make users` and `make load`: something to look at."""

import subprocess
import sys

from app.colours import COLOURS
from edge.users import people
from tests.support.certificates import Authority
from tests.support.edges import edge
from tests.support.one_machine import ROOT, free_port


def run(module: str, via: str, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", module, "--via", via, "--domain", "localhost", *options]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)


def count(machine, colour: str) -> int:
    """How many users a colour has, page by page."""
    with machine.client(f"pii-demo-{colour}.localhost") as client:
        page = client.get("/api/v1/users").json()
        number = len(page["users"])
        while page["next"]:
            page = client.get("/api/v1/users", params={"after": page["next"]}).json()
            number += len(page["users"])
        return number


def test_each_colour_gets_as_many_people_as_asked_for(one_machine):
    before = {colour: count(one_machine, colour) for colour in COLOURS}
    stored = run("edge.users", one_machine.address, "--count", "7")
    assert (stored.returncode, stored.stderr) == (0, "")
    assert stored.stdout == "7 users stored on blue.\n7 users stored on green.\n"
    assert {colour: count(one_machine, colour) for colour in COLOURS} == {name: n + 7 for name, n in before.items()}


def test_their_mail_reaches_nobody():
    """https://www.rfc-editor.org/rfc/rfc2606"""
    domains = {person["email"].rpartition("@")[2] for person in people(200)}
    assert domains <= {"example.com", "example.org", "example.net"}


def test_load_is_answered_by_both_colours_at_the_rate(one_machine):
    loaded = run("edge.load", one_machine.address, "--rate", "30", "--seconds", "1.5")
    assert (loaded.returncode, loaded.stderr) == (0, "")
    [line] = loaded.stdout.splitlines()
    _, _, requests, _, *answers = line.split()
    assert int(requests) <= 31
    assert answers[::2] == ["blue", "green"]


def test_both_take_the_ca_of_an_edge_that_speaks_https(one_machine, tmp_path):
    authority, host = Authority(tmp_path), "*.localhost"
    certificate = authority.issue(*(f"pii-demo{colour}.localhost" for colour in ("", "-blue", "-green")))
    with edge(one_machine, tmp_path, lambda given: given.encrypt(*certificate, host)) as via:
        trusted = ["--cacert", str(authority.certificate)]
        assert run("edge.users", via, "--count", "1", *trusted).stdout.startswith("1 users stored on blue.")
        assert "blue" in run("edge.load", via, "--seconds", "1.1", *trusted).stdout
        assert "stored nothing more: no CA that is trusted here" in run("edge.users", via).stderr
        assert "no CA that is trusted here" in run("edge.load", via, "--seconds", "1.1").stdout


def test_without_an_edge_both_say_so():
    nobody = f"http://127.0.0.1:{free_port()}"
    refused = run("edge.users", nobody)
    assert refused.returncode == 1
    assert "stored nothing more: no answer" in refused.stderr
    assert "no answer" in run("edge.load", nobody, "--rate", "100", "--seconds", "1.1").stdout
