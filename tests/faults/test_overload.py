"""Nobody can stop a web server from answering: slow clients, many clients, costly searches, a database that hangs."""

import html
import http.client
import re
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest

from app.storage.connections import LANES
from app.storage.users import FEW, PAGE_SIZE
from tests.app.test_pages import hidden, values
from tests.support.examples import ADA, HOSTS
from tests.support.many_users import fill
from tests.support.mysql_server import Server
from tests.support.one_machine import ROOT, WORKER
from tests.support.slow_clients import KINDS, slow_clients
from tests.support.waiting import eventually
from tests.support.web_server import WebServer, cpu_seconds, family, pss_mib, web_server

pytestmark = pytest.mark.alone

SLOW = 500
HONEST = 20
MANY = 400
SOON = 1.0  # seconds: whatever needs no database
LATEST = 5.0  # seconds: everything
MIB = 64
USERS = 300_000
OLDEST = 10 * FEW  # of them are from an old town
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass
class Answer:
    """What somebody got, and after how many seconds."""

    status: int
    headers: http.client.HTTPMessage
    text: str
    took: float


@dataclass
class Front:
    """Where blue is reached, what it consists of, and what is in its database."""

    address: str
    pids: list[int]
    sql: Callable[[str], list[tuple[Any, ...]]]
    host: str = HOSTS["blue"]

    def ask(self, path: str, form: dict[str, str] | None = None, timeout: float = 30) -> Answer:
        """On a connection of its own."""
        started = time.monotonic()
        with closing(http.client.HTTPConnection(self.address, timeout=timeout)) as connection:
            method, headers = "GET" if form is None else "POST", FORM | {"Host": self.host}
            connection.request(method, path, urlencode(form) if form else None, headers)
            response = connection.getresponse()
            text = response.read().decode()
        return Answer(response.status, response.headers, text, time.monotonic() - started)

    def send(self, form: dict[str, str]) -> Answer:
        return self.ask("/users/new", form)


@dataclass
class Watch:
    """What somebody sees who asks for these paths all the time, and the most memory that was in use."""

    front: Front
    paths: tuple[str, ...]
    within: float  # seconds
    answers: list[tuple[str, int, float]] = field(default_factory=list)
    pss: float = 0

    def look(self) -> None:
        for path in self.paths:
            answer = self.front.ask(path)
            self.answers.append((path, answer.status, answer.took))
        self.pss = max(self.pss, pss_mib(self.front.pids))

    def assert_well(self) -> None:
        slowest = max(took for _, _, took in self.answers)
        print(f"slowest of {len(self.answers)}: {slowest:.3f} s; PSS {self.pss:.1f} MiB")
        assert {(path, status) for path, status, _ in self.answers} == {(path, 200) for path in self.paths}
        assert slowest < self.within
        assert self.pss < MIB


@contextmanager
def watched(front: Front, *paths: str, within: float = SOON) -> Iterator[Watch]:
    """Ask for these until the block ends: each answers in time, and the memory stays small."""
    watch, over = Watch(front, paths, within), threading.Event()

    def look() -> None:
        watch.look()
        while not over.wait(0.02):
            watch.look()

    with ThreadPoolExecutor(1) as pool:
        looking = pool.submit(look)
        try:
            yield watch
        finally:
            over.set()
    looking.result()
    watch.assert_well()


@contextmanager
def repeated(times: int, work: Callable[[], None]) -> Iterator[None]:
    """So many at once who do that again and again, until the block ends."""
    over = threading.Event()

    def repeat() -> None:
        while not over.is_set():
            work()

    with ThreadPoolExecutor(times) as pool:
        workers = [pool.submit(repeat) for _ in range(times)]
        try:
            yield
        finally:
            over.set()
    for worker in workers:
        worker.result()


def new_form() -> dict[str, str]:
    """Of a user who makes the list as long as one can."""
    return ADA | {"id": str(uuid4()), "firstname": "&" * 30, "lastname": "&" * 30, "location": "&" * 50}


def all_at_once(front: Front, count: int) -> list[tuple[dict[str, str], Answer]]:
    """So many clients, each with a form."""
    forms = [new_form() for _ in range(count)]
    with ThreadPoolExecutor(count) as pool:
        return list(zip(forms, pool.map(front.send, forms), strict=True))


