"""How all users of one colour are moved to the other, so that none is lost, doubled, or open for writing on both.

    copy        while both go on: what arrives is kept apart, and what is written meanwhile is noted
    freeze      both refuse writes: for FREEZE seconds, unless it is renewed
    catch up    what was noted
    prove       what has arrived is what has to, user by user
    hand over   the source refuses writes for good: from here on, there is only the way forward
    swap        what has arrived takes the place of the target's users, which are open again

If it ends anywhere before the hand-over, freezes run out by themselves and nothing has changed. Run again, it goes on
from where it was.
"""

import hashlib
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType

from .end import REVISION, End, Lapsed, Users

CHUNK = 500  # users that are copied at a time, and changes that are taken over
RANGE = 250  # users that are compared at a time, about
MOST_DIGITS = 3
RENEW = 1.0  # seconds between two renewals of a freeze

Progress = Callable[[str, int, int], None]


class Different(Exception):
    """What has arrived is not what has to be there. The message says how many ranges differ."""


@dataclass
class Promotion:
    """One move of all users from a source to a target."""

    id: str
    source: End
    target: End
    who: str
    progress: Progress
    started: datetime = field(default_factory=lambda: datetime.now(UTC))
    conflicts: set[str] = field(default_factory=set)
    users: int = 0  # that were moved

    def __post_init__(self) -> None:
        # A colour whose users were moved has a copy of what the source has: nothing of its own.
        self._owners = [self.source] if self.target.moved() else [self.target, self.source]
        count = sum(end.value("SELECT COUNT(*) FROM users") for end in self._owners)
        self._total = count
        self._digits = next((n for n in range(MOST_DIGITS) if count <= RANGE * 16**n), MOST_DIGITS)
        self._unproven = {f"{n:0{self._digits}x}" if self._digits else "" for n in range(16**self._digits)}
        self._digests: dict[str, bytes] = {}
        self._renewed = 0.0

    def run(self) -> None:
        """All of it, or what an earlier attempt has left of it.

        Raises Different or Lapsed, with nothing changed; or what the databases raise.
        """
        if not self.target.is_swapped(self.id):
            self._move()
        self.target.swap(self.id)
        self.clear()

    def _move(self) -> None:
        forgotten = self.target not in self._owners and self.target.changes(1)  # on a copy, which counts no more
        if forgotten or not all(end.is_watched() for end in self._owners):
            self.clear()
        self.copy()
        self.settle_down()
        try:
            self.freeze()
            self.catch_up()
            self.prove()
            self.record()
            self.hand_over()
        except BaseException as error:
            for end in (self.source, self.target):
                with suppress(Exception):  # or it runs out
                    end.thaw()
            if isinstance(error, Different):
                self.clear()  # to copy all of it again
            raise
        self.catch_up()  # somebody may have been deleted on purpose, freeze or not: make forget

    def copy(self) -> None:
        """Copy all users, in the order of their ids, from where an earlier attempt has got to."""
        for end in self._owners:
            end.watch()
        done = 0
        for end in self._owners:
            last = self.target.value("SELECT copied FROM progress WHERE colour = :colour", {"colour": end.colour}) or 0
            while True:
                last, users = end.after(last, CHUNK)
                if not users:
                    break
                self.settle(users, (end.colour, last), {end.colour: users})
                done += len(users)
                self.progress("copied", done, self._total)

    def settle_down(self) -> None:
        """Take over changes and compare, until that leaves no less to be done while writes are refused."""
        before, left = len(self._unproven) + 1, len(self._unproven)
        while left < before:
            self.catch_up()
            self.compare()
            before, left = left, len(self._unproven)

    def freeze(self) -> None:
        """Refuse writes on both ends, unless they are refused for good."""
        for end in self._owners:
            if not end.moved():
                end.freeze(self.id)
        self._renewed = time.monotonic()

    def renew(self) -> None:
        """Let the freezes last, if it is time. Raises Lapsed if one has ended."""
        if time.monotonic() > self._renewed + RENEW:
            self._renew()

    def _renew(self) -> None:
        self._renewed = time.monotonic()
        for end in self._owners:
            if not (end.moved() or end.renew(self.id)):
                raise Lapsed(end.colour)

    def catch_up(self) -> None:
        """Take over what was written since the copy began."""
        for end in self._owners:
            while changes := end.changes(CHUNK):
                self.settle({id for _, id in changes})
                end.forget(changes)
                if len(changes) < CHUNK:  # others may write faster than this
                    break

    def settle(
        self,
        ids: Iterable[str],
        copied: tuple[str, int] | None = None,
        read: Mapping[str, Users] = MappingProxyType({}),
    ) -> None:
        """Let arrive what has to be there of these users. Whatever was there before does not count.

        `read` has those of a colour that have just been read.
        """
        ids = set(ids)
        users = self.wanted(*(read.get(end.colour) or end.users(ids) for end in self._owners))
        self.target.put(users, ids - users.keys(), copied)
        self._unproven |= {id[: self._digits] for id in ids}

    def wanted(self, *held: Users) -> Users:
        """Of the users that the owners hold, those that have to arrive: of two with one id, the newer revision."""
        users: Users = {}
        for each in held:  # the source's last: with equal revisions, it wins
            for id, row in each.items():
                if id in users and users[id] != row:
                    self.conflicts.add(id)
                if id not in users or row[REVISION] >= users[id][REVISION]:
                    users[id] = row
        return users

    def prove(self) -> None:
        """Compare what is still to be compared, while nobody writes. Raises Different."""
        self.compare(self.renew)
        if self._unproven:
            self._renew()
            raise Different(str(len(self._unproven)))

    def compare(self, between: Callable[[], None] = lambda: None) -> None:
        """Compare range by range what has arrived with what has to; those that are equal need not be compared again."""
        for prefix in sorted(self._unproven):
            wanted = self.wanted(*(end.range(prefix) for end in self._owners))
            if wanted == self.target.range(prefix, "incoming"):
                self._unproven.discard(prefix)
                self._digests[prefix] = hashlib.sha256(repr(sorted(wanted.items())).encode()).digest()
            between()

    def record(self) -> None:
        """Note in the target what is moved."""
        digest = hashlib.sha256(b"".join(digest for _, digest in sorted(self._digests.items()))).hexdigest()
        self.users = self.target.value("SELECT COUNT(*) FROM incoming")
        self.target.begin_record(
            {
                "id": self.id,
                "origin": self.source.colour,
                "who": self.who,
                "started": f"{self.started:%Y-%m-%d %H:%M:%S}",
                "users": self.users,
                "conflicts": len(self.conflicts),
                "digest": digest,
            }
        )

    def hand_over(self) -> None:
        """Refuse writes on the source for good. Raises Lapsed if it has not refused them all the time."""
        self._renew()
        if not (self.source.moved() or self.source.hand_over(self.id, self.target.colour)):
            raise Lapsed(self.source.colour)

    def clear(self) -> None:
        """Leave nothing behind but the source's copy and the record."""
        for end in (self.source, self.target):
            end.clear()
