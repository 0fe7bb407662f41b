"""Switching the plain host under load, on one machine: how many forms are sent, and how many fail."""

import itertools
import tempfile
from pathlib import Path

from bench.figures import Run
from tests.support.load import under_load
from tests.support.mysql_server import Server
from tests.support.one_machine import running

SWITCHES = 12
BETWEEN = 200  # forms from one switch to the next


def measure_part(run: Run, _mysql: Server) -> None:
    """Blue, green, both, and so on, while eight visitors send forms."""
    with tempfile.TemporaryDirectory() as data, running(Path(data)) as machine:
        with under_load(machine.address, "pii-demo.localhost") as load:
            for colour in itertools.islice(itertools.cycle(("blue", "green", "both")), SWITCHES):
                load.wait_for(BETWEEN)
                machine.switch(colour)
        sent = sum(load.outcomes.values())
    run.row("switch", f"{SWITCHES} switches", "both colours and Envoy").add(
        requests=sent, failed=sent - load.outcomes[303]
    )
