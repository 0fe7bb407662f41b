"""Where users are kept: the statements, the same for each kind of database, each its own transaction.

Every statement carries the marker's condition itself, so that nothing is read or written from the moment the
database is no longer ours, on old connections too. After a statement that matched nothing, the marker itself is read.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self
from uuid import UUID, uuid4

from ..users import LARGEST, Details, User
from .connections import Connections
from .database import SEARCH_LIMIT, Busy, Duplicate, Row, Unavailable, Unusable
from .marker import OPEN, OURS, Marker, Moved, Moving, OtherDatabase

PAGE_SIZE = 50
FEW = 1000  # up to here, sorting the users of a location is faster than reading through the newest users

COLUMNS = "public_id, revision, date, firstname, lastname, email, age, location"
INSERT = (
    "INSERT INTO users (public_id, date, firstname, lastname, email, age, location) "
    f"SELECT :public_id, :date, :firstname, :lastname, :email, :age, :location FROM marker WHERE {OURS} AND {OPEN}"
)
SELECT = f"SELECT {COLUMNS} FROM users WHERE public_id = :public_id AND {OURS}"
UPDATE = (
    "UPDATE users SET firstname = :firstname, lastname = :lastname, email = :email, age = :age, location = :location, "
    f"revision = revision + 1 WHERE public_id = :public_id AND revision = :revision AND {OURS} AND {OPEN}"
)
DELETE = f"DELETE FROM users WHERE public_id = :public_id AND {OURS} AND {OPEN}"
DELETE_REVISION = f"{DELETE} AND revision = :revision"
# Changes nothing, but needs the table, the right to write to it, and a database that is not read-only.
CHECK = "UPDATE users SET revision = revision WHERE public_id = ''"

# The hints are for MySQL, which would otherwise sort instead of reading an index in order; they also limit a search's
# time. To SQLite they are comments; there, `+` rules out the other index.
_LIMIT = f"MAX_EXECUTION_TIME({SEARCH_LIMIT * 1000:.0f})"
_NEWEST = "ORDER BY date DESC, public_id DESC LIMIT :limit"
_AFTER = "date <= :date AND (date < :date OR public_id < :public_id)"
_PREFIX = "location BETWEEN :location AND :beyond"
SEARCHES = {
    "everybody": f"SELECT /*+ INDEX(users users_newest) {_LIMIT} */ {COLUMNS} FROM users "
    f"WHERE {_AFTER} AND {OURS} {_NEWEST}",
    "exact": f"SELECT /*+ INDEX(users users_of_location) {_LIMIT} */ {COLUMNS} FROM users "
    f"WHERE location = :location AND {_AFTER} AND {OURS} {_NEWEST}",
    "prefix of many": f"SELECT /*+ INDEX(users users_newest) {_LIMIT} */ {COLUMNS} FROM users "
    f"WHERE +{_PREFIX} AND {_AFTER} AND {OURS} {_NEWEST}",
    # Sorts in the index alone, and reads only the users of the page.
    "prefix of few": f"SELECT /*+ {_LIMIT} */ {COLUMNS} FROM ("
    f"SELECT /*+ INDEX(users users_of_location) */ id FROM users WHERE {_PREFIX} AND {_AFTER} AND {OURS} "
    "ORDER BY +date DESC, public_id DESC LIMIT :limit) AS page "
    "JOIN users USING (id) ORDER BY date DESC, public_id DESC",
}
MANY = (
    f"SELECT /*+ INDEX(users users_of_location) {_LIMIT} */ 1 FROM users "
    f"WHERE {_PREFIX} AND {OURS} LIMIT 1 OFFSET {FEW}"
)
COUNTED = 1000  # to count a million takes too long for a page
COUNT = (
    f"SELECT /*+ {_LIMIT} */ number FROM (SELECT COUNT(*) AS number FROM "
    f"(SELECT 1 FROM users WHERE {OURS} LIMIT {COUNTED + 1}) AS first_users) AS counted WHERE number > 0"
)
# Where the users are now, if they were moved; and from where they came last, when, and how many there were.
MOVED_TO = "SELECT moved_to FROM freezes WHERE moved_to IS NOT NULL"
MOVED_HERE = (
    "SELECT origin, finished, users FROM promotions WHERE finished IS NOT NULL ORDER BY finished DESC, id DESC LIMIT 1"
)
_LAST_CHARACTER = "\U0010ffff"
_NO_REVISION = 2**31  # the column is an INT


@dataclass(frozen=True)
class Cursor:
    """A place in the list, newest first: just after this user. It means the same in both colours."""

    date: datetime
    id: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse what str() gave. Raises ValueError for anything else."""
        date, _, id = text.partition("_")
        return cls(datetime.strptime(date, "%Y%m%dT%H%M%S.%fZ").replace(tzinfo=UTC), str(UUID(id)))

    def __str__(self) -> str:
        return f"{self.date:%Y%m%dT%H%M%S.%fZ}_{self.id}"


NEWEST = Cursor(datetime(9999, 12, 31, tzinfo=UTC), "")


