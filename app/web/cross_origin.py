"""Refuse what another site's page makes a browser send, without sessions, tokens or secrets.

The algorithm of Go 1.25's http.CrossOriginProtection (https://pkg.go.dev/net/http#CrossOriginProtection), explained in
https://words.filippo.io/csrf/: safe methods pass; with `Sec-Fetch-Site`, only `same-origin` and
`none` pass; else `Origin` must name the requested host; a request with neither does not come from a browser.
Nothing is kept between requests, so either colour can answer a form that the other has shown.
"""

import re

from flask import Flask, Request, abort, request

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
# Without a path: https://www.rfc-editor.org/rfc/rfc6454#section-7
_ORIGIN = re.compile(r"(https?)://([^/?#@\\]+)", re.IGNORECASE)
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}


def init_app(app: Flask) -> None:
    """Check every request."""
    app.before_request(_refuse)


def _refuse() -> None:
    reason = cross_origin_reason(request)
    if reason:
        abort(403, f"This request was refused: it did not come from a page of this site. {reason}")


def cross_origin_reason(request: Request) -> str | None:
    """Why the request is refused, as a sentence for people; None if it is allowed."""
    if request.method in SAFE_METHODS:
        return None
    site = request.headers.get("Sec-Fetch-Site")
    if site:
        allowed = site in {"same-origin", "none"}
        return None if allowed else f"The browser says that it was sent from another site ({site})."
    origin = request.headers.get("Origin")
    if not origin or _is_origin_of(origin, request.host):
        return None
    return f"It was sent from {origin}, not from {request.host}."


def _is_origin_of(origin: str, host: str) -> bool:
    """Whether both name the same host and port; the scheme's default port may be omitted."""
    match = _ORIGIN.fullmatch(origin)
    if not match:
        return False
    port = _DEFAULT_PORTS[match[1].lower()]
    return match[2].lower().removesuffix(port) == host.lower().removesuffix(port)
