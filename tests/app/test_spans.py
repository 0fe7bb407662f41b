"""Spans, which real web servers send to a collector."""

import json
import os
import subprocess
import sys

import httpx
import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from app.isolation.peers import REQUESTS
from tests.support.collector import attributes, collector
from tests.support.examples import ADA
from tests.support.one_machine import ROOT, free_port
from tests.support.waiting import eventually
from tests.support.web_server import web_server

TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
CLIENT, SERVER = Span.SPAN_KIND_CLIENT, Span.SPAN_KIND_SERVER
SECRET = {"firstname": "Xaviera", "lastname": "Yprés", "email": "x@zz.example", "location": "Llanfair"}


@pytest.fixture(scope="module", params=["sqlite", "mysql"])
def traced(request, tmp_path_factory):
    """A web server, which has another one for a peer, and where both send their spans."""
    environment = {"POD_NAME": "pod-1", "DATA_DIR": str(tmp_path_factory.mktemp("data"))}
    if request.param == "mysql":
        environment |= request.getfixturevalue("mysql_servers")["blue"].environment
    with (
        collector() as collected,
        web_server(environment | collected.environment) as peer,
        web_server(peer.environment | {"PEER_URL": f"http://{peer.address}/version"}) as server,
        httpx.Client(base_url=f"http://{server.address}") as client,
    ):
        yield client, collected


@pytest.fixture
def collected():
    with collector() as started:
        yield started


def names(spans):
    return sorted(span.name for span in spans)


@eventually
def the_one(collected, name):
    """The only span of that name, once it has come."""
    found = [each for each in collected.spans() if each.name == name]
    assert len(found) == 1
    return found[0]


def test_one_trace_has_the_request_its_statements_and_its_peers(traced):
    client, collected = traced
    client.get("/colours", headers={"traceparent": f"00-{TRACE}-{PARENT}-01"})

    @eventually
    def is_complete():
        spans = [each for each in collected.spans() if each.trace_id.hex() == TRACE]
        requests = [each for each in spans if each.name == "GET /colours"]
        assert [(each.kind, each.parent_span_id.hex()) for each in requests] == [(SERVER, PARENT)]
        asked = [each for each in spans if each.parent_span_id == requests[0].span_id]
        assert {"SELECT", "GET"} <= set(names(asked)) <= {"SELECT", "GET", "connect"}
        assert names(asked).count("GET") == REQUESTS
        assert {each.kind for each in asked} == {CLIENT}
        answers = [each for each in spans if each.name == "GET /version"]
        assert {each.parent_span_id for each in answers} == {each.span_id for each in asked if each.name == "GET"}
        assert {attributes(each)["answered"] for each in asked if each.name == "GET"} == {"blue"}
        assert len(spans) == 1 + len(asked) + len(answers)

    is_complete()


def test_a_span_says_who_answered_what_and_how(traced):
    client, collected = traced
    assert client.put("/users").status_code == 405
    assert attributes(the_one(collected, "PUT none")) == {
        "http.request.method": "PUT",
        "http.route": "none",
        "http.response.status_code": 405,
        "colour": "blue",
        "version": "1.0.0",
        "pod": "pod-1",
    }


def test_what_somebody_typed_is_in_no_span(traced):
    client, collected = traced
    stored = client.post("/users/new", data=ADA | SECRET).headers["Location"]
    client.post("/users/new", data=ADA | SECRET | {"age": "999"})
    traced_by = {"traceparent": f"00-{TRACE}-{PARENT}-01", "tracestate": "x=Xaviera"}
    client.get(stored, headers={"Referer": "http://x/?location=Llanfair"} | traced_by)
    client.get("/users", params={"location": "Llanfair"}, headers={"User-Agent": "Xaviera"})
    client.get("/users", params={"location": "Llan", "match": "prefix"})
    client.get(f"/users/{SECRET['email']}")
    client.request("XAVIERA", "/users")
    client.post("/leave", data=SECRET, headers={"traceparent": "00-Xaviera", "baggage": "name=Xaviera"})

    @eventually
    def all_have_come():
        assert {"POST /leave", "other none", "SELECT", "INSERT"} <= set(names(collected.spans()))

    all_have_come()
    sent = b"".join(collected.sent)
    assert [value for value in SECRET.values() if value.encode() in sent] == []
    assert b":location" in sent


def test_probes_have_no_spans(traced):
    client, collected = traced
    for path in ("/livez", "/readyz", "/metrics"):
        client.get(path)
    client.get("/traffic")
    the_one(collected, "GET /traffic")
    assert not {"GET /livez", "GET /readyz", "GET /metrics", "UPDATE"} & set(names(collected.spans()))


def test_what_fails_is_an_error_without_its_message(collected):
    nobody = f"127.0.0.1:{free_port()}"
    host, port = nobody.split(":")
    environment = {"MYSQL_HOST": host, "MYSQL_PORT": port, "PEER_URL": f"http://{nobody}/version"}
    with web_server(environment | collected.environment) as server:
        httpx.get(f"http://{server.address}/colours")
        httpx.get(f"http://{server.address}/users")
        request = the_one(collected, "GET /users")
        report = the_one(collected, "GET /colours")

    def errors(parent):
        return {attributes(each)["error.type"] for each in collected.children(parent.span_id) if is_error(each)}

    assert is_error(request)
    assert not is_error(report)
    assert errors(report) == {"OperationalError", "no answer"}
    assert not any(each.events or each.status.message for each in collected.spans())


def is_error(span):
    return span.status.code == Status.STATUS_CODE_ERROR


def test_a_server_that_stops_sends_what_it_has(collected, tmp_path):
    environment = {
        "DATA_DIR": str(tmp_path),
        "OTEL_BSP_SCHEDULE_DELAY": "60000",
        "GUNICORN_CMD_ARGS": "--graceful-timeout 2",
    }
    with web_server(collected.environment | environment) as server:
        httpx.get(f"http://{server.address}/users")
        server.process.terminate()
        server.process.wait(20)
    the_one(collected, "GET /users")


def run(program, **environment):
    """What a program prints that has an application and its client."""
    prepare = "import sys, app; client = lambda: app.create_app().test_client()"
    command = [sys.executable, "-c", f"{prepare}\n{program}"]
    return subprocess.run(
        command, cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, check=False, timeout=30
    )


def test_the_line_of_a_request_has_the_trace_id_of_its_span(collected, tmp_path):
    program = "import logging; logging.basicConfig(level='INFO'); client().get('/traffic')"
    ran = run(program, DATA_DIR=str(tmp_path), **collected.environment)
    line = json.loads(ran.stdout)
    assert the_one(collected, "GET /traffic").trace_id.hex() == line["trace_id"]


def test_without_an_endpoint_nothing_of_opentelemetry_is_imported(tmp_path):
    program = "client().get('/'); print([name for name in sys.modules if 'opentelemetry' in name])"
    assert run(program, DATA_DIR=str(tmp_path)).stdout == "[]\n"


def test_an_endpoint_without_the_packages_is_an_error_that_says_so():
    program = "sys.modules['opentelemetry'] = None; client()"
    failed = run(program, OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:4318")
    assert "requirements/otel.txt" in failed.stderr.splitlines()[-1]
