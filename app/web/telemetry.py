"""Logs and metrics of requests: no query, no foreign path, and nothing else that a person typed in."""

import json
import logging
import re
import sys
import time
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, Flask, Response, abort, current_app, g, request
from prometheus_client import generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from werkzeug.routing import UUIDConverter

from ..hosts import parse_host
from . import services

access_log = logging.getLogger("app.access")

PROBES = {"/livez", "/readyz", "/metrics"}
METHODS = {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"}
DEEPEST = 6  # parts of a path that are logged
_ID = re.compile(UUIDConverter.regex)

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


def _start() -> None:
    g.started = time.perf_counter()
    services.current().metrics.in_flight += 1


def _end(_error: BaseException | None) -> None:
    services.current().metrics.in_flight -= 1


def _record(response: Response) -> Response:
    seconds = time.perf_counter() - g.started
    route = request.url_rule.rule if request.url_rule else "none"
    method = request.method if request.method in METHODS else "other"
    status = response.status_code
    metrics = services.current().metrics
    metrics.requests.labels(method, route, status).inc()
    metrics.seconds.labels(route).observe(seconds)
    if request.path not in PROBES and access_log.isEnabledFor(logging.INFO):
        _log({"method": method, "path": _loggable_path(), "status": status, "ms": round(seconds * 1000, 1)})
    return response


def _log(fields: dict[str, Any]) -> None:
    """Write a line like the others (gunicorn.conf.py). The logger itself would add an eighth to a page's CPU time."""
    now = datetime.now(UTC).isoformat()
    line = {"level": "INFO", "logger": access_log.name, "message": "request", **fields, "time": now}
    sys.stdout.write(f"{json.dumps(line)}\n")
    sys.stdout.flush()


def _loggable_path() -> str:
    """The path, without any part that is neither a route's nor an id: such a part may be anything somebody pasted."""
    if request.url_rule and all(isinstance(value, UUID) for value in (request.view_args or {}).values()):
        return request.path
    if request.url_rule:
        return request.url_rule.rule
    words = {part for rule in current_app.url_map.iter_rules() for part in rule.rule.split("/")}
    parts = request.path.split("/")[:DEEPEST]
    return "/".join(part if part in words or _ID.fullmatch(part) else "<unknown>" for part in parts)
