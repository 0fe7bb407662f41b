import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from app.identity import IdentitySource
from app.metrics import Metrics
from app.settings import Settings
from app.storage.connections import Connections
from app.storage.database import TooSlow, Unavailable
from app.storage.marker import Marker
from app.storage.sqlite import SQLite
from app.storage.users import SEARCHES, Storage
from tests.app.test_storage import add

METRICS = Metrics(IdentitySource(Settings(colour="blue")).current)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "data" / "blue.sqlite3"


@pytest.fixture
def connections(file: Path):
    connections = Connections(SQLite(file, "blue"), METRICS)
    yield connections
    connections.close()


@pytest.fixture
def storage(connections) -> Storage:
    return Storage(connections, Marker(connections, lambda: "blue", METRICS))


def other_client(file: Path) -> "closing[sqlite3.Connection]":
    return closing(sqlite3.connect(file, isolation_level=None))


def test_no_file_is_made_before_the_database_is_needed(storage, file):
    assert not file.parent.exists()
    storage.check()
    assert file.exists()


def test_the_file_is_its_owners_alone(storage, file):
    file.parent.mkdir(mode=0o755)
    add(storage)
    assert {path.stat().st_mode & 0o777 for path in file.parent.iterdir()} == {0o600}


def test_what_was_acknowledged_survives_the_process(connections):
    assert connections.execute("users", ("PRAGMA journal_mode", {}))[0] == [("wal",)]
    assert connections.execute("users", ("PRAGMA synchronous", {}))[0] == [(2,)], "FULL"


@pytest.mark.parametrize("search", SEARCHES)
def test_each_search_uses_an_index(storage, file, search):
    storage.check()
    values = dict.fromkeys(("location", "beyond", "date", "public_id", "own"), "x") | {"limit": 51}
    with other_client(file) as client:
        plan = " ".join(row[3] for row in client.execute("EXPLAIN QUERY PLAN " + SEARCHES[search], values))
    index = "users_newest" if search in {"everybody", "prefix of many"} else "users_of_location"
    assert re.search(f"SEARCH users USING (COVERING )?INDEX {index}", plan)
    assert "SCAN users" not in plan


def test_the_database_has_the_limits_of_the_form(storage, file):
    storage.check()
    good = {"firstname": "A", "lastname": "B", "email": "c@d.e", "age": 1, "location": ""}
    bad: list[tuple[str, int | str]] = [("age", 151), ("age", -1)]
    bad += [(column, "x" * length) for column in ("firstname", "lastname") for length in (0, 31)]
    bad += [("email", ""), ("email", "x" * 51), ("location", "x" * 51)]
    insert = (
        "INSERT INTO users (public_id, date, firstname, lastname, email, age, location) "
        "VALUES ('id', 'date', :firstname, :lastname, :email, :age, :location)"
    )
    with other_client(file) as client:
        for column, value in bad:
            with pytest.raises(sqlite3.IntegrityError, match=column):
                client.execute(insert, good | {column: value})


def test_the_other_colours_file_is_refused(storage, file):
    add(storage)
    connections = Connections(SQLite(file, "green"), METRICS)
    green = Storage(connections, Marker(connections, lambda: "green", METRICS))
    for attempt in (lambda: add(green), green.find, green.check):
        with pytest.raises(Unavailable, match="This is green, but the database belongs to blue"):
            attempt()
    assert len(storage.find()[0]) == 1


def test_a_busy_file_is_unavailable_and_then_available_again(connections, storage, file, monkeypatch):
    monkeypatch.setattr("app.storage.sqlite.LOCK_TIMEOUT", 0.05)
    add(storage)
    connections.close()
    with other_client(file) as client:
        client.execute("BEGIN IMMEDIATE")
        with pytest.raises(Unavailable, match="busy"):
            add(storage)
        client.execute("ROLLBACK")
    add(storage)
    assert len(storage.find()[0]) == 2


def test_a_table_that_is_renamed_away_is_not_made_again_empty(connections, storage, file):
    id = add(storage)
    for table in ("users", "marker"):
        with other_client(file) as client:
            client.execute(f"ALTER TABLE {table} RENAME TO away")
        for _ in range(2):  # on the connection from before, and on a new one
            with pytest.raises(Unavailable, match=r"table is missing|does not say whose it is"):
                add(storage)
            connections.close()
        with other_client(file) as client:
            client.execute(f"ALTER TABLE away RENAME TO {table}")
        assert [user.id for user in storage.find()[0]] == [id]


def test_a_search_that_takes_too_long_is_ended_and_its_connection_used_again(connections, storage, monkeypatch):
    monkeypatch.setattr("app.storage.sqlite.SEARCH_LIMIT", 0.0)
    monkeypatch.setattr("app.storage.sqlite.STEPS", 1)
    numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 1000000) SELECT MAX(i) FROM n"
    with pytest.raises(TooSlow):
        connections.execute("searches", (numbers, {}))
    monkeypatch.undo()
    assert connections.execute("searches", ("SELECT 1", {})) == ([(1,)], -1)


def test_a_full_disk_is_unavailable_and_then_available_again(connections, storage):
    add(storage)
    [(pages,)], _ = connections.execute("users", ("PRAGMA page_count", {}))
    connections.execute("users", (f"PRAGMA max_page_count = {pages}", {}))
    with pytest.raises(Unavailable, match="disk of the database is full"):
        for _ in range(1000):
            add(storage)
    add(storage)


def test_a_form_that_found_no_room_makes_it_unready_until_there_is_some(connections, storage):
    def limit(pages: int) -> None:
        for lane in ("users", "probes"):
            connections.execute(lane, (f"PRAGMA max_page_count = {pages}", {}))

    storage.check()
    [(pages,)], _ = connections.execute("users", ("PRAGMA page_count", {}))
    limit(pages)
    with pytest.raises(Unavailable, match="disk of the database is full"):
        for _ in range(1000):
            add(storage)
    with pytest.raises(Unavailable, match="disk of the database is full"):
        for _ in range(1000):
            storage.check()
            add(storage)
    limit(2 * pages)
    storage.check()


def test_a_file_that_is_no_database_is_unavailable(storage, file):
    file.parent.mkdir()
    file.write_bytes(b"not a database " * 100)
    with pytest.raises(Unavailable, match="not a database"):
        storage.check()


def test_a_folder_that_cannot_be_made_is_unavailable(storage, file):
    file.parent.touch()
    with pytest.raises(Unavailable, match="check DATA_DIR"):
        storage.check()
