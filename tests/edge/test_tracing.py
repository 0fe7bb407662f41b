"""Spans of the edge, with those of the web servers in one trace."""

from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.support.collector import attributes, collector
from tests.support.one_machine import running
from tests.support.waiting import eventually


def test_a_trace_begins_at_the_edge_and_nothing_typed_is_in_it(tmp_path, monkeypatch):
    with collector() as collected:
        for name, value in collected.environment.items():
            monkeypatch.setenv(name, value)
        with running(tmp_path) as machine, machine.client("pii-demo-blue.localhost") as client:
            client.get("/users?location=Llanfair", headers={"User-Agent": "Xaviera", "baggage": "name=Xaviera"})
            for _ in range(5):  # so many spans Envoy sends at once; fewer, after five seconds
                client.get("/users/xaviera@example.org")

            @eventually
            def it_is_complete() -> None:
                spans = collected.spans()
                edges = [each for each in spans if each.span_id in parents(spans, "GET /users")]
                assert [(each.kind, each.parent_span_id) for each in edges] == [(Span.SPAN_KIND_SERVER, b"")]
                assert attributes(edges[0])["http.status_code"] == "200"
                assert {each.trace_id for each in edges} == {each.trace_id for each in spans if each.name == "SELECT"}
                assert parents(spans, "GET none") <= {each.span_id for each in spans}

            it_is_complete()
    sent = b"".join(collected.sent).lower()
    assert [word for word in (b"llanfair", b"xaviera") if word in sent] == []


def parents(spans: list[Span], name: str) -> set[bytes]:
    """The spans that those of that name are in."""
    return {each.parent_span_id for each in spans if each.name == name}
