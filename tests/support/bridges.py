"""A promotion that can be watched statement by statement, and that can die at any of them."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, cast

from app.colours import COLOURS
from app.promote.command import promotion
from app.promote.end import End, Row
from app.promote.mysql import MySQLEnd
from app.promote.protocol import Promotion
from app.promote.sqlite import SQLiteEnd
from app.settings import Settings
from tests.support.stores import SQLiteStore, Store

PROMOTE_USER = "promote"
# Within, others have to wait.
OPENS = {"BEGIN": 1, "LOCK": 1, "COMMIT": -1, "ROLLBACK": -1, "UNLOCK": -1}

Before = Callable[[End, str], None]


class Killed(BaseException):
    """As kill -9: nothing is done any more."""


def ends(store: Store, before: Before = lambda _end, _statement: None) -> dict[str, End]:
    """Both ends. `before` is called before each statement, unless a transaction or a lock is open."""
    made: type[End] = SQLiteEnd if isinstance(store, SQLiteStore) else MySQLEnd

    class Watched(made):  # type: ignore[misc, valid-type]
        within = 0

        def execute(self, statement: str, values: Mapping[str, Any] | None = None) -> tuple[list[Row], int]:
            if not self.within:
                before(self, statement)
            self.within += OPENS.get(statement.split(maxsplit=1)[0], 0)
            return cast(tuple[list[Row], int], super().execute(statement, values))

        def many(self, statement: str, values: list[dict[str, Any]]) -> None:
            if not self.within:
                before(self, statement)
            super().many(statement, values)

    return {colour: Watched(colour, place(store, colour)) for colour in COLOURS}


def place(store: Store, colour: str) -> Any:
    """Where a colour's database is, as the ends take it."""
    if isinstance(store, SQLiteStore):
        return store.folder
    return replace(Settings(**store.settings(colour)), mysql_user=PROMOTE_USER)


@contextmanager
def connected(store: Store, before: Before = lambda _end, _statement: None) -> Iterator[dict[str, End]]:
    """The same, until the block ends."""
    both = ends(store, before)
    try:
        yield both
    finally:
        for end in both.values():
            end.close()


def promote(store: Store, to: str, before: Before = lambda _end, _statement: None) -> Promotion | None:
    """Move all users to a colour; None if they are there already."""
    with connected(store, before) as both:
        [source] = (end for colour, end in both.items() if colour != to)
        moving = promotion(source, both[to], "tests", lambda *_: None)
        if moving:
            moving.run()
        return moving
