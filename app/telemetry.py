"""Logs and metrics of requests: path without query, route instead of path, and nothing that a person typed in."""

import logging
import time

from flask import Flask, Response, g, request
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from .isolation import REFUSALS

access = logging.getLogger("app.access")

PROBES = {"/livez", "/readyz", "/metrics"}
METHODS = {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": "pythonjsonlogger.json.JsonFormatter",
            "fmt": "{levelname}{name}{message}",
            "style": "{",
            "timestamp": "time",
            "rename_fields": {"levelname": "level", "name": "logger"},
        }
    },
    "handlers": {"stdout": {"class": "logging.StreamHandler", "stream": "ext://sys.stdout", "formatter": "json"}},
    "root": {"level": "INFO", "handlers": ["stdout"]},
    "loggers": {
        "gunicorn.error": {"level": "INFO", "handlers": ["stdout"], "propagate": False},
        "gunicorn.access": {"level": "CRITICAL", "handlers": [], "propagate": False},  # it would log the query
    },
}


def init_telemetry(app: Flask) -> None:
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
        what = {"method": method, "path": request.path, "status": response.status_code, "ms": round(took * 1000, 1)}
        level = logging.DEBUG if request.path in PROBES else logging.INFO
        access.log(level, "request", extra=what)
        return response

    @app.get("/metrics")
    def metrics() -> Response:
        """The figures in Prometheus' text format."""
        return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
