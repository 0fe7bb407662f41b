"""The servers that are fuzzed: one by itself, and both colours behind Envoy. What they print and store can be read."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

import httpx

from tests.support.one_machine import ROOT, running
from tests.support.web_server import WebServer

from .lines import HOST


@dataclass
class Served:
    """A running server: its port, what it has printed so far, and its databases."""

    port: int
    output: Callable[[], str]
    databases: list[Path]
    edge: bool
    read: int = 0

    def printed(self) -> str:
        """What it has printed since the last time."""
        text = self.output()
        new, self.read = text[self.read :], len(text)
        return new

    def stored(self) -> set[str]:
        """The ids of all users."""
        found: set[str] = set()
        for file in self.databases:
            with closing(sqlite3.connect(file)) as connection:
                found |= {id for (id,) in connection.execute("SELECT public_id FROM users")}
        return found

    def check_it_lives(self) -> None:
        """It answers within a second."""
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=1)) as connection:
            connection.request("GET", "/livez", headers={"Host": HOST.decode()})
            assert connection.getresponse().status == 200


class PrintingWebServer(WebServer):
    """A web server whose output goes to a file."""

    def __init__(self, folder: Path) -> None:
        self.output = folder / "output"
        super().__init__({"DATA_DIR": str(folder)})

    def start(self) -> None:
        command = ["-m", "gunicorn", "-c", "app/gunicorn.conf.py", "--bind", self.address, "app:create_app()"]
        with self.output.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, *command],
                cwd=ROOT,
                env=os.environ | self.environment,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        self.wait()


@contextmanager
def straight(folder: Path) -> Iterator[Served]:
    """Blue, without anything in front of it."""
    started = PrintingWebServer(folder)
    try:
        httpx.get(f"http://{started.address}/readyz").raise_for_status()
        port = int(started.address.rpartition(":")[2])
        yield Served(port, lambda: started.output.read_text("utf-8", "replace"), [folder / "blue.sqlite3"], edge=False)
    finally:
        started.kill()


@contextmanager
def through_envoy(folder: Path) -> Iterator[Served]:
    """Both colours, as `make run` starts them."""
    with running(folder) as machine:
        yield Served(
            machine.port, machine.output, [folder / f"{colour}.sqlite3" for colour in ("blue", "green")], edge=True
        )
