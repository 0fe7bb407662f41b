"""The users for programs: JSON, the rules of the form, errors as problem details. app/web/openapi.py describes it."""

import re
from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, Flask, abort, g, jsonify, request
from werkzeug.exceptions import BadRequest
from werkzeug.routing import UUIDConverter
from werkzeug.wrappers import Response

from .. import users
from . import services
from .addresses import address
from .errors import NotHere
from .search import search, stored_user
from .stay import stay_here
from .storing import store

_UUID = re.compile(UUIDConverter.regex)
KEY_USED = "This Idempotency-Key was already used for a different user, or that user has changed since."
CHANGED = "If-Match does not match the user's current ETag: fetch it again and retry."

blueprint = Blueprint("users_api", __name__, url_prefix="/api/v1")


def init_app(app: Flask) -> None:
    """Serve the API."""
    app.register_blueprint(blueprint)


@blueprint.get("/users")
def find() -> Response:
    """A page of users, newest first; `next` is the cursor of the page after it."""
    page = search(request.args)
    return jsonify(users=[_as_json(user) for user in page.users], next=page.after)


@blueprint.post("/users")
def create() -> Response:
    """Store a user, on one colour once per idempotency key: the key becomes the user's id."""
    # https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
    id = request.headers.get("Idempotency-Key", str(uuid4())).lower()
    if id.startswith('"') and id.endswith('"'):
        id = id[1:-1]
    if not _UUID.fullmatch(id):
        abort(400, "The header Idempotency-Key must be a UUID, a new one for each user.")
    user, same = store(id, _details)
    if not same:
        abort(409, f"{KEY_USED} Use a new key for a new user.")
    response = stay_here(_answer(user, 201))
    response.headers["Location"] = address("users_api.show", id)
    return response


@blueprint.get("/users/<uuid:id>")
def show(id: UUID) -> Response:
    """One user."""
    response = _answer(stored_user(id)).make_conditional(request)
    if response.status_code == 412:
        abort(412, CHANGED)
    return response


@blueprint.put("/users/<uuid:id>")
def replace(id: UUID) -> Response:
    """Replace a user, if it still has the revision that If-Match names. Sending it twice is harmless."""
    if not request.if_match:
        abort(428, "The header If-Match must have the ETag of the user to replace.")
    details = _details()
    user = stored_user(id)
    if request.if_match.contains(str(user.revision)):
        replaced = services.current().storage.replace(str(id), user.revision, details)
        if replaced is None:
            raise NotHere
        user = replaced
    # If the user is already as the client wants it, that is no failure: RFC 9110, section 13.1.1
    if user.details != details:
        abort(412, CHANGED)
    return stay_here(_answer(user))


@blueprint.delete("/users/<uuid:id>")
def delete(id: UUID) -> Response:
    """Delete a user; with If-Match, only if it still has that revision."""
    user, conditional = stored_user(id), "If-Match" in request.headers
    if conditional and not request.if_match.contains(str(user.revision)):
        abort(412, CHANGED)
    if not services.current().storage.delete(str(id), user.revision if conditional else None):
        if conditional:
            abort(412, CHANGED)
        raise NotHere
    return stay_here(Response(status=204))


@blueprint.get("/colours")
def colours() -> Response:
    """The isolation report: what this web server talks to."""
    return jsonify(services.current().reporter.latest(g.trace.headers).as_json())


def _details() -> users.Details:
    """The body, checked."""
    if not request.is_json:
        abort(415, "The body must be JSON: send it with Content-Type: application/json.")
    try:
        body = request.get_json()
    except (BadRequest, RecursionError):
        abort(400, "The body cannot be read as JSON.")
    if not isinstance(body, dict):
        abort(400, "The body is JSON, but not an object.")
    return users.check_json(body)


def _answer(user: users.User, status: int = 200) -> Response:
    response = jsonify(_as_json(user))
    response.status_code = status
    response.set_etag(str(user.revision))
    return response


def _as_json(user: users.User) -> dict[str, Any]:
    date = user.date.isoformat(timespec="microseconds")
    return {"id": user.id, "revision": user.revision, "date": date, **vars(user.details)}
