"""A person who sends a form while users are moved notices only that it takes a moment."""

import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest
from playwright.sync_api import expect

from tests.browser.test_forms import fill, press
from tests.support.one_machine import ROOT, running

FREEZE = "REPLACE INTO freezes (promotion, until) VALUES ('test', datetime('now', '+100 seconds'))"


@pytest.fixture
def machine(tmp_path):
    """Both colours with data of their own, since all users are moved."""
    with running(tmp_path) as machine:
        yield machine


def test_a_form_waits_while_users_are_moved_and_is_stored_where_they_are_then(machine, page, tmp_path, screenshots):
    plain = machine.host("plain")
    assert machine.switch("blue").returncode == 0
    page.goto(plain + "/users/new")
    fill(page, firstname="Augusta")
    with closing(sqlite3.connect(tmp_path / "blue.sqlite3", isolation_level=None)) as blue:
        blue.execute(FREEZE)
    press(page, "Store")
    expect(page.get_by_text("being moved from one colour to the other")).to_be_visible()
    expect(page.locator("#firstname")).to_have_value("Augusta")
    page.screenshot(path=screenshots / "moving.png", full_page=True)
    switch = f"{sys.executable} -m edge.live {machine.port} green"
    subprocess.run(
        [sys.executable, "-m", "app.promote", "--to", "green", "--switch", switch],
        cwd=ROOT,
        env={"DATA_DIR": str(tmp_path), "PATH": ""},
        check=True,
    )
    expect(page.get_by_text("Stored.")).to_be_visible()
    expect(page.locator("html")).to_have_class("green")
    page.goto(machine.host("blue") + "/users/new")
    fill(page)
    press(page, "Store on blue")
    expect(page.get_by_text("were moved to green")).to_be_visible()
    page.screenshot(path=screenshots / "moved.png", full_page=True)
    page.get_by_role("link", name="Open this page on green").click()
    expect(page.locator("html")).to_have_class("green")