@dataclass(frozen=True)
class Moves:
    """How users were moved between the colours: to where from here, or from where to here, and when (UTC).

    `users` counts all that were here afterwards, its own ones among them.
    """

    to: str | None
    origin: str | None = None
    finished: str = ""
    users: int = 0


class Storage:
    """The users of one colour."""

    def __init__(self, connections: Connections, marker: Marker) -> None:
        self._connections = connections
        self._marker = marker
        self._writable = False  # whether check() has stored the largest user, with no failed write since

    def add(self, id: str, date: datetime, details: Details) -> User:
        """Store a user under that id, or return the one already stored under it."""
        try:
            count = self._write(INSERT, _row(id, date, details))
        except Duplicate:
            user = self.get(id)
            if user:
                return user
            raise Unavailable("The user was deleted while it was being stored.") from None
        if not count:
            raise Unavailable("The marker of the database changed while the user was being stored.")
        return User(id, 1, date, details)

    def get(self, id: str) -> User | None:
        """The user with that public id, if this colour has it."""
        rows, _ = self._execute("users", SELECT, {"public_id": id})
        return _user(rows[0]) if rows else None

    def find(self, location: str = "", match: str = "exact", after: Cursor = NEWEST) -> tuple[list[User], bool]:
        """A page of users, newest first, and whether more follow.

        `match` is `exact` or `prefix`; without a location, all users are found. Raises TooSlow if there are too many.
        """
        place = {"location": location, "beyond": location + _LAST_CHARACTER}
        page = {"date": _as_text(after.date), "public_id": after.id, "limit": PAGE_SIZE + 1}
        search = match if location else "everybody"
        if search == "prefix":
            many, _ = self._execute("searches", MANY, place)
            search = "prefix of many" if many else "prefix of few"
        rows, _ = self._execute("searches", SEARCHES[search], place | page)
        return [_user(row) for row in rows[:PAGE_SIZE]], len(rows) > PAGE_SIZE

    def count(self) -> int:
        """How many users there are; COUNTED + 1 if there are more than COUNTED."""
        rows, _ = self._execute("users", COUNT, {})
        return int(rows[0][0]) if rows else 0

    def moves(self) -> Moves:
        """The last move of all users to or from here."""
        to, _ = self._connections.execute("users", (MOVED_TO, {}))
        here, _ = self._connections.execute("users", (MOVED_HERE, {}))
        origin, finished, users = here[0] if here else (None, "", 0)
        return Moves(to[0][0] if to else None, origin, str(finished)[:16], users)

    def replace(self, id: str, revision: int, details: Details) -> User | None:
        """Update the user if it still has that revision. Returns the user as it is now, or None."""
        if 0 < revision < _NO_REVISION:
            self._write(UPDATE, {"public_id": id, "revision": revision, **vars(details)})
        return self.get(id)

    def delete(self, id: str, revision: int | None = None) -> bool:
        """Delete the user, or only that revision of it. Returns whether it was there."""
        statement = DELETE if revision is None else DELETE_REVISION
        return self._write(statement, {"public_id": id, "revision": revision}) == 1

    def check(self) -> None:
        """Raise Unavailable unless a user could be stored now.

        Only a write can tell whether the disk has room. So at first, and after a failed write, a user is stored and
        deleted in one transaction, invisible to others, until that succeeds.
        """
        self._execute("probes", CHECK, {})
        if not self._writable:
            id = str(uuid4())
            row = {"own": self._marker.own, **_row(id, datetime.now(UTC), LARGEST)}
            self._connections.execute("probes", ("BEGIN", {}), (INSERT, row), (DELETE, row), ("COMMIT", {}))
            self._writable = True

    def _write(self, statement: str, values: dict[str, Any]) -> int:
        """Returns how many users were written. Notes if writing was not possible."""
        try:
            _, count = self._execute("users", statement, values, self._marker.compare_and_demand_open)
            if not count:  # a freeze may have ended between the statement and the look at it
                _, count = self._execute("users", statement, values, self._marker.compare_and_demand_open)
        except (Busy, OtherDatabase, Moving, Moved):
            raise
        except Unavailable:
            self._writable = False
            raise
        return count

    def _execute(
        self, lane: str, statement: str, values: dict[str, Any], compare: Callable[[str], None] | None = None
    ) -> tuple[list[Row], int]:
        """The rows that the statement returns, and how many it matched. If it is nothing, `compare` says why."""
        compare = compare or self._marker.compare
        try:
            rows, count = self._connections.execute(lane, (statement, {"own": self._marker.own, **values}))
        except Unusable:
            compare(lane)  # perhaps the marker table is missing
            raise
        if rows or count > 0:
            self._marker.matched()
        else:
            compare(lane)
        return rows, count


def _row(id: str, date: datetime, details: Details) -> dict[str, Any]:
    return {"public_id": id, "date": _as_text(date), **vars(details)}


def _as_text(date: datetime) -> str:
    """The UTC date as both databases give it: 2026-01-31 23:59:59.000000"""
    return date.replace(tzinfo=None).isoformat(" ", "microseconds")


def _user(row: Row) -> User:
    id, revision, date, *details = row
    return User(id, revision, datetime.fromisoformat(f"{date}Z"), Details(*details))
