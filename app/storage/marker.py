"""Whose database this is: it is used only while its marker names our colour."""

import logging
from collections.abc import Callable

from ..metrics import Metrics
from .connections import Connections
from .database import Row, Unavailable, Unusable

log = logging.getLogger(__name__)

# Part of every statement on users: true if there is exactly one marker row and it names `:own` (the column is unique).
# It stays true until the statement ends: MySQL locks the marker row for a write, and SQLite has one writer at a time.
OURS = "(SELECT MIN(colour) = :own AND MAX(colour) = :own FROM marker)"
# Part of every statement that writes: true unless a freeze lasts (app/promote). What holds for the marker holds for it.
OPEN = "NOT EXISTS (SELECT 1 FROM freezes WHERE until > CURRENT_TIMESTAMP)"
MARKER = "SELECT colour FROM marker"
FREEZE = "SELECT moved_to FROM freezes WHERE until > CURRENT_TIMESTAMP"
WHERE_TO_LOOK = (
    "Check MYSQL_HOST and its password (without MYSQL_HOST, check DATA_DIR), what was last restored into the database "
    "and, in a mesh, mysql-server’s routes and policies."
)


class OtherDatabase(Unavailable):
    """The database is not our colour's. `marker` is the colour it names; None if it names none or several."""

    advice = f"Waiting does not help. {WHERE_TO_LOOK}"
    retry_after = None

    def __init__(self, colour: str, marker: str | None) -> None:
        whose = f"belongs to {marker}" if marker else "does not say whose it is"
        super().__init__(f"This is {colour}, but the database {whose}: nothing is read from it or stored in it.")
        self.marker = marker


class Moving(Unavailable):
    """Users are being moved from one colour to the other: nothing can be written for a moment."""

    advice = "Try again in a moment."
    retry_after = 1

    def __init__(self) -> None:
        super().__init__("Users are being moved from one colour to the other.")


class Moved(Unavailable):
    """The users were moved to `colour`, and can be read here, but not changed."""

    retry_after = None

    def __init__(self, own: str, colour: str) -> None:
        super().__init__(f"The users of {own} were moved to {colour}.")
        self.advice = f"Send it to {colour}."
        self.colour = colour


class Marker:
    """Compares the marker of the database with our colour, which can change: it is a pod's label."""

    def __init__(self, connections: Connections, colour: Callable[[], str], metrics: Metrics) -> None:
        self._connections = connections
        self._metrics = metrics
        self._colour = colour
        self._refused = ""  # why the database was last refused; empty while it is ours

    @property
    def own(self) -> str:
        """What the marker must say; `none` for a web server without a colour."""
        return self._colour()

    def compare(self, lane: str = "users") -> None:
        """Raise OtherDatabase unless there is exactly one marker and it names our colour."""
        own = self.own
        try:
            markers, _ = self._connections.execute(lane, (MARKER, {}))
        except Unusable:
            markers = []
        if markers != [(own,)]:
            raise self._refusal(own, markers)
        self.matched()

    def compare_and_demand_open(self, lane: str = "users") -> None:
        """Raise OtherDatabase unless it is ours, and Moving or Moved unless it can be written to."""
        self.compare(lane)
        freezes, _ = self._connections.execute(lane, (FREEZE, {}))
        if freezes:
            moved_to = next((colour for (colour,) in freezes if colour), None)
            raise Moved(self.own, moved_to) if moved_to else Moving()

    def matched(self) -> None:
        """Note that a statement has found its condition true."""
        if self._refused:
            log.info("database is ours again")
            self._refused = ""

    def _refusal(self, colour: str, markers: list[Row]) -> OtherDatabase:
        refusal = OtherDatabase(colour, markers[0][0] if len(markers) == 1 else None)
        self._metrics.refused(colour, refusal.marker)
        if self._refused != str(refusal):
            log.warning("database refused", extra={"reason": str(refusal)})
            self._refused = str(refusal)
        return refusal
