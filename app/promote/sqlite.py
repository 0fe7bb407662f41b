"""One end of the bridge with SQLite: the files of `make run`."""

import fcntl
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..storage.sqlite import SQLite
from ..storage.users import COLUMNS
from .check import Refused
from .end import FREEZE, WATCHED, End, Row

LOCK_TIMEOUT = 5.0  # seconds to wait for a web server that writes


class SQLiteEnd(End):
    """The file of a colour."""

    LATER = f"datetime('now', '+{FREEZE} seconds')"

    def __init__(self, colour: str, folder: Path) -> None:
        super().__init__(colour)
        file = folder / f"{colour}.sqlite3"
        if not file.exists():  # a new one would be nobody's
            raise Refused(f"There is no file {file}: check DATA_DIR.")
        database = SQLite(file, colour)
        self.place = database.place
        database.connect().close()  # which sets it up
        self._lock = file.with_suffix(".promote").open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lock.close()
            raise
        self._connection = sqlite3.connect(file, timeout=LOCK_TIMEOUT, isolation_level=None)
        self._connection.execute("PRAGMA synchronous = FULL")

    def execute(self, statement: str, values: Mapping[str, Any] | None = None) -> tuple[list[Row], int]:
        """The rows that the statement returns, and how many it matched."""
        cursor = self._connection.execute("BEGIN IMMEDIATE" if statement == "BEGIN" else statement, values or {})
        return cursor.fetchall(), cursor.rowcount

    def many(self, statement: str, values: list[dict[str, Any]]) -> None:
        """Execute the statement for each."""
        self._connection.executemany(statement, values)

    def close(self) -> None:
        """Give up the connection and the lock."""
        self._connection.close()
        self._lock.close()

    def swap(self, promotion: str) -> None:
        """Put what has arrived in the place of the users, and open them. Once done, it does nothing."""
        if self.is_finished(promotion):
            return
        with self.transaction():
            self._demand_no_changes()
            self.execute("DELETE FROM users")
            self.execute(f"INSERT INTO users ({COLUMNS}) SELECT {COLUMNS} FROM incoming ORDER BY id")
            self._finish(promotion)

    def columns(self) -> set[str]:
        """What a user has."""
        return {row[1] for row in self.execute("PRAGMA table_info(users)")[0]}

    def is_watched(self) -> bool:
        """Whether it notes who is written."""
        return bool(
            self.value("SELECT COUNT(*) = :all FROM sqlite_schema WHERE type = 'trigger'", {"all": len(WATCHED)})
        )

    def clear(self) -> None:
        """Delete what a promotion needs, but not its record."""
        with self.transaction():
            for event in WATCHED:
                self.execute(f"DROP TRIGGER IF EXISTS users_{event.lower()}")
            for table in ("incoming", "changes", "progress"):
                self.execute(f"DELETE FROM {table}")
