"""The network to the database is cut: connections neither fail nor answer."""

import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from app.storage.connections import LANES
from tests.support.examples import ADA
from tests.support.mysql_server import USER
from tests.support.waiting import eventually
from tests.support.web_server import web_server

pytestmark = pytest.mark.alone

CLIENTS = 12  # three for each of gunicorn's threads


def test_no_request_waits_longer_than_5_s(mysql_servers):
    server = mysql_servers["blue"]
    with web_server(server.environment) as target, ThreadPoolExecutor(CLIENTS) as pool:

        def send(_: int) -> tuple[int, float]:
            started = time.monotonic()
            status = httpx.post(f"http://{target.address}/users/new", data=ADA, timeout=30).status_code
            return status, time.monotonic() - started

        assert {status for status, _ in pool.map(send, range(CLIENTS))} == {303}
        server.engine.hang()
        try:
            for _ in range(2):  # with connections from before, and with new ones
                answers = list(pool.map(send, range(CLIENTS)))
                assert {status for status, _ in answers} == {503}
                assert max(took for _, took in answers) < 5
        finally:
            server.engine.go_on()

        @eventually
        def recovered() -> None:
            assert send(0)[0] == 303

        recovered()


def test_a_lock_that_somebody_holds_uses_up_no_connections(mysql_servers):
    """A statement that we no longer wait for must not wait on in the server, on a connection that it keeps."""
    server = mysql_servers["blue"]
    server.sql("DELETE FROM users")
    with web_server(server.environment) as target, ThreadPoolExecutor(CLIENTS) as pool, server.connect() as holder:

        def send(_: int) -> int:
            return httpx.post(f"http://{target.address}/users/new", data=ADA, timeout=30).status_code

        assert send(0) == 303
        with holder.cursor() as cursor:
            cursor.execute("LOCK TABLES users WRITE, marker WRITE")
            assert set(pool.map(send, range(2 * CLIENTS))) == {503}
            cursor.execute("SELECT COUNT(*) FROM information_schema.processlist WHERE user = %s", [USER])
            assert cursor.fetchone()[0] <= sum(LANES.values())
            cursor.execute("UNLOCK TABLES")
        assert send(0) == 303
        assert server.sql("SELECT COUNT(*) FROM users") == [(2,)]
