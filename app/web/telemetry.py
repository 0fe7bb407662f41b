"""Counts, times and logs every request; serves the figures."""

import time

from flask import Blueprint, Flask, Response, abort, g, request
from prometheus_client import generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from ..hosts import parse_host
from ..metrics import Metrics
from . import services
from .live import live
from .logs import log_request
from .tracing import Trace

METHODS = {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"}

blueprint = Blueprint("telemetry", __name__)


def init_app(app: Flask) -> None:
    """Count, time and log every request; serve the figures at /metrics."""
    app.before_request(_start)
    app.after_request(_record)
    app.teardown_request(_end)
    app.register_blueprint(blueprint)


@blueprint.get("/metrics")
def metrics() -> Response:
    """The figures in Prometheus' text format, for the platform. Visitors, who use one of the hosts, get 404."""
    if parse_host(request.host):
        abort(404)
    return Response(generate_latest(services.current().metrics.registry), content_type=CONTENT_TYPE_LATEST)


def method_and_route() -> tuple[str, str]:
    """The method and the route of the request, each one of few."""
    method = request.method if request.method in METHODS else "other"
    return method, request.url_rule.rule if request.url_rule else "none"


def _start() -> None:
    g.started = time.perf_counter()
    g.trace = Trace(request.environ)
    services.current().metrics.in_flight += 1


def _end(_error: BaseException | None) -> None:
    services.current().metrics.in_flight -= 1


def _record(response: Response) -> Response:
    seconds = time.perf_counter() - g.started
    method, route = method_and_route()
    metrics = services.current().metrics
    metrics.requests.labels(method, route, response.status_code).inc()
    metrics.seconds.labels(route).observe(seconds)
    _count_routed(metrics)
    log_request(method, route, response, seconds)
    return response


def _count_routed(metrics: Metrics) -> None:
    """Count a request that an edge sent here, if it asked for one of our hosts."""
    host, said = parse_host(request.host), live()
    if host and said:
        own = services.current().identity.current().colour
        asked = "plain" if not host.colour else "own" if host.colour == own else "other"
        metrics.routed.labels(asked, said.label).inc()
