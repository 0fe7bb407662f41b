"""gunicorn's workers side by side, in turn, in one run: what a request costs, what slow clients do, how much memory.

python -m bench.overload [FOLDER]: with the parser of the package gunicorn_h1c, too, if it is installed in that folder.
"""

import http.client
import platform
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, suppress
from urllib.parse import urlencode
from uuid import uuid4

from tests.support.examples import ADA
from tests.support.mysql_server import server
from tests.support.slow_clients import KINDS, slow_clients
from tests.support.web_server import WebServer, cpu_seconds, pss_mib, web_server

ROUNDS = 3
CLIENTS, REQUESTS = 8, 50
SLOW = 500
PROBES = 10
PATIENCE = 5.0  # seconds
WORKERS = {"gthread, 4 threads": "--worker-class gthread --threads 4", "ours (gevent)": ""}
HOST = "localhost"

Ask = Callable[[http.client.HTTPConnection], None]


def ask_for_a_form(connection: http.client.HTTPConnection) -> None:
    """Get the empty form."""
    _send(connection, "GET", None, 200)


def store(connection: http.client.HTTPConnection) -> None:
    """Send a form."""
    _send(connection, "POST", urlencode(ADA | {"id": str(uuid4())}), 303)


def _send(connection: http.client.HTTPConnection, method: str, body: str | None, status: int) -> None:
    connection.request(method, "/users/new", body, {"Content-Type": "application/x-www-form-urlencoded"})
    answer = connection.getresponse()
    answer.read()
    assert answer.status == status


def cpu_per_request(target: WebServer, ask: Ask) -> float:
    """CPU microseconds of the web server per request, for clients that keep their connections."""

    def work(_: int) -> None:
        with closing(http.client.HTTPConnection(target.address, timeout=30)) as connection:
            for _ in range(REQUESTS):
                ask(connection)

    before = cpu_seconds(target.pids)
    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(work, range(CLIENTS)))
    return (cpu_seconds(target.pids) - before) / CLIENTS / REQUESTS * 1e6


def slowest_livez(target: WebServer) -> float:
    """The slowest /livez of several new connections, in seconds; at most PATIENCE."""
    slowest = 0.0
    for _ in range(PROBES):
        started = time.perf_counter()
        with (
            suppress(TimeoutError),
            closing(http.client.HTTPConnection(target.address, timeout=PATIENCE)) as connection,
        ):
            connection.request("GET", "/livez")
            connection.getresponse().read()
        slowest = max(slowest, time.perf_counter() - started)
        if slowest > PATIENCE:
            break
    return slowest


def measure(target: WebServer) -> dict[str, float]:
    """One round with a new web server."""
    found = {"PSS at rest, MiB": pss_mib(target.pids)}
    for name, ask in (("empty form", ask_for_a_form), ("stored form", store)):
        cpu_per_request(target, ask)  # so that everything is loaded
        found[f"{name}, µs of CPU"] = cpu_per_request(target, ask)
    found["PSS after that, MiB"] = pss_mib(target.pids)
    for kind in KINDS:
        with suppress(OSError), slow_clients(kind, SLOW, target.address, HOST):
            time.sleep(1)  # until all that they have sent was read
            found[f"{SLOW} {kind}: /livez max, s"] = slowest_livez(target)
            found[f"{SLOW} {kind}: PSS, MiB"] = pss_mib(target.pids)
        target.kill()  # the next ones meet a new one
        target.start()
    return found


def main(folder: str = "") -> None:
    """Measure and print."""
    environments = {name: {"GUNICORN_CMD_ARGS": options} for name, options in WORKERS.items()}
    if folder:
        environments["ours, C parser"] = {"GUNICORN_CMD_ARGS": "--http-parser fast", "PYTHONPATH": folder}
    found: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    with server("blue") as mysql:
        for _ in range(ROUNDS):
            for name, environment in environments.items():
                with ExitStack() as stack:
                    target = stack.enter_context(web_server(mysql.environment | environment))
                    for what, value in measure(target).items():
                        found[what][name].append(value)
    print(f"Python {platform.python_version()}, MySQL 9.7; medians (largest) of {ROUNDS} rounds")
    print(f"| {'':45} | {' | '.join(f'{name:>22}' for name in environments)} |")
    for what, by_name in found.items():
        cells = (f"{statistics.median(by_name[name]):9.2f} ({max(by_name[name]):.2f})" for name in environments)
        print(f"| {what:45} | {' | '.join(f'{cell:>22}' for cell in cells)} |")


if __name__ == "__main__":
    main(*sys.argv[1:])
