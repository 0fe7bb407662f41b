"""Refuse what another site's page makes a browser send, without a session, a token or a secret.

The algorithm of Go 1.25's http.CrossOriginProtection (https://pkg.go.dev/net/http#CrossOriginProtection), explained in
https://words.filippo.io/csrf/: safe methods pass; where the browser says where it comes from (`Sec-Fetch-Site`), only
`same-origin` and `none` pass; else `Origin` must name the host that was asked; with neither it is no browser.
Nothing is kept between requests, so either colour can answer a form that the other has shown.
"""

import re

from flask import Flask, Request, abort, request

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
_ORIGIN = re.compile(
    r"(https?)://([^/?#@\\]+)", re.IGNORECASE
)  # never a path: https://www.rfc-editor.org/rfc/rfc6454#section-7
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}


def init_app(app: Flask) -> None:
    """Refuse such requests, whatever their address."""
    app.before_request(_refuse)


def _refuse() -> None:
    reason = cross_origin_reason(request)
    if reason:
        abort(403, f"This request was refused: it did not come from a page of this site. {reason}")


def cross_origin_reason(request: Request) -> str | None:
    """Why the request is refused, as a sentence for people; None if it may pass."""
    if request.method in SAFE_METHODS:
        return None
    site = request.headers.get("Sec-Fetch-Site")
    if site:
        return (
            None
            if site in {"same-origin", "none"}
            else f"The browser says that it was sent from another site ({site})."
        )
    origin = request.headers.get("Origin")
    if not origin or _is_origin_of(origin, request.host):
        return None
    return f"It was sent from {origin}, not from {request.host}."


def _is_origin_of(origin: str, host: str) -> bool:
    """Whether they name the same host and port; the port of the scheme may be written or not."""
    match = _ORIGIN.fullmatch(origin)
    if not match:
        return False
    port = _DEFAULT_PORTS[match[1].lower()]
    return match[2].lower().removesuffix(port) == host.lower().removesuffix(port)
