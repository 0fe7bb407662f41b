"""Log lines: who wrote each, for which request, and what was asked, without anything that a person typed in."""

import json
import logging
import re
import sys
from datetime import UTC, datetime
from uuid import UUID

from flask import Flask, Response, current_app, g, has_request_context, request
from werkzeug.routing import UUIDConverter

from ..identity import Identity
from . import services

access_log = logging.getLogger("app.access")

PROBES = {"/livez", "/readyz", "/metrics"}
DEEPEST = 6  # parts of a path that are logged
_ID = re.compile(UUIDConverter.regex)


class Context(logging.Filter):
    """Adds the identity to every line, and the request's ids to those that are written for one."""

    def __init__(self, app: Flask) -> None:
        super().__init__()
        self._identity = services.of(app).identity

    def filter(self, record: logging.LogRecord) -> bool:
        """Let all lines through."""
        ids = g.trace.ids if has_request_context() else {}
        vars(record).update(identity_fields(self._identity.current()) | ids)
        return True


def identify(app: Flask) -> None:
    """From now on, every line of this process is that application's."""
    for handler in logging.getLogger().handlers:
        handler.addFilter(Context(app))


def log_request(method: str, route: str, response: Response, seconds: float) -> None:
    """Write the line of a request. The logger itself would add an eighth to a page's CPU time."""
    if request.path in PROBES or not access_log.isEnabledFor(logging.INFO):
        return
    line = {
        "level": "INFO",
        "logger": access_log.name,
        "message": "request",
        "method": method,
        "route": route,
        "path": _loggable_path(),
        "status": response.status_code,
        "ms": round(seconds * 1000, 1),
        **identity_fields(services.current().identity.current()),
        **g.trace.ids,
        "time": datetime.now(UTC).isoformat(),
    }
    sys.stdout.write(f"{json.dumps(line)}\n")
    sys.stdout.flush()


def identity_fields(identity: Identity) -> dict[str, str]:
    """Who writes."""
    return {"colour": identity.colour_name, "version": identity.version or "none", "pod": identity.pod}


def _loggable_path() -> str:
    """The path, without any part that is neither a route's nor an id: such a part may be anything somebody pasted."""
    if request.url_rule and all(isinstance(value, UUID) for value in (request.view_args or {}).values()):
        return request.path
    if request.url_rule:
        return request.url_rule.rule
    words = {part for rule in current_app.url_map.iter_rules() for part in rule.rule.split("/")}
    parts = request.path.split("/")[:DEEPEST]
    return "/".join(part if part in words or _ID.fullmatch(part) else "<unknown>" for part in parts)
