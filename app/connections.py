"""A bounded number of connections to the database, in lanes: whatever fills one lane leaves the others free."""

import logging
import queue
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from .database import Busy, Database, Duplicate, Row, TooSlow, Unavailable, Values

log = logging.getLogger(__name__)

# Connections of each lane: searches may take long, and probes must not wait for anybody.
LANES = {"users": 4, "searches": 3, "probes": 1}
QUEUE = 200  # requests that may wait for a connection of one lane
PATIENCE = 2.0  # seconds that each of them waits

Statement = tuple[str, Values]


class Slot:
    """The place of one connection; None until it is opened, and again after it has failed."""

    connection: Any = None


class Lane:
    """A few slots, each used by one request at a time. The one used last is used next: few connections stay open."""

    def __init__(self, size: int) -> None:
        self._places = threading.BoundedSemaphore(size + QUEUE)
        self._free: queue.LifoQueue[Slot] = queue.LifoQueue()
        for _ in range(size):
            self._free.put(Slot())

    @contextmanager
    def slot(self) -> Iterator[Slot]:
        """A slot for this request alone. Raises Busy if too many wait, or after PATIENCE."""
        if not self._places.acquire(blocking=False):
            raise Busy("Too many requests wait for the database.")
        try:
            try:
                slot = self._free.get(timeout=PATIENCE)
            except queue.Empty:
                raise Busy("The database is too busy.") from None
            try:
                yield slot
            finally:
                self._free.put(slot)
        finally:
            self._places.release()

    @contextmanager
    def idle(self) -> Iterator[list[Slot]]:
        """The slots that nobody uses, meanwhile taken."""
        slots = []
        with suppress(queue.Empty):
            while True:
                slots.append(self._free.get_nowait())
        yield slots
        for slot in reversed(slots):
            self._free.put(slot)


class Connections:
    """The connections of one application, opened when they are first needed."""

    def __init__(self, database: Database) -> None:
        self.place = database.place
        self._database = database
        self._lanes = {name: Lane(size) for name, size in LANES.items()}
        self._problem: Unavailable | None = None  # why the last attempt to connect failed
        self._next_attempt = 0.0

    def execute(self, lane: str, *statements: Statement) -> tuple[list[Row], int]:
        """The rows that the last of the statements returns, and how many it matched.

        If a connection turns out to have ended since it was last used, the statements are sent again on a new one. That
        cannot store twice: an id is unique, an update names the revision that it replaces.
        """
        with self._lanes[lane].slot() as slot:
            used_before = slot.connection is not None
            try:
                return self._attempt(slot, statements)
            except self._database.errors as error:
                if not (used_before and self._database.is_lost(error)):
                    raise self._unavailable(error) from error
            try:
                return self._attempt(slot, statements)
            except self._database.errors as error:
                raise self._unavailable(error) from error

    def _attempt(self, slot: Slot, statements: tuple[Statement, ...]) -> tuple[list[Row], int]:
        if slot.connection is None:
            slot.connection = self._connect()
        try:
            for statement, values in statements:
                result = self._database.execute(slot.connection, statement, values)
            return result
        except BaseException as error:
            # After any other error, or in the middle of a transaction, the connection is of no more use.
            if len(statements) > 1 or not isinstance(error, Duplicate | TooSlow):
                self._close(slot)
            raise

    def _connect(self) -> Any:
        """A new connection. After a failure one request at a time tries again, and the others fail at once."""
        if self._problem:
            if time.monotonic() < self._next_attempt:
                # A new exception: an old one keeps alive all that its traceback holds.
                raise type(self._problem)(*self._problem.args)
            self._next_attempt = time.monotonic() + self._database.pause
        try:
            connection = self._database.connect()
        except self._database.errors as error:
            self._problem = self._database.unavailable(error)
            self._next_attempt = time.monotonic() + self._database.pause
            raise
        self._problem = None
        return connection

    def _unavailable(self, error: Exception) -> Unavailable:
        unavailable = self._database.unavailable(error)
        # Not the error's own message: it may hold what somebody typed in.
        log.warning("database unavailable", extra={"reason": str(unavailable), "error": type(error).__name__})
        return unavailable

    def _close(self, slot: Slot) -> None:
        connection, slot.connection = slot.connection, None
        with suppress(*self._database.errors):
            connection.close()

    def close(self) -> None:
        """Close the connections that nobody uses; the next statements open others."""
        for lane in self._lanes.values():
            with lane.idle() as slots:
                for slot in slots:
                    if slot.connection is not None:
                        self._close(slot)
