"""The traffic view: who answers, live. The page is static; its script requests /version and draws."""

from flask import Blueprint, Flask

from ..colours import COLOURS, NO_COLOUR
from .rendering import render

blueprint = Blueprint("traffic", __name__)


def init_app(app: Flask) -> None:
    """Serve /traffic."""
    app.register_blueprint(blueprint)


# Used by the script, and explained on the page.
LIMITS = {
    "slowest": 1,  # requests a second
    "fastest": 50,
    "rate": 5,  # to begin with
    "in_flight": 6,  # what browsers open to one host over HTTP/1.1: more would wait in the browser
    "time_limit": 5,  # seconds
    "cells": 500,  # answers in the picture
    "points": 60,  # of the curve
    "every": 2,  # seconds from one point to the next
    "rows": 20,  # of a table: pods come and go
}

ERROR = "M3.5 1 8 5.5 12.5 1 15 3.5 10.5 8 15 12.5 12.5 15 8 10.5 3.5 15 1 12.5 5.5 8 1 3.5Z"  # a cross
SHAPES = {colour.name: colour.shape for colour in (*COLOURS.values(), NO_COLOUR)} | {"error": ERROR}


@blueprint.get("/traffic")
def traffic() -> str:
    """The page, with the mark of every colour for the script to use."""
    return render("traffic.html", shapes=SHAPES, **LIMITS)
