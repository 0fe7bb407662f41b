"""`docker compose up` as the tests start it: a project of its own, on a free port."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
import pytest

from tests.mysql_server import docker_answers
from tests.one_machine import ROOT, free_port

PROJECT = "pii-demo-tests"


@dataclass
class Compose:
    """A running set-up of containers."""

    port: int

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def client(self, host: str) -> httpx.Client:
        return httpx.Client(base_url=self.address, headers={"Host": host}, timeout=10)

    def run(self, *command: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """`docker compose …`"""
        return subprocess.run(
            ["docker", "compose", "--project-name", PROJECT, *command],
            cwd=ROOT,
            env=os.environ | {"PORT": str(self.port)},
            capture_output=True,
            text=True,
            check=check,
        )

    def python(self, service: str, program: str) -> subprocess.CompletedProcess[str]:
        """Run a program inside a web's container."""
        return self.run("exec", "--no-TTY", service, "python", "-c", program, check=False)


@contextmanager
def compose() -> Iterator[Compose]:
    """Built and started, until the block ends; its data goes with it."""
    if not docker_answers():
        pytest.skip("no Docker: install it, with compose and buildx")
    project = Compose(free_port())
    try:
        started = project.run("up", "--build", "--wait", check=False)
        assert started.returncode == 0, started.stderr + project.run("logs", "--tail", "30", check=False).stdout
        yield project
    finally:
        project.run("down", "--volumes", "--timeout", "5")
