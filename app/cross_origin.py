"""Refuse what another site's page makes a browser send, without a session, a token or a secret.

The algorithm of Go 1.25's http.CrossOriginProtection (https://pkg.go.dev/net/http#CrossOriginProtection), explained in
https://words.filippo.io/csrf/: safe methods pass; where the browser says where it comes from (`Sec-Fetch-Site`), only
`same-origin` and `none` pass; else `Origin` must name the host that was asked; with neither it is no browser.
Nothing is kept between requests, so either colour can answer a form that the other has shown.
"""

from urllib.parse import urlsplit

from flask import Request

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}


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
    if not origin or _host(origin) == request.host.lower():
        return None
    return f"It was sent from {origin}, not from {request.host}."


def _host(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc.lower() or None
    except ValueError:
        return None
