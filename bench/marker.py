"""What the marker's condition costs: each statement as it is beside the same without it, in turn, in one run.

First the statements by themselves, then through the application. The ratios count.
"""

import itertools
import platform
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch
from uuid import uuid4

from app import create_app
from app.settings import Settings
from app.storage import users as storage
from app.storage.database import Database, Row
from app.storage.marker import OURS
from app.storage.mysql import MySQL
from app.storage.sqlite import SQLite
from tests.support.examples import ADA
from tests.support.mysql_server import Container, Process, Server, run, server
from tests.support.web_server import cpu_seconds

ROUNDS = 15
SECONDS = 1.0
DATE = "2026-01-31 12:00:00.000000"

Work = Callable[[], None]


@dataclass
class Cost:
    """Microseconds of one execution: elapsed, of our CPU time, of the server's CPU time."""

    wall: float
    client: float
    server: float


@contextmanager
def without_the_condition() -> Iterator[None]:
    """Remove the condition from the application's statements until the block ends."""
    changed = {
        name: getattr(storage, name).replace(f" FROM marker WHERE {OURS}", "").replace(f" AND {OURS}", "")
        for name in ("INSERT", "SELECT")
    }
    assert not any("marker" in statement for statement in changed.values())
    with patch.multiple(storage, **changed):
        yield


def measure(work: Work, pids: list[int]) -> Cost:
    """Measure one round."""
    before = time.perf_counter(), time.process_time(), cpu_seconds(pids)
    for count in itertools.count(1):  # noqa: B007 - used below
        work()
        if time.perf_counter() - before[0] > SECONDS:
            break
    after = time.perf_counter(), time.process_time(), cpu_seconds(pids)
    return Cost(*((end - begin) / count * 1e6 for begin, end in zip(before, after, strict=True)))


def compare(name: str, work: Work, pids: list[int]) -> None:
    """Print the medians of both, and the ratios of neighbouring rounds."""
    costs: dict[bool, list[Cost]] = {True: [], False: []}
    for number in range(ROUNDS):
        for condition in (True, False) if number % 2 else (False, True):  # neither always comes first
            with nullcontext() if condition else without_the_condition():
                costs[condition].append(measure(work, pids))
    for what in ("wall", "client", "server") if pids else ("wall", "client"):
        given, lacking = ([getattr(cost, what) for cost in costs[condition]] for condition in (True, False))
        ratios = sorted(one / other for one, other in zip(given, lacking, strict=True))
        spread = f"{ratios[len(ratios) // 4]:.2f}–{ratios[-len(ratios) // 4]:.2f}"
        medians = [statistics.median(times) for times in (given, lacking)]
        print(f"{name:34} {what:7} {medians[0]:8.0f} {medians[1]:8.0f} {statistics.median(ratios):7.3f}   {spread}")


def statements(database: Database, pids: list[int], name: str) -> None:
    """Storing and reading one user, through the driver alone."""
    connection = database.connect()
    stored = str(uuid4())
    row = {"own": "blue", "date": DATE, **ADA}

    def insert(id: str) -> None:
        database.execute(connection, storage.INSERT, row | {"public_id": id})

    insert(stored)
    compare(f"{name}, store a user", lambda: insert(str(uuid4())), pids)
    wanted = {"own": "blue", "public_id": stored}
    compare(f"{name}, read a user", lambda: _one(database.execute(connection, storage.SELECT, wanted)), pids)
    connection.close()


def _one(result: tuple[list[Row], int]) -> None:
    assert len(result[0]) == 1


def application(settings: Settings, pids: list[int], name: str) -> None:
    """A form and a user's page, through the whole application."""
    client = create_app(settings).test_client()
    stored = str(uuid4())

    def send(id: str) -> None:
        assert client.post("/users/new", data=ADA | {"id": id}).status_code == 303

    def read() -> None:
        assert client.get(f"/users/{stored}").status_code == 200

    send(stored)
    compare(f"{name}, a form", lambda: send(str(uuid4())), pids)
    compare(f"{name}, a user's page", read, pids)


def pid_of(mysql: Server) -> int:
    """The process of mysqld."""
    if isinstance(mysql.engine, Container):
        return int(run("docker", "inspect", "--format", "{{.State.Pid}}", mysql.engine.id))
    assert isinstance(mysql.engine, Process)
    return mysql.engine.process.pid


def main() -> None:
    """Measure and print."""
    print(f"Python {platform.python_version()}, MySQL 9.7, SQLite; {ROUNDS} rounds of {SECONDS:.0f} s each way, in µs")
    print(f"{'':42} {'with':>8} {'without':>8} {'ratio':>7}   middle half of the ratios")
    with server("blue") as mysql, tempfile.TemporaryDirectory() as folder:
        with_mysql = Settings(colour="blue", **mysql.settings)
        with_sqlite = Settings(colour="blue", data_dir=Path(folder))
        statements(MySQL(with_mysql), [pid_of(mysql)], "MySQL")
        statements(SQLite(Path(folder) / "statements.sqlite3", "blue"), [], "SQLite")
        application(with_mysql, [pid_of(mysql)], "application, MySQL")
        application(with_sqlite, [], "application, SQLite")


if __name__ == "__main__":
    main()
