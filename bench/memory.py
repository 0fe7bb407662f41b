"""The memory of a web server: at rest, after each kind of load, and after 200,000 requests."""

from bench.containers import application
from bench.figures import Run
from bench.load import measure
from bench.pages import APPLICATION, OURS, fill
from tests.support.mysql_server import Server

GROWTH = 200_000  # requests


def measure_part(run: Run, mysql: Server) -> None:
    """One web server, from its start on."""
    fill(mysql)
    with application(mysql) as web:
        run.row("memory", "at rest", APPLICATION).add(mib=web.pss_mib())
        for what, path in {**OURS, "home": "/"}.items():
            for connections in (8, 32):
                measure(web, path, connections=connections, store=what == "store")
                run.row("memory", f"after {what}, {connections} connections", APPLICATION).add(mib=web.pss_mib())
        served = 0
        while served < GROWTH:
            for path in ("/version", "/users/new"):
                served += measure(web, path, seconds=10).requests
        run.row("memory", f"after {GROWTH:,} more requests", APPLICATION).add(mib=web.pss_mib())
