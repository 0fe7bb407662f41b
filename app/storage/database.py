"""The interface that storage needs of a database, implemented by sqlite.py and mysql.py beside it."""

from collections.abc import Mapping
from typing import Any, Protocol

Row = tuple[Any, ...]
Values = Mapping[str, Any]

SEARCH_LIMIT = 1.0  # seconds that a search may take in a server


class Unavailable(Exception):
    """The database cannot be used now. The message is a plain sentence with neither SQL nor personal data."""

    advice = "Try again in a moment."
    retry_after: int | None = 5  # seconds; None if waiting does not help


class Busy(Unavailable):
    """Too many requests are waiting for the database, or this one has waited too long."""

    retry_after = 1


class Unusable(Unavailable):
    """A table is missing, or a right to it."""


class TooSlow(Unavailable):
    """A search reached its time limit. Its connection can still be used."""

    advice = "Narrow the search: ask for more of the location, or for all of it."
    retry_after = None


class Duplicate(Exception):
    """A row with that unique value exists already. Its connection can still be used."""


class Database(Protocol):
    """How to use one kind of database. Statements have `:name` in place of each value."""

    place: str  # where the data is kept, for people
    errors: tuple[type[Exception], ...]  # what its driver raises
    pause: float  # seconds between attempts after a connection could not be made

    def connect(self) -> Any:
        """A new DB-API connection, each statement its own transaction. Raises one of `errors`."""

    def execute(self, connection: Any, statement: str, values: Values) -> tuple[list[Row], int]:
        """The rows that the statement returns, and how many it matched.

        Raises Duplicate, TooSlow, or one of `errors`.
        """

    def unavailable(self, error: Exception) -> Unavailable:
        """What one of `errors` means."""

    def is_lost(self, error: Exception) -> bool:
        """Whether the connection had already ended, so that a new one may work at once."""
