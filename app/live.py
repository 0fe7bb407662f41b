"""What the plain host is switched to: as the edge says in a header, as people say on a command line."""

import re
from dataclasses import dataclass

from .colours import COLOURS

HEADER = "x-edge-live"  # from the edge, to web servers and visitors

# What is live in a few words, for a metric: without the percentage of a share.
LABELS = ("both", *COLOURS, *(f"{colour}-share" for colour in COLOURS))

_SAID = re.compile(rf"both|({'|'.join(COLOURS)})(?:=([1-9][0-9]?))?")


@dataclass(frozen=True)
class Live:
    """What the plain host is switched to: both in turn, a colour, or a share of new visitors to a colour.

    `share` is the percentage, 1 to 99, of visitors without a cookie that `colour` serves; None: it serves everybody.
    """

    colour: str | None = None
    share: int | None = None

    def __str__(self) -> str:
        """As in the header: `both`, `green` or `green=10`."""
        return f"{self.colour or 'both'}{f'={self.share}' if self.share else ''}"

    @property
    def only(self) -> str | None:
        """The colour that serves everybody, whatever their cookie says; None if there is none."""
        return None if self.share else self.colour

    @property
    def label(self) -> str:
        """One of LABELS."""
        return f"{self.colour}-share" if self.share else str(self)

    @property
    def words(self) -> str:
        """Who serves the plain host, for people."""
        if not self.share:
            return str(self)
        others = " and ".join(sorted(COLOURS.keys() - {self.colour}))
        return f"{others}, with {self.share}% of new visitors on {self.colour}"

    def shares(self) -> dict[str, float]:
        """Each colour that serves new visitors, and its share of them; together 1."""
        if self.only:
            return {self.only: 1}
        own = (self.share or 0) / 100
        rest = COLOURS.keys() - {self.colour}
        return {colour: own if colour == self.colour else (1 - own) / len(rest) for colour in COLOURS}


BOTH = Live()


def parse_live(said: str | None) -> Live | None:
    """What the header says; None if nothing, or nothing that an edge of ours says."""
    match = _SAID.fullmatch(said or "")
    return Live(match[1], int(match[2]) if match[2] else None) if match else None
