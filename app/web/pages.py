"""The pages: home, Create, Read, Update, Delete. After each write comes a redirect to a page that can be reloaded."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, Flask, g, redirect, request
from werkzeug.wrappers import Response

from .. import users
from ..storage.database import Unavailable
from ..storage.users import COUNTED
from . import services
from .addresses import address
from .errors import NotHere, wants_json
from .rendering import render, render_form
from .search import search, stored_user
from .stay import forget, stay_here
from .storing import seconds_to_move, store

blueprint = Blueprint("pages", __name__)

Answer = Response | tuple[str, int] | tuple[str, int, dict[str, str]] | str

KEPT = "What you typed is below."
SEND_AGAIN = "What you typed is below: send it again."
SENT_AGAIN = "What you typed is below and will be stored in a moment. If nothing happens, send it again."


def init_app(app: Flask) -> None:
    """Serve the pages."""
    app.register_blueprint(blueprint)


@blueprint.get("/")
def home() -> Answer:
    """The deployment as this server sees it, and what is wrong with the database if something is."""
    stored, problem, moves = None, None, None
    try:
        stored = services.current().storage.count()
        moves = services.current().storage.moves()
    except Unavailable as unavailable:
        problem = f"{unavailable} {unavailable.advice}"
    report = services.current().reporter.latest(g.trace.headers)
    return render("home.html", problem=problem, stored=stored, counted=COUNTED, moves=moves, report=report)


@blueprint.get("/users/new")
def new() -> Answer:
    """An empty form, with an id that makes it store one user however often it is sent."""
    return render_form("new.html", uuid4())


@blueprint.post("/users/new")
def create() -> Answer:
    """Store a user, once per form."""
    try:
        id = str(UUID(request.form.get("id") or str(uuid4())))
    except ValueError:
        problem = "The form was damaged on its way. Send it again."
        return _form("new.html", request.form, 422, id=uuid4(), problem=problem)
    try:
        user, same = store(id, lambda: users.check(request.form))
    except (users.Invalid, Unavailable) as error:
        return _refused_form(error, "new.html", id=id)
    if not same:
        return _form("new.html", request.form, 409, id=uuid4(), first=user)
    return stay_here(redirect(address("pages.show", id) + "?done=created", 303))


@blueprint.get("/users")
def find() -> Answer:
    """The list, newest first, of all users or those of a location."""
    return render("users.html", page=search(request.args))


@blueprint.get("/users/<uuid:id>")
def show(id: UUID) -> Answer:
    """One user, in a form to change it."""
    user = stored_user(id)
    return _form("user.html", users.as_texts(user.details), id=id, revision=user.revision, date=user.date)


@blueprint.post("/users/<uuid:id>")
def update(id: UUID) -> Answer:
    """Change a user, unless somebody else has changed it since the form was shown."""
    revision = request.form.get("revision", 0, type=int)
    try:
        details = users.check(request.form)
        user = services.current().storage.replace(str(id), revision, details)
    except (users.Invalid, Unavailable) as error:
        return _refused_form(error, "user.html", id=id, revision=revision)
    if user is None:
        if wants_json():
            raise NotHere
        problem = f"{NotHere().description} {SEND_AGAIN}"
        return _form("user.html", request.form, 404, id=id, revision=revision, problem=problem, gone=True)
    if user.details != details:
        stored = users.as_texts(user.details)
        return _form("user.html", request.form, 409, id=id, revision=user.revision, stored=stored)
    return stay_here(redirect(address("pages.show", id) + "?done=updated", 303))


@blueprint.get("/users/<uuid:id>/delete")
def ask_delete(id: UUID) -> Answer:
    """Ask before deleting."""
    return render("delete.html", user=stored_user(id))


@blueprint.post("/users/<uuid:id>/delete")
def delete(id: UUID) -> Answer:
    """Delete a user. If it is gone already that is no error, unless the form came from the other colour's page."""
    if services.current().storage.delete(str(id)):
        return stay_here(redirect(address("pages.find") + "?done=deleted", 303))
    if request.form.get("colour", "") not in {"", services.current().identity.current().colour}:
        raise NotHere
    return redirect(address("pages.find") + "?done=gone", 303)


@blueprint.post("/leave")
def leave() -> Answer:
    """Stop staying on one colour: the plain host is round robin again."""
    return forget(redirect(address("pages.home"), 303))


def _form(template: str, texts: Mapping[str, str], status: int = 200, **context: Any) -> Answer:
    """A form, filled in."""
    return render(template, texts=texts, **context), status


def _refused_form(error: users.Invalid | Unavailable, template: str, **context: Any) -> Answer:
    """The form as it was sent, with what to do about the error."""
    if isinstance(error, users.Invalid):
        return _form(template, request.form, 422, messages=error.messages, **context)
    if wants_json():
        raise error
    again = seconds_to_move(error)
    advice = SENT_AGAIN if again else SEND_AGAIN if error.retry_after else f"{KEPT} {error.advice}"
    said = {"problem": f"{error} {advice}", "again": again, "moved_to": getattr(error, "colour", None)}
    page = render(template, texts=request.form, **said, **context)
    retry = again or error.retry_after
    return page, 503, {"Retry-After": str(retry)} if retry else {}
