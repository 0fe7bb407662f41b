"""All users of a colour are moved to the other: none is lost or doubled, whatever is written or breaks meanwhile."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import count, cycle
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from app.colours import COLOURS
from app.promote.check import Refused
from app.promote.end import End, Lapsed
from app.promote.protocol import Different
from tests.support.bridges import Killed, promote
from tests.support.stores import MySQLStore, SQLiteStore, Store
from tests.support.world import ADA, UNWATCH, World

KINDS = ["create", "change", "delete"]
EVERY_WRITE = [(colour, kind) for kind in KINDS for colour in COLOURS]


@pytest.fixture
def as_made(store):
    """Afterwards, the tables of MySQL are those that its first start has made, and not the ones exchanged for them."""
    yield
    if isinstance(store, MySQLStore):
        for server in store.servers.values():
            server.sql(*UNWATCH)
            [(_, made)] = server.sql("SHOW CREATE TABLE users")
            if "users_chk_1" in made:
                server.sql("RENAME TABLE users TO aside, incoming TO users, aside TO incoming")


@pytest.fixture
def world(store, make_app, as_made):
    return World(store, make_app)


def few(store: Store) -> int:
    """Of the many places at which something can happen, each database gets some, as all of them would take too long."""
    return 5 if isinstance(store, SQLiteStore) else 40


@dataclass
class Event:
    """Something that happens before every statement from a certain one on; people write before each."""

    world: World
    place: int
    happens: Callable[[], None]
    happened: bool = False
    kinds: Iterator[str] = field(default_factory=lambda: cycle(KINDS))

    def __call__(self, number: int) -> None:
        for colour in COLOURS:
            self.world.write(colour, next(self.kinds), number)
        if number >= self.place:
            self.happened = True
            self.happens()


def at_each_statement(world: World, happens: Callable[[], None], *ends_with: type[BaseException]) -> None:
    """There and back, once for each statement of it before which something happens; others write all the time.

    Whatever that ends with, all is well when it has been run again.
    """
    for place in count(step=few(world.store)):
        world.begin_anew()
        for colour in COLOURS:
            for _ in range(3):
                world.write(colour, "create")
        event = Event(world, place, happens)
        with suppress(*ends_with):
            world.promote("green", event)
        world.no_user_can_be_written_on_both()
        world.promote("green")
        for colour, kind in EVERY_WRITE:
            world.write(colour, kind)
        world.promote("blue")
        world.no_user_can_be_written_on_both()
        if not event.happened:
            return


def test_it_moves_them_there_and_back(world):
    for colour in COLOURS:
        world.write(colour, "create")
    for to in ("green", "blue", "green"):
        world.promote(to)
        world.promote(to)  # is nothing more to do
        for colour, kind in EVERY_WRITE:
            world.write(colour, kind)
        world.no_user_can_be_written_on_both()


def test_what_is_written_meanwhile_is_moved_too(world):
    world.promote("green", Event(world, 0, lambda: None))


def test_killed_anywhere_it_goes_on_when_run_again(world):
    def die() -> None:
        raise Killed

    at_each_statement(world, die, Killed)


def test_if_a_freeze_runs_out_nothing_is_lost(world):
    at_each_statement(world, world.time_passes, Lapsed)


def test_killed_anywhere_and_long_ago_it_goes_on_when_run_again(world):
    def die() -> None:
        world.time_passes()
        for colour, kind in EVERY_WRITE:
            world.write(colour, kind)
        raise Killed

    at_each_statement(world, die, Killed)


def test_what_has_not_arrived_as_it_has_to_stops_it_and_changes_nothing(world, store):
    for _ in range(3):
        world.write("blue", "create")
    before = store.sql("blue", "SELECT * FROM users"), store.sql("green", "SELECT * FROM users")

    def damage(_end: End, statement: str) -> None:
        if statement.startswith("SELECT seq"):  # all has been copied
            store.sql("green", "UPDATE incoming SET location = 'Paris'")

    with pytest.raises(Different):
        promote(store, "green", damage)
    assert (store.sql("blue", "SELECT * FROM users"), store.sql("green", "SELECT * FROM users")) == before
    for colour, kind in EVERY_WRITE:
        world.write(colour, kind)
    assert len(world.stored) == 3
    world.promote("green")


def test_of_a_user_on_both_the_newer_revision_is_kept_and_listed(world, store):
    older, newer, same = (str(uuid4()) for _ in range(3))
    for colour, changed in (("blue", newer), ("green", older)):
        storage = world.storages[colour]
        for id in (older, newer, same):
            storage.add(id, datetime(2026, 1, 1, tzinfo=UTC), ADA)
        storage.replace(changed, 1, replace(ADA, firstname=colour))
    moved = promote(store, "green")
    assert moved
    assert moved.conflicts == {older, newer}
    assert world.on("green") == {older: "green", newer: "blue", same: "Ada"}


def machine(world: World) -> type[RuleBasedStateMachine]:
    writes = st.tuples(st.sampled_from(list(COLOURS)), st.sampled_from(KINDS), st.integers(0, 9))
    places = st.integers(0, 80)  # statements

    class Promotions(RuleBasedStateMachine):
        """People write on both colours, promotions run and die, and time passes."""

        @initialize()
        def begin(self) -> None:
            world.begin_anew()

        @rule(write=writes)
        def write(self, write: tuple[str, str, int]) -> None:
            world.write(*write)

        @rule()
        def time_passes(self) -> None:
            world.time_passes()

        @rule(
            to=st.sampled_from(list(COLOURS)),
            meanwhile=st.dictionaries(places, writes, max_size=20),
            death=st.none() | places,
            lapse=st.none() | places,
        )
        def promote(
            self, to: str, meanwhile: dict[int, tuple[str, str, int]], death: int | None, lapse: int | None
        ) -> None:
            def before(number: int) -> None:
                if death is not None and number >= death:
                    raise Killed
                if number == lapse:
                    world.time_passes()
                if number in meanwhile:
                    world.write(*meanwhile[number])

            with suppress(Killed, Lapsed, Different, Refused):
                world.promote(to, before)

        @invariant()
        def no_user_can_be_written_on_both(self) -> None:
            world.no_user_can_be_written_on_both()

    return Promotions


def test_whatever_happens_in_whatever_order_no_user_is_lost_doubled_or_open_on_both(world, store):
    examples = 120 // few(store)
    options = settings(
        max_examples=examples, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
    )
    run_state_machine_as_test(machine(world), settings=options)
