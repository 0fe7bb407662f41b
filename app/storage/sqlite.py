"""The embedded database: one SQLite file, created when first needed."""

import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from .database import Duplicate, Row, TooSlow, Unavailable, Unusable, Values

DB = Path(__file__).parents[2] / "db"
SCHEMA = DB / "sqlite.sql"
PROMOTE = DB / "sqlite-promote.sql"
SEARCH_LIMIT = 0.2  # seconds a statement may take; meanwhile no other request is answered
LOCK_TIMEOUT = 2.0  # seconds to wait for another process that writes
LOCK_PAUSE = 0.02  # seconds between two attempts
STEPS = 10_000  # of SQLite's virtual machine between two looks at the clock: a millisecond or less

_REASONS = {
    "SQLITE_BUSY": "The database is busy: another process is writing to it.",
    "SQLITE_CANTOPEN": "The database file cannot be opened: check DATA_DIR.",
    "SQLITE_FULL": "The disk of the database is full.",
    "SQLITE_NOTADB": "The database file is not a database.",
    "SQLITE_READONLY": "The database is read-only.",
}
_Result = TypeVar("_Result")


class SQLite:
    """A database file, marked as `colour`'s when it is created."""

    errors: tuple[type[Exception], ...] = (sqlite3.Error, OSError)
    pause = 0.0

    def __init__(self, file: Path, colour: str) -> None:
        self.place = f"SQLite file {file}"
        self._file = file
        self._colour = colour
        self._opening = threading.Lock()
        self._deadline = 0.0

    def connect(self) -> sqlite3.Connection:
        """Open the file, and set it up if it is empty. One at a time: SQLite's journal mode has one writer."""
        with self._opening:
            return _patiently(self._open)

    def _open(self) -> sqlite3.Connection:
        self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not self._file.exists():
            self._file.touch(mode=0o600)  # personal data: readable by our user only
        # No timeout: while SQLite waited for a lock, no other request would be answered.
        connection = sqlite3.connect(self._file, timeout=0, isolation_level=None, check_same_thread=False)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            # Never a file that has tables: one that was renamed away must not come back empty.
            if connection.execute("SELECT COUNT(*) FROM sqlite_schema").fetchone() == (0,):
                connection.executescript(f"BEGIN IMMEDIATE; {SCHEMA.read_text(encoding='utf-8')}")
                connection.execute(
                    "INSERT INTO marker SELECT ? WHERE NOT EXISTS (SELECT * FROM marker)", [self._colour]
                )
                connection.execute("COMMIT")
            # Also in a file that an earlier release has made.
            if not connection.execute("SELECT COUNT(*) FROM sqlite_schema WHERE name = 'promotions'").fetchone()[0]:
                connection.executescript(f"BEGIN IMMEDIATE; {PROMOTE.read_text(encoding='utf-8')} COMMIT")
        except BaseException:
            connection.close()
            raise
        connection.set_progress_handler(self._is_late, STEPS)
        return connection

    def _is_late(self) -> bool:
        return time.monotonic() > self._deadline

    def execute(self, connection: sqlite3.Connection, statement: str, values: Values) -> tuple[list[Row], int]:
        """The rows that the statement returns, and how many it matched."""

        def attempt() -> tuple[list[Row], int]:
            self._deadline = time.monotonic() + SEARCH_LIMIT
            cursor = connection.execute(statement, values)
            return cursor.fetchall(), cursor.rowcount

        try:
            return _patiently(attempt)
        except sqlite3.Error as error:
            if _name(error) == "SQLITE_INTERRUPT":
                raise TooSlow("The search took too long.") from None
            if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_CONSTRAINT_UNIQUE:
                raise Duplicate from error
            raise

    def unavailable(self, error: Exception) -> Unavailable:
        """What an error of sqlite3 means."""
        if isinstance(error, OSError):
            return Unavailable(
                f"The database folder {self._file.parent} is unusable ({error.strerror}): check DATA_DIR."
            )
        if str(error).startswith("no such table"):
            return Unusable("A table is missing: the database was not set up.")
        return Unavailable(_REASONS.get(_name(error), "The database does not answer."))

    def is_lost(self, error: Exception) -> bool:
        """Never: a file does not disconnect."""
        return False


def _patiently(attempt: Callable[[], _Result]) -> _Result:
    """Retry while another process holds the lock, and let other requests run meanwhile."""
    end = time.monotonic() + LOCK_TIMEOUT
    while True:
        try:
            return attempt()
        except sqlite3.OperationalError as error:
            if _name(error) != "SQLITE_BUSY" or time.monotonic() > end:
                raise
        time.sleep(LOCK_PAUSE)


def _name(error: Exception) -> str:
    """The error's primary name, such as SQLITE_BUSY for SQLITE_BUSY_SNAPSHOT."""
    return "_".join(getattr(error, "sqlite_errorname", "").split("_")[:2])
