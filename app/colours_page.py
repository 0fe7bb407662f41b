"""The page that shows whom this web talks to."""

from flask import Blueprint, render_template, request

from .checks import FRESH
from .colours import NO_COLOUR
from .parts import parts
from .tracing import trace_headers

blueprint = Blueprint("colours_page", __name__)


@blueprint.get("/colours")
def colours() -> str:
    """Its image, its database and its peers: what was found, what it means, and where to look."""
    report = parts().checks.report(trace_headers(request.headers))
    return render_template("colours.html", report=report, fresh=int(FRESH), no_colour=NO_COLOUR)
