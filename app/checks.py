"""What this web knows of whom it talks to: its image, its database, its peers."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from .colours import NO_COLOUR
from .database import Unavailable
from .identity import Identity, IdentitySource
from .isolation import WHERE_TO_LOOK, Marker, OtherDatabase
from .peers import Peers
from .results import Result

FRESH = 5.0  # seconds for which a report is given again, so that reloading it is no load test of the peers
OLDEST = 10.0  # seconds for which it is given to those who ask while the next one is made

# What each check asks, and where to look when it fails.
QUESTIONS = {
    "image": (
        "Is the image this colour’s?",
        "Look at the image of the Deployment and at its pods’ label “version”.",
    ),
    "database": (
        "Is the database this colour’s?",
        WHERE_TO_LOOK,
    ),
    "peers": (
        "Do only webs of this colour answer this one?",
        "Look at PEER_URL, and at the pods behind it and their label “version”; "
        "in a mesh at httpd-server’s routes and policies.",
    ),
}


@dataclass(frozen=True)
class Check:
    """One question and its answer. `found` counts who was found there, by colour."""

    name: str
    question: str
    result: Result
    found: dict[str, int]
    sentence: str


@dataclass(frozen=True)
class Report:
    """All checks, as of a time."""

    identity: Identity
    checked: datetime
    checks: list[Check]

    @property
    def result(self) -> Result:
        """The worst of the checks; what was not checked counts for nothing."""
        results = {check.result for check in self.checks}
        return next((result for result in (Result.FAIL, Result.PASS) if result in results), Result.NOT_CHECKED)

    def as_json(self) -> dict[str, Any]:
        """The report as it is sent."""
        checks = [asdict(check) for check in self.checks]
        return {
            "result": self.result,
            "checked": self.checked.isoformat(timespec="milliseconds"),
            "identity": asdict(self.identity),
            "checks": checks,
        }


class Checks:
    """Makes reports, one at a time; whoever asks meanwhile gets the one before, or one without checks.

    `clock` counts seconds.
    """

    def __init__(
        self,
        identity: IdentitySource,
        marker: Marker,
        peers: Peers | None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._identity = identity
        self._marker = marker
        self._peers = peers
        self._clock = clock
        self._checking = threading.Lock()
        self._last: tuple[float, Report] | None = None

    def report(self, headers: Mapping[str, str]) -> Report:
        """A report that is at most OLDEST old. `headers` go along with what is asked of the peers."""
        identity, last = self._identity.current(), self._last
        age = self._clock() - last[0] if last and last[1].identity == identity else None
        if last and age is not None and age < FRESH:
            return last[1]
        if not self._checking.acquire(blocking=False):
            return last[1] if last and age is not None and age < OLDEST else Report(identity, datetime.now(UTC), [])
        try:
            report = self._report(identity, headers)
            self._last = self._clock(), report
            return report
        finally:
            self._checking.release()

    def _report(self, identity: Identity, headers: Mapping[str, str]) -> Report:
        checks = [
            check_image(identity),
            check_database(identity, self._marker),
            check_peers(identity, self._peers, headers),
        ]
        return Report(identity, datetime.now(UTC), checks)


def _check(name: str, result: Result, found: dict[str, int], sentence: str) -> Check:
    question, look = QUESTIONS[name]
    return Check(name, question, result, found, f"{sentence} {look}" if result == Result.FAIL else sentence)


def check_image(identity: Identity) -> Check:
    """The colour that the image was built as against the one that the process runs as, its pod's label first."""
    built, colour = identity.image_colour, identity.colour
    found = {built: 1} if built else {}
    if not colour or (built and built != colour):
        return _check("image", Result.FAIL, found, str(identity.remark))
    if not built:
        sentence = "This process does not run from an image that was built for a colour."
        return _check("image", Result.NOT_CHECKED, found, sentence)
    return _check("image", Result.PASS, found, f"The image was built as {built}, and {colour} is what it runs as.")


def check_database(identity: Identity, marker: Marker) -> Check:
    """The colour that the database's marker names against our own."""
    own = identity.colour or NO_COLOUR.name
    try:
        marker.compare()
    except OtherDatabase as other:
        return _check("database", Result.FAIL, {other.marker: 1} if other.marker else {}, str(other))
    except Unavailable as unavailable:
        return _check("database", Result.FAIL, {}, str(unavailable))
    sentence = f"The database’s marker says {own}: what is stored here stays with {own}."
    return _check("database", Result.PASS, {own: 1}, sentence)


def check_peers(identity: Identity, peers: Peers | None, headers: Mapping[str, str]) -> Check:
    """Which colours answer at PEER_URL."""
    if not peers:
        return _check("peers", Result.NOT_CHECKED, {}, "PEER_URL is not set: there is nobody to ask.")
    own = identity.colour or NO_COLOUR.name
    found = dict(sorted(peers.ask(headers).items()))
    others = {who: times for who, times in found.items() if who != own}
    requests = f"{sum(found.values())} requests to {peers.url}"
    if others:
        listed = ", ".join(f"{who} ({times})" for who, times in others.items())
        sentence = f"{sum(others.values())} of {requests} were not answered by {own}: {listed}."
        return _check("peers", Result.FAIL, found, sentence)
    return _check("peers", Result.PASS, found, f"All {requests} were answered by {own}.")
