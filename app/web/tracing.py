"""Trace headers: copied from a request to the requests that it causes, so that a mesh can join their spans.

https://www.w3.org/TR/trace-context/ and https://github.com/openzipkin/b3-propagation; `x-request-id` is Envoy's.
`baggage` is not copied: it may contain anything.
"""

from werkzeug.datastructures import Headers

TRACE_HEADERS = (
    "traceparent",
    "tracestate",
    "b3",
    "x-b3-traceid",
    "x-b3-spanid",
    "x-b3-parentspanid",
    "x-b3-sampled",
    "x-b3-flags",
    "x-request-id",
)


def trace_headers(headers: Headers) -> dict[str, str]:
    """The trace headers among a request's headers."""
    return {name: headers[name] for name in TRACE_HEADERS if name in headers}
