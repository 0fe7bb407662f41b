"""kill -9, for real, while eight people send forms: what was acknowledged is there, and nothing is there twice."""

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import httpx
import pytest

from tests.conftest import ADA
from tests.web import web

CLIENTS = 8
KILLS = 2
AFTER = 60  # acknowledged forms between one kill and the next
DEADLINE = 90  # seconds


class Load:
    """Eight clients, each sending one form after the other; one that is not acknowledged is sent again."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.acknowledged: list[str] = []
        self.outcomes: Counter[object] = Counter()
        self.stop = threading.Event()

    def client(self, _: int) -> None:
        with httpx.Client(base_url=f"http://{self.address}", timeout=15) as client:
            while not self.stop.is_set():
                form = ADA | {"id": str(uuid4())}
                while not self.sent(client, form):
                    self.stop.wait(0.05)
                self.acknowledged.append(form["id"])

    def sent(self, client: httpx.Client, form: dict[str, str]) -> bool:
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


@pytest.mark.parametrize("victim", ["mysqld", "web"])
@pytest.mark.timeout(240)
def test_what_was_acknowledged_is_there_exactly_once(mysql_servers, victim):
    server = mysql_servers["blue"]
    server.sql("DELETE FROM users")
    with web(server.environment) as target, ThreadPoolExecutor(CLIENTS) as pool:
        load = Load(target.address)
        clients = [pool.submit(load.client, number) for number in range(CLIENTS)]
        try:
            for _ in range(KILLS):
                load.wait_for(AFTER)
                if victim == "mysqld":
                    server.restart()
                else:
                    target.kill()
                    target.start()
            load.wait_for(AFTER)
        finally:
            load.stop.set()
        for client in clients:
            client.result()
    stored = Counter(id for (id,) in server.sql("SELECT public_id FROM users"))
    assert set(load.acknowledged) == set(stored)
    assert stored.total() == len(load.acknowledged) >= AFTER * (KILLS + 1)
    # The fault was felt, and was said: nothing but a clear answer or a connection that broke.
    assert load.outcomes.keys() - {303}
    assert load.outcomes.keys() <= {303, 503, "ConnectError", "ReadError", "RemoteProtocolError", "WriteError"}
