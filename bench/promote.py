"""A million users moved to another MySQL while 32 people write: how long it takes, who waits, and what is lost."""

import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from app.promote.mysql import MySQLEnd
from app.promote.protocol import Promotion
from app.settings import Settings
from app.storage.mysql import with_pyformat
from app.storage.users import INSERT
from bench.figures import Run
from tests.support.examples import ADA
from tests.support.many_users import fill
from tests.support.mysql_server import DATABASE, PASSWORD, ROOT_PASSWORD, USER, Server, server

USERS = 1_000_000
WRITERS = 32
PAUSE = 0.1  # seconds between two forms of a person
STORE = with_pyformat(INSERT)
AGAIN = 0.02  # seconds until a form that was refused is sent again


@dataclass
class Writer:
    """A person who sends one form after the other, to green once blue has said that its users were moved."""

    servers: list[Server]
    stored: set[str] = field(default_factory=set)
    id: str = field(default_factory=lambda: str(uuid4()))
    sent: float = field(default_factory=time.monotonic)
    longest: float = 0.0  # seconds that a form has waited

    def write(self, stop: threading.Event) -> None:
        """Until told to stop."""
        with ExitStack() as stack:
            cursors = {}
            for here in self.servers:  # connected to both, as web servers are
                connection = stack.enter_context(here.connect(user=USER, password=PASSWORD.encode()))
                cursors[here.colour] = stack.enter_context(connection.cursor())
            for colour, cursor in cursors.items():
                while not (stop.is_set() or cursor.execute("SELECT 1 FROM freezes WHERE moved_to IS NOT NULL")):
                    self.store(cursor, colour)

    def store(self, cursor: Any, colour: str) -> None:
        """A form, which keeps its id until it is stored."""
        date = datetime.now(UTC).replace(tzinfo=None)
        if cursor.execute(STORE, ADA | {"own": colour, "public_id": self.id, "date": date}):
            self.stored.add(self.id)
            self.longest = max(self.longest, time.monotonic() - self.sent)
            time.sleep(PAUSE)
            self.id, self.sent = str(uuid4()), time.monotonic()
        else:
            time.sleep(AGAIN)


def measure_part(run: Run, blue: Server) -> None:
    """By hand first, then the promotion under load."""
    fill(blue, USERS, "'London'")
    with server("green") as green:
        began = time.monotonic()
        dump(blue, green)
        run.row("promote", f"copy of {USERS:,} users", "mysqldump | mysql").add(seconds=time.monotonic() - began)
        stop, writers = threading.Event(), [Writer([blue, green]) for _ in range(WRITERS)]
        with ThreadPoolExecutor(WRITERS) as pool:
            people = [pool.submit(writer.write, stop) for writer in writers]
            try:
                promotion = Promotion(str(uuid4()), end(blue), end(green), "bench", lambda *_: None)
                began = time.monotonic()
                promotion.copy()
                run.row("promote", f"copy of {USERS:,} users", "promote").add(seconds=time.monotonic() - began)
                promotion.run()
                run.row("promote", "all of it", "promote").add(seconds=time.monotonic() - began)
                time.sleep(1)
            finally:
                stop.set()
            for person in people:
                person.result()
        there = {id for (id,) in green.sql("SELECT public_id FROM users")}
        stored = set().union(*(writer.stored for writer in writers))
        row = run.row("promote", f"longest wait of each of {WRITERS} people", "promote")
        for writer in writers:
            row.add(seconds=writer.longest)
        run.row("promote, forms", "forms stored meanwhile", "promote").add(
            requests=len(stored), failed=len(stored - there)
        )


def end(server: Server) -> MySQLEnd:
    """As the command has it."""
    return MySQLEnd(server.colour, replace(Settings(**server.settings), mysql_user="promote"))


def dump(blue: Server, green: Server) -> None:
    """What one would do by hand, into a database of its own."""
    green.sql("CREATE DATABASE dumped")
    login = f"-uroot -p{ROOT_PASSWORD}"
    out = f"docker exec {blue.engine.id} mysqldump {login} {DATABASE} users"  # type: ignore[attr-defined]
    into = f"docker exec -i {green.engine.id} mysql {login} dumped"  # type: ignore[attr-defined]
    subprocess.run(["sh", "-c", f"{out} | {into}"], check=True, capture_output=True)
    green.sql("DROP DATABASE dumped")
