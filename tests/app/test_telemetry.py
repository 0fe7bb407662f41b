import json
import logging
import logging.config
import re
import runpy
import sys
from itertools import takewhile
from uuid import uuid4

import pytest

from app.web.logs import identify
from edge.run import versions
from tests.support.examples import ADA, ID
from tests.support.one_machine import ROOT
from tests.support.stores import SQLiteStore

TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture
def store(tmp_path):
    """One kind of database: nothing here depends on it."""
    return SQLiteStore(tmp_path / "data")


def metrics(client) -> str:
    return str(client.get("/metrics", headers={"Host": "10.0.0.1:8080"}).text)


class Stdout:
    """Standard output as it is at that moment: pytest has another one in a fixture than in its test."""

    def write(self, text: str) -> None:
        sys.stdout.write(text)

    def flush(self) -> None:
        sys.stdout.flush()


@pytest.fixture
def logged(capsys, client, monkeypatch):
    """What is written to stdout, with the logging of gunicorn's configuration, line by line."""
    root = logging.getLogger()
    before = root.handlers[:], root.level
    logging.config.dictConfig(runpy.run_path("app/gunicorn.conf.py")["logconfig_dict"])
    [handler] = root.handlers
    monkeypatch.setattr(handler, "stream", Stdout())
    identify(client.application)
    yield lambda: [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    root.handlers[:], root.level = before


def test_an_access_log_line_has_the_path_without_the_query(client, logged):
    client.get("/users?location=Nowhere-on-Sea")
    [line] = logged()
    assert line["path"] == "/users"
    assert (line["method"], line["status"], line["logger"], line["level"]) == ("GET", 200, "app.access", "INFO")
    assert line["time"].endswith("+00:00")
    assert line["ms"] >= 0


def documented() -> list[set[str]]:
    """The fields of a line that docs/reference.md lists, row by row."""
    table = (
        (ROOT / "docs" / "reference.md").read_text(encoding="utf-8").split("| field | in | what |\n|---|---|---|\n")[1]
    )
    return [set(re.findall(r"`(\w+)`", row.split(" | ")[0])) for row in table.split("\n\n")[0].splitlines()]


def test_a_line_has_the_fields_that_the_reference_says(client, logged):
    always, identity, request_id, trace_id, asked = documented()
    client.application.before_request(lambda: logging.getLogger("app").info("asked"))
    client.get("/users", headers={"traceparent": TRACEPARENT})
    logging.getLogger("app").info("not asked")
    during, request, outside = logged()
    assert outside.keys() == always | identity
    assert during.keys() == outside.keys() | request_id | trace_id
    assert request.keys() == during.keys() | asked
    assert request["request_id"] == during["request_id"]
    assert {request[name] for name in identity} == {"blue", "1.0.0", "pod-1"}
    assert request["route"] == "/users"


def test_an_answer_names_the_request_that_its_lines_are_for(client, logged):
    answers = [client.get("/users", headers={"X-Request-Id": ID}), client.get("/nowhere")]
    named = [answer.headers["X-Request-Id"] for answer in answers]
    assert named == [line["request_id"] for line in logged()]
    assert named[0] == ID


def test_gunicorns_own_lines_say_who_wrote_them(one_machine):
    # Until both answer: other tests may have given blue another label since.
    begun = takewhile(lambda line: "Both colours are up" not in line, one_machine.lines)
    lines = [json.loads(line[line.index("{") :]) for line in begun if '"logger": "gunicorn.error"' in line]
    assert {line["message"].split()[0] for line in lines} >= {"Starting", "Listening", "Booting"}
    assert {(line["colour"], line["version"], line["pod"]) for line in lines} == {
        (colour, version, f"httpd-server-{colour}") for colour, version in versions().items()
    }


def test_probes_are_not_logged(client, logged):
    for path in ("/livez", "/readyz", "/metrics"):
        client.get(path)
    assert logged() == []


@pytest.mark.parametrize(
    ("path", "written"),
    [
        ("/users/ada@example.org", "/users/<unknown>"),
        ("/users/ada/delete", "/users/<unknown>/delete"),
        ("/static/ada@example.org/layout.css", "/static/<digest>/<name>"),
        ("/static/0/ada@example.org", "/static/<digest>/<name>"),
        ("/ada", "/<unknown>"),
        ("/a%0a%7B%22forged%22:1%7D", "/<unknown>"),
        ("/a/b/c/d/e/f/g/h", "/<unknown>/<unknown>/<unknown>/<unknown>/<unknown>"),
        (f"/users/{ID}", f"/users/{ID}"),
        (f"/api/v1/users/{ID}", f"/api/v1/users/{ID}"),
        ("/api/v1/colours", "/api/v1/colours"),
    ],
)
def test_of_a_path_only_routes_and_ids_are_logged(client, logged, path, written):
    client.get(path)
    assert [line["path"] for line in logged()] == [written]


def test_no_personal_data_in_logs_and_metrics(client, logged):
    secret = {"firstname": "Xaviera", "lastname": "Yprés", "email": "x@zz.example", "location": "Llanfair"}
    stored = client.post("/users/new", data=ADA | secret)
    client.get(stored.location)
    client.post("/users/new", data=ADA | secret | {"age": "999"})
    client.get("/users", query_string={"location": "Llanfair"}, headers={"Referer": "http://x/?location=Llanfair"})
    written = json.dumps(logged(), ensure_ascii=False) + metrics(client)
    assert "POST" in written
    assert [value for value in secret.values() if value in written] == []


def test_metrics_count_by_route_not_by_path(client):
    for _ in range(3):
        client.get(f"/users/{uuid4()}")
    client.get("/somebody@example.org")
    client.open("/", method="BREW")
    figures = metrics(client)
    assert 'pii_demo_requests_total{method="GET",route="/users/<uuid:id>",status="404"} 3.0' in figures
    assert 'route="none"' in figures
    assert 'method="other"' in figures
    assert "somebody" not in figures


@pytest.mark.parametrize("path", ["/metrics", "/%6Detrics"])
def test_metrics_are_for_the_platform_and_not_for_visitors(client, path):
    for host in ("pii-demo.localhost:8080", "PII-demo-green.apps.hl.test"):
        assert client.get(path, headers={"Host": host}).status_code == 404
    assert "pii_demo" in metrics(client)
