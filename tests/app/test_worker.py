"""The worker: requests that it cannot parse, clients that never stop, and the end."""

import json
import re
import socket
import threading
from contextlib import suppress
from multiprocessing import Process

import httpx
import pytest

from tests.support.one_machine import ROOT
from tests.support.waiting import eventually
from tests.support.web_server import web_server

FORM = b"firstname=Xaviera&lastname=Yates&email=xaviera%40example.org"
POST = b"POST /users/new HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
GET = b"GET /users?location=Xaviera HTTP/1.1\r\nHost: localhost\r\n"

UNREADABLE = {
    "no request line": (FORM + b"\r\n\r\n", 400),
    "no version": (b"GET /?Xaviera\r\n\r\n", 400),
    "an unknown version": (b"GET /?Xaviera HTTP/9.9\r\n\r\n", 400),
    "a method in lower case": (b"xaviera / HTTP/1.1\r\n\r\n", 400),
    "a long request line": (b"GET /?" + b"Xaviera" * 1000 + b" HTTP/1.1\r\n\r\n", 414),
    "a long header": (GET + b"Xaviera: " + b"x" * 9000 + b"\r\n\r\n", 431),
    "many headers": (GET + b"Xaviera: x\r\n" * 100 + b"\r\n", 431),
    "a header that is none": (GET + b"Xaviera\r\n\r\n", 400),
    "a folded header": (GET + b"A: b\r\n Xaviera\r\n\r\n", 400),
    "an unknown expectation": (GET + b"Expect: Xaviera\r\n\r\n", 417),
    "an unknown coding": (POST + b"Transfer-Encoding: xaviera\r\n\r\n", 501),
    "two lengths": (POST + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nXaviera", 400),
    "a length and chunks": (POST + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\nXaviera", 400),
    "chunks without a size": (POST + b"Transfer-Encoding: chunked\r\n\r\n3cg\r\n" + FORM + b"\r\n0\r\n\r\n", 400),
    "chunks of another size": (POST + b"Transfer-Encoding: chunked\r\n\r\n2\r\n" + FORM + b"\r\n0\r\n\r\n", 400),
}


@pytest.fixture
def send(one_machine):
    """Send bytes to blue's gunicorn; gives the heads and bodies of its answers."""

    def send(sent: bytes) -> list[tuple[int, dict[str, str], bytes]]:
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(5)
            client.connect(str(ROOT / "var" / "run" / str(one_machine.port) / "blue.sock"))
            client.sendall(sent)
            client.shutdown(socket.SHUT_WR)
            received = b"".join(iter(lambda: client.recv(65536), b""))
        return list(answers(received))

    return send


ENDLESS = {
    "a body without an end": (POST + b"Content-Length: 99999999999\r\n\r\n", b"x" * 8192),
    "chunks without an end": (
        POST + b"Transfer-Encoding: chunked\r\n\r\n",
        100 * (b"1000\r\n" + b"x" * 4096 + b"\r\n"),
    ),
}


@pytest.mark.parametrize(("first", "then"), ENDLESS.values(), ids=ENDLESS)
def test_a_client_that_never_stops_holds_up_nobody(tmp_path, first, then):
    with web_server({"DATA_DIR": str(tmp_path)}) as target:
        flooding = Process(target=flood, args=(target.address, first, then))
        flooding.start()
        try:
            for _ in range(30):
                assert httpx.get(f"http://{target.address}/livez", timeout=5).elapsed.total_seconds() < 1
        finally:
            flooding.kill()
            flooding.join()


def flood(address: str, first: bytes, then: bytes) -> None:
    """Send for ever, and read what comes."""
    host, port = address.split(":")
    while True:
        with suppress(OSError), socket.create_connection((host, int(port))) as client:
            threading.Thread(target=read, args=(client,), daemon=True).start()
            client.sendall(first)
            while True:
                client.sendall(then)


def read(client: socket.socket) -> None:
    with suppress(OSError):
        while client.recv(1 << 20):
            pass


def answers(received: bytes):
    while received:
        head, _, received = received.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = dict(line.split(": ", 1) for line in lines)
        length = int(headers["Content-Length"])
        yield int(first.split()[1]), headers, received[:length]
        received = received[length:]


@pytest.mark.parametrize(("sent", "status"), UNREADABLE.values(), ids=UNREADABLE)
def test_what_cannot_be_read_gets_a_problem_document_and_is_repeated_nowhere(one_machine, send, sent, status):
    before = len(one_machine.lines)
    [(answered, headers, body)] = send(sent)
    assert answered == status
    assert headers["Content-Type"] == "application/problem+json"
    assert headers["X-App-Colour"] == "blue"
    assert headers["X-App-Version"]
    assert headers["X-App-Pod"]
    assert headers["Cache-Control"] == "no-store"
    assert json.loads(body)["status"] == status

    @eventually
    def it_is_logged() -> None:
        assert re.search('"request refused".*"colour": "blue"', "".join(one_machine.lines[before:]))

    it_is_logged()
    repeated = body.decode() + str(headers) + "".join(one_machine.lines[before:])
    assert "xaviera" not in repeated.lower()
    assert "Traceback" not in repeated


def test_the_rest_of_a_body_that_is_longer_than_it_says_is_not_logged(one_machine, send):
    before = len(one_machine.lines)
    form, rest = send(POST + b"Content-Length: 5\r\n\r\n" + FORM + b"\r\n\r\n")
    assert (form[0], rest[0]) == (422, 400)

    @eventually
    def it_is_logged() -> None:
        assert "request refused" in "".join(one_machine.lines[before:])

    it_is_logged()
    assert "example.org" not in (rest[2].decode() + "".join(one_machine.lines[before:])).lower()


@pytest.mark.parametrize("protocol", [b"TLS/1.2", b"h2c", b"websocket"])
@pytest.mark.parametrize("path", [b"/users/new", b"/version"])
def test_an_offer_to_change_the_protocol_is_ignored(send, protocol, path):
    offer = b"Connection: Upgrade\r\nUpgrade: " + protocol + b"\r\n\r\n"
    [(status, _, _)] = send(b"GET " + path + b" HTTP/1.1\r\nHost: pii-demo-blue.localhost\r\n" + offer)
    assert status == 200


def test_a_form_whose_end_is_missing_is_not_stored(one_machine, send):
    form = FORM + b"&location=Lon"
    length = str(len(form) + len(b"don")).encode()
    [(status, headers, _)] = send(POST + b"Content-Length: " + length + b"\r\n\r\n" + form)
    assert (status, headers["X-App-Colour"]) == (400, "blue")
    with one_machine.client("pii-demo-blue.localhost") as client:
        assert client.get("/api/v1/users", params={"location": "Lon"}).json()["users"] == []


@pytest.mark.parametrize("name", [b"SCRIPT_NAME", b"PATH_INFO", b"REMOTE_USER", b"Script-Name", b"X-Forwarded-Proto"])
@pytest.mark.parametrize("path", [b"/users/new", b"//evil/users/new", b"/evil/users/new"])
def test_no_header_changes_the_addresses_of_a_page(send, name, path):
    request = b"GET " + path + b" HTTP/1.1\r\nHost: pii-demo-blue.localhost\r\n"
    [plain] = send(request + b"\r\n")
    [other] = send(request + name + b": //evil\r\n\r\n")
    assert plain[0] == other[0]
    assert b"//evil/" not in other[2]


@pytest.mark.parametrize("sent", [b"", GET], ids=["nothing", "half a head"])
def test_a_connection_that_never_sends_a_request_is_closed(tmp_path, sent):
    environment = {"DATA_DIR": str(tmp_path), "GUNICORN_CMD_ARGS": "--keep-alive 1"}
    with web_server(environment) as target, socket.create_connection(target.endpoint, timeout=20) as client:
        client.sendall(sent)
        assert client.recv(1) == b""


def test_an_answer_without_a_body_is_sent(one_machine):
    with one_machine.client("pii-demo-blue.localhost") as client:
        assert client.head("/version").headers["Content-Length"] == client.get("/version").headers["Content-Length"]


def test_after_sigterm_it_is_unready_but_still_answers(tmp_path):
    with web_server({"DATA_DIR": str(tmp_path)}) as target:
        target.process.terminate()

        @eventually
        def unready() -> None:
            answer = httpx.get(f"http://{target.address}/readyz")
            assert (answer.status_code, answer.json().get("reason")) == (503, "This server is stopping.")

        unready()
        assert httpx.get(f"http://{target.address}/livez").status_code == 200
