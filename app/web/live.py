"""What the plain host is switched to, as the edge says with each request."""

from flask import request

from ..colours import COLOURS
from ..hosts import BOTH

HEADER = "x-edge-live"


def live() -> str | None:
    """The colour that is live; BOTH if they take turns; None if no edge says it, as with a port-forward."""
    said = request.headers.get(HEADER)
    return said if said in {*COLOURS, BOTH} else None
