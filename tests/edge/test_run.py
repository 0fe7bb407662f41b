"""From start to stop: what is printed, what is left, what is kept."""

import os
import pty
import re
import signal
import socket
import subprocess
import sys
from collections import Counter
from typing import Any

import httpx
import pytest

from edge.addresses import free_port as edge_port
from edge.run import versions
from tests.support.examples import ADA
from tests.support.one_machine import ROOT, free_port, running
from tests.support.waiting import eventually


def start(*command: str, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run a module of Python and see how it ends."""
    given: dict[str, Any] = {"cwd": ROOT, "timeout": 60} | options
    return subprocess.run([sys.executable, "-m", *command], capture_output=True, text=True, check=False, **given)


@eventually
def assert_nothing_listens(port: int) -> None:
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))


@eventually
def assert_nothing_left(machine) -> None:
    assert machine.pids() == []
    assert_nothing_listens(machine.port)


def test_it_prints_the_three_addresses_when_all_three_answer(tmp_path):
    with running(tmp_path) as machine:
        for name in ("plain", "blue", "green"):
            assert f"    {machine.host(name)}\n" in machine.lines
        for host in ("pii-demo", "pii-demo-blue", "pii-demo-green"):
            with machine.client(f"{host}.localhost") as client:
                assert client.get("/readyz").status_code == 200


def test_once_it_has_said_so_the_plain_host_is_round_robin(tmp_path):
    with running(tmp_path) as machine, machine.client("pii-demo.localhost") as client:
        assert Counter(client.get("/version").json()["colour"] for _ in range(40)) == {"blue": 20, "green": 20}


def test_it_listens_on_loopback_at_one_port_only(one_machine):
    listening = subprocess.run(["ss", "-Hltnp"], capture_output=True, text=True, check=True).stdout.splitlines()
    own = [line.split()[3] for line in listening if any(f"pid={pid}," in line for pid in one_machine.pids())]
    assert own == [f"{address}:{one_machine.port}" for address in ("127.0.0.1", "[::1]")]


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_everything_with_exit_code_0(tmp_path, sent):
    with running(tmp_path) as machine:
        machine.process.send_signal(sent)
        assert machine.process.wait(20) == 0
        assert_nothing_left(machine)


def test_a_signal_to_make_itself_stops_everything(tmp_path):
    port = free_port()
    command = ["make", "--silent", "run", f"PORT={port}"]
    environment = os.environ | {"DATA_DIR": str(tmp_path)}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        next(line for line in process.stdout if f"pii-demo-green.localhost:{port}" in line)
        process.terminate()
        process.communicate(timeout=30)
    assert_nothing_listens(port)


def test_a_wrong_setting_is_named_in_one_line_before_anything_starts():
    refused = start("edge.run", str(free_port()), env=os.environ | {"MYSQL_PORT": "abc"})
    assert refused.returncode == 1
    assert refused.stderr == "make run: MYSQL_PORT must be a number from 1 to 65535\n"


def test_a_reader_that_has_gone_stops_everything(tmp_path):
    port = free_port()
    reading = f"make --silent run PORT={port} | head -n 1"
    environment = os.environ | {"DATA_DIR": str(tmp_path)}
    shell = subprocess.run(["sh", "-c", reading], cwd=ROOT, env=environment, check=False, timeout=60)
    assert shell.returncode == 0
    assert_nothing_listens(port)


def test_on_a_terminal_lines_are_readable_and_ctrl_c_leaves_nothing(tmp_path):
    port = free_port()
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(ROOT)
        os.environ["DATA_DIR"] = str(tmp_path)
        os.execvp("make", ["make", "run", f"PORT={port}"])
    shown = b""
    while f"pii-demo-green.localhost:{port}".encode() not in shown:
        shown += os.read(terminal, 10_000)
    httpx.get(f"http://127.0.0.1:{port}/users", headers={"Host": "pii-demo-green.localhost"})
    while not re.search(rb"GET    /users.*\n", shown):
        shown += os.read(terminal, 10_000)
    os.write(terminal, b"\x03")
    while True:
        try:
            shown += os.read(terminal, 10_000)
        except OSError:  # the terminal's last process has ended
            break
    os.close(terminal)
    os.waitpid(pid, 0)
    assert "Traceback" not in shown.decode()
    assert_nothing_listens(port)
    [line] = [line for line in shown.decode().splitlines() if "GET    /users" in line]
    assert re.fullmatch(r"\x1b\[0m\x1b\[1;32m[0-9:]+ green +\| \x1b\[0m200  GET    /users  [0-9.]+ ms", line)


@pytest.mark.parametrize("victim", ["blue", "green", "edge"])
def test_if_one_dies_all_stop_and_a_line_says_which(tmp_path, victim):
    with running(tmp_path) as machine:
        os.kill(machine.pid(victim), signal.SIGKILL)
        assert machine.process.wait(20) != 0
        assert_nothing_left(machine)
    stopped = [line for line in machine.lines if " stopped (rc=" in line]
    assert f"{victim} stopped (rc=-9)" in stopped[0]


def test_a_port_in_use_is_named_in_one_line_and_nothing_is_started(one_machine):
    second = start("edge.run", str(one_machine.port))
    assert second.returncode == 1
    assert second.stdout == ""
    assert (
        second.stderr == f"make run: port {one_machine.port} is in use; use another one: make run PORT={edge_port()}\n"
    )
    with one_machine.client("pii-demo.localhost") as client:
        assert client.get("/livez").status_code == 200


def test_the_port_that_is_advised_is_free():
    advised = edge_port()
    with socket.create_server(("127.0.0.1", advised)):
        assert edge_port() != advised


@pytest.mark.parametrize(("module", "late"), [("edge.run", "honcho"), ("app.verify", "click")])
def test_ctrl_c_while_it_is_still_importing_gives_no_traceback(module, late):
    command = [sys.executable, "-X", "importtime", "-m", module, str(free_port())]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        next(line for line in process.stderr if f" {late}" in line)
        process.send_signal(signal.SIGINT)
        assert "Traceback" not in process.stderr.read()


@pytest.mark.parametrize("port", ["70000", "-1", "http", "", "0", "８０８０"])
def test_an_invalid_port_is_refused(port):
    refused = start("edge.run", port)
    assert refused.returncode == 1
    expected = f"“{port}” is not a port, a number from 1 to 65535; use another one: make run PORT={edge_port()}"
    assert refused.stderr == f"make run: {expected}\n"


def test_a_port_that_is_in_use_on_the_other_loopback_address_is_named(tmp_path):
    """Else a browser that tries that address first would show what listens there."""
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as other:
        port = other.getsockname()[1]
        refused = start("edge.run", str(port))
    assert f"port {port} is in use" in refused.stderr


def test_both_loopback_addresses_answer(one_machine):
    for address in ("127.0.0.1", "[::1]"):
        answer = httpx.get(f"http://{address}:{one_machine.port}/version", headers={"Host": "pii-demo-blue.localhost"})
        assert answer.json()["colour"] == "blue"


def test_a_proxy_in_the_environment_is_ignored(tmp_path, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name)
    with running(tmp_path) as machine:
        assert machine.switch("green").returncode == 0
        assert start("flask", "--app", "app", "verify", "--via", machine.address, "--live", "green").returncode == 0


def test_a_folder_that_may_not_be_written_to_is_named_in_one_line(tmp_path):
    (tmp_path / "var").write_text("in the way")
    refused = start("edge.run", str(free_port()), cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT)})
    assert refused.returncode == 1
    assert refused.stderr.startswith("make run: var/run/")
    assert refused.stderr.count("\n") == 1


def test_what_was_acknowledged_is_there_after_kill_9_and_a_restart(tmp_path):
    with running(tmp_path) as machine, machine.client("pii-demo-blue.localhost") as client:
        user = client.post("/users/new", data=ADA).headers["Location"]
        for pid in machine.pids():
            os.kill(pid, signal.SIGKILL)
    with running(tmp_path, machine.port) as again, again.client("pii-demo-blue.localhost") as client:
        assert "Lovelace" in client.get(user).text
    assert {file.name for file in tmp_path.glob("*.sqlite3")} == {"blue.sqlite3", "green.sqlite3"}


def test_no_personal_data_is_in_what_it_prints(one_machine):
    typed = ADA | {"lastname": "Quetzalcoatl", "location": "Timbuktu"}
    with one_machine.client("pii-demo-blue.localhost") as client:
        client.post("/users/new", data=typed)
        client.get("/users", params={"location": "Timbuktu"})

    @eventually
    def assert_logged() -> None:
        assert '"path": "/users"' in one_machine.output()

    assert_logged()
    assert not [secret for secret in ("Quetzalcoatl", "Timbuktu") if secret in one_machine.output()]


def test_the_versions_are_written_in_one_place():
    assert versions().keys() == {"blue", "green"}
    assert len(set(versions().values())) == 2
