"""The hosts a visitor can use: the plain host over both colours, and one host per colour."""

import re
from dataclasses import dataclass

from .colours import COLOURS

# On the plain host, the edge sends a visitor who has one of these cookies to the colour that it names. The first is
# for https: with its prefix, browsers accept it from no other host.
# https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Set-Cookie#cookie_prefixes
SECURE_STAY_COOKIE = "__Host-pii-demo-colour"
STAY_COOKIE = "pii-demo-colour"
STAY_COOKIES = (SECURE_STAY_COOKIE, STAY_COOKIE)

_HOST = re.compile(rf"pii-demo(?:-({'|'.join(COLOURS)}))?\.([a-z0-9.-]+(?::[0-9]+)?)", re.IGNORECASE)


def host_name(colour: str | None, domain: str) -> str:
    """A colour's host in a domain; the plain host if the colour is None."""
    return f"pii-demo-{colour}.{domain}" if colour else f"pii-demo.{domain}"


@dataclass(frozen=True)
class Host:
    """The host of a request: `colour` is None on the plain host; `domain` is what follows, with its port."""

    colour: str | None
    domain: str

    def of(self, colour: str | None) -> str:
        """The address, without the scheme, of a colour's host (None: of the plain host) in the same domain."""
        return f"//{host_name(colour, self.domain)}"


def parse_host(host: str) -> Host | None:
    """What a `Host` header names; None if it is none of our hosts (an IP address, a port-forward)."""
    match = _HOST.fullmatch(host)
    return Host(match[1] and match[1].lower(), match[2].lower()) if match else None


def stay_pattern(name: str, colour: str) -> str:
    """A regular expression for a whole `Cookie` header that names a colour: for the edge, the mesh and the pages alike.

    Several headers arrive as one, joined by commas.
    """
    return rf'(.*[;,])?[ \t]*{name}[ \t]*=[ \t]*"?{colour}"?[ \t]*([;,].*)?'


_STAY_PATTERNS = [(re.compile(stay_pattern(name, colour)), colour) for name in STAY_COOKIES for colour in COLOURS]


def parse_stay(cookies: str) -> str | None:
    """The colour that a `Cookie` header asks to stay on. As at the edge, the first pattern that matches counts."""
    if STAY_COOKIE not in cookies:
        return None
    return next((colour for pattern, colour in _STAY_PATTERNS if pattern.fullmatch(cookies)), None)
