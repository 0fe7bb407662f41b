"""Lists and searches among 10^6 users beside the same among 10^2: what a client waits for, in turn, in one run.

The ratios count. Both tables give the same pages; only their size differs.
"""

import http.client
import platform
import statistics
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from urllib.parse import urlencode

from app.storage.users import FEW
from tests.support.many_users import fill
from tests.support.mysql_server import server
from tests.support.web_server import web_server

LARGE, SMALL = 10**6, 10**2
ROUNDS = 300
CLIENTS, SECONDS = 4, 10  # that loop one search
# Of the i-th user, 1 being the oldest. `rare` is 5,000 in the large table; the small one has to fill a page, too.
LOCATION = (
    "CASE WHEN i <= {count} / 10 THEN 'Old town' WHEN i = {count} / 2 + 1 THEN 'Single' WHEN i % 2 = 0 THEN 'New York' "
    "WHEN i % {rare} < 2 THEN 'Rare town' ELSE CONCAT('Place ', i % 997) END"
)
SEARCHES: dict[str, dict[str, str]] = {
    "newest": {},
    "cursor in the middle": {"after": "{middle}"},
    "exact": {"location": "New York"},
    "beginning that half of all have": {"location": "New", "match": "prefix"},
    "beginning that 1 in 5,000 has": {"location": "Rare", "match": "prefix"},
    "beginning that one has": {"location": "Single", "match": "prefix"},
    "beginning that none has": {"location": "Zzz", "match": "prefix"},
}
OLDEST = {"location": "Old", "match": "prefix"}
PAGES = ("/users", "/api/v1/users")


class Client:
    """A client that keeps its connection."""

    def __init__(self, address: str, middle: str = "") -> None:
        self.connection = http.client.HTTPConnection(address, timeout=15)
        self.middle = middle

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()

    def ask(self, page: str, query: dict[str, str]) -> tuple[int, float]:
        """The status, and the milliseconds until the answer was complete."""
        path = f"{page}?{urlencode({name: value.format(middle=self.middle) for name, value in query.items()})}"
        started = time.perf_counter()
        self.connection.request("GET", path)
        answer = self.connection.getresponse()
        answer.read()
        return answer.status, (time.perf_counter() - started) * 1000


def compare(large: Client, small: Client, page: str, query: dict[str, str]) -> str:
    """Medians of both, and their ratio."""
    took: tuple[list[float], list[float]] = ([], [])
    for _ in range(ROUNDS):
        for client, times in zip((large, small), took, strict=True):
            status, milliseconds = client.ask(page, query)
            assert status == 200
            times.append(milliseconds)
    first, many, few = took[0][0], statistics.median(took[0]), statistics.median(took[1])
    return f"{many:8.2f} ms {few:8.2f} ms {many / few:7.2f}    first one {first:.1f} ms"


def loop(address: str) -> list[tuple[int, float]]:
    """What one visitor gets who repeats a search that matches only the oldest users."""
    with closing(Client(address)) as client:
        answers, end = [], time.monotonic() + SECONDS
        while time.monotonic() < end:
            answers.append(client.ask("/api/v1/users", OLDEST))
        return answers


def main() -> None:
    """Measure and print."""
    print(f"Python {platform.python_version()}, MySQL 9.7, FEW = {FEW:,}; medians of {ROUNDS} in turn")
    with ExitStack() as stack:
        clients = []
        for count, rare in ((LARGE, 5000), (SMALL, 2)):
            mysql = stack.enter_context(server("blue"))
            fill(mysql, count, LOCATION.format(count=count, rare=rare))
            target = stack.enter_context(web_server(mysql.environment))
            [(middle,)] = mysql.sql(f"SELECT date FROM users ORDER BY date LIMIT 1 OFFSET {count // 2 + 1}")
            cursor = f"{middle:%Y%m%dT%H%M%S.%fZ}_{'0' * 8}-0000-0000-0000-{'0' * 12}"
            clients.append(stack.enter_context(closing(Client(target.address, cursor))))
        large, small = clients
        for page in PAGES:
            print(f"{page:32} {LARGE:11,} {SMALL:11,}   ratio")
            for name, query in SEARCHES.items():
                print(f"{name:32} {compare(large, small, page, query)}")
        address = f"{large.connection.host}:{large.connection.port}"
        for visitors in (1, CLIENTS):
            with ThreadPoolExecutor(visitors) as pool:
                answers = [answer for answered in pool.map(loop, [address] * visitors) for answer in answered]
            statuses, times = Counter(status for status, _ in answers), sorted(took for _, took in answers)
            print(f"beginning that only the oldest have, {visitors} at once: {dict(statuses)}, ", end="")
            print(f"median {statistics.median(times):.0f} ms, max {times[-1]:.0f} ms")


if __name__ == "__main__":
    main()
