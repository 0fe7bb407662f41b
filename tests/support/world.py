"""Two colours in which people write while users are moved, and what the people were told that is stored."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from uuid import uuid4

from flask import Flask

from app.colours import COLOURS
from app.promote.end import WATCHED
from app.storage.database import Unavailable
from app.storage.users import Storage
from app.users import Details
from tests.support.bridges import promote
from tests.support.clients import services_of
from tests.support.stores import Store

ADA = Details("Ada", "Lovelace", "ada@example.org", 36, "London")
UNWATCH = [f"DROP TRIGGER IF EXISTS users_{event.lower()}" for event in WATCHED]
TABLES = ("users", "incoming", "changes", "progress", "freezes", "promotions")


class World:
    """Both colours, and what people were told that is stored: by id, wherever it is."""

    def __init__(self, store: Store, make_app: Callable[..., Flask]) -> None:
        self.store = store
        self.storages: dict[str, Storage] = {}
        for colour in COLOURS:
            app = make_app(colour=colour)
            assert app.test_client().get("/readyz").status_code == 200
            self.storages[colour] = services_of(app).storage
        self.begin_anew()

    def begin_anew(self) -> None:
        for colour in COLOURS:
            self.store.sql(colour, *UNWATCH, *(f"DELETE FROM {table}" for table in TABLES))
        self.stored: dict[str, Details] = {}
        self.number = 0

    def write(self, colour: str, kind: str, which: int = 0) -> None:
        """Create a user, or change or delete one of those that are there, and note whether that was acknowledged."""
        storage, ids = self.storages[colour], [id for id in self.store.ids(colour) if id in self.stored]
        self.number += 1
        details = replace(ADA, firstname=f"Ada {self.number}")
        id = str(uuid4()) if kind == "create" or not ids else ids[which % len(ids)]
        with suppress(Unavailable):  # then nothing was stored
            if kind == "create" or not ids:
                storage.add(id, datetime.now(UTC), details)
                self.stored[id] = details
            elif kind == "change":
                before = storage.get(id)
                if before and storage.replace(id, before.revision, details):
                    self.stored[id] = details
            elif storage.delete(id):
                del self.stored[id]

    def time_passes(self) -> None:
        """All freezes that can run out have."""
        for colour in COLOURS:
            self.store.sql(colour, "DELETE FROM freezes WHERE moved_to IS NULL")

    def on(self, colour: str) -> dict[str, str]:
        """The first names, which differ after every write, by id."""
        return dict(self.store.sql(colour, "SELECT public_id, firstname FROM users"))

    def promote(self, to: str, before: Callable[[int], None] = lambda _number: None) -> None:
        """Move all users to a colour, and see all of them there. `before` gets the number of each statement."""
        numbers = count()
        promote(self.store, to, lambda _end, _statement: before(next(numbers)))
        assert self.on(to) == {id: details.firstname for id, details in self.stored.items()}

    def no_user_can_be_written_on_both(self) -> None:
        frozen = "SELECT * FROM freezes WHERE until > CURRENT_TIMESTAMP"
        if not any(self.store.sql(colour, frozen) for colour in COLOURS):
            assert not set(self.store.ids("blue")) & set(self.store.ids("green"))
