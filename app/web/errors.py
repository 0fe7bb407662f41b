"""Errors: a page in the colour of the others, or problem details (RFC 9457) for a client that asks for JSON."""

import logging
from typing import Any

from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import (
    BadHost,
    HTTPException,
    InternalServerError,
    NotFound,
    ServiceUnavailable,
    UnprocessableEntity,
)

from ..problem_details import PROBLEM_TYPE, places, problem
from ..storage.database import Unavailable
from ..storage.marker import Moved
from ..users import Invalid
from . import services
from .cross_origin import SAFE_METHODS
from .rendering import render

log = logging.getLogger(__name__)

_JSON = ("application/json", "application/json;charset=utf-8", PROBLEM_TYPE)
_ADVICE = {
    403: "If you wanted to send it, open the form here and send it from here.",
    404: "Check the address.",
    405: "This address does not take requests of that kind.",
    413: "The request is larger than 16 KiB. Shorten it and send it again.",
    500: "The fault is ours and has been logged. Your data may not have been saved; try again.",
}


def init_app(app: Flask) -> None:
    """Answer every error of the application in one way."""
    app.register_error_handler(HTTPException, _answer)
    app.register_error_handler(Invalid, _invalid)
    app.register_error_handler(Unavailable, _unavailable)
    app.register_error_handler(Exception, _unexpected)


class NotHere(NotFound):
    """The user is not on this colour."""

    def __init__(self) -> None:
        colour = services.current().identity.current().colour
        super().__init__(f"There is no such user on {colour or 'this database'}: deleted, or on the other colour.")


def wants_json() -> bool:
    """Whether the client prefers JSON to a page."""
    if request.path.split("/")[1] == "api":
        return True
    return request.accept_mimetypes.best_match(["text/html", *_JSON]) in _JSON


def _answer(error: HTTPException, **members: Any) -> Response:
    """The answer to an error; `members` are further ones of its problem document."""
    response = error.get_response()  # keeps the error's own headers: Allow, Location, Retry-After
    if response.status_code < 400:
        return Response(response.response, response.status_code, response.headers)
    status, title = response.status_code, error.name
    written = error.description if error.description != type(error).description else None
    detail = " ".join(filter(None, [written, _ADVICE.get(status)])) or str(error.description)
    if wants_json() or isinstance(error, BadHost):  # a page would have no addresses to link to
        document = problem(status, title, detail) | members
        body = jsonify(document).get_data()
        content_type = PROBLEM_TYPE
    else:
        body = render("error.html", status=status, name=title, detail=detail).encode()
        content_type = "text/html; charset=utf-8"
    response.set_data(body)
    response.headers["Content-Type"] = content_type
    return Response(response.response, status, response.headers)


def _invalid(error: Invalid) -> Response:
    return _answer(
        UnprocessableEntity("Nothing was stored: correct the fields listed in “errors”."), errors=error.messages
    )


def _unavailable(error: Unavailable) -> Response:
    changes = request.method not in SAFE_METHODS
    doubt = "Your request may not have been carried out; nothing is done twice."
    detail = " ".join(filter(None, [str(error), doubt if changes and error.retry_after else None, error.advice]))
    members = {"moved_to": error.colour} if isinstance(error, Moved) else {}
    return _answer(ServiceUnavailable(detail, retry_after=error.retry_after), **members)


def _unexpected(error: Exception) -> Response:
    log.error("unexpected %s", type(error).__name__, extra={"frames": places(error)})
    return _answer(InternalServerError())
