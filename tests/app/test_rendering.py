"""A frame is kept for all visits that look alike: whatever differs between two visits must show at once."""

import re

import pytest

from app.hosts import STAY_COOKIE
from tests.support.clients import browser
from tests.support.stores import SQLiteStore

BLUE = {"Host": "pii-demo-blue.localhost"}
PLAIN = {"Host": "pii-demo.localhost"}
VISITS = {
    "blue's host": (BLUE, "This is blue’s own host."),
    "green's host": ({"Host": "pii-demo-green.localhost"}, "this is green’s host, but blue answered"),
    "the plain host": (PLAIN, "the other colour may answer your next request"),
    "another domain": ({"Host": "pii-demo-blue.apps.hl.test"}, "//pii-demo-green.apps.hl.test/"),
    "another port": ({"Host": "pii-demo-blue.localhost:9000"}, "//pii-demo-green.localhost:9000/"),
    "both take turns": (PLAIN | {"x-edge-live": "both"}, '<body data-live="both">'),
    "green is live": (PLAIN | {"x-edge-live": "green"}, "it is switched to green"),
    "a share": (PLAIN | {"x-edge-live": "green=10"}, "<span data-share>10</span>"),
    "another share": (PLAIN | {"x-edge-live": "green=11"}, "<span data-share>11</span>"),
    "a cookie": (PLAIN | {"Cookie": f"{STAY_COOKIE}=blue"}, "You stay on blue"),
}


@pytest.fixture
def store(tmp_path):
    """One kind of database: nothing here depends on it."""
    return SQLiteStore(tmp_path / "data")


@pytest.fixture
def visitor(make_app):
    return make_app().test_client(use_cookies=False)


@pytest.mark.parametrize("path", ["/users/new", "/users"])
def test_each_visit_shows_what_is_so_for_it(visitor, path):
    for _ in ("first", "again"):
        for headers, expected in VISITS.values():
            assert expected in visitor.get(path, headers=headers).text


def test_the_page_that_is_shown_is_the_current_one(visitor):
    for path, name in 2 * [("/users/new", "Create"), ("/users", "Read"), ("/traffic", "Traffic")]:
        page = visitor.get(path, headers=BLUE).text
        assert re.findall(r"aria-current=page>(\w+)", page) == [name]


def test_traffic_is_grey_on_the_same_host_as_a_coloured_page(visitor):
    for path, scheme in 2 * [("/traffic", "none"), ("/users", "blue")]:
        assert f'<html lang="en" class="{scheme}">' in visitor.get(path, headers=BLUE).text


def test_a_changed_label_shows_on_the_next_page(make_app, tmp_path):
    labels = tmp_path / "labels"
    labels.write_text('version="blue"\n')
    visitor = browser(make_app(colour="blue", podinfo_dir=tmp_path), "blue")
    assert '<html lang="en" class="blue">' in visitor.get("/users/new").text
    labels.write_text('version="green"\napp.kubernetes.io/version="2.0.0"\n')
    page = visitor.get("/users/new").text
    assert '<html lang="en" class="green">' in page
    assert "version 2.0.0" in page


def test_each_empty_form_has_an_id_of_its_own(visitor):
    ids = [re.findall(r'name="id" value="([^"]+)"', visitor.get("/users/new", headers=BLUE).text) for _ in range(20)]
    assert len({id for [id] in ids}) == 20


def test_what_a_person_typed_is_in_no_later_page(visitor):
    refused = visitor.post("/users/new", data={"firstname": "Xaviera"}, headers=BLUE)
    assert "Xaviera" in refused.text
    assert "Xaviera" not in visitor.get("/users/new", headers=BLUE).text
