"""Logs and metrics of requests: no query, no path that is not ours, and nothing else that a person typed in."""

import logging
import re
import time
from uuid import UUID

from flask import Flask, Response, abort, current_app, g, request
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from werkzeug.routing import UUIDConverter

from .hosts import parse_host
from .isolation import REFUSALS

access = logging.getLogger("app.access")

PROBES = {"/livez", "/readyz", "/metrics"}
METHODS = {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"}
DEEPEST = 6  # parts of a path that are logged
_ID = re.compile(UUIDConverter.regex)


def init_app(app: Flask) -> None:
    """Count, time and log every request; serve the figures at /metrics."""
    registry = CollectorRegistry()
    requests = Counter("pii_demo_requests", "Requests answered", ["method", "route", "status"], registry=registry)
    registry.register(REFUSALS)
    seconds = Histogram("pii_demo_request_seconds", "Time to answer", ["route"], registry=registry)

    @app.before_request
    def start() -> None:
        g.started = time.perf_counter()

    @app.after_request
    def record(response: Response) -> Response:
        took = time.perf_counter() - g.started
        route = request.url_rule.rule if request.url_rule else "none"
        method = request.method if request.method in METHODS else "other"
        requests.labels(method, route, response.status_code).inc()
        seconds.labels(route).observe(took)
        status = response.status_code
        what = {"method": method, "path": _path(), "status": status, "ms": round(took * 1000, 1)}
        level = logging.DEBUG if request.path in PROBES else logging.INFO
        access.log(level, "request", extra=what)
        return response

    @app.get("/metrics")
    def metrics() -> Response:
        """The figures in Prometheus' text format, for the platform. A visitor comes by one of the hosts: 404."""
        if parse_host(request.host):
            abort(404)
        return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _path() -> str:
    """The path as far as it is ours: a part that is neither a route's nor an id may be anything somebody pasted."""
    if request.url_rule and all(isinstance(value, UUID) for value in (request.view_args or {}).values()):
        return request.path
    if request.url_rule:
        return request.url_rule.rule
    words = {part for rule in current_app.url_map.iter_rules() for part in rule.rule.split("/")}
    parts = request.path.split("/")[:DEEPEST]
    return "/".join(part if part in words or _ID.fullmatch(part) else "<unknown>" for part in parts)
