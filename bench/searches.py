"""Lists and searches among 10², 10⁴ and 10⁶ users: all give the same pages; only the size of the table differs."""

from contextlib import ExitStack
from urllib.parse import urlencode

from bench.containers import application, database
from bench.figures import Run
from bench.load import measure
from tests.support.many_users import fill
from tests.support.mysql_server import Server, server

ROUNDS = 3
SECONDS = 2
SIZES = {100: "10²", 10_000: "10⁴", 1_000_000: "10⁶"}
# Of the i-th user, 1 being the oldest. In the largest table one in 5,000 is rare; the smallest has to fill a page, too.
LOCATION = (
    "CASE WHEN i = {count} / 2 + 1 THEN 'Single' WHEN i % 2 = 0 THEN 'New York' "
    "WHEN i % {rare} < 2 THEN 'Rare town' ELSE CONCAT('Place ', i % 997) END"
)
SEARCHES = {
    "newest": {},
    "exact": {"location": "New York"},
    "beginning that half of all have": {"location": "New", "match": "prefix"},
    "beginning that 1 in 5,000 has": {"location": "Rare", "match": "prefix"},
    "beginning that one has": {"location": "Single", "match": "prefix"},
    "beginning that none has": {"location": "Zzz", "match": "prefix"},
}


def measure_part(run: Run, _mysql: Server) -> None:
    """Each search in turn, size by size, round by round."""
    with ExitStack() as stack:
        servers = {}
        for count, name in SIZES.items():
            mysql = stack.enter_context(server("blue"))
            fill(mysql, count, LOCATION.format(count=count, rare=5000 if count == max(SIZES) else 2))
            servers[name] = stack.enter_context(application(mysql)), database(mysql)
        for _ in range(ROUNDS):
            for what, query in SEARCHES.items():
                for name, (web, database_) in servers.items():
                    load = measure(web, f"/users?{urlencode(query)}", database_, seconds=SECONDS)
                    row = run.row("searches", what, name)
                    row.add(cpu=sum(load.cpu), database=load.cpu[1], rate=load.rate, p50=load.p50, p99=load.p99)
