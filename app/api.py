"""The users for programs: JSON, the rules of the form, errors as problem details. app/openapi.py describes it."""

import re
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, abort, jsonify, request, url_for
from werkzeug.exceptions import BadRequest
from werkzeug.routing import UUIDConverter
from werkzeug.wrappers import Response

from . import users
from .errors import Invalid
from .parts import parts
from .search import not_here, search
from .stay import stay_here
from .tracing import trace_headers

_UUID = re.compile(UUIDConverter.regex)
CHANGED = "If-Match does not have the ETag that the user has now. Get it again and decide what is to remain."

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")


@blueprint.get("/users")
def find() -> Response:
    """A page of users, newest first; `next` is the cursor of the page after it."""
    found = search(request.args)
    return jsonify(users=[_as_json(user) for user in found.users], next=found.after)


@blueprint.post("/users")
def create() -> Response:
    """Store a user, on one colour once per idempotency key: the key becomes the user's id."""
    # https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
    id = request.headers.get("Idempotency-Key", str(uuid4())).lower()
    if id.startswith('"') and id.endswith('"'):
        id = id[1:-1]
    if not _UUID.fullmatch(id):
        abort(400, "The header Idempotency-Key must be a UUID, a new one for each user.")
    details = _details()
    stored = parts().storage.add(id, datetime.now(UTC), details)
    if stored.details != details:
        abort(409, "The user of this Idempotency-Key is another, or has been changed. Use a new key for a new user.")
    response = stay_here(_answer(stored, 201))
    response.headers["Location"] = url_for("api.show", id=id)
    return response


@blueprint.get("/users/<uuid:id>")
def show(id: UUID) -> Response:
    """One user."""
    response = _answer(_stored(id)).make_conditional(request)
    if response.status_code == 412:
        abort(412, CHANGED)
    return response


@blueprint.put("/users/<uuid:id>")
def replace(id: UUID) -> Response:
    """Replace a user that still has the revision that If-Match names. To do it again does no harm."""
    if not request.if_match:
        abort(428, "The header If-Match must have the ETag of the user that is to be replaced.")
    details = _details()
    stored = _stored(id)
    if request.if_match.contains(str(stored.revision)):
        stored = parts().storage.replace(str(id), stored.revision, details) or abort(404, not_here())
    # Where it is as the client wants it already, that is no failure: https://www.rfc-editor.org/rfc/rfc9110#section-13.1.1
    if stored.details != details:
        abort(412, CHANGED)
    return stay_here(_answer(stored))


@blueprint.delete("/users/<uuid:id>")
def delete(id: UUID) -> Response:
    """Delete a user; with If-Match, only if it still has that revision."""
    stored, conditional = _stored(id), "If-Match" in request.headers
    if conditional and not request.if_match.contains(str(stored.revision)):
        abort(412, CHANGED)
    if not parts().storage.delete(str(id), stored.revision if conditional else None):
        abort(412, CHANGED) if conditional else abort(404, not_here())
    return stay_here(Response(status=204))


@blueprint.get("/colours")
def colours() -> Response:
    """What this web knows of whom it talks to."""
    return jsonify(parts().checks.report(trace_headers(request.headers)).as_json())


def _stored(id: UUID) -> users.User:
    return parts().storage.get(str(id)) or abort(404, not_here())


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
    details, messages = users.check_json(body)
    if details is None:
        raise Invalid(messages)
    return details


def _answer(user: users.User, status: int = 200) -> Response:
    response = jsonify(_as_json(user))
    response.status_code = status
    response.set_etag(str(user.revision))
    return response


def _as_json(user: users.User) -> dict[str, Any]:
    date = user.date.isoformat(timespec="microseconds")
    return {"id": user.id, "revision": user.revision, "date": date, **asdict(user.details)}
