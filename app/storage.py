"""The database: where users are kept, one statement a call, each its own transaction.

Each thread keeps one connection. A new connection is used only when the database's marker names our own colour.
"""

import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from .users import Details, User

Row = tuple[Any, ...]

PAGE_SIZE = 50
SCHEMA = Path(__file__).parent.parent / "db" / "sqlite.sql"
LOCK_TIMEOUT = 5.0  # seconds to wait for another writer

_COLUMNS = "public_id, revision, date, firstname, lastname, email, age, location"
_INSERT = (
    "INSERT INTO users (public_id, date, firstname, lastname, email, age, location) "
    "VALUES (:public_id, :date, :firstname, :lastname, :email, :age, :location)"
)
_SELECT = f"SELECT {_COLUMNS} FROM users WHERE public_id = :public_id"  # noqa: S608 - of constants
_UPDATE = (
    "UPDATE users SET firstname = :firstname, lastname = :lastname, email = :email, age = :age, location = :location, "
    "revision = revision + 1 WHERE public_id = :public_id AND revision = :revision"
)
_DELETE = "DELETE FROM users WHERE public_id = :public_id"
_FILTERS = {
    "exact": "location = :location",
    "prefix": "location BETWEEN :location AND :beyond",
    "after": "date <= :date AND (date < :date OR public_id < :public_id)",
}
_DATE_FORMAT = "%Y-%m-%d %H:%M:%S.%f"
_LAST_CHARACTER = "\U0010ffff"
_NO_REVISION = 2**31  # the column is an INT

_REASONS = {
    "SQLITE_BUSY": "The database is busy: another process is writing to it.",
    "SQLITE_CANTOPEN": "The database file cannot be opened.",
    "SQLITE_FULL": "The disk of the database is full.",
    "SQLITE_NOTADB": "The database file is not a database.",
    "SQLITE_READONLY": "The database is read-only.",
}


class Unavailable(Exception):
    """The database cannot be used now. The message is a plain sentence with neither SQL nor personal data."""


@dataclass(frozen=True)
class Cursor:
    """A place in the list, newest first: just after this user. It means the same in both colours."""

    date: datetime
    id: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read back what str() gave. Raises ValueError for anything else."""
        date, _, id = text.partition("_")
        return cls(datetime.strptime(date, "%Y%m%dT%H%M%S.%fZ").replace(tzinfo=UTC), id)

    def __str__(self) -> str:
        return f"{self.date:%Y%m%dT%H%M%S.%fZ}_{self.id}"


class Storage:
    """The users of one colour, in an SQLite file that is made when it is first needed."""

    def __init__(self, file: Path, colour: Callable[[], str | None]) -> None:
        self.place = f"SQLite file {file}"
        self._file = file
        self._colour = colour
        self._own = threading.local()

    def add(self, id: str, date: datetime, details: Details) -> User:
        """Store a user under that id, or return the one that is stored under it already."""
        try:
            self._execute(_INSERT, {"public_id": id, "date": date.strftime(_DATE_FORMAT), **asdict(details)})
        except sqlite3.IntegrityError:
            stored = self.get(id)
            if stored is None:
                raise
            return stored
        return User(id, 1, date, details)

    def get(self, id: str) -> User | None:
        """The user with that public id, if this colour has it."""
        rows, _ = self._execute(_SELECT, {"public_id": id})
        return _user(rows[0]) if rows else None

    def find(self, location: str = "", match: str = "exact", after: Cursor | None = None) -> tuple[list[User], bool]:
        """A page of users, newest first, and whether more follow.

        `match` is `exact` or `prefix`; without a location it is everybody.
        """
        filters = [_FILTERS[match]] if location else []
        values: dict[str, Any] = {"location": location, "beyond": location + _LAST_CHARACTER}
        if after:
            filters.append(_FILTERS["after"])
            values |= {"date": after.date.strftime(_DATE_FORMAT), "public_id": after.id}
        where = f"WHERE {' AND '.join(filters)}" if filters else ""
        order = f"ORDER BY date DESC, public_id DESC LIMIT {PAGE_SIZE + 1}"
        statement = f"SELECT {_COLUMNS} FROM users {where} {order}"  # noqa: S608 - of constants
        rows, _ = self._execute(statement, values)
        users = [_user(row) for row in rows]
        return users[:PAGE_SIZE], len(users) > PAGE_SIZE

    def replace(self, id: str, revision: int, details: Details) -> User | None:
        """Update the user if it still has that revision. Returns it as it is now, or None."""
        if 0 < revision < _NO_REVISION:
            self._execute(_UPDATE, {"public_id": id, "revision": revision, **asdict(details)})
        return self.get(id)

    def delete(self, id: str) -> bool:
        """Delete the user; whether it was there."""
        _, count = self._execute(_DELETE, {"public_id": id})
        return count == 1

    def check(self) -> None:
        """Raise Unavailable unless a user could be stored now."""
        self._execute("BEGIN IMMEDIATE", {})
        self._execute("ROLLBACK", {})

    def close(self) -> None:
        """Close this thread's connection; the next call opens another."""
        connection = self._own.__dict__.pop("connection", None)
        if connection:
            connection.close()

    def _execute(self, statement: str, values: Mapping[str, Any]) -> tuple[list[Row], int]:
        """The rows that the statement returns, and how many it changed."""
        with self._unavailable():
            if not hasattr(self._own, "connection"):
                self._own.connection = self._connect()
            cursor = self._own.connection.execute(statement, values)
            return cursor.fetchall(), cursor.rowcount

    @contextmanager
    def _unavailable(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.IntegrityError:
            raise
        except (sqlite3.DatabaseError, OSError) as error:
            self.close()
            name = "_".join(getattr(error, "sqlite_errorname", "").split("_")[:2])
            raise Unavailable(_REASONS.get(name, "The database does not answer.")) from error

    def _connect(self) -> sqlite3.Connection:
        self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        connection = sqlite3.connect(self._file, timeout=LOCK_TIMEOUT, isolation_level=None)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            self._create(connection)
            _refuse_other_colour(connection, self._colour() or "none")
        except BaseException:
            connection.close()
            raise
        return connection

    def _create(self, connection: sqlite3.Connection) -> None:
        connection.executescript(f"BEGIN IMMEDIATE; {SCHEMA.read_text(encoding='utf-8')}; COMMIT")
        connection.execute(
            "INSERT INTO marker SELECT :colour WHERE NOT EXISTS (SELECT * FROM marker)",
            {"colour": self._colour() or "none"},
        )


def _refuse_other_colour(connection: sqlite3.Connection, own: str) -> None:
    marker = connection.execute("SELECT colour FROM marker").fetchone()[0]
    if marker != own:
        raise Unavailable(
            f"This is {own}, but the database belongs to {marker}: nothing is read from it or stored in it."
        )


def _user(row: Row) -> User:
    id, revision, date, *details = row
    return User(id, revision, datetime.strptime(date, _DATE_FORMAT).replace(tzinfo=UTC), Details(*details))
