"""From the start to ready: the image, `make run`, and how large the image is."""

import json
import subprocess
import time

from bench.containers import IMAGE, PEER, application
from bench.figures import Run
from bench.pages import APPLICATION
from tests.support.mysql_server import Server
from tests.support.mysql_server import run as command
from tests.support.one_machine import ROOT, free_port

STARTS = 7
BASE = "python:3.13-slim"


def measure_part(run: Run, mysql: Server) -> None:
    """Several starts each."""
    for _ in range(STARTS):
        for what, server in (("docker run to ready, MySQL", mysql), ("docker run to ready, embedded database", None)):
            started = time.perf_counter()
            with application(server):
                run.row("start", what, APPLICATION).add(seconds=time.perf_counter() - started)
        run.row("start", "make run until all three hosts answer", "both colours and Envoy").add(seconds=_make_run())
    base = _size(BASE)
    for name, image in ((APPLICATION, IMAGE), ("peer", PEER)):
        run.row("images", f"without {BASE}", name).add(size=_size(image) - base)


def _make_run() -> float:
    """From the command to the line with the last address, with .venv already there."""
    port = free_port()
    started = time.perf_counter()
    command = ["make", "run", f"PORT={port}"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        next(line for line in process.stdout if f"pii-demo-green.localhost:{port}" in line)
        took = time.perf_counter() - started
        process.terminate()
        process.communicate(timeout=30)
    return took


def _size(image: str) -> float:
    [found] = json.loads(command("docker", "image", "inspect", image))
    return float(found["Size"]) / 2**20
