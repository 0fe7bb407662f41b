"""The table of checks: each asks an edge, and returns what it found."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from ..colours import COLOURS
from ..hosts import BOTH, STAY_COOKIE
from . import routing, state
from .edge import Edge

FINDINGS = {
    "image": "built for {colour}",
    "database": "{colour}’s",
    "peers": "all {colour}",
}
SPELLINGS: dict[str, Callable[[str], str]] = {
    "with a port": lambda host: f"{host}:8080",
    "with the node port": lambda host: f"{host}:30080",
    "in mixed case": str.title,
}


@dataclass(frozen=True)
class Check:
    """A check: its name, what is expected, and a function that returns what it found or raises Failed or NotChecked."""

    name: str
    expected: str
    make: Callable[[Edge], str]


def all_checks(live: str | None = None) -> list[Check]:
    """Every check. `live` is the colour that the plain host is switched to; None if it serves both."""
    checks = list(plain_checks({live} if live else set(COLOURS)))
    for colour in COLOURS:
        checks += answered_by(f"{colour} host", colour, {colour})
        checks.append(Check(f"{colour} form", "reads its own, refuses another site’s", partial(routing.form, colour)))
        checks.append(Check(f"{colour} users", "created, found, changed, deleted", partial(state.users, colour)))
        for name, expected in FINDINGS.items():
            make = partial(state.report, colour, name)
            checks.append(Check(f"{colour} {name}", expected.format(colour=colour), make))
    checks.append(Check("unknown host", "404 from the edge", routing.unknown_host))
    return checks


def plain_checks(expected: set[str]) -> Iterator[Check]:
    """The plain host: both colours in turn unless the cookie names one, or the live colour whatever the cookie says."""
    both = len(expected) > 1
    yield from answered_by("plain host", None, expected)
    switched = BOTH if both else next(iter(expected))
    yield Check("plain host switch", switched, partial(routing.switch, switched))
    if both:
        share = f"{routing.LEAST}–{routing.MOST} of {routing.MANY} from each"
        yield Check("plain host shares", share, routing.shares)
    for value in (*COLOURS, "red"):
        answering = {value} if both and value in COLOURS else expected
        cookie = f"a=b; {STAY_COOKIE}={value}"
        make = partial(routing.answered_by, None, answering, cookie=cookie)
        yield Check(f"plain host, cookie {value}", listed(answering), make)
    yield Check("plain host, write", "its cookie leads back to it", state.stay)


def answered_by(name: str, host: str | None, expected: set[str]) -> Iterator[Check]:
    """A host, in each of its spellings."""
    yield Check(name, listed(expected), partial(routing.answered_by, host, expected))
    for how, spell in SPELLINGS.items():
        make = partial(routing.answered_by, host, expected, spell=spell)
        yield Check(f"{name} {how}", listed(expected), make)


def listed(colours: set[str]) -> str:
    """The colours, as text."""
    return " and ".join(sorted(colours)) + (" only" if len(colours) == 1 else "")
