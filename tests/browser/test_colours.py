"""The colours page of a web whose set-up is right, and of one whose set-up is crossed."""

import pytest
from playwright.sync_api import expect

from app import create_app
from app.settings import Settings


@pytest.fixture
def serve_web(serve, tmp_path, monkeypatch):
    """Serve a web with its own embedded database, at a short address, since the page shows it."""
    monkeypatch.chdir(tmp_path)
    return lambda colour, **settings: serve(
        create_app(Settings(colour=colour, pod_name=f"httpd-server-{colour}", **settings))
    )


def result(page, question: str):
    return page.get_by_role("row").filter(has_text=question).locator(".result")


def test_all_is_right(serve_web, page, screenshots):
    peer = serve_web("blue", version="1.0.0") + "/version"
    page.goto(serve_web("blue", image_colour="blue", version="1.0.0", peer_url=peer) + "/colours")
    for question in ("Is the image", "Is the database", "Do only webs"):
        expect(result(page, question)).to_have_text("pass")
    page.screenshot(path=screenshots / "colours-right.png", full_page=True)


def test_what_is_crossed_is_seen(serve_web, page, screenshots):
    green = serve_web("green", version="1.1.0") + "/version"
    page.goto(serve_web("blue", image_colour="green", version="1.0.0", peer_url=green) + "/colours")
    expect(result(page, "Is the image")).to_have_text("fail")
    expect(result(page, "Is the database")).to_have_text("pass")
    expect(result(page, "Do only webs")).to_have_text("fail")
    expect(page.get_by_text("peers: fail")).to_be_visible()
    expect(page.get_by_text("green × 10")).to_be_visible()
    page.screenshot(path=screenshots / "colours-crossed.png", full_page=True)
