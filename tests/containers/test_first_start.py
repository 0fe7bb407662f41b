"""MySQL's first start breaks off halfway: the database is not healthy, and nobody has more rights than they use."""

import shutil
import subprocess
from collections.abc import Iterator

import pytest
from tenacity import retry, stop_after_delay, wait_fixed

from tests.support.mysql_server import DATABASE, IMAGE, PASSWORD, ROOT_PASSWORD, USER, docker_answers, run
from tests.support.one_machine import ROOT

MOST = {
    f"GRANT USAGE ON *.* TO {USER}@%",
    f"GRANT SELECT, INSERT, UPDATE, DELETE ON {DATABASE}.users TO {USER}@%",
    f"GRANT SELECT ON {DATABASE}.marker TO {USER}@%",
    f"GRANT SELECT ON {DATABASE}.freezes TO {USER}@%",
    f"GRANT SELECT ON {DATABASE}.promotions TO {USER}@%",
}
VARIABLES = {
    "COLOUR": "blue",
    "DATABASE": DATABASE,
    "MYSQL_USER": USER,
    "MYSQL_PASSWORD": PASSWORD,
    "MYSQL_ROOT_PASSWORD": ROOT_PASSWORD,
    "MYSQL_INITDB_SKIP_TZINFO": "1",
}


class Started:
    """A MySQL whose first start ends at a file of this name, or not at all."""

    def __init__(self, folder, breaks_at: str | None) -> None:
        shutil.copytree(ROOT / "db" / "initdb.d", folder / "initdb.d")
        if breaks_at:
            (folder / "initdb.d" / breaks_at).write_text("exit 1\n")
        folders = {folder / "initdb.d": "/docker-entrypoint-initdb.d", ROOT / "db" / "scripts": "/scripts"}
        self.container = run(
            *("docker", "run", "--detach", "--user", "999:999"),
            *(word for name, value in VARIABLES.items() for word in ("--env", f"{name}={value}")),
            *(word for path, at in folders.items() for word in ("--volume", f"{path}:{at}:ro")),
            IMAGE,
        )
        if breaks_at:
            assert run("docker", "wait", self.container) == "1"

    @retry(stop=stop_after_delay(60), wait=wait_fixed(0.2), reraise=True)
    def grants(self) -> set[str]:
        run(
            "docker", "start", self.container
        )  # again, as compose does, if a lock file of the first start was in its way
        return set(self.mysql("--host=127.0.0.1", f"--execute=SHOW GRANTS FOR {USER}").replace("`", "").splitlines())

    def is_healthy(self) -> bool:
        check = ["docker", "exec", self.container, "sh", "/scripts/healthy.sh"]
        return subprocess.run(check, capture_output=True, check=False).returncode == 0

    def mysql(self, *options: str) -> str:
        root = ["mysql", "--user=root", f"--password={ROOT_PASSWORD}", "--batch", "--skip-column-names"]
        return run("docker", "exec", self.container, *root, *options)


@pytest.fixture
def start(tmp_path) -> Iterator[object]:
    if not docker_answers():
        pytest.skip("no Docker: install it, with compose and buildx")
    started: list[Started] = []

    def start(breaks_at: str | None) -> Started:
        started.append(Started(tmp_path, breaks_at))
        return started[-1]

    yield start
    for each in started:
        run("docker", "rm", "--force", "--volumes", each.container)


@pytest.mark.parametrize("breaks_at", ["00-first.sh", "07-before-the-tables.sh", "15-before-the-marker.sh"])
def test_a_first_start_that_broke_off_is_not_healthy_and_says_so_and_gave_no_rights(start, breaks_at):
    broken = start(breaks_at)
    assert broken.grants() <= MOST
    assert not broken.is_healthy()
    logs = subprocess.run(["docker", "logs", broken.container], capture_output=True, text=True, check=True)
    assert "its first start was interrupted. If nothing is stored in it, delete its volume" in logs.stdout + logs.stderr


def test_a_whole_one_is_healthy_until_its_marker_or_its_rights_are_wrong(start):
    whole = start(None)

    @retry(stop=stop_after_delay(60), wait=wait_fixed(0.2), reraise=True)
    def healthy() -> None:
        assert whole.is_healthy()

    healthy()
    assert whole.grants() == MOST
    for harm, repair in (
        ("DELETE FROM marker", "INSERT INTO marker VALUES ('blue')"),
        ("UPDATE marker SET colour = 'green'", "UPDATE marker SET colour = 'blue'"),
        (f"GRANT ALL ON {DATABASE}.* TO {USER}", f"REVOKE ALL ON {DATABASE}.* FROM {USER}"),
    ):
        whole.mysql(DATABASE, f"--execute={harm}")
        assert not whole.is_healthy()
        whole.mysql(DATABASE, f"--execute={repair}")
        assert whole.is_healthy()
    logs = subprocess.run(["docker", "logs", whole.container], capture_output=True, text=True, check=True)
    assert "This database is not blue's, or its first start was interrupted." in logs.stdout + logs.stderr
