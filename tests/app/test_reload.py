"""With --reload an edit is taken over once it is saved: Python, templates, style sheets, a mistake and its repair."""

import os
import re
import shutil
import subprocess
import sys

import httpx
import pytest

from tests.support.one_machine import ROOT, free_port
from tests.support.waiting import eventually


@pytest.fixture(scope="module")
def edited(tmp_path_factory):
    """A copy of the application that is served with --reload: how to edit a file of it, and how to get a page."""
    folder, port = tmp_path_factory.mktemp("edited"), free_port()
    for name in ("app", "db"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    command = ["-m", "gunicorn", "-c", "app/gunicorn.conf.py", "--reload", "--bind", f"127.0.0.1:{port}"]
    environment = os.environ | {"COLOUR": "blue", "DATA_DIR": str(folder / "data")}
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, *command, "app:create_app()"], cwd=folder, env=environment, stdout=log, stderr=log
        )

    def edit(file: str, old: str, new: str) -> None:
        path = folder / "app" / "web" / file
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))

    def get(path: str) -> httpx.Response:
        try:
            return httpx.get(f"http://127.0.0.1:{port}{path}", timeout=5)
        except httpx.TransportError as error:  # between two workers
            raise AssertionError from error

    wait_for(get, "/", 200, "Simple Database App")
    yield edit, get
    process.terminate()
    process.wait(20)


@eventually
def wait_for(get, path: str, status: int, text: str) -> None:
    answer = get(path)
    assert (answer.status_code, text in answer.text) == (status, True)


EDITS = {
    "a template": (
        ("templates/home.html", "<h1>Simple Database App</h1>", "<h1>Edited</h1>"),
        ("/", 200, "<h1>Edited</h1>"),
    ),
    "a message in Python": (
        ("search.py", "is either “exact” or “prefix”", "is one of two words"),
        ("/users?match=x", 400, "is one of two words"),
    ),
    "a new route": (
        ("traffic.py", '@blueprint.get("/traffic")', '@blueprint.get("/new")\n@blueprint.get("/traffic")'),
        ("/new", 200, "Traffic"),
    ),
}


@pytest.mark.parametrize(("change", "expected"), EDITS.values(), ids=EDITS)
def test_an_edit_is_taken_over(edited, change, expected):
    edit, get = edited
    edit(*change)
    wait_for(get, *expected)


def test_a_style_sheet(edited):
    edit, get = edited
    edit("static/layout.css", "body {", "body { --edited: yes;")
    address = re.search(r'href="(/static/\w+/layout.css)"', get("/").text)
    assert address
    wait_for(get, address[1], 200, "--edited: yes")


def test_a_mistake_and_its_repair(edited):
    edit, get = edited
    edit("pages.py", "def home() -> Answer:", "def home( -> Answer:")
    wait_for(get, "/", 500, "SyntaxError")
    edit("pages.py", "def home( -> Answer:", "def home() -> Answer:")
    wait_for(get, "/", 200, "<h1>Edited</h1>")
