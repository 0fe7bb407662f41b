"""`make run`: seconds until all three hosts answer, and the memory of a web server after 10,000 requests."""

import itertools
import platform
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import httpx

from tests.support.examples import ADA
from tests.support.one_machine import ROOT, OneMachine, free_port, running

STARTS = 5
REQUESTS = 10_000


def start_seconds() -> float:
    """One start, from the command to the line with the last address, with data and .venv already there."""
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


def pss_mib(machine: OneMachine, colour: str) -> float:
    """The memory of a web server: the proportional set sizes of its processes, added up."""
    command = ["pgrep", "-f", f"run/{machine.port}/{colour}.sock"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True)
    kib = 0
    for pid in listed.stdout.split():
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
        kib += int(next(line for line in rollup.splitlines() if line.startswith("Pss:")).split()[1])
    return kib / 1024


def ask(client: httpx.Client, requests: int) -> None:
    """What people do: every tenth request stores a user, the others read."""
    paths = itertools.cycle(["/", "/users", "/users/new", "/version", "/users?location=London"])
    for number in range(requests):
        answer = client.post("/users/new", data=ADA) if number % 10 == 0 else client.get(next(paths))
        assert answer.status_code in {200, 303}


def main() -> None:
    """Measure and print."""
    print(f"Python {platform.python_version()}, {platform.machine()}")
    seconds = sorted(start_seconds() for _ in range(STARTS))
    print(f"make run, command to all three answering: median {statistics.median(seconds):.2f} s of {STARTS}, ", end="")
    print(f"{seconds[0]:.2f}–{seconds[-1]:.2f} s (wanted: under 5 s)")
    with tempfile.TemporaryDirectory() as data, running(Path(data)) as machine:
        for colour in ("blue", "green"):
            before = pss_mib(machine, colour)
            with machine.client(f"pii-demo-{colour}.localhost") as client:
                ask(client, REQUESTS)
            after = pss_mib(machine, colour)
            print(f"{colour} web, PSS: {before:.1f} MiB at start, {after:.1f} MiB after {REQUESTS:,} requests ", end="")
            print("(wanted: under 64 MiB)")


if __name__ == "__main__":
    main()
