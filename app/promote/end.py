"""One end of the bridge: the database of a colour, and what a promotion does there."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any

from ..storage.users import COLUMNS

Row = tuple[Any, ...]
Users = dict[str, Row]  # by public id

FIELDS = tuple(COLUMNS.split(", "))
REVISION = FIELDS.index("revision")
WATCHED = ("INSERT", "UPDATE", "DELETE")
FREEZE = 10  # seconds that a freeze lasts, unless it is renewed
FOREVER = "9999-12-31 00:00:00"


class Lapsed(Exception):
    """A freeze has ended before the promotion did. The message is the colour."""


class End(ABC):
    """A connection to the database of one colour, which only one promotion at a time can have.

    There is one connection and no second one: once it is lost, so is the lock, and every statement fails.
    """

    place: str  # where the data is kept, for people
    LATER: str  # SQL for the time at which a freeze that begins now will end

    def __init__(self, colour: str) -> None:
        self.colour = colour

    @abstractmethod
    def execute(self, statement: str, values: Mapping[str, Any] | None = None) -> tuple[list[Row], int]:
        """The rows that the statement returns, and how many it matched."""

    @abstractmethod
    def many(self, statement: str, values: list[dict[str, Any]]) -> None:
        """Execute the statement for each."""

    @abstractmethod
    def close(self) -> None:
        """Give up the connection and the lock."""

    @abstractmethod
    def swap(self, promotion: str) -> None:
        """Put what has arrived in the place of the users, and open them. Once done, it does nothing.

        Raises Lapsed if a user was written that has not been taken over.
        """

    @abstractmethod
    def clear(self) -> None:
        """Delete what a promotion needs, but not its record."""

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All that is executed in it, or nothing."""
        self.execute("BEGIN")
        try:
            yield
        except BaseException:
            self.execute("ROLLBACK")
            raise
        self.execute("COMMIT")

    def value(self, statement: str, values: Mapping[str, Any] | None = None) -> Any:
        """The first value of the first row; None without a row."""
        rows, _ = self.execute(statement, values)
        return rows[0][0] if rows else None

    # Users

    def users(self, ids: Iterable[str], table: str = "users") -> Users:
        """Those of the users that are here."""
        names = {f"id{place}": id for place, id in enumerate(ids)}
        if not names:
            return {}
        listed = ", ".join(f":{name}" for name in names)
        return self._users(f"SELECT {COLUMNS} FROM {table} WHERE public_id IN ({listed})", names)

    def range(self, prefix: str, table: str = "users") -> Users:
        """The users whose ids begin with these digits."""
        where = "public_id BETWEEN :first AND :last"
        return self._users(f"SELECT {COLUMNS} FROM {table} WHERE {where}", {"first": prefix, "last": f"{prefix}g"})

    def after(self, last: int, count: int) -> tuple[int, Users]:
        """The next users in the order in which they are copied, by this database's own ids, and the id of the last."""
        statement = f"SELECT id, {COLUMNS} FROM users WHERE id > :last ORDER BY id LIMIT :count"
        rows, _ = self.execute(statement, {"last": last, "count": count})
        return rows[-1][0] if rows else last, {row[1]: row[1:] for row in rows}

    def put(self, users: Users, gone: Iterable[str], copied: tuple[str, int] | None = None) -> None:
        """Let these users arrive, and those not; note how far a colour has been `copied`. All of it or nothing."""
        with self.transaction():
            names = ", ".join(f":{field}" for field in FIELDS)
            rows = [dict(zip(FIELDS, row, strict=True)) for row in users.values()]
            self.many(f"REPLACE INTO incoming ({COLUMNS}) VALUES ({names})", rows)
            self.many("DELETE FROM incoming WHERE public_id = :id", [{"id": id} for id in gone])
            if copied:
                values = {"colour": copied[0], "copied": copied[1]}
                self.execute("REPLACE INTO progress (colour, copied) VALUES (:colour, :copied)", values)

    def _users(self, statement: str, values: Mapping[str, Any]) -> Users:
        return {row[0]: row for row in self.execute(statement, values)[0]}

    # Changes

    def watch(self) -> None:
        """From now on, note who is written. Returns when every statement that began before has ended."""
        for event in WATCHED:
            self.execute(self.trigger(event))

    @staticmethod
    def trigger(event: str) -> str:
        """The statement that creates the trigger of an event."""
        row = "OLD" if event == "DELETE" else "NEW"
        note = f"INSERT INTO changes (public_id) VALUES ({row}.public_id)"
        return (
            f"CREATE TRIGGER IF NOT EXISTS users_{event.lower()} AFTER {event} ON users FOR EACH ROW BEGIN {note}; END"
        )

    @abstractmethod
    def columns(self) -> set[str]:
        """What a user has."""

    @abstractmethod
    def is_watched(self) -> bool:
        """Whether it notes who is written."""

    def changes(self, count: int) -> list[Row]:
        """The oldest changes: their numbers, and the public ids."""
        return self.execute("SELECT seq, public_id FROM changes ORDER BY seq LIMIT :count", {"count": count})[0]

    def forget(self, changes: list[Row]) -> None:
        """They have been taken over."""
        self.many("DELETE FROM changes WHERE seq = :seq", [{"seq": seq} for seq, _ in changes])

    # Freezes

    def freeze(self, promotion: str) -> None:
        """Refuse every write, for a while. Returns when all that were under way have ended."""
        statement = f"REPLACE INTO freezes (promotion, until) VALUES (:promotion, {self.LATER})"
        self.execute(statement, {"promotion": promotion})

    def renew(self, promotion: str) -> bool:
        """Let the freeze last for a while from now. Returns whether it has lasted until now."""
        return self._change_freeze(promotion, f"until = {self.LATER}")

    def hand_over(self, promotion: str, colour: str) -> bool:
        """Refuse every write for good: the users are that colour's. Returns whether the freeze has lasted until now."""
        return self._change_freeze(
            promotion, "until = :until, moved_to = :colour", {"until": FOREVER, "colour": colour}
        )

    def thaw(self) -> None:
        """Allow writes again, unless the users were moved."""
        self.execute("DELETE FROM freezes WHERE moved_to IS NULL")

    def moved(self) -> tuple[str, str] | None:
        """The promotion that moved the users, and the colour that has them now; None if they are here."""
        rows, _ = self.execute("SELECT promotion, moved_to FROM freezes WHERE moved_to IS NOT NULL")
        return rows[0] if rows else None

    def release(self) -> int:
        """Delete the users that were moved, and allow writes again. Returns how many there were."""
        with self.transaction():
            _, count = self.execute("DELETE FROM users")
            self.execute("DELETE FROM freezes")
        return count

    def _change_freeze(self, promotion: str, change: str, values: Mapping[str, Any] = MappingProxyType({})) -> bool:
        lasting = "promotion = :promotion AND until > CURRENT_TIMESTAMP"
        _, count = self.execute(f"UPDATE freezes SET {change} WHERE {lasting}", {"promotion": promotion, **values})
        return count == 1

    def _demand_no_changes(self) -> None:
        if self.changes(1):
            raise Lapsed(self.colour)

    # Records

    def begin_record(self, record: Mapping[str, Any]) -> None:
        """Note what is about to be moved here."""
        names = ("id", "origin", "who", "started", "users", "conflicts", "digest")
        listed = ", ".join(f":{name}" for name in names)
        self.execute(f"REPLACE INTO promotions ({', '.join(names)}) VALUES ({listed})", record)

    def is_swapped(self, promotion: str) -> bool:
        """Whether what has arrived is in its place."""
        return self.is_finished(promotion)

    def is_finished(self, promotion: str) -> bool:
        """Whether that promotion has put its users here."""
        return self.value("SELECT finished FROM promotions WHERE id = :id", {"id": promotion}) is not None

    def _finish(self, promotion: str) -> None:
        self.execute("UPDATE promotions SET finished = CURRENT_TIMESTAMP WHERE id = :id", {"id": promotion})
        self.execute("DELETE FROM freezes")
