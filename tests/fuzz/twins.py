"""Blue on SQLite and blue on MySQL, asked the same."""

import logging
import re
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.test import create_environ, run_wsgi_app

from app import create_app
from app.settings import Settings
from tests.support.clients import services_of
from tests.support.mysql_server import Server

from .answers import Answer
from .asked import Asked
from .headers import IDS
from .rows import COLUMNS, FIRST, OTHERS, Rows

_ROWS = (
    "SELECT public_id, revision, firstname, lastname, email, age, location FROM users "
    f"WHERE public_id NOT LIKE '{OTHERS}%' "
    f"UNION ALL SELECT 'others', COUNT(*), '', '', '', 0, '' FROM users WHERE public_id LIKE '{OTHERS}%'"
)


class Twin:
    """One application and its rows."""

    def __init__(self, app: Flask, connection: Any, mark: str) -> None:
        self._app = app
        self.place = services_of(app).connections.place
        self._connection = connection
        self._insert = f"INSERT INTO users ({COLUMNS}) VALUES ({', '.join([mark] * 8)})"

    def ask(self, asked: Asked) -> Answer:
        """Its answer. Not by Flask's client, which cannot ask every host."""
        headers = [pair for pair in asked.headers if pair[0] != "Host"]
        environ = create_environ(method=asked.method, headers=headers, data=asked.body, content_type=asked.type)
        environ |= {"PATH_INFO": asked.path, "QUERY_STRING": asked.query}
        environ["HTTP_HOST"] = dict(asked.headers).get("Host", "localhost")
        body, status, given = run_wsgi_app(self._app, environ, buffered=True)
        return Answer(int(status[:3]), sorted((name.lower(), value) for name, value in given), b"".join(body))

    def rows(self) -> Rows:
        """What is stored, without dates; of those that no request can name only their number."""
        with closing(self._connection.cursor()) as cursor:
            cursor.execute(_ROWS)
            return sorted(cursor.fetchall())

    def start_again(self) -> None:
        """With the first users alone."""
        with closing(self._connection.cursor()) as cursor:
            cursor.execute("BEGIN")
            cursor.execute("DELETE FROM users")
            cursor.executemany(self._insert, FIRST)
            cursor.execute("COMMIT")


@contextmanager
def twins(folder: Path, server: Server) -> Iterator[tuple[Twin, Twin]]:
    """Both, until the block ends."""
    with ExitStack() as stack:
        made = []
        for settings in ({"data_dir": folder}, server.settings | {"mysql_tls": "off"}):
            app = create_app(Settings(colour="blue", version="1.0.0", pod_name="pod-1", **settings))
            stack.callback(services_of(app).connections.close)
            assert app.test_client().get("/readyz").status_code == 200
            made.append(app)
        embedded = stack.enter_context(closing(sqlite3.connect(folder / "blue.sqlite3", isolation_level=None)))
        yield Twin(made[0], embedded, "?"), Twin(made[1], stack.enter_context(server.connect()), "%s")


class Logged(logging.Handler):
    """Everything that is in the log records."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.levelname} {record.getMessage()} {vars(record)}")


@contextmanager
def logged() -> Iterator[list[str]]:
    """What is logged until the block ends, at every level."""
    root, handler = logging.getLogger(), Logged()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield handler.lines
    finally:
        root.removeHandler(handler)
        root.setLevel(before)


_DIFFER = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(\+00:00)?|\d{8}T\d{6}\.\d{6}Z|\d\d:\d\d:\d\d UTC"
    r"|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
)
_SAME = {row[0] for row in FIRST} | {row[2] for row in FIRST} | set(IDS)
DIFFERENT = {"content-length", "date", "x-request-id"}


def comparable(twin: Twin, answer: Answer, asked: Asked) -> tuple[Any, ...]:
    """The answer without what differs between two applications: the place, and what is random or a time of today."""

    def same(text: str) -> str:
        return _DIFFER.sub(lambda found: found[0] if found[0] in _SAME else "…", text.replace(twin.place, "the place"))

    headers = [(name, same(value)) for name, value in answer.headers if name not in DIFFERENT]
    body = "" if asked.path == "/metrics" else same(answer.body.decode("utf-8", "replace"))
    return answer.status, headers, body
