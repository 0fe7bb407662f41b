"""Switch the plain host while the edge runs: python -m edge.live PORT blue|green|both [PERCENTAGE of new visitors]"""

import signal
import sys

from app.colours import COLOURS
from app.hosts import host_name
from app.live import BOTH, Live

from .ask import DOMAIN
from .running import CannotChange, parse_port, replace_routes, state

CHOICES = (*COLOURS, str(BOTH))
SHARES = range(1, 100)  # per cent
ELSEWHERE = "in a cluster, kubectl apply -k istio/live/green does it"


def main(arguments: list[str]) -> str | None:
    """Switch. Returns what went wrong, or None."""
    typed_port, colour, share = (*arguments, "", "", "")[:3]
    try:
        port = parse_port(typed_port)
        live = parse(colour, share)
        _, fault = state(port)
        replace_routes(port, live, fault, ELSEWHERE)
    except CannotChange as error:
        return f"make live: {error}"
    print(f"http://{host_name(None, DOMAIN)}:{port} is served by {live.words}.")
    return None


def parse(colour: str, share: str) -> Live:
    """What COLOUR and SHARE mean. Raises CannotChange if they mean nothing."""
    if colour not in CHOICES:
        problem = f"“{colour}” is not a colour" if colour else "which colour?"
        raise CannotChange(f"{problem}; use {' or '.join(f'COLOUR={choice}' for choice in CHOICES)}")
    if colour not in COLOURS:
        if share:
            raise CannotChange(f"a share is one colour’s; use {' or '.join(f'COLOUR={each}' for each in COLOURS)}")
        return BOTH
    if share and not (share.isascii() and share.isdecimal() and int(share) in SHARES):
        raise CannotChange(f"“{share}” is not a percentage from 1 to 99; for everybody, leave SHARE out")
    return Live(colour, int(share) if share else None)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # no traceback after Ctrl-C
    sys.exit(main(sys.argv[1:]))