def assert_clear(form: dict[str, str], answer: Answer) -> None:
    """Stored, or the same form again with a word on when to send it."""
    assert answer.status in {303, 503}, answer.text
    assert answer.took < LATEST
    if answer.status == 503:
        assert int(answer.headers["Retry-After"]) > 0
        page = html.unescape(answer.text)
        assert values(page) | hidden(page) == form


def fill_a_page(front: Front) -> None:
    """With enough users for a whole one."""
    for _ in range(PAGE_SIZE - len(front.sql(f"SELECT id FROM users LIMIT {PAGE_SIZE}"))):
        assert front.send(new_form()).status == 303


@pytest.fixture(scope="module")
def mysql(mysql_servers: dict[str, Server]) -> Iterator[Server]:
    server = mysql_servers["blue"]
    server.sql("TRUNCATE TABLE users")
    yield server
    server.sql("TRUNCATE TABLE users")


@pytest.fixture(scope="module")
def target(mysql: Server) -> Iterator[WebServer]:
    with web_server(mysql.environment) as started:
        yield started


@pytest.fixture
def straight(target: WebServer, mysql: Server) -> Front:
    """As in k8s/ without a mesh: no Envoy in front."""
    front = Front(target.address, target.pids, mysql.sql)
    fill_a_page(front)
    return front


@pytest.fixture
def through_the_edge(request: pytest.FixtureRequest) -> Iterator[Front]:
    """Blue of `make run`, left as it was."""
    machine = request.getfixturevalue("one_machine")

    def sql(statement: str) -> list[tuple[Any, ...]]:
        with closing(
            sqlite3.connect(ROOT / "var/tests" / WORKER / "blue.sqlite3", isolation_level=None, timeout=10)
        ) as connection:
            return connection.execute(statement).fetchall()

    before = {id for (id,) in sql("SELECT public_id FROM users")}
    front = Front(f"127.0.0.1:{machine.port}", family(machine.pid("blue")), sql)
    fill_a_page(front)
    yield front
    for (id,) in sql("SELECT public_id FROM users"):
        if id not in before:
            sql(f"DELETE FROM users WHERE public_id = '{id}'")


# 500 long bodies take a few MiB more than there should be: bench/overload.py says how many.
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "long bodies"])
@pytest.mark.parametrize("way", ["straight", "through_the_edge"])
def test_slow_clients_hold_up_nobody(request, way, kind):
    front = request.getfixturevalue(way)
    sent = []

    def store() -> None:
        form = new_form()
        assert front.send(form).status == 303
        sent.append(form["id"])

    with slow_clients(kind, SLOW, front.address, front.host) as slow, watched(front, "/livez") as watch:
        with repeated(HONEST, store):

            @eventually
            def enough() -> None:
                assert len(sent) >= 10 * HONEST
                assert len(watch.answers) >= 20

            enough()
        assert slow.connected == SLOW or kind == "long headers"  # which may be refused
    stored = Counter(id for (id,) in front.sql("SELECT public_id FROM users"))
    assert [stored[id] for id in sent] == [1] * len(sent)


def test_a_database_that_hangs_holds_up_only_what_needs_it(straight, mysql):
    style = re.search(r'href="(/static/[^"]+\.css)"', straight.ask("/").text)
    assert style
    mysql.engine.hang()
    try:
        with watched(straight, "/livez", "/version", style[1], "/users/new"):
            answers = all_at_once(straight, 100) + all_at_once(straight, 100)
    finally:
        mysql.engine.go_on()
    over = time.monotonic()

    @eventually
    def recovered() -> None:
        assert {straight.send(new_form()).status for _ in range(10)} == {303}

    recovered()
    print(f"normal again {time.monotonic() - over:.1f} s later")
    assert {answer.status for _, answer in answers} == {503}
    for form, answer in answers:
        assert_clear(form, answer)


def test_many_at_once_are_stored_or_told_to_come_again(straight, mysql):
    with watched(straight, "/livez", "/readyz", within=LATEST):
        answers = all_at_once(straight, MANY)
    for form, answer in answers:
        assert_clear(form, answer)
    acknowledged = {form["id"] for form, answer in answers if answer.status == 303}
    stored = {id for (id,) in mysql.sql("SELECT public_id FROM users")}
    assert acknowledged == stored & {form["id"] for form, _ in answers}
    assert len(acknowledged) >= HONEST


