"""One web as its image runs it: a real gunicorn, on a port of its own."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import httpx
from tenacity import retry, stop_after_delay, wait_fixed

from tests.one_machine import ROOT, free_port


class Web:
    """A web that can be killed and started again at the same address."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.address = f"127.0.0.1:{free_port()}"
        self.environment = {"COLOUR": "blue", "VERSION": "1.0.0"} | dict(environment)
        self.start()

    @retry(stop=stop_after_delay(30), wait=wait_fixed(0.05), reraise=True)
    def wait(self) -> None:
        httpx.get(f"http://{self.address}/livez").raise_for_status()

    def start(self) -> None:
        command = ["-m", "gunicorn", "-c", "app/gunicorn.conf.py", "--bind", self.address, "app:create_app()"]
        self.process = subprocess.Popen(
            [sys.executable, *command],
            cwd=ROOT,
            env=os.environ | self.environment,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.wait()

    def kill(self) -> None:
        """Kill -9, the worker too."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@contextmanager
def web(environment: Mapping[str, str]) -> Iterator[Web]:
    """A web, until the block ends."""
    started = Web(environment)
    try:
        yield started
    finally:
        started.kill()
