"""The hosts a visitor can come by: the plain host over both colours, and one host per colour."""

import re
from dataclasses import dataclass

from .colours import COLOURS

STAY_COOKIE = "pii-demo-colour"  # on the plain host the edge sends a visitor who has it to the colour it names

_HOST = re.compile(rf"pii-demo(?:-({'|'.join(COLOURS)}))?(\.[a-z0-9.-]+(?::[0-9]+)?)", re.IGNORECASE)


@dataclass(frozen=True)
class Host:
    """The host of a request: `colour` is None on the plain host; `domain` is what follows, with its port."""

    colour: str | None
    domain: str

    def of(self, colour: str | None) -> str:
        """The address of a colour's host (None: of the plain host) in the same domain, without the scheme."""
        return f"//pii-demo{'-' + colour if colour else ''}{self.domain}"


def parse_host(host: str) -> Host | None:
    """What a `Host` header names; None where it is none of the application's hosts (an IP address, a port-forward)."""
    match = _HOST.fullmatch(host)
    return Host(match[1] and match[1].lower(), match[2].lower()) if match else None
