"""The images: how large, with and without their base, and how long from `docker run` to ready."""

import gzip
import json
import statistics
import subprocess
import time

import httpx
from tenacity import retry, stop_after_delay, wait_fixed

from tests.support.mysql_server import run
from tests.support.one_machine import ROOT, free_port

BASE = "python:3.13-slim"
IMAGE = "pii-demo:blue"
STARTS = 5
MIB = 2**20


def sizes(image: str) -> tuple[float, float]:
    """MiB uncompressed, and as `docker save` gives it, compressed by gzip."""
    saved = subprocess.run(["docker", "save", image], check=True, capture_output=True).stdout
    [found] = json.loads(run("docker", "image", "inspect", image))
    return found["Size"] / MIB, len(gzip.compress(saved, 6)) / MIB


@retry(stop=stop_after_delay(20), wait=wait_fixed(0.01), reraise=True)
def wait_until_ready(port: int) -> None:
    """Return when /readyz says so."""
    httpx.get(f"http://127.0.0.1:{port}/readyz").raise_for_status()


def seconds_to_ready() -> float:
    """One start, with the embedded database and a read-only root."""
    port = free_port()
    locked = ["--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL", "--cpus", "1", "--memory", "128m"]
    started = time.perf_counter()
    container = run("docker", "run", "--detach", "--rm", "--publish", f"127.0.0.1:{port}:8080", *locked, IMAGE)
    wait_until_ready(port)
    took = time.perf_counter() - started
    run("docker", "rm", "--force", container)
    return took


def main() -> None:
    """Measure and print."""
    subprocess.run(["docker", "buildx", "bake"], cwd=ROOT, check=True, capture_output=True)
    (whole, packed), (base, base_packed) = sizes(IMAGE), sizes(BASE)
    print(f"{IMAGE}: {whole:.1f} MiB, {packed:.1f} compressed; without {BASE}: ", end="")
    print(f"{whole - base:.1f} MiB, {packed - base_packed:.1f} compressed")
    seconds = sorted(seconds_to_ready() for _ in range(STARTS))
    print(f"docker run to ready: median {statistics.median(seconds):.2f} s of {STARTS}, ", end="")
    print(f"{seconds[0]:.2f}–{seconds[-1]:.2f} s (wanted: under 2 s)")


if __name__ == "__main__":
    main()
