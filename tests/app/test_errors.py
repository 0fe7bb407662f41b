import logging
from io import BytesIO

import pytest

from app.storage.database import Unavailable
from tests.support.clients import browser
from tests.support.examples import ADA

JSON = {"Accept": "application/json"}
TOO_LARGE = {"data": b"x" * (16 * 1024 + 1), "content_type": "application/octet-stream"}


@pytest.fixture
def failing(make_app):
    """A client of an application with pages that fail."""
    app = make_app()

    @app.get("/fail")
    def fail():
        raise ValueError("ada@example.org is not a number")

    @app.route("/unavailable", methods=["GET", "POST"])
    def unavailable():
        raise Unavailable("The database is read-only.")

    return browser(app, "blue")


ERRORS = {
    "400": ({"path": "/users?match=fuzzy"}, 400, "either “exact” or “prefix”"),
    "403": ({"path": "/users/new", "method": "POST", "headers": {"Origin": "http://evil.test"}}, 403, "evil.test"),
    "404": ({"path": "/nowhere"}, 404, "Check the address"),
    "405": ({"path": "/", "method": "DELETE"}, 405, "does not take requests of that kind"),
    "413": ({"path": "/users/new", "method": "POST", **TOO_LARGE}, 413, "larger than 16 KiB"),
    "413 anywhere": ({"path": "/nowhere", "method": "POST", **TOO_LARGE}, 413, "larger than 16 KiB"),
    "500": ({"path": "/fail"}, 500, "The fault is ours"),
    "503": ({"path": "/unavailable"}, 503, "read-only. Try again in a moment"),
    "503 of a write": (
        {"path": "/unavailable", "method": "POST"},
        503,
        "may not have been carried out; nothing is done twice",
    ),
}


@pytest.mark.parametrize(("request_", "status", "text"), ERRORS.values(), ids=ERRORS)
def test_people_get_a_page_in_the_colour_of_the_rest(failing, request_, status, text):
    response = failing.open(**request_)
    assert response.status_code == status
    assert response.content_type == "text/html; charset=utf-8"
    assert text in response.text
    assert '<html lang="en" class="blue">' in response.text
    assert response.headers["Content-Security-Policy"]
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("accept", ["application/json", "application/json;charset=utf-8", "application/problem+json"])
def test_json_can_be_asked_for_in_several_ways(client, accept):
    assert client.get("/nowhere", headers={"Accept": accept}).content_type == "application/problem+json"


@pytest.mark.parametrize(("request_", "status", "text"), ERRORS.values(), ids=ERRORS)
def test_a_client_that_asks_for_json_gets_problem_details(failing, request_, status, text):
    response = failing.open(**request_ | {"headers": request_.get("headers", {}) | JSON})
    assert (response.status_code, response.content_type) == (status, "application/problem+json")
    assert response.json["status"] == status
    assert text in response.json["detail"]


@pytest.mark.parametrize("accept", [None, "*/*", "text/html,application/xhtml+xml,*/*;q=0.8", "image/png"])
def test_other_clients_get_the_page(client, accept):
    response = client.get("/nowhere", headers={"Accept": accept} if accept else {})
    assert response.content_type == "text/html; charset=utf-8"


@pytest.mark.parametrize("host", ["a..b", ".", "x" * 64])
def test_an_invalid_host_is_refused_in_json_since_a_page_has_nothing_to_link_to(client, host, caplog):
    response = client.get("/users?location=secret", headers={"Host": host})
    assert (response.status_code, response.content_type) == (400, "application/problem+json")
    assert response.headers["X-App-Colour"] == "blue"
    assert "secret" not in caplog.text


def test_an_error_keeps_the_headers_that_belong_to_it(failing):
    assert set(failing.delete("/users").headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}
    assert failing.get("/unavailable").headers["Retry-After"] == "5"


@pytest.mark.parametrize("address", ["/users/new", "/api/v1/users", "/nowhere"])
def test_a_large_body_in_chunks_is_refused_too(client, address):
    body = b'{"firstname": "Ada", "lastname": "L", "email": "a@example.org"}' + b" " * 16 * 1024
    chunked = {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
    types = {"content_type": "application/json", "content_length": None}
    response = client.post(address, input_stream=BytesIO(body), environ_overrides=chunked, **types)
    assert response.status_code == 413


def test_a_large_form_is_refused_and_one_of_16_kib_is_read(client):
    assert client.post("/users/new", data=ADA | {"location": "x" * 17_000}).status_code == 413
    assert client.post("/users/new", data=ADA | {"location": "x" * 16_000}).status_code == 422


def test_an_unexpected_error_is_logged_by_its_place_but_not_its_message(failing, caplog):
    page = failing.get("/fail").text
    [record] = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert record.getMessage() == "unexpected ValueError"
    assert "test_errors.py" in record.frames[-1]
    assert "ada@example.org" not in page + str(vars(record))
