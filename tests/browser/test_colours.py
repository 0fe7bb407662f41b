"""The colours page of a web server with a right set-up, and of one with a crossed one."""

import pytest
from flask import Flask
from playwright.sync_api import expect

from app import create_app
from app.isolation.peers import REQUESTS
from app.results import NO_ANSWER, NOT_OURS
from app.settings import Settings
from tests.support.one_machine import free_port


@pytest.fixture
def serve_web(serve, tmp_path, monkeypatch):
    """Serve a web server with its own embedded database, at a short address, since the page shows it."""
    monkeypatch.chdir(tmp_path)
    return lambda colour, **settings: serve(
        create_app(Settings(colour=colour, pod_name=f"httpd-server-{colour}", **settings))
    )


def result(page, question: str):
    return page.get_by_role("row").filter(has_text=question).locator(".result")


def test_all_is_right(serve_web, page, screenshots):
    peer = serve_web("blue", version="1.0.0") + "/version"
    page.goto(serve_web("blue", image_colour="blue", version="1.0.0", peer_url=peer) + "/colours")
    for question in ("Is the image", "Is the database", "Do only web servers"):
        expect(result(page, question)).to_have_text("pass")
    page.screenshot(path=screenshots / "colours-right.png", full_page=True)


def test_what_is_crossed_is_seen(serve_web, page, screenshots):
    green = serve_web("green", version="1.1.0") + "/version"
    page.goto(serve_web("blue", image_colour="green", version="1.0.0", peer_url=green) + "/colours")
    expect(result(page, "Is the image")).to_have_text("fail")
    expect(result(page, "Is the database")).to_have_text("pass")
    expect(result(page, "Do only web servers")).to_have_text("fail")
    expect(page.get_by_text("peers: fail")).to_be_visible()
    expect(page.get_by_text("green × 10")).to_be_visible()
    page.screenshot(path=screenshots / "colours-crossed.png", full_page=True)


@pytest.fixture
def peers(serve):
    """Addresses at which there is no web, by what is found there."""
    stranger = Flask("stranger")
    stranger.add_url_rule("/version", view_func=lambda: "hello")
    return {NO_ANSWER: f"http://127.0.0.1:{free_port()}/version", NOT_OURS: f"{serve(stranger)}/version"}


# How far to the right the content reaches: what is cut off counts as well as what is scrolled to.
REACH = """() => {
    const content = document.createRange();
    content.selectNodeContents(document.body);
    return Math.max(...Array.from(content.getClientRects(), (box) => box.right));
}"""


def test_a_phone_shows_every_word_of_what_fails(serve_web, peers, page, passes_wcag, screenshots):
    for found, peer in peers.items():
        page.goto(serve_web("blue", image_colour="green", version="1.0.0", peer_url=peer) + "/colours")
        expect(page.get_by_text(f"{found} × {REQUESTS}")).to_be_visible()
        for width in (360, 320):
            page.set_viewport_size({"width": width, "height": 640})
            assert page.evaluate(REACH) <= width, found
        passes_wcag()
        page.screenshot(path=screenshots / f"narrow-colours-{found.replace(' ', '-')}.png", full_page=True)
