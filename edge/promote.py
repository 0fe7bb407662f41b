"""Move all users to the other colour, and switch the plain host: python -m edge.promote PORT green"""

import signal
import subprocess
import sys

from app.colours import COLOURS
from app.live import Live

from .running import ROOT, CannotChange, parse_port, replace_routes, started_by_compose, started_by_run, state

IN_COMPOSE = ["docker", "compose", "run", "--rm", "--quiet-pull", "promote"]
ELSEWHERE = "in a cluster, see docs/promote.md"


def main(arguments: list[str]) -> str | int | None:
    """Move and switch. Returns what went wrong, or None."""
    typed_port, to = (*arguments, "", "")[:2]
    try:
        port = parse_port(typed_port)
        if to not in COLOURS:
            raise CannotChange(f"to which colour? Use {' or '.join(f'TO={colour}' for colour in COLOURS)}")
        _, fault = state(port)
        moved = subprocess.run([*command(port), "--to", to], cwd=ROOT, check=False)  # noqa: S603
        if moved.returncode:
            return moved.returncode
        replace_routes(port, Live(to), fault, ELSEWHERE)
    except CannotChange as error:
        return f"make promote: {error}"
    print(f"The plain host is served by {to}.")
    return None


def command(port: int) -> list[str]:
    """Where the databases are, so is the command. Raises CannotChange if they are elsewhere."""
    if started_by_run(port):
        return [sys.executable, "-m", "app.promote"]
    if started_by_compose(port):
        return IN_COMPOSE
    raise CannotChange(f"the edge on port {port} was not started in this folder; {ELSEWHERE}")


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # no traceback after Ctrl-C
    sys.exit(main(sys.argv[1:]))
