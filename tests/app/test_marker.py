"""A server reads and stores nothing in a database from the moment when it does not say that it is this colour's."""

import logging
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.storage.database import Unavailable
from app.storage.marker import OtherDatabase
from tests.app.test_pages import hidden
from tests.app.test_storage import BOB, NOON, add
from tests.support.clients import browser, services_of
from tests.support.examples import ADA
from tests.support.stores import Store
from tests.support.waiting import eventually

OTHERS = {
    "the other colour's": (["green"], "This is blue, but the database belongs to green"),
    "nobody's": ([], "This is blue, but the database does not say whose it is"),
    "everybody's": (["blue", "green"], "This is blue, but the database does not say whose it is"),
    "without a marker": (None, "This is blue, but the database does not say whose it is"),
}
each_other = pytest.mark.parametrize(("markers", "why"), OTHERS.values(), ids=OTHERS)


@pytest.fixture
def app(make_app):
    return make_app()


@pytest.fixture
def storage(app):
    return services_of(app).storage


@pytest.fixture
def client(app):
    """A browser on blue's own host, after blue has used its database."""
    client = browser(app, "blue")
    assert client.get("/readyz").status_code == 200
    return client


@each_other
def test_no_statement_reads_or_stores_on_a_connection_from_before(storage, store: Store, markers, why):
    id = add(storage)
    with store.marked("blue", markers):
        for attempt in (
            lambda: storage.get(id),
            storage.find,
            storage.count,
            lambda: storage.find("London"),
            lambda: storage.find("Lon", "prefix"),
            lambda: add(storage),
            lambda: storage.add(id, NOON, BOB),
            lambda: storage.replace(id, 1, BOB),
            lambda: storage.delete(id),
            lambda: storage.delete(id, 1),
            storage.check,
        ):
            with pytest.raises(OtherDatabase, match=why):
                attempt()
    assert [(user.id, user.revision) for user in storage.find()[0]] == [(id, 1)]


@each_other
def test_it_is_not_ready_until_the_marker_is_right_again(client, store: Store, markers, why):
    with store.marked("blue", markers):
        unready = client.get("/readyz")
        assert (unready.status_code, client.get("/livez").status_code) == (503, 200)
        assert why in unready.json["reason"]
    assert client.get("/readyz").status_code == 200


@each_other
@pytest.mark.parametrize("path", ["/users", "/users?location=a&match=prefix", "/api/v1/users"])
def test_people_and_programs_are_told_whose_it_is_and_where_to_look(client, store: Store, markers, why, path):
    with store.marked("blue", markers):
        answer = client.get(path)
    assert answer.status_code == 503
    assert why in answer.text
    assert "MYSQL_HOST" in answer.text
    assert not re.search("in a moment|may not have been carried out", answer.text)
    assert "Retry-After" not in answer.headers


def test_the_home_page_says_so_and_still_answers(client, store: Store):
    assert "belongs to" not in client.get("/").text
    with store.marked("blue", ["green"]):
        home = client.get("/")
    assert home.status_code == 200
    assert "This is blue, but the database belongs to green" in home.text
    assert "belongs to" not in client.get("/").text


def test_a_form_that_is_refused_keeps_what_was_typed_and_does_not_ask_for_it_again(client, store: Store):
    form = hidden(client.get("/users/new").text) | ADA
    with store.marked("blue", ["green"]):
        refused = client.post("/users/new", data=form)
    assert refused.status_code == 503
    assert 'value="Lovelace"' in refused.text
    assert "belongs to green" in refused.text
    assert "send it again" not in refused.text
    assert client.post("/users/new", data=form).status_code == 303


def refusals(client) -> float:
    lines = client.get("/metrics", base_url="http://localhost").text.splitlines()
    name = 'pii_demo_database_refusals_total{colour="blue",marker="green"} '
    return float(next(line for line in lines if line.startswith(name)).split()[1])


