"""What all tests share. `--no-skips` makes a skipped test a failure, for machines that must run everything."""

import os
import shutil
import sqlite3
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import pymysql
import pytest
from flask import Flask
from flask.testing import FlaskClient
from pymysql.constants import ER
from tenacity import retry, retry_if_exception, retry_if_exception_type, stop_after_delay, wait_fixed
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from app import create_app
from app.colours import COLOURS
from app.settings import Settings
from app.web import services
from tests.compose import Compose, compose
from tests.mysql_server import USER, Server
from tests.one_machine import ROOT, OneMachine, running

# All that the tests talk to is on this machine, and httpx, curl and Chromium would ask a proxy for it.
os.environ["NO_PROXY"] = os.environ["no_proxy"] = "*"

HOSTS = {
    "plain": "pii-demo.apps.hl.test",
    "blue": "pii-demo-blue.apps.hl.test",
    "green": "pii-demo-green.apps.hl.test",
}

ADA = {
    "firstname": "Ada",
    "lastname": "Lovelace",
    "email": "ada@example.org",
    "age": "36",
    "location": "London",
}
ADA_JSON = ADA | {"age": 36}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--no-skips", action="store_true", help="a skipped test is a failure")
    parser.addoption("--gateway", metavar="URL", help="the ingress gateway of the cluster that kubectl points at")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.skipped and item.config.getoption("--no-skips"):
        report.outcome = "failed"
        report.longrepr = f"skipped, and nothing may be skipped here: {report.longrepr}"
    return report


# Try again until it no longer fails.
eventually = retry(
    retry=retry_if_exception_type(AssertionError), stop=stop_after_delay(15), wait=wait_fixed(0.05), reraise=True
)


class Client(FlaskClient):
    """Flask's client, asking the host that it was made for."""

    def __init__(self, *args: Any, host: str = "localhost", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.base_url = f"http://{host}"

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        return super().open(*args, **{"base_url": self.base_url} | kwargs)


services_of = services.of


AppFactory = Callable[..., Flask]


class Markers(ABC):
    """Changes whose database it is."""

    @abstractmethod
    def sql(self, colour: str, *statements: str) -> list[tuple[Any, ...]]:
        """Run the statements in one transaction; the rows of the last one."""

    @abstractmethod
    def tables(self, colour: str) -> set[str]: ...

    def mark(self, colour: str, markers: list[str] | None) -> None:
        """Let the database of a colour have these markers, or no table for them."""
        if "away" in self.tables(colour):
            self.sql(colour, "ALTER TABLE away RENAME TO marker")
        inserts = [f"INSERT INTO marker VALUES ('{marker}')" for marker in markers or ()]
        self.sql(colour, "DELETE FROM marker", *inserts)
        if markers is None:
            self.sql(colour, "ALTER TABLE marker RENAME TO away")

    @contextmanager
    def marked(self, colour: str, markers: list[str] | None) -> Iterator[None]:
        """While it does; then it is the colour's again."""
        self.mark(colour, markers)
        try:
            yield
        finally:
            self.mark(colour, [colour])

    def ids(self, colour: str) -> list[str]:
        """Of all users, whoever may read them."""
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
            server.sql("DELETE FROM users")

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


@pytest.fixture(scope="session")
def mysql_servers() -> Iterator[dict[str, Server]]:
    """A MySQL for each colour, and one for a web that has none."""
    colours = ("blue", "green", "none")
    with ExitStack() as stack:
        with ThreadPoolExecutor() as pool:
            servers = list(pool.map(Server, colours))
        for server in servers:
            stack.callback(server.engine.remove)
        for server in servers:
            server.wait()
        yield dict(zip(colours, servers, strict=True))


@pytest.fixture(params=["sqlite", "mysql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    """Each kind of database in turn: what is true of one has to be true of the other."""
    if request.param == "sqlite":
        return SQLiteStore(tmp_path / "data")
    return MySQLStore(request.getfixturevalue("mysql_servers"))


@pytest.fixture
def make_app(store: Store) -> Iterator[AppFactory]:
    """Make applications on the database of their colour; blue 1.0.0 unless told otherwise."""
    made = []

    def make(**settings: Any) -> Flask:
        given = {"colour": "blue", "version": "1.0.0", "pod_name": "pod-1"} | settings
        app = create_app(Settings(**store.settings(given["colour"]) | given))
        app.test_client_class = Client
        made.append(app)
        return app

    yield make
    for app in made:
        services_of(app).connections.close()


@pytest.fixture
def client(make_app: AppFactory) -> FlaskClient:
    """A browser on blue's own host."""
    return browser(make_app(), "blue")


def browser(app: Flask, host: str) -> FlaskClient:
    """A client that keeps cookies and asks one of HOSTS."""
    return app.test_client(host=HOSTS[host])


@pytest.fixture
def serve() -> Iterator[Callable[[Flask], str]]:
    """Serve an application at a port of its own; gives its address."""
    with ExitStack() as stack:

        def start(app: Flask) -> str:
            server = make_server("127.0.0.1", 0, app, threaded=True)
            thread = threading.Thread(target=server.serve_forever, daemon=True)
            thread.start()
            for end in (thread.join, server.server_close, server.shutdown):
                stack.callback(end)
            return f"http://127.0.0.1:{server.server_port}"

        yield start


@pytest.fixture(scope="session")
def one_machine() -> Iterator[OneMachine]:
    """Both colours behind a real Envoy, for all tests that leave it as they found it."""
    data = Path("var/tests")  # short, since the pages show it
    shutil.rmtree(ROOT / data, ignore_errors=True)
    with running(data) as machine:
        yield machine


@pytest.fixture(scope="session")
def containers() -> Iterator[Compose]:
    """The same in containers, each colour with its MySQL."""
    with compose() as project:
        yield project


@pytest.fixture(params=["one_machine", "containers"])
def deployment(request: pytest.FixtureRequest) -> OneMachine | Compose:
    """Each way to start both colours, for the checks that are to hold for all."""
    return request.getfixturevalue(request.param)  # type: ignore[no-any-return]
