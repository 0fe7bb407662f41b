import re

import pytest

from app.colours import COLOURS
from app.web.assets import ASSETS
from tests.support.stores import SQLiteStore


@pytest.fixture
def store(tmp_path):
    """One kind of database: nothing here depends on it."""
    return SQLiteStore(tmp_path / "data")


def linked(client) -> list[str]:
    return re.findall(r'(?:href|src)="(/static/[^"]+)"', client.get("/").text)


def test_a_page_links_to_assets_that_are_there_and_may_be_kept_for_ever(client):
    assert len(linked(client)) == 5
    for address in linked(client):
        response = client.get(address)
        assert response.status_code == 200
        assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_the_address_of_another_releases_content_gets_ours_but_is_not_kept(client):
    response = client.get("/static/0123456789abcdef/layout.css")
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("name", ["nothing.css", "../settings.py", "%2e%2e%2fsettings.py"])
def test_nothing_else_is_served(client, name):
    assert client.get(f"/static/0/{name}").status_code == 404


def test_types_are_what_browsers_insist_on():
    assert ASSETS["layout.css"].type == "text/css"
    assert ASSETS["forms.js"].type == "text/javascript"
    assert ASSETS["mark-blue.svg"].type == "image/svg+xml"


@pytest.mark.parametrize("colour", COLOURS.values(), ids=COLOURS)
def test_the_favicon_and_the_style_have_the_colour(colour):
    assert colour.strong in ASSETS[f"mark-{colour.name}.svg"].content.decode()
    assert f".{colour.name} {{ --strong: {colour.strong};" in ASSETS["colours.css"].content.decode()


def test_each_answer_says_once_whether_it_may_be_kept(client):
    for path in (linked(client)[0], "/version", "/nowhere"):
        assert len(client.get(path).headers.get_all("Cache-Control")) == 1
