"""What all tests share. `--no-skips` makes a skipped test a failure, for machines that must run everything."""

import shutil
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import create_app
from app.parts import Parts
from app.settings import Settings
from tests.one_machine import ROOT, OneMachine, running

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


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--no-skips", action="store_true", help="a skipped test is a failure")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.skipped and item.config.getoption("--no-skips"):
        report.outcome = "failed"
        report.longrepr = f"skipped, and nothing may be skipped here: {report.longrepr}"
    return report


class Client(FlaskClient):
    """Flask's client, asking the host that it was made for."""

    def __init__(self, *args: Any, host: str = "localhost", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.base_url = f"http://{host}"

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        return super().open(*args, **{"base_url": self.base_url} | kwargs)


def parts_of(app: Flask) -> Parts:
    return app.extensions["pii-demo"]  # type: ignore[no-any-return]


AppFactory = Callable[..., Flask]


@pytest.fixture
def make_app(tmp_path: Path) -> Iterator[AppFactory]:
    """Make applications that keep their data under this test's folder; blue 1.0.0 unless told otherwise."""
    made = []

    def make(**settings: object) -> Flask:
        given = {"colour": "blue", "version": "1.0.0", "pod_name": "pod-1", "data_dir": tmp_path / "data"} | settings
        app = create_app(Settings(**given))  # type: ignore[arg-type]
        app.test_client_class = Client
        made.append(app)
        return app

    yield make
    for app in made:
        parts_of(app).storage.close()


@pytest.fixture
def client(make_app: AppFactory) -> FlaskClient:
    """A browser on blue's own host."""
    return browser(make_app(), "blue")


def browser(app: Flask, host: str) -> FlaskClient:
    """A client that keeps cookies and asks one of HOSTS."""
    return app.test_client(host=HOSTS[host])


@pytest.fixture(scope="session")
def one_machine() -> Iterator[OneMachine]:
    """Both colours behind a real Envoy, for all tests that leave it as they found it."""
    data = Path("var/tests")  # short, since the pages show it
    shutil.rmtree(ROOT / data, ignore_errors=True)
    with running(data) as machine:
        yield machine
