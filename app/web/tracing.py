"""What a request is called: its ids, for log lines, and the headers by which a mesh joins the requests that it causes.

https://www.w3.org/TR/trace-context/ and https://github.com/openzipkin/b3-propagation; `x-request-id` is Envoy's.
`baggage` is not copied: it may contain anything.
"""

import re
from functools import cached_property
from secrets import token_hex

from werkzeug.datastructures import Headers

REQUEST_ID = "x-request-id"
TRACE_HEADERS = (
    "traceparent",
    "tracestate",
    "b3",
    "x-b3-traceid",
    "x-b3-spanid",
    "x-b3-parentspanid",
    "x-b3-sampled",
    "x-b3-flags",
)

# A client may send anything, so only what looks like an id is taken for one.
_REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
_TRACE_IDS = {
    "traceparent": re.compile(r"[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}"),
    "b3": re.compile(r"((?:[0-9a-f]{16}){1,2})-[0-9a-f]{16}(?:-[01d](?:-[0-9a-f]{16})?)?"),
    "x-b3-traceid": re.compile(r"((?:[0-9a-f]{16}){1,2})"),
}


class Trace:
    """What a request is called, by its headers."""

    def __init__(self, headers: Headers) -> None:
        self._headers = headers

    @cached_property
    def ids(self) -> dict[str, str]:
        """`request_id`, made if the request has none, and `trace_id` if it is part of a trace."""
        sent = self._headers.get(REQUEST_ID, "")
        request_id = sent if _REQUEST_ID.fullmatch(sent) else token_hex(16)
        found = (pattern.fullmatch(self._headers.get(name, "")) for name, pattern in _TRACE_IDS.items())
        return {"request_id": request_id} | next(({"trace_id": match[1]} for match in found if match), {})

    @property
    def headers(self) -> dict[str, str]:
        """The headers that the requests which it causes are to have."""
        copied = {name: self._headers[name] for name in TRACE_HEADERS if name in self._headers}
        return copied | {REQUEST_ID: self.ids["request_id"]}
