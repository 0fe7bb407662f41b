"""What the plain host is switched to, as the edge says with each request."""

from flask import request

from ..live import HEADER, Live, parse_live


def live() -> Live | None:
    """What is live; None if no edge says it, as with a port-forward."""
    return parse_live(request.headers.get(HEADER))
