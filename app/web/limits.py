"""Limits of every request: a valid host, and a body that is complete and not too large."""

from io import BytesIO
from typing import TYPE_CHECKING

from flask import Flask, request
from werkzeug.exceptions import BadHost, ClientDisconnected
from werkzeug.wsgi import get_content_length

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

LARGEST_BODY = 16 * 1024  # bytes
_CUT_OFF = "pii_demo.body_cut_off"  # the connection ended before the body: half a form must not be stored


def init_app(app: Flask) -> None:
    """Check every request before its view runs."""
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.wsgi_app = _with_body(app.wsgi_app)  # type: ignore[method-assign, assignment]  # Flask's way
    app.before_request(_check)


def _with_body(app: "WSGIApplication") -> "WSGIApplication":
    """Read the body before Flask sees the request, so that a slow client holds a buffer and nothing of Flask."""

    def read_first(environ: "WSGIEnvironment", start_response: "StartResponse") -> "Iterable[bytes]":
        environ.pop("HTTP_UPGRADE", None)  # only an offer: Werkzeug would look for a WebSocket route
        length = get_content_length(environ)
        if length is None and environ.get("wsgi.input_terminated"):  # chunked
            body = environ["wsgi.input"].read(LARGEST_BODY + 1)
            environ["CONTENT_LENGTH"] = str(len(body))
            environ.pop("HTTP_TRANSFER_ENCODING", None)
        elif length is None or length > LARGEST_BODY:
            return app(environ, start_response)
        else:
            body = environ["wsgi.input"].read(length)
            environ[_CUT_OFF] = len(body) < length
        environ["wsgi.input"] = BytesIO(body)
        return app(environ, start_response)

    return read_first


def _check() -> None:
    """Check the host first, since a page needs it for its links; then parse the body if there is one."""
    # For a host with invalid characters, such as `blue@green`, Werkzeug returns an empty one.
    if isinstance(request.routing_exception, BadHost) or (request.headers.get("Host") and not request.host):
        raise BadHost
    if request.environ.get(_CUT_OFF):
        raise ClientDisconnected
    if request.content_length:
        request.get_data(parse_form_data=True)
