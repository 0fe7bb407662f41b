"""`docker compose up` as the tests start it: a project of its own, on a free port."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
import pytest

from tests.support.mysql_server import docker_answers
from tests.support.one_machine import ROOT, WORKER, free_port

PROJECT = f"pii-demo-tests-{WORKER}"


@dataclass
class Compose:
    """A running set-up of containers."""

    port: int
    started: str = ""  # what `make up` printed
    project: str = PROJECT

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {"PORT": str(self.port), "COMPOSE_PROJECT_NAME": PROJECT}

    def client(self, host: str) -> httpx.Client:
        return httpx.Client(base_url=self.address, headers={"Host": host}, timeout=10)

    def run(self, *command: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """`docker compose …`"""
        ran = subprocess.run(
            ["docker", "compose", *command],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert not check or ran.returncode == 0, f"{command}: {ran.stderr}"
        return ran

    def python(self, service: str, program: str) -> subprocess.CompletedProcess[str]:
        """Run a program inside a web server's container."""
        return self.run("exec", "--no-TTY", service, "python", "-c", program, check=False)


@contextmanager
def compose() -> Iterator[Compose]:
    """Built and started, until the block ends; its data goes with it."""
    if not docker_answers():
        pytest.skip("no Docker: install it, with compose and buildx")
    project = Compose(free_port())
    try:
        up = subprocess.run(
            ["make", "up"], cwd=ROOT, env=project.environment, capture_output=True, text=True, check=False
        )
        assert up.returncode == 0, up.stderr + project.run("logs", "--tail", "30", check=False).stdout
        project.started = up.stdout
        yield project
    finally:
        project.run("down", "--volumes", "--timeout", "5")
