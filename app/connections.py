"""Connections to the database: each thread keeps one, and replaces it when it has died or is no longer our colour's."""

import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from copy import copy
from typing import Any

from .database import Database, Row, Unavailable, Values
from .isolation import MARKER, refuse_other_colour

log = logging.getLogger(__name__)


class Connections:
    """The connections of one application. `colour` is asked for each statement: a pod's label can change."""

    def __init__(self, database: Database, colour: Callable[[], str | None]) -> None:
        self.place = database.place
        self._database = database
        self._colour = colour
        self._own = threading.local()
        self._paused_until = 0.0
        self._renewed = 0
        self._problem: Unavailable | None = None

    def close(self) -> None:
        """Close this thread's connection; the next statement opens another."""
        connection = self._own.__dict__.pop("connection", None)
        if connection:
            with suppress(*self._database.errors):
                connection.close()

    def renew(self) -> None:
        """Let each thread open a new connection before its next statement, and so compare the marker again."""
        self._renewed += 1

    def execute(self, statement: str, values: Values) -> tuple[list[Row], int]:
        """The rows that the statement returns, and how many it matched.

        Where a connection from before turns out to have ended, the statement is sent again on a new one. That cannot
        store twice: an id is unique, an update names the revision that it replaces.
        """
        own = self._own.__dict__
        if "connection" in own and own["since"] != (self._colour(), self._renewed):
            self.close()
        from_before = "connection" in own
        try:
            if not from_before:
                own["since"], own["connection"] = self._connect()
            return self._database.execute(own["connection"], statement, values)
        except self._database.errors as error:
            self.close()
            if from_before and self._database.is_lost(error):
                return self.execute(statement, values)
            reason = self._database.reason(error)
            # Not the error's own message: it may hold what somebody typed in.
            log.warning("database unavailable", extra={"reason": reason, "error": type(error).__name__})
            unavailable = Unavailable(reason)
            if self._database.is_timeout(error):
                self._pause(unavailable)
            raise unavailable from error

    def _connect(self) -> tuple[tuple[str | None, int], Any]:
        """A connection to a database of our colour. After a failure one thread tries, the others fail at once."""
        problem = self._problem
        if problem and time.monotonic() < self._paused_until:
            raise copy(problem)
        if problem:
            self._pause(problem)
        colour, renewed, connection = self._colour(), self._renewed, None
        failures: tuple[type[Exception], ...] = (Unavailable, *self._database.errors)
        try:
            connection = self._database.connect()
            markers, _ = self._database.execute(connection, MARKER, {})
            refuse_other_colour(markers, colour)
        except failures as error:
            if connection:
                connection.close()
            self._pause(error if isinstance(error, Unavailable) else Unavailable(self._database.reason(error)))
            raise
        self._problem, self._paused_until = None, 0.0
        return (colour, renewed), connection

    def _pause(self, problem: Unavailable) -> None:
        # A copy, as an exception that was raised keeps alive what its frames hold.
        self._problem, self._paused_until = copy(problem), time.monotonic() + self._database.pause
