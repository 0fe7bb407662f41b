import threading
import time
from collections import Counter
from contextlib import suppress
from socketserver import StreamRequestHandler, ThreadingTCPServer

import pytest
from flask import Flask, abort, redirect, request

from app.isolation.peers import REQUESTS, TIMEOUT, Peers
from app.results import NO_ANSWER, NOT_OURS
from tests.support.one_machine import free_port


@pytest.fixture
def dripping():
    """The address of a server that never comes to the end of its headers."""

    class Drip(StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Drip: ")
            with suppress(OSError):
                while True:
                    self.wfile.write(b"a")
                    time.sleep(0.02)

    with ThreadingTCPServer(("127.0.0.1", 0), Drip) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/version"
        server.shutdown()


@pytest.fixture
def stranger(serve):
    """A server that is none of ours, the headers that it was sent, and what releases those who hang."""
    app, seen = Flask("stranger"), []
    released = threading.Event()

    @app.get("/<path:path>")
    def answer(path: str):
        seen.append(dict(request.headers))
        if path == "hang":
            released.wait(30)
        if path == "denied":
            abort(403)
        if path == "moved":
            return redirect("/hello")
        return "hello"

    yield serve(app), seen, released
    released.set()


def test_each_answer_counts_for_its_colour(make_app, serve):
    peers = Peers(serve(make_app(colour="green")) + "/version")
    assert peers.ask({}) == Counter(green=REQUESTS)


def test_an_error_of_ours_counts_for_its_colour_too(make_app, serve):
    assert Peers(serve(make_app()) + "/nowhere").ask({}) == Counter(blue=REQUESTS)


def test_a_server_that_says_no_colour_is_something_else(stranger):
    address, *_ = stranger
    assert Peers(f"{address}/hello").ask({}) == Counter({NOT_OURS: REQUESTS})
    assert Peers(f"{address}/denied").ask({}) == Counter({"HTTP 403": REQUESTS})
    assert Peers(f"{address}/moved").ask({}) == Counter({"HTTP 302": REQUESTS})


def test_the_given_headers_go_along(stranger):
    address, seen, _ = stranger
    Peers(f"{address}/hello").ask({"traceparent": "00-1-2-01"})
    assert [headers.get("Traceparent") for headers in seen] == ["00-1-2-01"] * REQUESTS


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/version", "http://nobody.invalid/version"])
def test_nobody_there_is_no_answer(url):
    assert Peers(url).ask({}) == Counter({NO_ANSWER: REQUESTS})


def test_who_takes_too_long_is_no_answer_and_what_waits_for_it_is_never_sent(stranger, monkeypatch):
    monkeypatch.setattr("app.isolation.peers.TIMEOUT", 1.0)
    address, seen, released = stranger
    peers = Peers(f"{address}/hang")
    assert peers.ask({}) == Counter({NO_ANSWER: REQUESTS})
    released.set()
    peers.pool.shutdown()
    assert len(seen) == REQUESTS // 2


def test_who_drips_holds_nobody_up(dripping, monkeypatch):
    monkeypatch.setattr("app.isolation.peers.TIMEOUT", 0.5)
    peers = Peers(dripping)
    assert peers.ask({}) == Counter({NO_ANSWER: REQUESTS})
    peers.pool.shutdown()  # which waits for its threads


def test_all_requests_together_take_a_few_seconds_at_most():
    assert TIMEOUT <= 5


def test_no_proxy_of_the_environment_is_asked(make_app, serve, monkeypatch):
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{free_port()}")
    monkeypatch.delenv("no_proxy", raising=False)
    assert Peers(serve(make_app()) + "/version").ask({}) == Counter(blue=REQUESTS)
