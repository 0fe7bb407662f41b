"""Spans, sent to the collector at OTEL_EXPORTER_OTLP_ENDPOINT: of requests, and of what they ask databases and peers.

Imported only if that is set. OpenTelemetry's own instrumentations also note queries, addresses and messages of errors,
which have in them what people typed, so what a span may have is named here.
"""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import partial, wraps
from typing import Any

from flask import Flask, Response, g, request
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span, SpanKind, StatusCode, Tracer, get_current_span
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from werkzeug.datastructures import Headers

from ..isolation.peers import Peers
from ..results import NO_ANSWER
from ..storage.database import Database
from . import services
from .logs import PROBES, identity_fields
from .telemetry import method_and_route
from .tracing import TRACEPARENT, variable

_headers = TraceContextTextMapPropagator()


def init_app(app: Flask) -> None:
    """Make spans of requests, but of no probes; of the database's statements; of requests to peers."""
    # What the environment says of the resource comes first, as for the rest of OpenTelemetry's settings.
    resource = Resource({"service.name": "httpd-server"}).merge(OTELResourceDetector().detect())
    provider = TracerProvider(resource=resource)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    tracer = provider.get_tracer("pii-demo")
    app.before_request(partial(_begin, tracer))
    app.after_request(_answered)
    app.teardown_request(_end)
    _trace_database(tracer, services.of(app).connections.database)
    if peers := services.of(app).reporter.peers:
        _trace_peers(tracer, peers)


def _begin(tracer: Tracer) -> None:
    """Begin the span of a request, and let the request's log lines and peers find it in `traceparent`."""
    if request.path in PROBES:
        return
    method, route = method_and_route()
    attributes = {"http.request.method": method, "http.route": route}
    attributes |= identity_fields(services.current().identity.current())
    g.span = ExitStack()
    g.span.enter_context(_span(tracer, f"{method} {route}", SpanKind.SERVER, attributes, _parent(request.headers)))
    request.environ |= {variable(header): value for header, value in _own_headers().items()}


def _answered(response: Response) -> Response:
    if "span" in g:
        span = get_current_span()
        span.set_attribute("http.response.status_code", response.status_code)
        if response.status_code >= 500:
            span.set_status(StatusCode.ERROR)
    return response


def _end(_error: BaseException | None) -> None:
    if "span" in g:
        g.span.close()


def _trace_database(tracer: Tracer, database: Database) -> None:
    """Have a span for each connection made, and for each statement: its text, which is the same for all values."""
    system = {"db.system.name": type(database).__name__.lower()}
    connect, execute = database.connect, database.execute

    @wraps(connect)
    def traced_connect() -> Any:
        with _within_request(tracer, "connect", system):
            return connect()

    @wraps(execute)
    def traced_execute(connection: Any, statement: str, values: Mapping[str, Any]) -> Any:
        with _within_request(tracer, statement.split(maxsplit=1)[0], system | {"db.query.text": statement}):
            return execute(connection, statement, values)

    database.connect, database.execute = traced_connect, traced_execute  # type: ignore[method-assign]


@contextmanager
def _within_request(tracer: Tracer, name: str, attributes: Mapping[str, str]) -> Iterator[None]:
    """A span in that of the request, if it has one."""
    if not get_current_span().get_span_context().is_valid:
        yield
        return
    with _span(tracer, name, SpanKind.CLIENT, attributes) as span:
        try:
            yield
        except Exception as error:
            _failed(span, type(error).__name__)
            raise


def _trace_peers(tracer: Tracer, peers: Peers) -> None:
    """Have a span for each request to a peer, which says who answered. They are made in threads of their own."""
    ask_one = peers.ask_one
    attributes = {"http.request.method": "GET", "url.full": peers.url}

    @wraps(ask_one)
    def traced(headers: Mapping[str, str], *rest: Any) -> str:
        with _span(tracer, "GET", SpanKind.CLIENT, attributes, _parent(headers)) as span:
            answered = ask_one({**headers, **_own_headers()}, *rest)
            span.set_attribute("answered", answered)
            if answered == NO_ANSWER:
                _failed(span, answered)
            return answered

    peers.ask_one = traced  # type: ignore[method-assign, assignment]


def _span(
    tracer: Tracer, name: str, kind: SpanKind, attributes: Mapping[str, str], parent: Context | None = None
) -> AbstractContextManager[Span]:
    """A span, without the message of an error that ends it."""
    return tracer.start_as_current_span(
        name, parent, kind, attributes, record_exception=False, set_status_on_exception=False
    )


def _parent(headers: Mapping[str, str] | Headers) -> Context:
    """The span that a request was sent in. `tracestate` may be anything, so it is in none of our spans."""
    return _headers.extract({TRACEPARENT: headers.get(TRACEPARENT, "")})


def _own_headers() -> dict[str, str]:
    """The header that names the current span."""
    headers: dict[str, str] = {}
    _headers.inject(headers)
    return headers


def _failed(span: Span, kind: str) -> None:
    span.set_attribute("error.type", kind)
    span.set_status(StatusCode.ERROR)
