"""How fast and how large, side by side in one run: python -m bench [PART …], or make bench PART=searches"""

import shutil
import sys
import time
from itertools import groupby

from bench import compare, inserts, limited, memory, pages, promote, searches, start, switch
from bench.containers import build
from bench.figures import FILE, Run, table
from tests.support.mysql_server import server

ALL = {
    "pages": pages,
    "limited": limited,
    "searches": searches,
    "inserts": inserts,
    "memory": memory,
    "start": start,
    "switch": switch,
}
PARTS = ALL | {"compare": compare, "promote": promote}


def main(wanted: list[str]) -> None:
    """Measure the parts and print their tables."""
    unknown = set(wanted) - set(PARTS)
    if unknown:
        sys.exit(f"bench: there is no part {', '.join(sorted(unknown))}; the parts are {', '.join(PARTS)}")
    for tool in ("docker", "wrk"):
        if not shutil.which(tool):
            sys.exit(f"bench: {tool} is needed")
    build()
    run = Run()
    print(run.machine)
    for name in wanted or ALL:
        began, before = time.monotonic(), set(run.rows)
        with server("blue") as mysql:
            PARTS[name].measure_part(run, mysql)
        rows = [row for key, row in run.rows.items() if key not in before]
        for _, group in groupby(rows, key=lambda row: row.part):
            print(f"\n{table(group)}", end="")
        print(f"({time.monotonic() - began:.0f} s)", flush=True)
        run.save()
    print(f"\n{FILE}")


if __name__ == "__main__":
    main(sys.argv[1:])
