"""Fixtures that all tests share. `--no-skips` makes a skipped test a failure, for machines that must run everything."""

import os
import shutil
import threading
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.serving import make_server

from app import create_app
from app.settings import Settings
from tests.support.clients import Client, browser, services_of
from tests.support.compose import Compose, compose
from tests.support.mysql_server import Server
from tests.support.one_machine import ROOT, WORKER, OneMachine, running
from tests.support.sharing import Sharing
from tests.support.stores import MySQLStore, SQLiteStore, Store

# All that the tests talk to is on this machine, and httpx, curl and Chromium would ask a proxy for it.
os.environ["NO_PROXY"] = os.environ["no_proxy"] = "*"


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


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Sharing:
    return Sharing(config, log)


AppFactory = Callable[..., Flask]


@pytest.fixture(scope="session")
def mysql_servers() -> Iterator[dict[str, Server]]:
    """A MySQL for each colour, and one for a web server without a colour."""
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
    """Make applications on the database of their colour; by default blue 1.0.0."""
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
    data = Path("var/tests") / WORKER  # short, since the pages show it
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
    """Each way to start both colours, for what must hold for all of them."""
    return request.getfixturevalue(request.param)  # type: ignore[no-any-return]
