"""One web server as its image runs it: a real gunicorn, on a port of its own."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
from tenacity import retry, stop_after_delay, wait_fixed

from tests.support.one_machine import ROOT, free_port


class WebServer:
    """A web server that can be killed and restarted at the same address. `files` limits its open files."""

    def __init__(self, environment: Mapping[str, str], files: int | None = None) -> None:
        self.address = f"127.0.0.1:{free_port()}"
        self.files = files
        self.environment = {"COLOUR": "blue", "VERSION": "1.0.0"} | dict(environment)
        self.start()

    @retry(stop=stop_after_delay(30), wait=wait_fixed(0.05), reraise=True)
    def wait(self) -> None:
        httpx.get(f"http://{self.address}/livez").raise_for_status()

    def start(self) -> None:
        limit = ["sh", "-c", 'ulimit -n "$0" && exec "$@"', str(self.files)] if self.files else []
        command = ["-m", "gunicorn", "-c", "app/gunicorn.conf.py", "--bind", self.address, "app:create_app()"]
        self.process = subprocess.Popen(
            [*limit, sys.executable, *command],
            cwd=ROOT,
            env=os.environ | self.environment,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.wait()

    @property
    def endpoint(self) -> tuple[str, int]:
        """Its address, for a socket."""
        host, port = self.address.split(":")
        return host, int(port)

    @property
    def pids(self) -> list[int]:
        return family(self.process.pid)

    def kill(self) -> None:
        """Kill -9, including the worker."""
        with suppress(ProcessLookupError):  # it has stopped
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def family(master: int) -> list[int]:
    """gunicorn's master and its workers."""
    return [master, *map(int, Path(f"/proc/{master}/task/{master}/children").read_text().split())]


def pss_mib(pids: list[int]) -> float:
    """Their proportional memory (PSS)."""
    rollups = [Path(f"/proc/{pid}/smaps_rollup").read_text() for pid in pids]
    return sum(int(rollup.partition("\nPss:")[2].split()[0]) for rollup in rollups) / 1024


def cpu_seconds(pids: list[int]) -> float:
    """The CPU time they have used so far."""
    stats = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in pids]
    return sum(int(stat[11]) + int(stat[12]) for stat in stats) / os.sysconf("SC_CLK_TCK")


@contextmanager
def web_server(environment: Mapping[str, str], files: int | None = None) -> Iterator[WebServer]:
    """A running web server, until the block ends."""
    started = WebServer(environment, files)
    try:
        yield started
    finally:
        started.kill()
