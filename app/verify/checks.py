"""The table of checks: each asks an edge, and returns what it found."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from ..colours import COLOURS
from ..live import BOTH, Live
from . import routing, state
from .edge import Edge
from .routing import Expected

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


def all_checks(live: Live = BOTH) -> list[Check]:
    """Every check, with the plain host switched to what is `live`."""
    checks = list(plain_checks(live))
    for colour in COLOURS:
        checks += answered_by(f"{colour} host", colour, Expected(frozenset({colour})))
        checks.append(Check(f"{colour} form", "reads its own, refuses another site’s", partial(routing.form, colour)))
        checks.append(Check(f"{colour} users", "created, found, changed, deleted", partial(state.users, colour)))
        for name, expected in FINDINGS.items():
            make = partial(state.report, colour, name)
            checks.append(Check(f"{colour} {name}", expected.format(colour=colour), make))
    checks.append(Check("unknown host", "404 from the edge", routing.unknown_host))
    return checks


def plain_checks(live: Live) -> Iterator[Check]:
    """The plain host: the live colour whatever the cookie says; else the colour of the cookie, or each its share."""
    expected = Expected(frozenset(live.shares()), each=not live.share)
    yield from answered_by("plain host", None, expected)
    yield Check("plain host switch", str(live), partial(routing.switch, live))
    if not live.only:
        limits = {colour: routing.bounds(share) for colour, share in live.shares().items()}
        ranges = ", ".join(f"{colour} {least}–{most}" for colour, (least, most) in limits.items())
        yield Check("plain host shares", f"{ranges} of {routing.MANY}", partial(routing.shares, live))
    for value in (*COLOURS, "red"):
        answering = expected if live.only or value not in COLOURS else Expected(frozenset({value}))
        make = partial(routing.answered_by, None, answering, stay=value)
        yield Check(f"plain host, cookie {value}", str(answering), make)
    yield Check("plain host, write", "its cookie leads back to it", state.stay)


def answered_by(name: str, host: str | None, expected: Expected) -> Iterator[Check]:
    """A host, in each of its spellings."""
    yield Check(name, str(expected), partial(routing.answered_by, host, expected))
    for how, spell in SPELLINGS.items():
        make = partial(routing.answered_by, host, expected, spell=spell)
        yield Check(f"{name} {how}", str(expected), make)
