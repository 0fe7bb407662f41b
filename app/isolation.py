"""Whom do I talk to: a database is used only where its marker names our own colour."""

import logging

from prometheus_client import Counter

from .database import Row, Unavailable

log = logging.getLogger(__name__)

MARKER = "SELECT colour FROM marker"
REFUSALS = Counter("pii_demo_database_refusals", "Databases refused for not being our own colour's", registry=None)


def refuse_other_colour(markers: list[Row], colour: str | None) -> None:
    """Raise Unavailable unless the rows of MARKER are one, with our colour (`none` for a web that has none)."""
    own = colour or "none"
    if markers == [(own,)]:
        return
    REFUSALS.inc()
    whose = f"belongs to {markers[0][0]}" if len(markers) == 1 else "does not say whose it is"
    reason = f"This is {own}, but the database {whose}: nothing is read from it or stored in it."
    log.warning("database refused", extra={"reason": reason})
    raise Unavailable(reason)
