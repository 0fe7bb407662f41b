"""The databases that the application is tested on: what is true of one has to be true of the other."""

import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pymysql
from pymysql.constants import ER
from tenacity import retry, retry_if_exception, stop_after_delay

from app.colours import COLOURS
from tests.support.mysql_server import USER, Server


class Markers(ABC):
    """Changes the marker of a database."""

    @abstractmethod
    def sql(self, colour: str, *statements: str) -> list[tuple[Any, ...]]:
        """Run the statements in one transaction; the rows of the last one."""

    @abstractmethod
    def tables(self, colour: str) -> set[str]: ...

    def mark(self, colour: str, markers: list[str] | None) -> None:
        """Give the database of a colour these markers, or no marker table."""
        if "away" in self.tables(colour):
            self.sql(colour, "ALTER TABLE away RENAME TO marker")
        inserts = [f"INSERT INTO marker VALUES ('{marker}')" for marker in markers or ()]
        self.sql(colour, "DELETE FROM marker", *inserts)
        if markers is None:
            self.sql(colour, "ALTER TABLE marker RENAME TO away")

    @contextmanager
    def marked(self, colour: str, markers: list[str] | None) -> Iterator[None]:
        """Give it these markers until the block ends."""
        self.mark(colour, markers)
        try:
            yield
        finally:
            self.mark(colour, [colour])

    def ids(self, colour: str) -> list[str]:
        """The ids of all users, whatever the marker says."""
        return [id for (id,) in self.sql(colour, "SELECT public_id FROM users ORDER BY public_id")]


class SQLiteStore(Markers):
    """The embedded database, in this test's folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def settings(self, colour: str) -> dict[str, Any]:
        return {"data_dir": self.folder}

    @contextmanager
    def away(self) -> Iterator[None]:
        """While no database can be used; before it has been used."""
        self.folder.write_text("in the way")
        yield
        self.folder.unlink()

    def shared(self, colour: str) -> dict[str, Any]:
        """The settings of a server, of whatever colour, that has this colour's database."""
        for other in COLOURS:
            if other != colour:
                self.folder.mkdir(exist_ok=True)
                (self.folder / f"{other}.sqlite3").symlink_to(f"{colour}.sqlite3")
        return {"data_dir": self.folder}

    def sql(self, colour: str, *statements: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.folder / f"{colour}.sqlite3", isolation_level=None)) as connection:
            for statement in ("BEGIN IMMEDIATE", *statements):
                rows = connection.execute(statement).fetchall()
            connection.execute("COMMIT")
        return rows

    def tables(self, colour: str) -> set[str]:
        return {name for (name,) in self.sql(colour, "SELECT name FROM sqlite_schema WHERE type = 'table'")}


def is_deadlock(error: BaseException) -> bool:
    return isinstance(error, pymysql.OperationalError) and error.args[0] == ER.LOCK_DEADLOCK


class MySQLStore(Markers):
    """A MySQL per colour, emptied for each test."""

    def __init__(self, servers: dict[str, Server]) -> None:
        self.servers = servers
        for server in servers.values():
            server.sql("DELETE FROM users", "DELETE FROM freezes", "DELETE FROM promotions")

    def settings(self, colour: str) -> dict[str, Any]:
        return self.servers[colour or "none"].settings

    @contextmanager
    def away(self) -> Iterator[None]:
        """While no database can be used."""
        for server in self.servers.values():
            server.sql(f"ALTER USER {USER} ACCOUNT LOCK")
            server.disconnect()
        yield
        for server in self.servers.values():
            server.sql(f"ALTER USER {USER} ACCOUNT UNLOCK")

    def shared(self, colour: str) -> dict[str, Any]:
        """The settings of a server, of whatever colour, that has this colour's database."""
        return self.settings(colour)

    @retry(retry=retry_if_exception(is_deadlock), stop=stop_after_delay(15))  # with a statement that reads the marker
    def sql(self, colour: str, *statements: str) -> list[tuple[Any, ...]]:
        return self.servers[colour].sql(*statements, together=True)

    def tables(self, colour: str) -> set[str]:
        return {name for (name,) in self.sql(colour, "SHOW TABLES")}


Store = SQLiteStore | MySQLStore
