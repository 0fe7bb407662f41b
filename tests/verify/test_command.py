"""The command as it is called: what it prints, what it writes, what it leaves behind."""

import os
import pty
import subprocess
import sys
from contextlib import suppress
from xml.etree import ElementTree as ET

import pytest

from tests.support.one_machine import ROOT
from tests.support.verifying import command, verify


@pytest.fixture(scope="module")
def run(one_machine, tmp_path_factory):
    file = tmp_path_factory.mktemp("verify") / "junit.xml"
    return verify(one_machine.address, "--domain", "localhost", "--junit", str(file)), file


def test_it_prints_a_table(run):
    assert "pass         plain host shares              blue 200, green 200" in run[0].stdout
    assert run[0].stdout.splitlines()[-1] == "25 passed, 0 failed, 4 not checked"


def test_on_a_pipe_it_shows_no_progress(run):
    assert run[0].stderr == ""


def test_on_a_terminal_it_shows_which_check_it_makes(one_machine):
    terminal, its_end = pty.openpty()
    process = subprocess.Popen(command(one_machine.address), cwd=ROOT, stdout=subprocess.DEVNULL, stderr=its_end)
    os.close(its_end)
    shown = b""
    with suppress(OSError):  # its last process has ended
        while some := os.read(terminal, 10_000):
            shown += some
    os.close(terminal)
    process.wait()
    assert b"plain host shares" in shown
    assert b"green users" in shown


def test_it_says_first_what_the_plain_host_is_switched_to(run):
    assert run[0].stdout.splitlines()[0] == "plain host: both"


def test_neither_settings_nor_the_terminals_encoding_are_in_its_way(one_machine):
    hostile = {"MYSQL_PORT": "x", "PYTHONIOENCODING": "latin-1", "LC_ALL": "C", "PYTHONUTF8": "0"}
    run = verify(one_machine.address, **hostile)
    assert (run.returncode, run.stderr) == (0, "")
    assert verify(one_machine.address, "--help", **hostile).returncode == 0


def test_it_is_a_command_of_flask_as_well(one_machine):
    command = [sys.executable, "-m", "flask", "--app", "app", "verify", "--via", one_machine.address]
    assert subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode == 0
    refused = subprocess.run(
        [*command, "--help"],
        cwd=ROOT,
        env=os.environ | {"MYSQL_PORT": "x"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert refused.stderr == "Error: MYSQL_PORT must be a number from 1 to 65535\n"


def test_it_says_what_it_could_not_check(run):
    assert "not checked  blue peers                     PEER_URL is not set: there are no peers" in run[0].stdout


def test_it_writes_junit(run):
    assert len(ET.parse(run[1]).getroot()) == 29


def test_junit_can_take_the_place_of_the_table(one_machine):
    assert len(ET.fromstring(verify(one_machine.address, "--junit", "-").stdout)) == 29


def test_it_leaves_no_user_behind(run, one_machine):
    for colour in ("blue", "green"):
        with one_machine.client(f"pii-demo-{colour}.localhost") as client:
            users = client.get("/api/v1/users").json()["users"]
            assert [user for user in users if user["email"] == "verify@example.org"] == []
