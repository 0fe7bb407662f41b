"""Eight people who send forms without a pause, each as a new visitor, and remember which were acknowledged."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from uuid import uuid4

import httpx

from tests.support.examples import ADA

CLIENTS = 8
DEADLINE = 90  # seconds


class Load:
    """Eight clients, each sending one form after the other; one that is not acknowledged is sent again."""

    def __init__(self, address: str, host: str | None) -> None:
        self.address = address
        self.headers = {"Host": host} if host else {}
        self.acknowledged: list[str] = []
        self.outcomes: Counter[object] = Counter()
        self.stop = threading.Event()

    def client(self, _: int) -> None:
        with httpx.Client(base_url=self.address, headers=self.headers, timeout=15) as client:
            while not self.stop.is_set():
                form = ADA | {"id": str(uuid4())}
                while not self.sent(client, form):
                    self.stop.wait(0.05)
                self.acknowledged.append(form["id"])

    def sent(self, client: httpx.Client, form: dict[str, str]) -> bool:
        client.cookies.clear()  # with the one that says where their data is, they would not be free to go elsewhere
        try:
            answer = client.post("/users/new", data=form)
        except httpx.TransportError as error:
            self.outcomes[type(error).__name__] += 1
            return False
        self.outcomes[answer.status_code] += 1
        return answer.status_code == 303

    def wait_for(self, count: int) -> None:
        """Until that many more have been acknowledged."""
        wanted, deadline = len(self.acknowledged) + count, time.monotonic() + DEADLINE
        while len(self.acknowledged) < wanted:
            assert time.monotonic() < deadline, f"no progress: {self.outcomes}"
            self.stop.wait(0.01)


@contextmanager
def under_load(address: str, host: str | None = None) -> Iterator[Load]:
    """Eight clients at work until the block ends; then each form of theirs has been acknowledged."""
    load = Load(address, host)
    with ThreadPoolExecutor(CLIENTS) as pool:
        clients = [pool.submit(load.client, number) for number in range(CLIENTS)]
        try:
            yield load
        finally:
            load.stop.set()
    for client in clients:
        client.result()
