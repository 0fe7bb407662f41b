"""The connections to the database: opened when needed, in lanes, and not attempted while the database is away."""

import logging
import time
from contextlib import suppress
from typing import Any

from ..metrics import Metrics
from .database import Database, Duplicate, Row, TooSlow, Unavailable, Values
from .lanes import Lane, Slot

log = logging.getLogger(__name__)

# Connections of each lane: searches may take long, and probes must not wait for anybody.
LANES = {"users": 4, "searches": 3, "probes": 1}

Statement = tuple[str, Values]


class Breaker:
    """After a failure, lets one attempt through every `pause` seconds and fails the others at once."""

    def __init__(self, pause: float) -> None:
        self._pause = pause
        self._failure: Unavailable | None = None
        self._next_attempt = 0.0

    def admit(self) -> None:
        """Raise the last failure again, unless an attempt is due."""
        if self._failure:
            if time.monotonic() < self._next_attempt:
                # A new exception: a raised one keeps its traceback, and so all its frames' variables, alive.
                raise type(self._failure)(*self._failure.args)
            self._next_attempt = time.monotonic() + self._pause

    def failed(self, failure: Unavailable) -> None:
        """Note that the attempt has failed."""
        self._failure = failure
        self._next_attempt = time.monotonic() + self._pause

    def succeeded(self) -> None:
        """Note that the attempt has succeeded: let all through."""
        self._failure = None


class Connections:
    """The connections of one application."""

    def __init__(self, database: Database, metrics: Metrics) -> None:
        self.place = database.place
        self.database = database
        self.lanes = {name: Lane(size, metrics.waits.labels(name).observe) for name, size in LANES.items()}
        self._breaker = Breaker(database.pause)

    def execute(self, lane: str, *statements: Statement) -> tuple[list[Row], int]:
        """The rows that the last of the statements returns, and how many it matched.

        If a connection turns out to have ended since it was last used, the statements are sent again on a new one. That
        cannot store anything twice: an id is unique, and an update names the revision that it replaces.
        """
        with self.lanes[lane].slot() as slot:
            reused = slot.connection is not None
            try:
                return self._attempt(slot, statements)
            except self.database.errors as error:
                if not (reused and self.database.is_lost(error)):
                    raise self._unavailable(error) from error
            try:
                return self._attempt(slot, statements)
            except self.database.errors as error:
                raise self._unavailable(error) from error

    def close(self) -> None:
        """Close the connections that are not in use; later statements open new ones."""
        for lane in self.lanes.values():
            with lane.idle() as slots:
                for slot in slots:
                    if slot.connection is not None:
                        self._close(slot)

    def _attempt(self, slot: Slot, statements: tuple[Statement, ...]) -> tuple[list[Row], int]:
        if slot.connection is None:
            slot.connection = self._connect()
        try:
            for statement, values in statements:
                result = self.database.execute(slot.connection, statement, values)
            return result
        except BaseException as error:
            # After any other error, or in the middle of a transaction, the connection cannot be reused.
            if len(statements) > 1 or not isinstance(error, Duplicate | TooSlow):
                self._close(slot)
            raise

    def _connect(self) -> Any:
        self._breaker.admit()
        try:
            connection = self.database.connect()
        except self.database.errors as error:
            self._breaker.failed(self.database.unavailable(error))
            raise
        self._breaker.succeeded()
        return connection

    def _unavailable(self, error: Exception) -> Unavailable:
        unavailable = self.database.unavailable(error)
        # Not the error's own message: it may contain what somebody typed in.
        log.warning("database unavailable", extra={"reason": str(unavailable), "error": type(error).__name__})
        return unavailable

    def _close(self, slot: Slot) -> None:
        connection, slot.connection = slot.connection, None
        with suppress(*self.database.errors):
            connection.close()
