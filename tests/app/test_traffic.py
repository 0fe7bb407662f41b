import html
import json
import re

import pytest
from flask.testing import FlaskClient

from app.colours import COLOURS, NO_COLOUR
from app.web.traffic import LIMITS
from tests.support.stores import SQLiteStore


@pytest.fixture
def store(tmp_path):
    """One kind of database: nothing here depends on it."""
    return SQLiteStore(tmp_path / "data")


@pytest.fixture
def page(client: FlaskClient) -> str:
    response = client.get("/traffic")
    assert response.status_code == 200
    return response.text


@pytest.mark.parametrize("path", ["/", "/users", "/traffic", "/nowhere"])
def test_every_page_leads_to_it(client, path):
    assert re.search('<a href="/traffic"[^>]*>Traffic</a>', client.get(path).text)


def test_it_has_the_shape_of_every_colour_and_one_for_errors(page):
    shapes = json.loads(html.unescape(re.findall("data-shapes='([^']+)'", page)[0]))
    error = shapes.pop("error")
    assert shapes == {colour.name: colour.shape for colour in (*COLOURS.values(), NO_COLOUR)}
    assert error not in shapes.values()


def test_it_says_by_what_limits_its_script_goes(page):
    given = dict(re.findall(r'data-([a-z-]+)="(\d+)"', page))
    names = ("in-flight", "time-limit", "cells", "rows", "points", "every")
    assert given == {name: str(LIMITS[name.replace("-", "_")]) for name in names}
    for words in ("the last 500 answers", "the 20 rows seen last", "a timeout after 5 s", "At most 6 requests"):
        assert words in " ".join(page.split())


def test_without_javascript_it_says_what_to_do_instead_and_shows_no_controls(page):
    [sentence] = re.findall("<noscript>(.+?)</noscript>", page, re.DOTALL)
    assert "<code>curl pii-demo-blue.apps.hl.test/version</code>" in sentence
    assert '<div id="traffic" hidden' in page
    assert page.index('<div id="traffic" hidden') < page.index('<div class="controls">')


def test_nothing_in_it_is_what_the_content_security_policy_forbids(page):
    assert " style=" not in page
    assert not re.search(r"\son\w+=", page)
    assert all("src=" in script for script in re.findall("<script[^>]*>", page))
