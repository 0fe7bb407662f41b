"""The same at the article's limits: 0.1 CPU and 128 MiB."""

from contextlib import ExitStack

from bench.containers import LIMITS, application, peer, with_peers_table
from bench.figures import Run
from bench.load import measure
from bench.pages import APPLICATION, OURS, PEER, PEERS, STRONG
from tests.support.mysql_server import Server

ROUNDS = 3
SECONDS = 4


def measure_part(run: Run, mysql: Server) -> None:
    """Each in turn, round by round."""
    with_peers_table(mysql)
    with ExitStack() as stack:
        who = {
            APPLICATION: (stack.enter_context(application(mysql, *LIMITS)), OURS),
            PEER: (stack.enter_context(peer(mysql, *LIMITS)), PEERS),
            STRONG: (stack.enter_context(peer(mysql, *LIMITS, STRONG="1")), PEERS),
        }
        for _ in range(ROUNDS):
            for what in ("form", "store"):
                for name, (web, paths) in who.items():
                    load = measure(web, paths[what], seconds=SECONDS, store=what == "store")
                    run.row("limited", f"{what} at 0.1 CPU", name).add(rate=load.rate, p50=load.p50, p99=load.p99)
