"""Blue's dump is restored into green while green runs, and then green's own, by the commands of docs/operations.md."""

import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import httpx

from app.colours import COLOURS
from tests.cluster.conftest import Cluster
from tests.cluster.test_passwords import commands
from tests.support.examples import ADA
from tests.support.waiting import eventually

READY = """
import urllib.error, urllib.request
try:
    result = urllib.request.urlopen("http://127.0.0.1:8080/readyz", timeout=10).status
except urllib.error.HTTPError as error:
    result = error.code
"""


def ask(cluster: Cluster, colour: str, path: str, form: dict[str, str] | None = None) -> httpx.Response:
    with httpx.Client(headers={"Host": str(cluster.host(colour))}, timeout=30) as client:
        return client.request("POST" if form else "GET", cluster.gateway + path, data=form)


def store(cluster: Cluster, colour: str) -> str:
    form = ADA | {"id": str(uuid4())}
    assert ask(cluster, colour, "/users/new", form).status_code == 303
    return form["id"]


def run(command: str, folder: Path) -> None:
    subprocess.run(["bash", "-euo", "pipefail", "-c", command], cwd=folder, check=True, timeout=300)


def test_another_colours_dump_is_refused_at_once_and_ones_own_puts_it_right(mesh: Cluster, tmp_path):
    users = {colour: store(mesh, colour) for colour in COLOURS}
    to_file, from_file = commands("Back up and restore").split("kubectl")[1:]
    for colour in COLOURS:
        run("kubectl" + to_file.replace("blue", colour), tmp_path)
    own = tmp_path / "green.sql"
    own.write_text("DROP TABLE users;\n" + own.read_text(encoding="utf-8"), encoding="utf-8")

    def restore(file: str) -> None:
        command = from_file.replace("blue.sql", file).replace("mysql-server-blue", "mysql-server-green")
        run("kubectl" + command, tmp_path)

    of_blue = f"/users/{users['blue']}"
    try:
        with ThreadPoolExecutor(1) as pool:  # with many users this takes longer than the gateway asks green
            restoring = pool.submit(restore, "blue.sql")
            meanwhile = []
            while not restoring.done():
                meanwhile.append(ask(mesh, "green", of_blue))
            restoring.result()
        refused = [ask(mesh, "green", path) for path in (of_blue, "/users", "/api/v1/users")]
        refused.append(ask(mesh, "green", "/users/new", ADA | {"id": str(uuid4())}))
        ready = mesh.python(mesh.web("green"), READY)

        @eventually
        def the_gateway_asks_nobody() -> None:
            assert ask(mesh, "green", "/version").status_code == 503

        the_gateway_asks_nobody()
    finally:
        restore("green.sql")
    assert {answer.status_code for answer in meanwhile} <= {404, 503}
    assert {answer.status_code for answer in refused} == {503}
    assert any("belongs to blue" in answer.text for answer in meanwhile + refused)
    assert ready == 503

    @eventually
    def green_is_back() -> None:
        answers = [ask(mesh, "green", f"/users/{users['green']}").status_code for _ in range(20)]
        assert set(answers) == {200}

    green_is_back()
    assert ask(mesh, "green", of_blue).status_code == 404
