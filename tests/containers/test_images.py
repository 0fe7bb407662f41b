"""What is in the two images, and what they may do."""

import json
import subprocess
from typing import Any

import httpx
import pytest

from edge.run import versions
from tests.support.examples import ADA
from tests.support.mysql_server import docker_answers, run
from tests.support.one_machine import ROOT, free_port
from tests.support.waiting import eventually

# The rights of a web server in a cluster: only what it needs.
LOCKED = ("--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL", "--security-opt", "no-new-privileges")
COLOURS = ["blue", "green"]


@pytest.fixture(scope="module", autouse=True)
def images() -> None:
    if not docker_answers():
        pytest.skip("no Docker: install it, with compose and buildx")
    subprocess.run(["docker", "buildx", "bake"], cwd=ROOT, check=True, capture_output=True)


def inspect(image: str) -> dict[str, Any]:
    [found] = json.loads(run("docker", "image", "inspect", image))
    return dict(found)


def inside(image: str, *command: str) -> str:
    return run("docker", "run", "--rm", "--network", "none", *LOCKED, image, *command)


@pytest.mark.parametrize("colour", COLOURS)
def test_an_image_has_its_colour_and_version(colour):
    version = versions()[colour]
    image = inspect(f"pii-demo:{colour}")
    assert image["Id"] == inspect(f"pii-demo:{version}-{colour}")["Id"]
    assert {f"IMAGE_COLOUR={colour}", f"IMAGE_VERSION={version}"} <= set(image["Config"]["Env"])
    labels = image["Config"]["Labels"]
    assert labels["org.opencontainers.image.version"] == version
    assert labels["io.pii-demo.colour"] == colour
    assert labels["org.opencontainers.image.licenses"] == "Apache-2.0"


def test_what_is_published_is_for_both_kinds_of_machine_and_says_what_is_in_it_and_where_it_comes_from(monkeypatch):
    monkeypatch.setenv("IMAGE", "registry.example:5000/somebody/pii-demo")
    plan = json.loads(run("docker", "buildx", "bake", "publish", "--print", cwd=ROOT))
    for colour in COLOURS:
        target = plan["target"].pop(f"publish-{colour}")
        assert target["platforms"] == ["linux/amd64", "linux/arm64"]
        assert [each["type"] for each in target["attest"]] == ["provenance", "sbom"]
        assert target["tags"] == [
            f"registry.example:5000/somebody/pii-demo:{tag}" for tag in (colour, f"{versions()[colour]}-{colour}")
        ]
    assert plan["target"] == {}


def test_blue_and_green_share_every_layer():
    blue, green = (inspect(f"pii-demo:{colour}")["RootFS"]["Layers"] for colour in COLOURS)
    assert blue == green


def test_it_runs_as_nobody_in_particular_and_gunicorn_is_its_first_process():
    config = inspect("pii-demo:blue")["Config"]
    assert config["User"] == "10001:10001"
    assert config["Cmd"][:3] == ["python", "-m", "gunicorn"]
    assert config["Healthcheck"]["Test"][0] == "CMD"
    assert inside("pii-demo:blue", "id", "-u") == "10001"


def test_every_package_in_it_is_one_that_the_application_imports():
    """Started as in the mesh, with MySQL and without its TLS: what is in /packages but not imported is too much."""
    program = """
import pathlib, sys
import gunicorn.app.wsgiapp, pythonjsonlogger
import app, app.settings, app.worker
app.create_app(app.settings.Settings(mysql_host="x", mysql_tls="off"))
there = {path.name.split(".")[0] for path in pathlib.Path("/packages").iterdir() if "-info" not in path.name}
print(*sorted(there - {name.split(".")[0] for name in sys.modules} - {"__pycache__"}))
"""
    # Left over: what email-validator needs to ask the DNS.
    assert set(inside("pii-demo:blue", "python", "-c", program).split()) <= {"dns"}


def test_the_packages_that_send_spans_are_in_it_if_one_says_so():
    stage = ("--build-arg", "PACKAGES=otel", "--target", "packages")
    image = run("docker", "build", "--quiet", *stage, str(ROOT))
    assert "opentelemetry" in run("docker", "run", "--rm", "--network", "none", image, "ls", "/packages").split()


def test_nothing_of_ours_is_in_it_but_what_runs():
    assert inside("pii-demo:blue", "ls", "/srv", "/srv/db").split() == [
        *("/srv:", "app", "db"),
        *("/srv/db:", "sqlite-promote.sql", "sqlite.sql"),
    ]


def test_a_read_only_root_without_any_right_is_enough():
    program = (
        "import app; client = app.create_app().test_client();"
        "print(client.get('/readyz').status_code, client.get('/version').json['colour'])"
    )
    assert inside("pii-demo:green", "python", "-c", program) == "200 green"


def test_with_a_full_disk_it_is_not_ready_until_there_is_room_again():
    port = free_port()
    small = ("--detach", "--publish", f"127.0.0.1:{port}:8080", "--read-only", "--tmpfs", "/tmp:size=1m")
    container = run("docker", "run", *small, "pii-demo:blue")
    fill = "file = open('/tmp/filler', 'wb')\nwhile file.write(bytes(4096)): file.flush()"
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:

            @eventually
            def ready() -> None:
                try:
                    assert client.get("/readyz").status_code == 200
                except httpx.TransportError as error:  # Docker listens already, and nobody behind it
                    raise AssertionError from error

            ready()
            subprocess.run(["docker", "exec", container, "python", "-c", fill], check=False, capture_output=True)
            while (answer := client.post("/users/new", data=ADA)).status_code == 303:
                pass
            assert answer.status_code == 503
            assert "The disk of the database is full" in answer.text
            assert 'value="Lovelace"' in answer.text
            assert [client.get("/readyz").status_code for _ in range(20)] == [503] * 20
            run("docker", "exec", container, "rm", "/tmp/filler")
            ready()
            assert client.post("/users/new", data=ADA).status_code == 303
    finally:
        run("docker", "rm", "--force", container)


def test_the_bytecode_is_there_already():
    listed = inside("pii-demo:blue", "sh", "-c", "ls /srv/app/web/__pycache__ /packages/flask/__pycache__")
    assert "pages.cpython-313.pyc" in listed
    assert "app.cpython-313.pyc" in listed
