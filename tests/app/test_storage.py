import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from app.storage.users import NEWEST, PAGE_SIZE, Cursor, Storage
from app.users import Details
from tests.support.clients import services_of

NOON = datetime(2026, 1, 31, 12, 0, 0, 5, tzinfo=UTC)
ADA = Details("Ada", "Lovelace", "ada@example.org", 36, "London")
BOB = Details("Bob", "漢字🦊", "bob@example.org", None, "")


@pytest.fixture
def app(make_app):
    return make_app()


@pytest.fixture
def storage(app) -> Storage:
    return services_of(app).storage


def add(storage: Storage, details: Details = ADA, date: datetime = NOON) -> str:
    return storage.add(str(uuid4()), date, details).id


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


def test_many_threads_that_start_together_store_one_id_once(app, storage):
    """Also the first contact of all of them with a database that is not there yet."""
    id, start = str(uuid4()), threading.Barrier(8)

    def store(_):
        start.wait()
        return storage.add(id, NOON, ADA).details

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
def test_an_invalid_revision_is_stale(storage, revision):
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
    seen, after, more = [], NEWEST, True
    while more:
        users, more = storage.find(*search, after=after)
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


def test_a_cursor_long_ago_is_before_everybody(storage):
    add(storage)
    assert storage.find(after=Cursor.parse(f"09990101T000000.000000Z_{uuid4()}")) == ([], False)


@pytest.mark.parametrize("text", ["", "5", "2026_x", "x" * 5000])
def test_a_damaged_cursor_is_refused(text):
    with pytest.raises(ValueError, match="does not match"):
        Cursor.parse(text)
