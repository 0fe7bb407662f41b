"""While users are being moved to another colour, and once they were: all is read here, and nothing written."""

import re

import pytest

from app.storage.marker import Moved, Moving
from tests.app.test_storage import BOB, NOON, add
from tests.support.clients import browser, services_of
from tests.support.examples import ADA

LATER = "9999-12-31 00:00:00"
BEFORE = "2026-01-01 00:00:00"


@pytest.fixture
def app(make_app):
    """Blue, after it has used its database."""
    app = make_app()
    assert app.test_client().get("/readyz").status_code == 200
    return app


@pytest.fixture
def storage(app):
    return services_of(app).storage


@pytest.fixture
def freeze(app, store):
    """Make or end a freeze, as app/promote does."""

    def freeze(until: str | None, moved_to: str = "NULL") -> None:
        values = f"INSERT INTO freezes (promotion, until, moved_to) VALUES ('1', '{until}', {moved_to})"
        store.sql("blue", "DELETE FROM freezes", *([values] if until else []))

    yield freeze
    freeze(None)


@pytest.fixture
def moving(freeze):
    freeze(LATER)


@pytest.fixture
def moved(freeze):
    freeze(LATER, "'green'")


@pytest.mark.parametrize(("state", "refusal"), [("NULL", Moving), ("'green'", Moved)])
def test_nothing_is_written_on_a_connection_from_before_and_all_is_read(storage, freeze, state, refusal):
    id = add(storage)
    freeze(LATER, state)
    for write in (
        lambda: add(storage),
        lambda: storage.add(id, NOON, BOB),
        lambda: storage.replace(id, 1, BOB),
        lambda: storage.delete(id),
        lambda: storage.delete(id, 1),
    ):
        with pytest.raises(refusal):
            write()
    storage.check()
    assert [(user.id, user.revision) for user in storage.find()[0]] == [(id, 1)]
    assert storage.get(id)
    assert storage.count() == 1


def test_a_freeze_ends_by_itself(storage, freeze):
    freeze(BEFORE)
    assert storage.get(add(storage))


def test_it_stays_ready(app, moving):
    assert app.test_client().get("/readyz").status_code == 200


@pytest.mark.parametrize("host", ["blue", "plain"])
def test_meanwhile_a_form_is_kept_and_sends_itself_again(app, moving, host):
    answer = browser(app, host).post("/users/new", data=ADA)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
    assert "being moved" in answer.text
    assert 'data-again="1"' in answer.text
    assert 'value="Lovelace"' in answer.text


def test_afterwards_the_plain_host_leads_there_so_a_form_sends_itself_again(app, moved):
    answer = browser(app, "plain").post("/users/new", data=ADA)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
    assert 'data-again="1"' in answer.text


def test_afterwards_a_colours_own_host_keeps_the_form_and_says_where_to_send_it(app, moved):
    answer = browser(app, "blue").post("/users/new", data=ADA)
    assert answer.status_code == 503
    assert "Retry-After" not in answer.headers
    assert "were moved to green" in answer.text
    assert "data-again" not in answer.text
    assert 'value="Lovelace"' in answer.text
    assert re.search('href="//pii-demo-green[^/]*/users/new"', answer.text)


def test_a_user_keeps_what_was_typed_too(app, storage, freeze):
    id = add(storage)
    freeze(LATER)
    answer = browser(app, "blue").post(f"/users/{id}", data=ADA | {"revision": "1", "firstname": "Augusta"})
    assert answer.status_code == 503
    assert 'data-again="1"' in answer.text
    assert 'value="Augusta"' in answer.text


def test_a_program_is_told_when_to_try_again_or_where(app, storage, freeze):
    client, user = app.test_client(), ADA | {"age": 36}
    freeze(LATER)
    answer = client.post("/api/v1/users", json=user)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
    freeze(LATER, "'green'")
    answer = client.post("/api/v1/users", json=user)
    assert (answer.status_code, "Retry-After" in answer.headers) == (503, False)
    assert "were moved to green" in answer.json["detail"]
    assert answer.json["moved_to"] == "green"


def test_home_says_where_users_were_moved_and_from_where(app, store, freeze):
    freeze(LATER, "'green'")
    assert "a copy: moved to green" in app.test_client().get("/").text
    freeze(None)
    names = "id, origin, who, started, finished, users, conflicts, digest"
    record = "'1', 'green', 'ada', '2026-11-27 13:00:00', '2026-11-27 13:01:02', 3, 0, ''"
    store.sql("blue", f"INSERT INTO promotions ({names}) VALUES ({record})")
    try:
        page = app.test_client().get("/").text
        assert "a copy" not in page
        assert "3 when green’s were moved here, 2026-11-27 13:01 UTC" in page
    finally:
        store.sql("blue", "DELETE FROM promotions")


def test_it_is_counted_as_moving_and_alerts_nobody(app, moving):
    browser(app, "blue").post("/users/new", data=ADA)
    figures = app.test_client().get("/metrics", headers={"Host": "10.0.0.1"}).text
    assert 'pii_demo_forms_total{outcome="moving"} 1.0' in figures
    assert 'pii_demo_forms_total{outcome="unavailable"} 0.0' in figures
