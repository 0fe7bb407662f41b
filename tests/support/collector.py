"""A collector of spans: what a web server sends to OTEL_EXPORTER_OTLP_ENDPOINT."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask, request
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from werkzeug.serving import make_server


class Collector:
    """The spans received so far, and everything as it was sent."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.sent: list[bytes] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """For a web server that sends its spans here, and soon."""
        return {"OTEL_EXPORTER_OTLP_ENDPOINT": self.address, "OTEL_BSP_SCHEDULE_DELAY": "50"}

    def spans(self) -> list[Span]:
        return [
            span
            for sent in list(self.sent)
            for resource in ExportTraceServiceRequest.FromString(sent).resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]

    def children(self, parent: bytes) -> list[Span]:
        """The spans in that span."""
        return [each for each in self.spans() if each.parent_span_id == parent]


def attributes(span: Span) -> dict[str, Any]:
    """Its attributes, whatever their type."""
    return {each.key: getattr(each.value, str(each.value.WhichOneof("value"))) for each in span.attributes}


@contextmanager
def collector() -> Iterator[Collector]:
    """A running one, until the block ends."""
    app = Flask("collector")
    server = make_server("127.0.0.1", 0, app, threaded=True)
    started = Collector(server.server_port)

    @app.post("/v1/traces")
    def receive() -> str:
        started.sent.append(request.get_data())
        return ""

    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield started
    server.shutdown()
    thread.join()
    server.server_close()
