"""Load from wrk: how many requests, how long they took, and what CPU time they cost each container."""

import json
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from uuid import uuid4

import httpx

from bench.containers import HOST, Measured, Web
from tests.support.mysql_server import run

SESSIONS = 64  # more than connections, since PHP answers the requests of a session one after the other
_TOKEN = re.compile(r'name="token" type="hidden" value="([^"]*)"')


@dataclass(frozen=True)
class Load:
    """One measurement. Times are in milliseconds, CPU times in microseconds a request, of the web server first."""

    requests: int
    rate: float
    p50: float
    p99: float
    cpu: tuple[float, ...]


def measure(
    web: Web, path: str, *others: Measured, seconds: float = 3, connections: int = 8, store: bool = False
) -> Load:
    """Repeat a request on connections that are kept, for some seconds. Fails if any is not answered with success."""
    salt = str(uuid4())[:8]
    with tempfile.NamedTemporaryFile("w") as sessions:
        sessions.write("".join(f"{cookie} {token}\n" for cookie, token in _sessions(web, path)))
        sessions.flush()
        arguments = ["POST" if store else "GET", salt, sessions.name]
        measured = (web, *others)
        before = [each.cpu_seconds() for each in measured]
        said = run(
            *("wrk", "--threads", "1", "--connections", str(connections), "--duration", f"{seconds:.0f}s"),
            *(
                "--header",
                f"Host: {HOST}",
                "--timeout",
                "20s",
                "--latency",
                "--script",
                str(Path(__file__).with_name("wrk.lua")),
            ),
            *(web.url + path, "--", *arguments),
        )
        after = [each.cpu_seconds() for each in measured]
    found = json.loads(said.rpartition("RESULT ")[2])
    if found["failed"] or not found["requests"]:
        raise SystemExit(f"{web.url}{path}: {found['failed']} of {found['requests']} requests failed")
    cpu = tuple((end - begin) / found["requests"] * 1e6 for begin, end in zip(before, after, strict=True))
    return Load(found["requests"], found["requests"] / found["seconds"], found["p50"], found["p99"], cpu)


@cache
def _sessions(web: Web, path: str) -> Sequence[tuple[str, str]]:
    """A cookie and the token of its form for each visitor; nothing if the server has no sessions."""
    found = []
    for _ in range(SESSIONS):
        with httpx.Client(headers={"Host": HOST}) as client:
            token = _TOKEN.search(client.get(web.url + path).text)
            if not client.cookies:
                break
            [(name, value)] = client.cookies.items()
            found.append((f"{name}={value}", token[1] if token else "-"))
    return found
