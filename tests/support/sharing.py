"""How the tests are shared by several processes: what is slow to start is started in one of them only."""

import re

from xdist.scheduler import LoadFileScheduling

TOGETHER = {
    "compose": re.compile(r"tests/(containers|deployment)/"),
    "mysql": re.compile(r"tests/(app/test_mysql|app/.*\[.*\bmysql\b|faults/|fuzz/test_pages|promote/.*\[mysql)"),
}
# Slow files whose tests need nothing of each other: they fill the processes that are done with the rest.
APART = re.compile(r"tests/(verify/test_edges|browser/test_traffic|edge/test_run)\.py")


class Sharing(LoadFileScheduling):  # type: ignore[misc]
    """The tests of a file go to one process; so do all tests that need compose, or MySQL."""

    def _split_scope(self, nodeid: str) -> str:
        names = (name for name, pattern in TOGETHER.items() if pattern.match(nodeid))
        return next(names, nodeid if APART.match(nodeid) else super()._split_scope(nodeid))
