"""Storing a new user, for the form and the API alike, and counting what became of it."""

from collections.abc import Callable
from datetime import UTC, datetime

from flask import request

from ..hosts import parse_host
from ..storage.database import Unavailable
from ..storage.marker import Moved, Moving
from ..users import Details, Invalid, User
from . import services


def store(id: str, check: Callable[[], Details]) -> tuple[User, bool]:
    """Store a user under that id, once. Returns who is stored there, and whether that is who was sent.

    Raises what `check` raises if it was not valid, and Unavailable.
    """
    outcomes, now = services.current().metrics.forms, datetime.now(UTC)
    try:
        details = check()
        user = services.current().storage.add(id, now, details)
    except (Invalid, Unavailable) as error:
        outcomes.labels(_outcome(error)).inc()
        raise
    same = user.details == details
    outcomes.labels("conflict" if not same else "stored" if user.date == now else "repeated").inc()
    return user, same


def seconds_to_move(error: Unavailable) -> int | None:
    """After how long a form can be sent again, if all that it waits for is that users are moved to another colour."""
    host = parse_host(request.host)
    # The plain host will soon lead to the colour that they were moved to.
    follows = isinstance(error, Moved) and host and not host.colour
    return Moving.retry_after if follows or isinstance(error, Moving) else None


def _outcome(error: Invalid | Unavailable) -> str:
    if isinstance(error, Invalid):
        return "invalid"
    return "moving" if isinstance(error, Moving | Moved) else "unavailable"
