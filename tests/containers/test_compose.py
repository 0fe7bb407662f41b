"""What `docker compose up` adds to the checks that hold for each way to start: isolation, restarts, who listens."""

import json
import os
import socket
import subprocess
import sys
import threading
from collections import Counter

import pytest

from tests.support.compose import PROJECT, Compose
from tests.support.load import under_load
from tests.support.mysql_server import run
from tests.support.one_machine import ROOT
from tests.support.waiting import eventually

SERVICES = ["edge", *(f"{kind}-server-{colour}" for kind in ("httpd", "mysql") for colour in ("blue", "green"))]


@pytest.mark.parametrize("service", SERVICES)
def test_each_container_is_locked_down_and_limited(containers: Compose, service):
    [found] = json.loads(run("docker", "inspect", f"{PROJECT}-{service}-1"))
    host = found["HostConfig"]
    assert host["ReadonlyRootfs"] is True
    assert host["CapDrop"] == ["ALL"]
    assert host["SecurityOpt"] == ["no-new-privileges:true"]
    assert host["Memory"] > 0
    assert host["NanoCpus"] > 0
    assert found["Config"]["User"] not in {"", "0", "root"}


def test_only_the_edge_publishes_a_port_and_only_on_loopback(containers):
    published = {}
    for service in SERVICES:
        [found] = json.loads(run("docker", "inspect", f"{PROJECT}-{service}-1"))
        ports = [bound for bound in found["HostConfig"]["PortBindings"].values() if bound]
        if ports:
            published[service] = ports
    assert published == {"edge": [[{"HostIp": "127.0.0.1", "HostPort": str(containers.port)}]]}


@pytest.mark.parametrize(("own", "other"), [("blue", "green"), ("green", "blue")])
def test_a_web_server_reaches_its_own_mysql_and_not_the_other_colours(containers, own, other):
    connect = "import socket; socket.create_connection(({!r}, 3306), 2)"
    [found] = json.loads(run("docker", "inspect", f"{PROJECT}-mysql-server-{other}-1"))
    [address] = [network["IPAddress"] for network in found["NetworkSettings"]["Networks"].values()]
    web = f"httpd-server-{own}"
    assert containers.python(web, connect.format(f"mysql-server-{own}")).returncode == 0
    assert "gaierror" in containers.python(web, connect.format(f"mysql-server-{other}")).stderr
    unreachable = containers.python(web, connect.format(address))
    assert unreachable.returncode != 0
    assert "Error" in unreachable.stderr


@pytest.mark.parametrize("service", ["httpd-server-blue", "mysql-server-blue"])
@pytest.mark.timeout(180)
def test_a_restart_under_load_loses_no_acknowledged_form(containers, service):
    with under_load(containers.address, "pii-demo-blue.localhost") as load:
        load.wait_for(40)
        containers.run("restart", service)
        load.wait_for(40)
    count = "import app; s = app.create_app().extensions['pii-demo'].storage; print(*[bool(s.get(i)) for i in {!r}])"
    there = containers.python("httpd-server-blue", count.format(load.acknowledged)).stdout.split()
    assert there == ["True"] * len(load.acknowledged)


@pytest.mark.timeout(120)
def test_a_request_that_was_accepted_is_answered_before_the_container_stops(containers):
    body = b"firstname=Ada&lastname=Lovelace&email=ada%40example.org&age=36&location=slow"
    head = (
        "POST /users/new HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    [found] = json.loads(run("docker", "inspect", f"{PROJECT}-httpd-server-green-1"))
    address = found["NetworkSettings"]["Networks"][f"{PROJECT}_green-web"]["IPAddress"]
    with socket.create_connection((address, 8080), 10) as slow:
        slow.sendall(head.encode() + body[:10])
        stopping = threading.Thread(target=containers.run, args=("stop", "httpd-server-green"))
        stopping.start()
        while "Handling signal: term" not in containers.run("logs", "httpd-server-green").stdout:
            pass
        slow.sendall(body[10:])
        assert slow.recv(100).startswith(b"HTTP/1.1 303 ")
    stopping.join()
    containers.run("up", "--wait")


def test_an_edited_page_is_taken_over(containers):
    page = ROOT / "app" / "web" / "templates" / "home.html"
    os.utime(page)  # as an editor does, without changing anything here

    @eventually
    def taken_over() -> None:
        assert (
            "Worker reloading: /srv/app/web/templates/home.html" in containers.run("logs", "httpd-server-green").stdout
        )
        with containers.client("pii-demo-green.localhost") as client:
            assert client.get("/").status_code == 200

    taken_over()


def live(containers: Compose, colour: str, share: str = ""):
    """`make live COLOUR=… SHARE=…`"""
    command = [sys.executable, "-m", "edge.live", str(containers.port), colour, share]
    return subprocess.run(command, cwd=ROOT, env=containers.environment, capture_output=True, text=True, check=False)


def test_make_live_switches_the_plain_host_and_fails_no_request(containers):
    with under_load(containers.address, "pii-demo.localhost") as load:
        for colour in ("green", "both", "blue", "both"):
            load.wait_for(20)
            switched = live(containers, colour)
            assert (switched.returncode, switched.stderr) == (0, "")
            assert f"is served by {colour}" in switched.stdout
            with containers.client("pii-demo.localhost") as client:
                answered = {client.get("/version").headers["X-App-Colour"] for _ in range(10)}
            assert answered == ({"blue", "green"} if colour == "both" else {colour})
    assert load.outcomes.keys() == {303}, load.outcomes


def test_make_live_moves_a_share_of_new_visitors(containers):
    assert "is served by blue, with 99% of new visitors on green" in live(containers, "green", "99").stdout
    with containers.client("pii-demo.localhost") as client:
        answered = Counter(client.get("/version").headers["X-App-Colour"] for _ in range(50))
    assert live(containers, "both").returncode == 0
    assert answered["green"] > 40


def test_make_up_says_where_both_colours_are(containers):
    for name in ("pii-demo", "pii-demo-blue", "pii-demo-green"):
        assert f"http://{name}.localhost:{containers.port}\n" in containers.started


def test_the_development_password_is_warned_about(containers):
    assert "the database has the development password" in containers.run("logs", "httpd-server-blue").stdout


def test_down_keeps_the_data(containers):
    with containers.client("pii-demo-green.localhost") as client:
        user = client.post("/users/new", data={"firstname": "A", "lastname": "B", "email": "a@b.org"}).headers[
            "Location"
        ]
        containers.run("down")
        containers.run("up", "--wait")
        assert client.get(user).status_code == 200
