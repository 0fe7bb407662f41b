"""The pages: home, Create, Read, Update, Delete. Each write answers with a redirect to a page that can be reloaded."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from . import users
from .assets import asset_url
from .colours import COLOURS, colour_named
from .database import Unavailable
from .errors import wants_json
from .hosts import parse_host
from .parts import parts
from .search import not_here, search
from .stay import forget, stay, stay_here

blueprint = Blueprint("pages", __name__)

Answer = Response | tuple[str, int] | tuple[str, int, dict[str, str]] | str

KEPT = "What you typed is below."
SEND_AGAIN = "What you typed is below: send it again."


def page_context() -> dict[str, Any]:
    """What every page shows: who answered, by which host the visitor came, and where the visitor's data is."""
    identity = parts().identity.current()
    return {
        "identity": identity,
        "colour": colour_named(identity.colour),
        "colours": COLOURS,
        "host": parse_host(request.host),
        "stay": stay(),
        "place": parts().connections.place,
        "asset_url": asset_url,
    }


@blueprint.get("/")
def home() -> Answer:
    """The four things that one can do, and what is wrong with the database if something is."""
    try:
        parts().marker.compare()
    except Unavailable as unavailable:
        return render_template("home.html", problem=f"{unavailable} {unavailable.advice}")
    return render_template("home.html")


@blueprint.get("/users/new")
def new() -> Answer:
    """An empty form, with the id that makes it store one user however often it is sent."""
    return _form("new.html", {}, id=uuid4())


@blueprint.post("/users/new")
def create() -> Answer:
    """Store a user, once per form."""
    typed = request.form
    try:
        id = str(UUID(typed.get("id") or str(uuid4())))
    except ValueError:
        return _form("new.html", typed, 422, id=uuid4(), problem="The form was damaged on its way. Send it again.")
    details, messages = users.check(typed)
    if details is None:
        return _form("new.html", typed, 422, id=id, messages=messages)
    try:
        stored = parts().storage.add(id, datetime.now(UTC), details)
    except Unavailable as unavailable:
        if wants_json():
            raise
        return _refused_form(unavailable, "new.html", typed, id=id)
    if stored.details != details:
        return _form("new.html", typed, 409, id=uuid4(), stored=stored)
    return stay_here(redirect(url_for("pages.show", id=id, done="created"), 303))


@blueprint.get("/users")
def find() -> Answer:
    """The list, newest first, of everybody or of a location."""
    return render_template("users.html", found=search(request.args))


@blueprint.get("/users/<uuid:id>")
def show(id: UUID) -> Answer:
    """One user, in a form to change it."""
    user = parts().storage.get(str(id)) or abort(404, not_here())
    return _form("user.html", users.as_typed(user.details), id=id, revision=user.revision, date=user.date)


@blueprint.post("/users/<uuid:id>")
def update(id: UUID) -> Answer:
    """Change a user, unless somebody else has changed it since the form was shown."""
    typed = request.form
    revision = typed.get("revision", 0, type=int)
    details, messages = users.check(typed)
    if details is None:
        return _form("user.html", typed, 422, id=id, revision=revision, messages=messages)
    try:
        stored = parts().storage.replace(str(id), revision, details)
    except Unavailable as unavailable:
        if wants_json():
            raise
        return _refused_form(unavailable, "user.html", typed, id=id, revision=revision)
    if stored is None:
        if wants_json():
            abort(404, not_here())
        problem = f"{not_here()} {SEND_AGAIN}"
        return _form("user.html", typed, 404, id=id, revision=revision, problem=problem, gone=True)
    if stored.details != details:
        return _form("user.html", typed, 409, id=id, revision=stored.revision, stored=users.as_typed(stored.details))
    return stay_here(redirect(url_for("pages.show", id=id, done="updated"), 303))


@blueprint.get("/users/<uuid:id>/delete")
def ask_delete(id: UUID) -> Answer:
    """Ask before deleting."""
    user = parts().storage.get(str(id)) or abort(404, not_here())
    return render_template("delete.html", user=user)


@blueprint.post("/users/<uuid:id>/delete")
def delete(id: UUID) -> Answer:
    """Delete a user. One that is gone already is no error, unless the page that asked was the other colour's."""
    deleted = parts().storage.delete(str(id))
    if deleted:
        return stay_here(redirect(url_for("pages.find", done="deleted"), 303))
    if request.form.get("colour", "") not in {"", parts().identity.current().colour}:
        abort(404, not_here())
    return redirect(url_for("pages.find", done="gone"), 303)


@blueprint.post("/leave")
def leave() -> Answer:
    """Stay no longer on one colour: the plain host is round robin again."""
    return forget(redirect(url_for("pages.home"), 303))


def _form(template: str, typed: Mapping[str, str], status: int = 200, **context: Any) -> Answer:
    """A form with what was typed, and where it was refused with what is wrong."""
    return render_template(template, fields=users.FIELDS, typed=typed, **context), status


def _refused_form(unavailable: Unavailable, template: str, typed: Mapping[str, str], **context: Any) -> Answer:
    """The form with what was typed, when it cannot be stored now."""
    after = unavailable.retry_after
    advice = SEND_AGAIN if after else f"{KEPT} {unavailable.advice}"
    page = render_template(template, fields=users.FIELDS, typed=typed, problem=f"{unavailable} {advice}", **context)
    return page, 503, {"Retry-After": str(after)} if after else {}
