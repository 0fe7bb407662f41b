"""What a request is called: its ids, for log lines, and the headers by which a mesh joins the requests that it causes.

https://www.w3.org/TR/trace-context/ and https://github.com/openzipkin/b3-propagation; `x-request-id` is Envoy's.
`baggage` is not copied: it may contain anything.
"""

import re
from functools import cached_property
from secrets import token_hex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

REQUEST_ID = "x-request-id"
TRACEPARENT = "traceparent"
TRACE_HEADERS = (
    TRACEPARENT,
    "tracestate",
    "b3",
    "x-b3-traceid",
    "x-b3-spanid",
    "x-b3-parentspanid",
    "x-b3-sampled",
    "x-b3-flags",
)


def variable(header: str) -> str:
    """What WSGI calls a header: to look there is quicker than in Werkzeug's headers."""
    return f"HTTP_{header.upper().replace('-', '_')}"


_VARIABLES = {header: variable(header) for header in TRACE_HEADERS}
_REQUEST_ID = variable(REQUEST_ID)

# A client may send anything, so only what has the form of an id is taken for one: it must be no word, name or number.
_IS_REQUEST_ID = re.compile(r"[0-9a-fA-F]{8}(?:-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}")  # Envoy's, also without hyphens
_TRACE_IDS = {
    variable(TRACEPARENT): re.compile(r"(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}"),
    variable("b3"): re.compile(r"((?:[0-9a-f]{16}){1,2})-[0-9a-f]{16}(?:-[01d](?:-[0-9a-f]{16})?)?"),
    variable("x-b3-traceid"): re.compile(r"((?:[0-9a-f]{16}){1,2})"),
}


class Trace:
    """What a request is called, by its headers."""

    def __init__(self, environ: "WSGIEnvironment") -> None:
        self._environ = environ

    @cached_property
    def ids(self) -> dict[str, str]:
        """`request_id`, made if the request has none, and `trace_id` if it is part of a trace."""
        environ = self._environ
        sent = environ.get(_REQUEST_ID, "")
        ids = {"request_id": sent if _IS_REQUEST_ID.fullmatch(sent) else token_hex(16)}
        for name, pattern in _TRACE_IDS.items():
            if name in environ and (match := pattern.fullmatch(environ[name])):
                return ids | {"trace_id": match[1]}
        return ids

    @property
    def headers(self) -> dict[str, str]:
        """The headers that the requests which it causes are to have."""
        copied = {header: self._environ[name] for header, name in _VARIABLES.items() if name in self._environ}
        return copied | {REQUEST_ID: self.ids["request_id"]}
