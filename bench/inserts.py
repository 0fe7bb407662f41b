"""Stored forms a second beside the same statement straight through PyMySQL: what the database and its driver allow."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pymysql

from app.storage.mysql import with_pyformat
from app.storage.users import INSERT
from bench.containers import application, database
from bench.figures import Run
from bench.load import measure
from bench.pages import APPLICATION, OURS
from tests.support.examples import ADA
from tests.support.mysql_server import DATABASE, PASSWORD, USER, Server

ROUNDS = 3
SECONDS = 3


def measure_part(run: Run, mysql: Server) -> None:
    """Both in turn, round by round."""
    with application(mysql) as web:
        for _ in range(ROUNDS):
            for connections in (1, 8, 32):
                what = f"{connections} connections" if connections > 1 else "1 connection"
                run.row("inserts", what, "PyMySQL").add(rate=_inserts(mysql, connections))
                load = measure(web, OURS["store"], seconds=SECONDS, connections=connections, store=True)
                run.row("inserts", what, APPLICATION).add(rate=load.rate)


def _inserts(mysql: Server, connections: int) -> float:
    """Each is a durable transaction of its own."""
    settings: dict[str, Any] = {"host": database(mysql).address, "user": USER, "password": PASSWORD.encode()}
    settings |= {"database": DATABASE, "autocommit": True, "ssl_disabled": True}
    statement, ready = with_pyformat(INSERT), threading.Barrier(connections)

    def work(_: int) -> int:
        count = 0
        with pymysql.connect(**settings) as connection, connection.cursor() as cursor:
            ready.wait()
            end = time.monotonic() + SECONDS
            while time.monotonic() < end:
                date = datetime.now(UTC).replace(tzinfo=None)
                cursor.execute(statement, ADA | {"own": mysql.colour, "public_id": str(uuid4()), "date": date})
                count += 1
        return count

    with ThreadPoolExecutor(connections) as pool:
        return sum(pool.map(work, range(connections))) / SECONDS
