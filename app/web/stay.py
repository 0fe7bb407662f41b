"""The cookie that keeps a visitor of the plain host on the colour that has their data."""

from flask import request
from werkzeug.wrappers import Response

from ..hosts import SECURE_STAY_COOKIE, STAY_COOKIE, parse_host, parse_stay
from . import services


def stay() -> str | None:
    """The colour that the visitor stays on, as the edge reads it."""
    return parse_stay(request.headers.get("Cookie", ""))


def stay_here(response: Response) -> Response:
    """After a write on the plain host, stay on the colour that has the data."""
    host, colour = parse_host(request.host), services.current().identity.current().colour
    if host and not host.colour and colour:
        # The browser's own header: a proxy's could be forged by anybody.
        secure = request.headers.get("Origin", "").startswith("https://")
        name = SECURE_STAY_COOKIE if secure else STAY_COOKIE
        response.set_cookie(name, colour, httponly=True, samesite="Lax", secure=secure)
    return response


def forget(response: Response) -> Response:
    """Stop staying: the plain host is round robin again."""
    response.delete_cookie(SECURE_STAY_COOKIE, httponly=True, samesite="Lax", secure=True)
    response.delete_cookie(STAY_COOKIE, httponly=True, samesite="Lax")
    # Another host may have set the cookie for the whole domain.
    labels = request.host.partition(":")[0].split(".")
    for start in range(len(labels) - 1):
        response.delete_cookie(STAY_COOKIE, domain=".".join(labels[start:]), httponly=True, samesite="Lax")
    return response
