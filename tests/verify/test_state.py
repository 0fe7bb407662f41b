"""`verify` against a blue web server that is broken in one way: its row fails, and says at which step."""

import socket
import threading
from uuid import UUID

import pytest
from flask import after_this_request, request

from app.verify import state
from app.verify.edge import Edge
from app.verify.outcomes import Failed, NotChecked
from tests.support.clients import services_of
from tests.support.edges import edge_with_blue
from tests.support.examples import ADA_JSON
from tests.support.stores import SQLiteStore
from tests.support.verifying import rows

HANGS = 5  # seconds: longer than the test's --timeout, shorter than what it is by itself


def store_under_another_id():
    """And say that it was stored under the one that was asked for."""
    if request.method == "POST" and "Idempotency-Key" in request.headers:
        asked = request.headers["Idempotency-Key"]
        other = str(UUID(int=UUID(asked).int ^ 1))
        request.environ["HTTP_IDEMPOTENCY_KEY"] = other

        @after_this_request
        def say_what_was_asked(response):
            response.set_data(response.get_data(as_text=True).replace(other, asked))
            response.headers["Location"] = response.headers["Location"].replace(other, asked)
            return response


def find_everybody():
    request.query_string = b""


def fail_after_a_change():
    if request.method == "PUT":

        @after_this_request
        def fail(response):
            response.status_code = 500 if response.status_code == 200 else response.status_code
            return response


def lose_changes():
    """Say that the user was changed, and of the second time, rightly, that it was stale."""
    if request.method == "PUT":
        return {}, 200 if request.json["age"] is None else 412
    return None


def overwrite_what_was_changed():
    if request.method == "PUT":
        request.environ["HTTP_IF_MATCH"] = "*"


def keep_the_deleted():
    return ("", 204) if request.method == "DELETE" else None


FAULTS = {
    store_under_another_id: "find: not just this user, but 1 at its location; user",  # may be left behind
    find_everybody: "find: not just this user, but 2 at its location",
    fail_after_a_change: "change: HTTP 500 instead of 200",
    lose_changes: "read: not what was stored",
    overwrite_what_was_changed: "change what was changed: blue instead of 412",
    keep_the_deleted: "read what was deleted: blue instead of 404",
}


@pytest.fixture
def store(tmp_path):
    return SQLiteStore(tmp_path / "data")


@pytest.fixture
def edge_with_fault(one_machine, tmp_path, make_app, serve):
    """An edge that is right, in front of a blue web server that has one more user, and a fault."""

    def start(fault):
        app = make_app()
        app.before_request(fault)
        app.test_client().post("/api/v1/users", json=ADA_JSON)
        return edge_with_blue(one_machine, tmp_path, serve(app))

    return start


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_fault_fails_at_its_step(edge_with_fault, fault):
    with edge_with_fault(fault) as address:
        code, found = rows(address)
    row = found["blue users"]
    assert (code, row["result"]) == (1, "fail")
    assert row["found"].startswith(FAULTS[fault])


def test_an_answer_that_is_later_than_the_timeout_is_none(edge_with_fault):
    go_on = threading.Event()

    def hang():
        if request.method == "PUT":
            go_on.wait(HANGS)

    with edge_with_fault(hang) as address:
        _, found = rows(address, "--timeout", "1")
    go_on.set()
    assert found["blue users"]["found"] == "change: no answer instead of 200"


@pytest.fixture
def blue(make_app, serve):
    """Make a blue web server; gives it, and an edge that leads to nobody else."""

    def make(**settings):
        app = make_app(**settings)
        return app, Edge(serve(app), "apps.hl.test")

    return make


def test_a_report_that_is_made_for_somebody_else_is_waited_for(blue):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        app, edge = blue(peer_url=f"http://127.0.0.1:{silent.getsockname()[1]}/version")
        somebody = threading.Thread(target=app.test_client().get, args=["/api/v1/colours"])
        somebody.start()
        with silent.accept()[0], pytest.raises(Failed, match=r"no answer \(10\)"):
            state.report("blue", "peers", edge)
        somebody.join()


def test_a_report_that_is_never_made_is_not_checked(blue, monkeypatch):
    monkeypatch.setattr(state, "PATIENCE", 1)
    app, edge = blue()
    with services_of(app).reporter.making, pytest.raises(NotChecked, match="still being made"):
        state.report("blue", "database", edge)


@pytest.mark.parametrize("attribute", ["Max-Age=60", "Expires=Fri, 01 Jan 2100 00:00:00 GMT"])
def test_a_cookie_that_outlives_the_session_fails(make_app, serve, attribute):
    app = make_app()

    @app.after_request
    def keep(response):
        if "Set-Cookie" in response.headers:
            response.headers["Set-Cookie"] += f"; {attribute}"
        return response

    edge = Edge(serve(app), "localhost")
    with pytest.raises(Failed, match="the cookie is not a session’s"):
        state.stay(edge)
