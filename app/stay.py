"""The cookie by which the edge keeps a visitor of the plain host with the colour that has their data."""

from flask import request
from werkzeug.wrappers import Response

from .hosts import STAY_COOKIE, parse_host
from .parts import parts


def stay_here(response: Response) -> Response:
    """After a write on the plain host: stay with the colour that has the data."""
    host, colour = parse_host(request.host), parts().identity.current().colour
    if host and not host.colour and colour:
        response.set_cookie(STAY_COOKIE, colour, httponly=True, samesite="Lax")
    return response


def forget(response: Response) -> Response:
    """Stay no longer: the plain host is round robin again."""
    response.delete_cookie(STAY_COOKIE, httponly=True, samesite="Lax")
    return response
