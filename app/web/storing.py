"""Storing a new user, for the form and the API alike, and counting what became of it."""

from collections.abc import Callable
from datetime import UTC, datetime

from ..storage.database import Unavailable
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
        outcomes.labels("invalid" if isinstance(error, Invalid) else "unavailable").inc()
        raise
    same = user.details == details
    outcomes.labels("conflict" if not same else "stored" if user.date == now else "repeated").inc()
    return user, same
