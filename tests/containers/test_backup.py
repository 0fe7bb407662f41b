"""make backup, restore and forget, with compose; a cluster differs in the command that enters the database."""

import subprocess

import pytest

from tests.support.examples import ADA
from tests.support.one_machine import ROOT
from tests.support.waiting import eventually

BLUE, GREEN = "pii-demo-blue.localhost", "pii-demo-green.localhost"


@pytest.fixture
def make(containers):
    def make(*arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
        command = ["make", "--no-print-directory", *arguments]
        return subprocess.run(
            command, cwd=ROOT, env=containers.environment, input=given, capture_output=True, text=True, check=False
        )

    return make


def store(containers, host: str, **details: str) -> str:
    """The id of a new user."""
    with containers.client(host) as client:
        answer = client.post("/api/v1/users", json=ADA | {"age": 36} | details)
        assert answer.status_code == 201
        return str(answer.json()["id"])


def user(containers, host: str, id: str) -> dict[str, object] | None:
    with containers.client(host) as client:
        answer = client.get(f"/api/v1/users/{id}")
        return dict(answer.json()) if answer.status_code == 200 else None


@eventually
def until_ready(containers, host: str) -> None:
    with containers.client(host) as client:
        assert client.get("/readyz").status_code == 200


def marker(containers, colour: str) -> str:
    script = '. /scripts/login.sh; sql --execute="SELECT colour FROM marker"'
    return str(containers.run("exec", "-T", f"mysql-server-{colour}", "sh", "-c", script).stdout.strip())


def test_a_destroyed_volume_comes_back_from_a_backup(containers, make):
    id = store(containers, BLUE, firstname="Zoë 'Z' \\ \N{SNOWMAN}", location="Łódź")
    before = user(containers, BLUE, id)
    backup = make("backup", "COLOUR=blue")
    assert (backup.returncode, backup.stderr) == (0, "")
    later = store(containers, BLUE)

    containers.run("rm", "--stop", "--force", "mysql-server-blue")
    subprocess.run(["docker", "volume", "rm", f"{containers.project}_blue"], check=True, capture_output=True)
    containers.run("up", "--detach", "--wait", "mysql-server-blue")
    until_ready(containers, BLUE)
    assert user(containers, BLUE, id) is None

    restored = make("restore", "COLOUR=blue", given=backup.stdout)
    assert (restored.returncode, restored.stderr) == (0, "")
    assert "blue has the" in restored.stdout
    assert user(containers, BLUE, id) == before
    assert user(containers, BLUE, later) is None
    assert marker(containers, "blue") == "blue"


def test_another_colours_backup_is_refused_unless_it_is_named(containers, make):
    mine, theirs = store(containers, GREEN), store(containers, BLUE)
    of_green, of_blue = (make("backup", f"COLOUR={colour}").stdout for colour in ("green", "blue"))
    refused = make("restore", "COLOUR=green", given=of_blue)
    assert refused.returncode != 0
    assert "add FROM=blue" in refused.stderr
    assert user(containers, GREEN, mine)

    assert make("restore", "COLOUR=green", "FROM=blue", given=of_blue).returncode == 0
    assert user(containers, GREEN, theirs)
    assert user(containers, GREEN, mine) is None
    assert marker(containers, "green") == "green"
    assert make("restore", "COLOUR=green", given=of_green).returncode == 0
    assert user(containers, GREEN, mine)


@pytest.mark.parametrize(
    ("kept", "reason"), [(0.6, "damaged or not complete"), (0, "is not a backup")], ids=["cut off", "empty"]
)
def test_what_is_not_a_whole_backup_changes_nothing(containers, make, kept, reason):
    id = store(containers, BLUE)
    backup = make("backup", "COLOUR=blue").stdout.splitlines(keepends=True)
    refused = make("restore", "COLOUR=blue", given="".join(backup[: int(kept * len(backup))]))
    assert refused.returncode != 0
    assert reason in refused.stderr
    assert user(containers, BLUE, id)


def test_a_backup_may_have_come_by_way_of_windows(containers, make):
    id = store(containers, BLUE)
    backup = make("backup", "COLOUR=blue").stdout.replace("\n", "\r\n")
    assert make("restore", "COLOUR=blue", given=backup).returncode == 0
    assert user(containers, BLUE, id)


def test_a_broken_statement_changes_nothing_and_nobody_is_quoted(containers, make):
    id = store(containers, BLUE, lastname="Yprés")
    backup = make("backup", "COLOUR=blue").stdout
    refused = make("restore", "COLOUR=blue", given=backup.replace("'Yprés',", "'Yprés','"))
    assert refused.returncode != 0
    assert "damaged or not complete" in refused.stderr
    assert "Yprés" not in refused.stderr
    assert user(containers, BLUE, id)


def test_a_person_is_forgotten_on_both_colours_whatever_the_case(containers, make):
    person = "Forget.O'Me@example.org"
    gone = [(host, store(containers, host, email=person)) for host in (BLUE, GREEN)]
    stays = store(containers, BLUE)
    forgotten = make("forget", "EMAIL=forget.o'me@EXAMPLE.org")
    assert (forgotten.returncode, forgotten.stdout) == (0, "blue: 1 deleted\ngreen: 1 deleted\n")
    assert [user(containers, host, id) for host, id in gone] == [None, None]
    assert user(containers, BLUE, stays)


def test_a_dollar_in_an_address_is_no_variable(containers, make):
    stays, gone = (store(containers, BLUE, email=email) for email in ("ada@dollar.example", "ada$x@dollar.example"))
    assert "blue: 1 deleted" in make("forget", "EMAIL= ada$x@dollar.example ").stdout
    assert (user(containers, BLUE, gone), bool(user(containers, BLUE, stays))) == (None, True)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["backup"], "COLOUR=blue or COLOUR=green"),
        (["restore", "COLOUR=red"], "COLOUR=blue or COLOUR=green"),
        (["backup", "COLOUR=blue", "IN=swarm"], "IN is compose or cluster, not swarm"),
        (["backup", "COLOUR=blue green"], "COLOUR=blue or COLOUR=green"),
        (["restore", "COLOUR=blue", "FROM=red"], "FROM is blue or green, not red"),
        (["forget"], "make forget EMAIL="),
        (["forget", "EMAIL= "], "make forget EMAIL="),
    ],
)
def test_a_wrong_input_is_one_sentence(containers, make, arguments, reason):
    refused = make(*arguments)
    assert refused.returncode != 0
    assert reason in refused.stderr
