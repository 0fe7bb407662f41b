import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from app.storage import PAGE_SIZE, Cursor, Storage, Unavailable
from app.users import Details
from tests.conftest import parts_of

NOON = datetime(2026, 1, 31, 12, 0, 0, 5, tzinfo=UTC)
ADA = Details("Ada", "Lovelace", "ada@example.org", 36, "London")
BOB = Details("Bob", "漢字🦊", "bob@example.org", None, "")


@pytest.fixture
def storage(make_app) -> Storage:
    return parts_of(make_app()).storage


def add(storage: Storage, details: Details = ADA, date: datetime = NOON) -> str:
    return storage.add(str(uuid4()), date, details).id


def open_file(storage_file: Path) -> sqlite3.Connection:
    return sqlite3.connect(storage_file, isolation_level=None)


@pytest.mark.parametrize("details", [ADA, BOB])
def test_what_is_stored_comes_back(storage, details):
    id = str(uuid4())
    stored = storage.add(id, NOON, details)
    assert storage.get(id) == stored
    assert (stored.id, stored.revision, stored.date, stored.details) == (id, 1, NOON, details)


def test_one_id_is_stored_once_and_the_first_counts(storage):
    id = add(storage, ADA)
    assert storage.add(id, NOON + timedelta(days=1), BOB) == storage.get(id)
    assert storage.get(id).details == ADA
    assert len(storage.find()[0]) == 1


def test_many_threads_that_start_together_store_one_id_once(storage):
    """Also the first contact of all of them with a database that is not there yet."""
    id, start = str(uuid4()), threading.Barrier(8)

    def store(_):
        start.wait()
        try:
            return storage.add(id, NOON, ADA).details
        finally:
            storage.close()

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(store, range(8))) == [ADA] * 8
    assert len(storage.find()[0]) == 1


def test_an_update_needs_the_current_revision(storage):
    id = add(storage)
    assert storage.replace(id, 1, BOB).details == BOB
    stale = storage.replace(id, 1, ADA)
    assert (stale.revision, stale.details) == (2, BOB)
    assert storage.replace(str(uuid4()), 1, ADA) is None


@pytest.mark.parametrize("revision", [0, -1, 10**30, -(10**30)])
def test_a_revision_that_cannot_be_is_stale(storage, revision):
    id = add(storage)
    assert storage.replace(id, revision, BOB).details == ADA


def test_a_user_can_be_deleted_once(storage):
    id = add(storage)
    assert [storage.delete(id), storage.delete(id)] == [True, False]
    assert storage.get(id) is None


def test_a_location_is_found_exactly_or_by_its_beginning(storage):
    places = ["Berlin", "Berlin Mitte", "berlin", "Bern", "%", "Berl\U0010fffd", ""]
    for place in places:
        add(storage, Details("A", "B", "a@b.org", None, place))

    def found(*search):
        return sorted(user.details.location for user in storage.find(*search)[0])

    assert found("Berlin") == ["Berlin"]
    assert found("Berl", "prefix") == ["Berlin", "Berlin Mitte", "Berl\U0010fffd"]
    assert found("%", "prefix") == ["%"]
    assert found("Ber_in") == []
    assert found() == sorted(places)


@pytest.mark.parametrize("search", [(), ("London",), ("Lon", "prefix")])
def test_pages_are_newest_first_and_lose_nobody(storage, search):
    # Three share each date, so that pages end between users of the same date.
    ids = [add(storage, ADA, NOON + timedelta(seconds=i // 3)) for i in range(2 * PAGE_SIZE + 20)]
    seen, after, more = [], None, True
    while more:
        users, more = storage.find(*search, after=after) if search else storage.find(after=after)
        assert len(users) == (PAGE_SIZE if more else 20)
        seen += users
        after = Cursor.parse(str(Cursor(users[-1].date, users[-1].id)))
    assert sorted(user.id for user in seen) == sorted(ids)
    assert [user.date for user in seen] == sorted((user.date for user in seen), reverse=True)


def test_a_page_follows_its_cursor_even_when_that_user_was_deleted(storage):
    old, new = add(storage, date=NOON), add(storage, date=NOON + timedelta(seconds=1))
    cursor = Cursor(storage.get(new).date, new)
    storage.delete(new)
    assert [user.id for user in storage.find(after=cursor)[0]] == [old]


@pytest.mark.parametrize("text", ["", "5", "2026_x", "x" * 5000])
def test_a_damaged_cursor_is_refused(text):
    with pytest.raises(ValueError, match="does not match"):
        Cursor.parse(text)


@pytest.mark.parametrize(
    "search", ["", "WHERE location = 'x'", "WHERE location BETWEEN 'x' AND 'y'", "WHERE date <= 'x' AND date < 'y'"]
)
def test_each_search_uses_an_index(storage, tmp_path, search):
    storage.check()
    query = f"EXPLAIN QUERY PLAN SELECT * FROM users {search} ORDER BY date DESC, public_id DESC LIMIT 51"
    with open_file(tmp_path / "data" / "blue.sqlite3") as connection:
        assert all("USING INDEX" in row[3] or "TEMP B-TREE" in row[3] for row in connection.execute(query))
    connection.close()


def test_the_database_has_the_limits_of_the_form(storage, tmp_path):
    storage.check()
    with open_file(tmp_path / "data" / "blue.sqlite3") as connection:
        for column, value in {
            "firstname": "x" * 31,
            "lastname": "",
            "email": "x" * 51,
            "age": 151,
            "location": "x" * 51,
        }.items():
            values = {"firstname": "A", "lastname": "B", "email": "c@d.e", "age": 1, "location": ""} | {column: value}
            with pytest.raises(sqlite3.IntegrityError, match=column):
                connection.execute(
                    "INSERT INTO users (public_id, date, firstname, lastname, email, age, location) "
                    "VALUES ('id', 'date', :firstname, :lastname, :email, :age, :location)",
                    values,
                )
    connection.close()


def test_what_was_acknowledged_survives_the_process(storage, tmp_path):
    storage.check()
    with open_file(tmp_path / "data" / "blue.sqlite3") as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()
    assert storage._own.connection.execute("PRAGMA synchronous").fetchone() == (2,), "FULL"


def test_the_other_colours_database_is_refused(tmp_path):
    blue = Storage(tmp_path / "db", lambda: "blue")
    add(blue)
    green = Storage(tmp_path / "db", lambda: "green")
    for attempt in (lambda: add(green), green.find, green.check):
        with pytest.raises(Unavailable, match=r"This is green, but the database belongs to blue"):
            attempt()
    assert len(blue.find()[0]) == 1
    blue.close()


def test_a_busy_database_is_unavailable_and_then_available_again(storage, tmp_path, monkeypatch):
    monkeypatch.setattr("app.storage.LOCK_TIMEOUT", 0.05)
    add(storage)
    storage.close()
    with open_file(tmp_path / "data" / "blue.sqlite3") as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Unavailable, match="busy"):
            add(storage)
        other.execute("ROLLBACK")
    other.close()
    add(storage)
    assert len(storage.find()[0]) == 2


def test_a_file_that_is_no_database_is_unavailable(tmp_path):
    (tmp_path / "db").write_bytes(b"not a database " * 100)
    with pytest.raises(Unavailable, match="not a database"):
        Storage(tmp_path / "db", lambda: "blue").check()


def test_a_folder_that_cannot_be_made_is_unavailable(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(Unavailable, match="does not answer"):
        Storage(tmp_path / "file" / "db", lambda: "blue").check()


def test_no_file_is_made_before_the_database_is_needed(make_app, tmp_path):
    make_app()
    assert not (tmp_path / "data").exists()
