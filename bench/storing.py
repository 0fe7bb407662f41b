"""Stored forms per second through the application, beside the same inserts straight through PyMySQL.

Both with as many connections, in turn, in one run; each insert is its own durable transaction. The ratio counts.
"""

import http.client
import platform
import statistics
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, closing, contextmanager
from datetime import UTC, datetime
from urllib.parse import urlencode
from uuid import uuid4

from app.storage.mysql import with_pyformat
from app.storage.users import INSERT
from tests.support.examples import ADA
from tests.support.mysql_server import PASSWORD, USER, Server, server
from tests.support.web_server import web_server

CONNECTIONS = 8
ROUNDS = 5
SECONDS = 4

Store = Callable[[], None]


@contextmanager
def through_app(address: str) -> Iterator[Store]:
    """Send a form, as a browser does."""
    with closing(http.client.HTTPConnection(address, timeout=15)) as connection:

        def store() -> None:
            body = urlencode(ADA | {"id": str(uuid4())})
            connection.request("POST", "/users/new", body, {"Content-Type": "application/x-www-form-urlencoded"})
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 303

        yield store


@contextmanager
def straight(mysql: Server) -> Iterator[Store]:
    """Execute the same statement with the same values."""
    with mysql.connect(user=USER, password=PASSWORD.encode()) as connection, connection.cursor() as cursor:
        statement = with_pyformat(INSERT)

        def store() -> None:
            date = datetime.now(UTC).replace(tzinfo=None)
            cursor.execute(statement, ADA | {"own": mysql.colour, "public_id": str(uuid4()), "date": date})

        yield store


def per_second(way: Callable[[], AbstractContextManager[Store]]) -> float:
    """Stored users per second, over all connections."""

    def work(_: int) -> int:
        with way() as store:
            store()
            count, end = 0, time.monotonic() + SECONDS
            while time.monotonic() < end:
                store()
                count += 1
            return count

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        return sum(pool.map(work, range(CONNECTIONS))) / SECONDS


def main() -> None:
    """Measure and print."""
    ratios = []
    print(f"Python {platform.python_version()}, {CONNECTIONS} connections, {ROUNDS} rounds of {SECONDS} s each way")
    with server("blue") as mysql, web_server(mysql.environment) as target:
        for _ in range(ROUNDS):
            app = per_second(lambda: through_app(target.address))
            direct = per_second(lambda: straight(mysql))
            ratios.append(app / direct)
            print(f"app {app:7.0f} forms/s    PyMySQL {direct:7.0f} inserts/s    ratio {ratios[-1]:.2f}")
    print(f"median ratio {statistics.median(ratios):.2f}")


if __name__ == "__main__":
    main()