def test_only_so_many_wait_for_the_database(straight, mysql):
    with mysql.connect() as root, root.cursor() as cursor, watched(straight, "/livez", within=LATEST):
        cursor.execute("LOCK TABLES users WRITE, marker READ")
        answers = all_at_once(straight, MANY)
    assert {answer.status for _, answer in answers} == {503}
    for form, answer in answers:
        assert_clear(form, answer)
    assert any("Too many requests are waiting" in answer.text for _, answer in answers)

    @eventually
    def recovered() -> None:
        assert straight.send(new_form()).status == 303

    recovered()


def test_without_file_descriptors_some_are_refused_and_it_recovers(mysql):
    with web_server(mysql.environment, files=64) as small, ExitStack() as stack:
        before, front = small.pids, Front(small.address, small.pids, mysql.sql)
        assert front.send(new_form()).status == 303
        early = stack.enter_context(closing(http.client.HTTPConnection(small.address, timeout=LATEST)))
        early.connect()
        with slow_clients("headers byte by byte", 2 * 64, front.address, front.host):

            @eventually
            def full() -> None:
                with pytest.raises(TimeoutError):
                    front.ask("/livez", timeout=SOON)

            full()
            early.request("POST", "/users/new", urlencode(new_form()), FORM)
            assert early.getresponse().status == 303  # who is connected is served

            @eventually
            def idle() -> None:
                used = cpu_seconds(before)
                time.sleep(SOON)
                assert cpu_seconds(before) - used < SOON / 2

            idle()

        @eventually
        def recovered() -> None:
            assert front.ask("/livez", timeout=SOON).status == 200
            assert front.send(new_form()).status == 303

        recovered()
        assert small.pids == before


@pytest.fixture(scope="module")
def crowd(mysql: Server) -> None:
    """Of which nobody is from Zzz, and only the oldest are from an old town."""
    fill(mysql, USERS, f"CASE WHEN i <= {OLDEST} THEN 'Old town' ELSE 'New York' END")


@pytest.mark.usefixtures("crowd")
@pytest.mark.parametrize("visitors", [4, 50])
@pytest.mark.parametrize("beginning", ["Zzz", "Old"])
def test_expensive_searches_leave_writes_and_probes_alone(straight, visitors, beginning):
    answers: Counter[int] = Counter()

    def search() -> None:
        answer = straight.ask(f"/api/v1/users?location={beginning}&match=prefix")
        assert answer.took < LATEST
        answers[answer.status] += 1

    with watched(straight, "/livez", "/readyz", within=LATEST), repeated(visitors, search):
        stored = [straight.send(new_form()).status for _ in range(HONEST)]
    print(f"{visitors} visitors: {dict(answers)}")
    assert stored == [303] * HONEST
    assert answers[200]
    assert set(answers) <= {200, 503}


@pytest.fixture
def slow_town(crowd: None, mysql: Server) -> Iterator[str]:
    """A location whose users each cost a second when read."""
    mysql.sql(
        "RENAME TABLE users TO people",
        "CREATE VIEW users AS SELECT * FROM people WHERE location <> 'Slow town' OR SLEEP(1) = 0",
        "INSERT INTO people (public_id, firstname, lastname, email, location, date) "
        "SELECT CONCAT('slow ', id), firstname, lastname, email, 'Slow town', date FROM people LIMIT 5",
    )
    yield "Slow town"
    mysql.sql("DROP VIEW users", "DELETE FROM people WHERE location = 'Slow town'", "RENAME TABLE people TO users")


@pytest.mark.parametrize("match", ["exact", "prefix"])
def test_a_search_that_takes_too_long_says_so_and_harms_nobody(straight, mysql, slow_town, match):
    answers = []

    def search() -> None:
        answers.append(straight.ask(f"/users?{urlencode({'location': slow_town, 'match': match})}"))

    search()
    straight.send(new_form())
    before = connections(mysql)
    with watched(straight, "/livez", "/readyz", within=LATEST), repeated(4, search):
        stored = [straight.send(new_form()).status for _ in range(HONEST)]
    assert stored == [303] * HONEST
    for answer in answers:
        assert answer.status == 503
        assert "took too long" in answer.text or "too busy" in answer.text
        assert answer.took < LATEST
    assert "Narrow the search" in answers[0].text
    assert connections(mysql) <= before + sum(LANES.values())


def connections(mysql: Server) -> int:
    """How many the server has taken so far, without those that this opens."""
    [(_, count)] = mysql.sql("SHOW GLOBAL STATUS LIKE 'Connections'")
    return int(count)
