"""`make run` as the tests start it: the real Envoy, two real gunicorns, data of its own."""

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

ROOT = Path(__file__).parents[2]
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "alone")  # of the processes that share the tests


@dataclass
class OneMachine:
    """A running set-up: its port, its process, and what it has written so far."""

    port: int
    process: subprocess.Popen[str]
    lines: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def host(self, name: str) -> str:
        """The address of `plain`, `blue` or `green` as a browser types it."""
        return f"http://pii-demo{'' if name == 'plain' else '-' + name}.localhost:{self.port}"

    def client(self, host: str) -> httpx.Client:
        return httpx.Client(base_url=self.address, headers={"Host": host}, timeout=10)

    def switch(self, colour: str, share: str = "") -> subprocess.CompletedProcess[str]:
        """`make live COLOUR=… SHARE=…`"""
        command = [sys.executable, "-m", "edge.live", str(self.port), colour, share]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=30)

    def pids(self) -> list[int]:
        """Every process of the set-up, by its port in the command line."""
        listed = subprocess.run(
            ["pgrep", "-f", rf"(var/run/|edge.run ){self.port}\b"], capture_output=True, text=True, check=False
        )
        return [int(pid) for pid in listed.stdout.split()]

    def pid(self, name: str) -> int:
        """The process of `blue`, `green` or `edge`, as the runner has named it."""
        [line] = [line for line in self.lines if f"{name} started (pid=" in line]
        return int(line.split("pid=")[1].rstrip(")\n"))

    def output(self) -> str:
        return "".join(self.lines)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@contextmanager
def running(data: Path, port: int | None = None) -> Iterator[OneMachine]:
    """Start it, wait until it says that all three answer, and leave nothing of it behind."""
    port = port or free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "edge.run", str(port)],
        cwd=ROOT,
        env=os.environ | {"DATA_DIR": str(data)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    machine = OneMachine(port, process)
    announced = threading.Event()

    def read() -> None:
        assert process.stdout
        for line in process.stdout:
            machine.lines.append(line)
            if line.strip() == machine.host("green"):
                announced.set()
        announced.set()
        process.stdout.close()

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    try:
        announced.wait(60)
        assert process.poll() is None, machine.output()
        yield machine
        process.terminate()
        process.wait(20)
    finally:
        for pid in machine.pids():
            os.kill(pid, signal.SIGKILL)
        process.wait()
        reader.join()
