"""Where users are kept: the statements, the same for each kind of database, each its own transaction."""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Self
from uuid import UUID

from .connections import Connections
from .database import Duplicate, Row, Unavailable
from .users import Details, User

PAGE_SIZE = 50

_COLUMNS = "public_id, revision, date, firstname, lastname, email, age, location"
_INSERT = (
    "INSERT INTO users (public_id, date, firstname, lastname, email, age, location) "
    "VALUES (:public_id, :date, :firstname, :lastname, :email, :age, :location)"
)
_SELECT = f"SELECT {_COLUMNS} FROM users WHERE public_id = :public_id"
_UPDATE = (
    "UPDATE users SET firstname = :firstname, lastname = :lastname, email = :email, age = :age, location = :location, "
    "revision = revision + 1 WHERE public_id = :public_id AND revision = :revision"
)
_DELETE = "DELETE FROM users WHERE public_id = :public_id"
_DELETE_REVISION = f"{_DELETE} AND revision = :revision"
# Needs the table, the right to write to it and a database that is not read-only, but changes nothing.
_CHECK = "UPDATE users SET revision = revision WHERE public_id = ''"

# The hints are MySQL's: it would rather sort than read an index in order. For SQLite they are comments.
_NEWEST = "ORDER BY date DESC, public_id DESC LIMIT :limit"
_AFTER = "date <= :date AND (date < :date OR public_id < :public_id)"
_SEARCHES = {
    "everybody": f"SELECT /*+ INDEX(users users_newest) */ {_COLUMNS} FROM users WHERE {_AFTER} {_NEWEST}",
    "exact": f"SELECT /*+ INDEX(users users_of_location) */ {_COLUMNS} FROM users "
    f"WHERE location = :location AND {_AFTER} {_NEWEST}",
    "prefix": f"SELECT /*+ INDEX(users users_newest) */ {_COLUMNS} FROM users "
    f"WHERE location BETWEEN :location AND :beyond AND {_AFTER} {_NEWEST}",
}
_LAST_CHARACTER = "\U0010ffff"
_NO_REVISION = 2**31  # the column is an INT
_DATE_FORMAT = "%Y-%m-%d %H:%M:%S.%f"


@dataclass(frozen=True)
class Cursor:
    """A place in the list, newest first: just after this user. It means the same in both colours."""

    date: datetime
    id: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read back what str() gave. Raises ValueError for anything else."""
        date, _, id = text.partition("_")
        return cls(datetime.strptime(date, "%Y%m%dT%H%M%S.%fZ").replace(tzinfo=UTC), str(UUID(id)))

    def __str__(self) -> str:
        return f"{self.date:%Y%m%dT%H%M%S.%fZ}_{self.id}"


NEWEST = Cursor(datetime(9999, 12, 31, tzinfo=UTC), "")


class Storage:
    """The users of one colour."""

    def __init__(self, connections: Connections) -> None:
        self._execute = connections.execute

    def add(self, id: str, date: datetime, details: Details) -> User:
        """Store a user under that id, or return the one that is stored under it already."""
        try:
            self._execute(_INSERT, {"public_id": id, "date": _as_text(date), **asdict(details)})
        except Duplicate:
            stored = self.get(id)
            if stored:
                return stored
            raise Unavailable("The user was deleted while it was being stored.") from None
        return User(id, 1, date, details)

    def get(self, id: str) -> User | None:
        """The user with that public id, if this colour has it."""
        rows, _ = self._execute(_SELECT, {"public_id": id})
        return _user(rows[0]) if rows else None

    def find(self, location: str = "", match: str = "exact", after: Cursor = NEWEST) -> tuple[list[User], bool]:
        """A page of users, newest first, and whether more follow.

        `match` is `exact` or `prefix`; without a location it is everybody.
        """
        search = _SEARCHES[match if location else "everybody"]
        place = {"location": location, "beyond": location + _LAST_CHARACTER}
        page = {"date": _as_text(after.date), "public_id": after.id, "limit": PAGE_SIZE + 1}
        rows, _ = self._execute(search, place | page)
        return [_user(row) for row in rows[:PAGE_SIZE]], len(rows) > PAGE_SIZE

    def replace(self, id: str, revision: int, details: Details) -> User | None:
        """Update the user if it still has that revision. Returns it as it is now, or None."""
        if 0 < revision < _NO_REVISION:
            self._execute(_UPDATE, {"public_id": id, "revision": revision, **asdict(details)})
        return self.get(id)

    def delete(self, id: str, revision: int | None = None) -> bool:
        """Delete the user, or only that revision of it; whether it was there."""
        statement = _DELETE if revision is None else _DELETE_REVISION
        _, count = self._execute(statement, {"public_id": id, "revision": revision})
        return count == 1

    def check(self) -> None:
        """Raise Unavailable unless a user could be stored now."""
        self._execute(_CHECK, {})


def _as_text(date: datetime) -> str:
    """The UTC date in _DATE_FORMAT, with four digits for every year, which strftime does not give."""
    return date.replace(tzinfo=None).isoformat(" ", "microseconds")


def _user(row: Row) -> User:
    id, revision, date, *details = row
    if isinstance(date, str):  # SQLite has no dates
        date = datetime.strptime(date, _DATE_FORMAT)  # noqa: DTZ007 - it gets its zone below
    return User(id, revision, date.replace(tzinfo=UTC), Details(*details))
