"""Whom do I talk to: a database is used only where its marker names our own colour."""

import logging

from prometheus_client import Counter

from .database import Row, Unavailable

log = logging.getLogger(__name__)

MARKER = "SELECT colour FROM marker"
REFUSALS = Counter("pii_demo_database_refusals", "Databases refused for not being our own colour's", registry=None)


class OtherDatabase(Unavailable):
    """The database is not our colour's. `marker` is the colour that it names, None where it does not name one."""

    def __init__(self, reason: str, marker: str | None = None) -> None:
        super().__init__(reason)
        self.marker = marker


def refuse_other_colour(markers: list[Row], colour: str | None) -> None:
    """Raise OtherDatabase unless the rows of MARKER are one, with our colour (`none` for a web that has none)."""
    own = colour or "none"
    if markers == [(own,)]:
        return
    REFUSALS.inc()
    marker = markers[0][0] if len(markers) == 1 else None
    whose = f"belongs to {marker}" if marker else "does not say whose it is"
    reason = f"This is {own}, but the database {whose}: nothing is read from it or stored in it."
    log.warning("database refused", extra={"reason": reason})
    raise OtherDatabase(reason, marker)