def test_each_refusal_is_counted_and_their_begin_and_end_are_logged(client, store: Store, caplog):
    caplog.set_level(logging.INFO)
    before = refusals(client)
    with store.marked("blue", ["green"]):
        for _ in range(5):
            client.get("/users")
    client.get("/users")
    client.post("/users/new", data=ADA)
    assert refusals(client) == before + 5
    logged = [record.getMessage() for record in caplog.records if record.name == "app.storage.marker"]
    assert logged == ["database refused", "database is ours again"]


@pytest.fixture
def labelled(make_app, tmp_path):
    """An application whose pod's label can be changed while it runs."""

    def label(colour: str) -> None:
        (tmp_path / "labels.new").write_text(f'version="{colour}"\n')
        (tmp_path / "labels.new").rename(tmp_path / "labels")

    label("blue")
    return make_app(podinfo_dir=tmp_path).test_client(), label


def test_a_pod_that_changes_colour_leaves_its_database_at_once_and_may_come_back(labelled):
    client, label = labelled
    assert client.get("/users").status_code == 200
    label("green")
    refused = client.get("/users")
    assert refused.status_code == 503
    assert "This is green, but the database belongs to blue" in refused.text
    assert refused.headers["X-App-Colour"] == "green"
    label("blue")
    assert client.get("/users").status_code == 200


@pytest.fixture
def crossing(make_app, store: Store):
    """A server of each colour on the one database of blue."""
    shared = store.shared("blue")
    apps = {colour: make_app(colour=colour, **shared) for colour in ("blue", "green")}
    services_of(apps["blue"]).storage.check()
    yield apps
    store.mark("blue", ["blue"])


STEPS = {
    "add": lambda storage, id: {add(storage)},
    "get": lambda storage, id: {storage.get(id)},
    "find": lambda storage, id: set(storage.find()[0]),
    "find by its beginning": lambda storage, id: set(storage.find("Lon", "prefix")[0]),
    "replace": lambda storage, id: {storage.replace(id, 1, BOB)},
    "delete": lambda storage, id: {storage.delete(id) or None},
    "check": lambda storage, id: {storage.check()},
}


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_the_order_no_user_of_one_colour_is_shown_or_stored_by_the_other(crossing, store: Store, data):
    marker = data.draw(st.sampled_from([["blue"], ["green"]]))
    store.mark("blue", marker)
    for _ in range(data.draw(st.integers(3, 8))):
        if data.draw(st.booleans(), "the marker changes"):
            marker = data.draw(st.sampled_from([["blue"], ["green"], [], ["blue", "green"], None]))
            store.mark("blue", marker)
        colour, step = data.draw(st.sampled_from(sorted(crossing))), data.draw(st.sampled_from(sorted(STEPS)))
        before = store.ids("blue")
        shown: set[object] = set()
        with suppress(Unavailable):
            shown = STEPS[step](services_of(crossing[colour]).storage, before[0] if before else str(uuid4()))
        if marker != [colour]:
            assert shown == set()
            assert store.ids("blue") == before


def test_nor_does_a_statement_that_is_on_its_way_when_the_marker_changes(crossing, store: Store):
    """While the marker is one colour's, the other stores nothing, however its changes meet their statements."""
    done = threading.Event()

    def store_until_done(colour: str) -> None:
        while not done.is_set():
            with suppress(Unavailable):
                add(services_of(crossing[colour]).storage, replace(BOB, firstname=colour))

    count = "SELECT firstname, COUNT(*) FROM users GROUP BY firstname"
    with ThreadPoolExecutor(8) as pool:
        threads = [pool.submit(store_until_done, colour) for colour in 4 * ("blue", "green")]
        try:
            for owner, other in 15 * [("blue", "green"), ("green", "blue")]:
                begin = dict(store.sql("blue", "DELETE FROM marker", f"INSERT INTO marker VALUES ('{owner}')", count))

                @eventually
                def somebody_stores(owner=owner, begin=begin) -> None:
                    assert dict(store.sql("blue", count)).get(owner, 0) > begin.get(owner, 0)

                somebody_stores()
                assert dict(store.sql("blue", count)).get(other, 0) == begin.get(other, 0)
        finally:
            done.set()
    for thread in threads:
        thread.result()
