"""What storage needs of a database; app/sqlite.py and app/mysql.py have it."""

from collections.abc import Mapping
from typing import Any, Protocol

Row = tuple[Any, ...]
Values = Mapping[str, Any]


class Unavailable(Exception):
    """The database cannot be used now. The message is a plain sentence with neither SQL nor personal data."""


class Duplicate(Exception):
    """There is a row with that unique value already."""


class Database(Protocol):
    """How to reach one kind of database. Statements have `:name` where a value belongs."""

    place: str  # where the data is kept, for people
    errors: tuple[type[Exception], ...]  # what its driver raises
    pause: float  # seconds without another attempt after a connection has failed

    def connect(self) -> Any:
        """A new DB-API connection, each statement its own transaction. Raises one of `errors`."""

    def execute(self, connection: Any, statement: str, values: Values) -> tuple[list[Row], int]:
        """The rows that the statement returns, and how many it matched. Raises Duplicate, or one of `errors`."""

    def reason(self, error: Exception) -> str:
        """What one of `errors` means, as a plain sentence."""

    def is_lost(self, error: Exception) -> bool:
        """Whether the connection had ended already, so that another one may do better at once."""

    def is_timeout(self, error: Exception) -> bool:
        """Whether nobody answered in time, so that others need not wait for the same."""
