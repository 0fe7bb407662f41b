"""Other checkouts beside this one: make bench PART=compare AGAINST="../before ../an-idea"

Their `app/` takes the place of ours in the same image.
"""

import os
from contextlib import ExitStack
from pathlib import Path

from bench.containers import application, database
from bench.figures import Run
from bench.load import measure
from bench.pages import OURS, fill
from tests.support.mysql_server import Server
from tests.support.one_machine import ROOT

ROUNDS = 5
SECONDS = 2


def measure_part(run: Run, mysql: Server) -> None:
    """Each in turn, round by round."""
    fill(mysql)
    folders = [ROOT, *map(Path, os.environ.get("AGAINST", "").split())]
    with ExitStack() as stack:
        who = {
            folder.name if folder != ROOT else "this checkout": stack.enter_context(
                application(mysql, "--volume", f"{folder.resolve()}/app:/srv/app:ro")
            )
            for folder in folders
        }
        for _ in range(ROUNDS):
            for what in ("form", "store", "list of 50"):
                for name, web in who.items():
                    load = measure(web, OURS[what], database(mysql), seconds=SECONDS, store=what == "store")
                    run.row("compare", what, name).add(cpu=load.cpu[0], rate=load.rate, p50=load.p50, p99=load.p99)
