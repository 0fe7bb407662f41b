"""The embedded database: one SQLite file, made when it is first needed."""

import sqlite3
import threading
from pathlib import Path

from .database import Duplicate, Row, Values

SCHEMA = Path(__file__).parent.parent / "db" / "sqlite.sql"
LOCK_TIMEOUT = 5.0  # seconds to wait for another writer

_REASONS = {
    "SQLITE_BUSY": "The database is busy: another process is writing to it.",
    "SQLITE_CANTOPEN": "The database file cannot be opened.",
    "SQLITE_FULL": "The disk of the database is full.",
    "SQLITE_NOTADB": "The database file is not a database.",
    "SQLITE_READONLY": "The database is read-only.",
}


class SQLite:
    """A database file that belongs to `colour` from the moment it is made."""

    errors: tuple[type[Exception], ...] = (sqlite3.Error, OSError)
    pause = 0.0

    def __init__(self, file: Path, colour: str) -> None:
        self.place = f"SQLite file {file}"
        self._file = file
        self._colour = colour
        self._opening = threading.Lock()

    def connect(self) -> sqlite3.Connection:
        """Open the file and make what is missing. One thread at a time: SQLite lets one alone change its journal."""
        with self._opening:
            return self._open()

    def _open(self) -> sqlite3.Connection:
        self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not self._file.exists():
            self._file.touch(mode=0o600)  # whoever else is on this machine: it is personal data
        connection = sqlite3.connect(self._file, timeout=LOCK_TIMEOUT, isolation_level=None)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.executescript(f"BEGIN IMMEDIATE; {SCHEMA.read_text(encoding='utf-8')}; COMMIT")
            connection.execute("INSERT INTO marker SELECT ? WHERE NOT EXISTS (SELECT * FROM marker)", [self._colour])
        except BaseException:
            connection.close()
            raise
        return connection

    def execute(self, connection: sqlite3.Connection, statement: str, values: Values) -> tuple[list[Row], int]:
        """The rows that the statement returns, and how many it matched."""
        try:
            cursor = connection.execute(statement, values)
            return cursor.fetchall(), cursor.rowcount
        except sqlite3.IntegrityError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_CONSTRAINT_UNIQUE:
                raise Duplicate from error
            raise

    def reason(self, error: Exception) -> str:
        """What an error of sqlite3 means, as a plain sentence."""
        name = "_".join(getattr(error, "sqlite_errorname", "").split("_")[:2])
        return _REASONS.get(name, "The database does not answer.")

    def is_lost(self, error: Exception) -> bool:
        """A file does not go away by itself."""
        return False

    def is_timeout(self, error: Exception) -> bool:
        """A file that is busy for one statement may be free for the next."""
        return False
