"""make promote with compose: between two MySQLs that reach each other only through the command."""

import httpx
import pytest

from tests.containers.test_backup import BLUE, GREEN, make, store, user
from tests.support.compose import Compose
from tests.support.examples import ADA
from tests.support.verifying import verify

__all__ = ["make"]  # a fixture


@pytest.fixture
def left_as_found(containers, make):
    """Afterwards, both colours are open and take turns."""
    yield
    assert make("promote", f"PORT={containers.port}", "TO=blue").returncode == 0
    released = containers.run("run", "--rm", "--no-TTY", "promote", "--release", "green")
    assert "green is open again" in released.stdout
    assert make("live", f"PORT={containers.port}", "COLOUR=both").returncode == 0
    assert verify(containers.address).returncode == 0


def change(containers: Compose, host: str, id: str) -> httpx.Response:
    """Give that user another first name."""
    with containers.client(host) as client:
        match = {"If-Match": client.get(f"/api/v1/users/{id}").headers["etag"]}
        return client.put(f"/api/v1/users/{id}", json=ADA | {"age": 36, "firstname": "Augusta"}, headers=match)


def test_users_are_moved_there_and_what_is_written_there_back(containers, make, left_as_found):
    ids = [store(containers, host) for host in (BLUE, GREEN)]
    moved = make("promote", f"PORT={containers.port}", "TO=green")
    assert moved.returncode == 0, moved.stderr
    assert "blue keeps a copy that cannot be changed.\nThe plain host is served by green.\n" in moved.stdout
    for id in ids:
        assert change(containers, GREEN, id).status_code == 200
    assert change(containers, BLUE, ids[0]).json()["moved_to"] == "green"
    assert "not checked" in verify(containers.address).stdout
    refused = make("restore", "COLOUR=blue", given=make("backup", "COLOUR=blue").stdout)
    assert refused.returncode != 0
    assert "Its users were moved" in refused.stderr
    back = make("promote", f"PORT={containers.port}", "TO=blue")
    assert back.returncode == 0, back.stderr
    assert all((user(containers, BLUE, id) or {})["firstname"] == "Augusta" for id in ids)
