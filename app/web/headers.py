"""The headers of every response: security, and who answered."""

from flask import Flask, Response

from . import services

SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    # Not `no-referrer`: with it browsers send `Origin: null`, which cross_origin would have to refuse.
    "Referrer-Policy": "same-origin",
}


def init_app(app: Flask) -> None:
    """Add them to every response."""
    app.after_request(_add)


def common_headers() -> dict[str, str]:
    """The headers that every response has."""
    return SECURITY_HEADERS | services.current().identity.current().headers()


def _add(response: Response) -> Response:
    response.headers.update(common_headers())
    response.headers.setdefault("Cache-Control", "no-store")
    return response
