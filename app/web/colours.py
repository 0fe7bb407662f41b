"""The page that shows what this web server talks to."""

from flask import Blueprint, Flask, g

from ..colours import NO_COLOUR
from ..isolation.report import FRESH
from . import services
from .rendering import render

blueprint = Blueprint("colours", __name__)


def init_app(app: Flask) -> None:
    """Serve /colours."""
    app.register_blueprint(blueprint)


@blueprint.get("/colours")
def page() -> str:
    """Its image, its database and its peers: who was found there, what that means, and where to look."""
    report = services.current().reporter.latest(g.trace.headers)
    return render("colours.html", report=report, fresh=int(FRESH), no_colour=NO_COLOUR)
