import io
import json
import logging
import logging.config
from uuid import uuid4

import pytest

from app.telemetry import LOGGING
from tests.conftest import ADA


@pytest.fixture
def logged(monkeypatch):
    """What the logging of gunicorn's configuration writes, line by line."""
    stream, root = io.StringIO(), logging.getLogger()
    before = root.handlers[:], root.level
    monkeypatch.setattr("sys.stdout", stream)
    logging.config.dictConfig(LOGGING)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.handlers[:], root.level = before


def test_an_access_log_line_has_the_path_without_the_query(client, logged):
    client.get("/users?location=Nowhere-on-Sea")
    [line] = logged()
    assert line["path"] == "/users"
    assert (line["method"], line["status"], line["logger"], line["level"]) == ("GET", 200, "app.access", "INFO")
    assert line["time"].endswith("+00:00")
    assert line["ms"] >= 0


def test_probes_are_not_logged(client, logged):
    for path in ("/livez", "/readyz", "/metrics"):
        client.get(path)
    assert logged() == []


def test_a_line_break_in_a_path_stays_in_its_line(client, logged):
    client.get("/a%0a%7B%22forged%22:1%7D")
    assert [line["path"] for line in logged()] == ['/a\n{"forged":1}']


def test_no_personal_data_in_logs_and_metrics(client, logged):
    secret = {"firstname": "Xaviera", "lastname": "Yprés", "email": "x@zz.example", "location": "Llanfair"}
    stored = client.post("/users/new", data=ADA | secret)
    client.get(stored.location)
    client.post("/users/new", data=ADA | secret | {"age": "999"})
    client.get("/users", query_string={"location": "Llanfair"}, headers={"Referer": "http://x/?location=Llanfair"})
    written = json.dumps(logged(), ensure_ascii=False) + client.get("/metrics").text
    assert "POST" in written
    assert [value for value in secret.values() if value in written] == []


def test_metrics_count_by_route_not_by_path(client):
    for _ in range(3):
        client.get(f"/users/{uuid4()}")
    client.get("/somebody@example.org")
    client.open("/", method="BREW")
    metrics = client.get("/metrics").text
    assert 'pii_demo_requests_total{method="GET",route="/users/<uuid:id>",status="404"} 3.0' in metrics
    assert 'route="none"' in metrics
    assert 'method="other"' in metrics
    assert "somebody" not in metrics
