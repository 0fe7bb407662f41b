"""python -m app.promote, with files as make run has them."""

import pytest
from click.testing import CliRunner, Result

from app.promote.command import promote
from tests.support.bridges import Killed, connected
from tests.support.bridges import promote as move
from tests.support.stores import SQLiteStore
from tests.support.world import World


@pytest.fixture
def store(tmp_path):
    """One kind of database: nothing here depends on it."""
    return SQLiteStore(tmp_path / "data")


@pytest.fixture
def world(store, make_app):
    world = World(store, make_app)
    for colour in ("blue", "blue", "green"):
        world.write(colour, "create")
    return world


@pytest.fixture
def run(world, store):
    def run(*options: str) -> Result:
        return CliRunner().invoke(promote, options, env={"DATA_DIR": str(store.folder)})

    return run


def test_it_moves_all_users_and_says_how_many(run, world, store):
    ran = run("--to", "green")
    assert (ran.exit_code, ran.output) == (
        0,
        "green has all 3 users now; blue keeps a copy that cannot be changed.\n",
    )
    assert len(store.ids("green")) == 3
    [(origin, users)] = store.sql("green", "SELECT origin, users FROM promotions WHERE finished IS NOT NULL")
    assert (origin, users) == ("blue", 3)


def test_again_there_is_nothing_to_do(run):
    run("--to", "green")
    ran = run("--to", "green")
    assert (ran.exit_code, ran.output) == (0, "The users of blue are on green already.\n")


def test_a_dry_run_changes_nothing(run, store):
    before = store.ids("blue"), store.ids("green")
    ran = run("--to", "green", "--dry-run", "--switch", "false")
    assert (ran.exit_code, ran.output) == (0, "The users of blue can be moved to green. Nothing was changed.\n")
    assert (store.ids("blue"), store.ids("green")) == before
    assert store.sql("blue", "SELECT * FROM sqlite_schema WHERE type = 'trigger'") == []


def test_a_copy_can_be_given_up(run, store):
    run("--to", "green")
    ran = run("--release", "blue")
    assert (ran.exit_code, ran.output) == (0, "blue is open again. Its copy of 2 users is deleted.\n")
    assert store.ids("blue") == []
    assert len(store.ids("green")) == 3


def test_only_a_copy_can_be_given_up(run, store):
    ran = run("--release", "blue")
    assert (ran.exit_code, ran.output.startswith("Error: blue has no copy")) == (1, True)
    assert len(store.ids("blue")) == 2


@pytest.mark.parametrize("options", [("--release", "blue"), ("--to", "blue")])
def test_users_that_are_on_their_way_have_to_arrive_first(run, world, store, options):
    def die_at_the_swap(_end, statement) -> None:
        if statement == "BEGIN" and store.sql("blue", "SELECT * FROM freezes WHERE moved_to IS NOT NULL"):
            raise Killed

    with pytest.raises(Killed):
        move(store, "green", die_at_the_swap)
    ran = run(*options)
    assert ran.exit_code == 1
    assert "have not all arrived on green. Go on with --to green first." in ran.output
    assert run("--to", "green").exit_code == 0
    assert len(store.ids("green")) == 3


def test_a_database_with_another_marker_is_refused(run, store):
    with store.marked("green", ["blue"]):
        ran = run("--to", "green")
    assert ran.exit_code == 1
    assert "is to be green’s, but its marker names blue" in ran.output
    assert len(store.ids("blue")) == 2


def test_there_is_one_at_a_time(run, store):
    with connected(store):
        ran = run("--to", "green")
    assert ran.exit_code == 1
    assert "another promotion is using blue’s database" in ran.output


@pytest.mark.parametrize(
    "options",
    [(), ("--to", "blue", "--release", "green"), ("--to", "red"), ("--to", ""), ("--release", "blue", "--dry-run")],
)
def test_it_has_to_be_told_what_to_do(run, options):
    assert run(*options).exit_code == 2


def test_the_plain_host_is_switched_at_the_end(run, store, tmp_path):
    assert run("--to", "green", "--switch", f"touch {tmp_path}/switched").exit_code == 0
    assert (tmp_path / "switched").exists()


def test_a_switch_that_fails_is_said_and_can_be_made_again(run):
    ran = run("--to", "green", "--switch", "false")
    assert ran.exit_code == 1
    assert "the users are moved, but the plain host is not switched. Run this again: false" in ran.output
    assert run("--to", "green", "--switch", "true").exit_code == 0


@pytest.mark.parametrize("command", ["no-such-command", "a 'b"])
def test_a_switch_that_cannot_run_is_said_too(run, command):
    assert "the plain host is not switched" in run("--to", "green", "--switch", command).output


def test_a_file_that_is_not_there_is_not_made(run, store):
    for file in store.folder.glob("green.sqlite3*"):
        file.unlink()
    ran = run("--to", "green", "--dry-run")
    assert ran.exit_code == 1
    assert "check DATA_DIR" in ran.output
    assert not (store.folder / "green.sqlite3").exists()


def test_a_field_that_it_does_not_know_is_not_lost(run, store):
    store.sql("blue", "ALTER TABLE users ADD COLUMN phone TEXT")
    ran = run("--to", "green")
    assert ran.exit_code == 1
    assert "other fields than this release knows: phone" in ran.output


def test_a_lost_database_is_a_sentence(run, store):
    for file in store.folder.glob("green.sqlite3*"):
        file.unlink()
    (store.folder / "green.sqlite3").write_bytes(b"no database, but long enough to be taken for one" * 100)
    ran = run("--to", "green")
    assert ran.exit_code == 1
    assert ran.output.startswith("Error: a database cannot be used (")


def test_nothing_is_left_but_the_copy_and_the_record(run, store):
    run("--to", "green")
    for colour in ("blue", "green"):
        assert store.sql(colour, "SELECT COUNT(*) FROM sqlite_schema WHERE type = 'trigger'") == [(0,)]
        for table in ("incoming", "changes", "progress"):
            assert store.sql(colour, f"SELECT COUNT(*) FROM {table}") == [(0,)]
