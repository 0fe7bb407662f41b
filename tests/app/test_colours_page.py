import pytest

from tests.support.clients import browser
from tests.support.stores import SQLiteStore


@pytest.fixture
def store(tmp_path):
    """One kind of database: nothing here depends on it."""
    return SQLiteStore(tmp_path / "data")


def test_the_page_says_of_each_what_was_found_and_what_it_means(make_app):
    page = browser(make_app(image_colour="green"), "blue").get("/colours").text
    assert "Is the database this colour’s?" in page
    assert "image: fail" in page
    assert "database: pass" in page
    assert "peers: not checked" in page
    assert "The image was built for green, but this process runs as blue" in page


@pytest.mark.parametrize("path", ["/", "/users"])
def test_every_page_leads_there(client, path):
    assert 'href="/colours"' in client.get(path).text
