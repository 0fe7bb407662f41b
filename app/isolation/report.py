"""The isolation report of one web server: its image, its database, its peers."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from ..identity import Identity, IdentitySource
from ..results import Result
from ..storage.database import Unavailable
from ..storage.marker import WHERE_TO_LOOK, Marker, OtherDatabase
from .peers import Peers

FRESH = 5.0  # seconds a report is cached, so that reloading the page does not load-test the peers
OLDEST = 10.0  # seconds a report is still given out while the next one is being made

# What each check asks, and where to look if it fails.
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
        "Do only web servers of this colour answer this one?",
        "Look at PEER_URL, and at the pods behind it and their label “version”; "
        "in a mesh at httpd-server’s routes and policies.",
    ),
}


@dataclass(frozen=True)
class Finding:
    """One question and its answer. `found` counts who was found there, by colour."""

    name: str
    question: str
    result: Result
    found: dict[str, int]
    sentence: str


@dataclass(frozen=True)
class Report:
    """All findings, as of a time."""

    identity: Identity
    checked: datetime
    findings: list[Finding]

    @property
    def result(self) -> Result:
        """The worst result; what was not checked does not count."""
        results = {finding.result for finding in self.findings}
        return next((result for result in (Result.FAIL, Result.PASS) if result in results), Result.NOT_CHECKED)

    def as_json(self) -> dict[str, Any]:
        """The report as it is sent."""
        return {
            "result": self.result,
            "checked": self.checked.isoformat(timespec="milliseconds"),
            "identity": asdict(self.identity),
            "checks": [asdict(finding) for finding in self.findings],
        }


class Reporter:
    """Makes reports, one at a time. Requests that arrive meanwhile get the one before, or one without findings.

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
        self.peers = peers
        self.clock = clock
        self.making = threading.Lock()
        self._last: tuple[float, Report] | None = None

    def latest(self, headers: Mapping[str, str]) -> Report:
        """A report that is at most OLDEST seconds old. `headers` are sent along to the peers."""
        identity, last = self._identity.current(), self._last
        age = self.clock() - last[0] if last and last[1].identity == identity else None
        if last and age is not None and age < FRESH:
            return last[1]
        if not self.making.acquire(blocking=False):
            return last[1] if last and age is not None and age < OLDEST else Report(identity, datetime.now(UTC), [])
        try:
            report = self._make(identity, headers)
            self._last = self.clock(), report
            return report
        finally:
            self.making.release()

    def _make(self, identity: Identity, headers: Mapping[str, str]) -> Report:
        findings = [
            check_image(identity),
            check_database(identity, self._marker),
            check_peers(identity, self.peers, headers),
        ]
        return Report(identity, datetime.now(UTC), findings)


def check_image(identity: Identity) -> Finding:
    """Compare the colour that the image was built for with the one that the process runs as."""
    built, colour = identity.image_colour, identity.colour
    found = {built: 1} if built else {}
    if not colour or (built and built != colour):
        return _finding("image", Result.FAIL, found, str(identity.remark))
    if not built:
        sentence = "This process does not run from an image that was built for a colour."
        return _finding("image", Result.NOT_CHECKED, found, sentence)
    return _finding("image", Result.PASS, found, f"The image was built for {built}, and the process runs as {colour}.")


def check_database(identity: Identity, marker: Marker) -> Finding:
    """Compare the colour that the database's marker names with ours."""
    try:
        marker.compare()
    except OtherDatabase as other:
        return _finding("database", Result.FAIL, {other.marker: 1} if other.marker else {}, str(other))
    except Unavailable as unavailable:
        return _finding("database", Result.FAIL, {}, str(unavailable))
    colour = identity.colour_name
    sentence = f"The database’s marker says {colour}: what is stored here stays with {colour}."
    return _finding("database", Result.PASS, {colour: 1}, sentence)


def check_peers(identity: Identity, peers: Peers | None, headers: Mapping[str, str]) -> Finding:
    """Ask PEER_URL which colours answer there."""
    if not peers:
        return _finding("peers", Result.NOT_CHECKED, {}, "PEER_URL is not set: there are no peers to ask.")
    colour = identity.colour_name
    found = dict(sorted(peers.ask(headers).items()))
    strangers = {who: times for who, times in found.items() if who != colour}
    requests = f"{sum(found.values())} requests to {peers.url}"
    if strangers:
        counts = ", ".join(f"{who} ({times})" for who, times in strangers.items())
        sentence = f"{sum(strangers.values())} of {requests} were not answered by {colour}: {counts}."
        return _finding("peers", Result.FAIL, found, sentence)
    return _finding("peers", Result.PASS, found, f"All {requests} were answered by {colour}.")


def _finding(name: str, result: Result, found: dict[str, int], sentence: str) -> Finding:
    question, where_to_look = QUESTIONS[name]
    sentence = f"{sentence} {where_to_look}" if result == Result.FAIL else sentence
    return Finding(name, question, result, found, sentence)
