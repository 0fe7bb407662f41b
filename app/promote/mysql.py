"""One end of the bridge with MySQL."""

from collections.abc import Mapping
from typing import Any

from ..settings import Settings
from ..storage.mysql import MySQL, with_pyformat
from .end import FREEZE, WATCHED, End, Row

LOCK = "pii-demo promote"
LOCK_TIMEOUT = 5  # seconds to wait for a statement of a web server
PATIENCE = 600  # seconds that a statement of ours may take


class MySQLEnd(End):
    """The server of a colour."""

    LATER = f"CURRENT_TIMESTAMP + INTERVAL {FREEZE} SECOND"

    def __init__(self, colour: str, settings: Settings) -> None:
        super().__init__(colour)
        database = MySQL(settings, PATIENCE)
        self.place = database.place
        self._connection = database.connect()
        for name in ("lock_wait_timeout", "innodb_lock_wait_timeout"):
            self.execute(f"SET SESSION {name} = {LOCK_TIMEOUT}")
        if self.value("SELECT GET_LOCK(:name, 0)", {"name": LOCK}) != 1:
            raise BlockingIOError

    def execute(self, statement: str, values: Mapping[str, Any] | None = None) -> tuple[list[Row], int]:
        """The rows that the statement returns, and how many it matched."""
        with self._connection.cursor() as cursor:
            count = cursor.execute(with_pyformat(statement) if values else statement, values)
            return list(cursor.fetchall()), count

    def many(self, statement: str, values: list[dict[str, Any]]) -> None:
        """Execute the statement for each."""
        with self._connection.cursor() as cursor:
            cursor.executemany(with_pyformat(statement), values)

    def close(self) -> None:
        """Give up the connection and the lock."""
        self._connection.close()

    def swap(self, promotion: str) -> None:
        """Put what has arrived in the place of the users, and open them. Once done, it does nothing."""
        if self.value("SHOW TABLES LIKE 'incoming'"):
            self.execute("LOCK TABLES users WRITE, incoming WRITE, changes WRITE")
            try:
                self._demand_no_changes()
                # The rights of the application are those to a table of this name.
                self.execute("RENAME TABLE users TO outgoing, incoming TO users")
            finally:
                self.execute("UNLOCK TABLES")
        with self.transaction():
            self._finish(promotion)

    def is_swapped(self, promotion: str) -> bool:
        """Whether what has arrived is in its place."""
        return not self.value("SHOW TABLES LIKE 'incoming'") or super().is_swapped(promotion)

    def columns(self) -> set[str]:
        """What a user has."""
        return {row[0] for row in self.execute("SHOW COLUMNS FROM users")[0]}

    def is_watched(self) -> bool:
        """Whether it notes who is written."""
        rows, _ = self.execute("SHOW TRIGGERS LIKE 'users'")
        return len(rows) == len(WATCHED)

    def clear(self) -> None:
        """Delete what a promotion needs, but not its record."""
        for event in WATCHED:
            self.execute(f"DROP TRIGGER IF EXISTS users_{event.lower()}")
        if self.value("SHOW TABLES LIKE 'outgoing'"):
            self.execute("RENAME TABLE outgoing TO incoming")
        for table in ("incoming", "changes", "progress"):
            self.execute(f"TRUNCATE TABLE {table}")
