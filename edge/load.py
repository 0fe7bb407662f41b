"""Mild traffic on the three hosts: python -m edge.load --rate 20, until Ctrl-C"""

import itertools
import signal
import time
from collections import Counter

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # no traceback if Ctrl-C comes during the imports

from ssl import SSLContext

import click

from app.colours import COLOURS
from app.verify.edge import Edge
from app.verify.options import edge_options

PATHS = ("/version", "/", "/users", "/users/new")
HOSTS = (None, *COLOURS)


@click.command()
@edge_options
@click.option("--rate", type=click.FloatRange(0.1, 200), default=20, show_default=True, help="Requests a second.")
@click.option("--seconds", type=click.FloatRange(0), help="How long; without it, until Ctrl-C.")
def main(via: str, domain: str, trust: SSLContext | None, rate: float, seconds: float | None) -> None:
    """Ask for pages of the three hosts in turn, and say each second who answered."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    edge, answers = Edge(via, domain, trust=trust), Counter[str]()
    started, said = time.monotonic(), 0
    try:
        for number, (path, host) in enumerate(itertools.cycle(itertools.product(PATHS, HOSTS))):
            ahead = number / rate - (time.monotonic() - started)
            if ahead > 0:
                time.sleep(ahead)
            answers[edge.ask(edge.host(host), path).who] += 1
            elapsed = time.monotonic() - started
            if elapsed >= said + 1:
                said = int(elapsed)
                click.echo(line(said, answers))
            if seconds is not None and elapsed >= seconds:
                break
    except KeyboardInterrupt:
        click.echo()


def line(seconds: int, answers: Counter[str]) -> str:
    """How many requests there were, and who answered them."""
    who = ", ".join(f"{name} {times}" for name, times in sorted(answers.items()))
    return f"{seconds:5} s  {answers.total():6} requests  {who}"


if __name__ == "__main__":
    main(prog_name="python -m edge.load")
