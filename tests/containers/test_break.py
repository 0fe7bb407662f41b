"""The tour of docs/break-it.md with compose: a service with other settings, and one that is gone."""

import pytest

from tests.support.compose import Compose
from tests.support.tour import change, failing_lines, is_line
from tests.support.verifying import verify


def broken_lines(containers: Compose) -> list[str]:
    """The lines of `verify` that fail."""
    return [line for line in verify(containers.address).stdout.splitlines() if line.startswith("fail")]


@pytest.mark.parametrize("fault", ["wrong-database", "database-away"])
def test_a_fault_shows_as_documented_and_a_repair_leaves_nothing_of_it(containers, fault):
    running = containers.run("ps", "--quiet").stdout
    try:
        broken = change(containers.port, fault, containers.environment)
        assert (broken.returncode, broken.stderr) == (0, "")
        documented, found = failing_lines(fault), broken_lines(containers)
        assert [line for line in documented if not any(is_line(line, other) for other in found)] == [], found
        assert len(found) == len(documented)
    finally:
        repaired = change(containers.port, "repair", containers.environment)
    assert (repaired.returncode, repaired.stdout) == (0, "Nothing is broken.\n")
    assert broken_lines(containers) == []
    after = containers.run("ps", "--quiet").stdout
    containers.run("up", "--detach", "--no-deps", "httpd-server-blue", "mysql-server-blue")
    assert containers.run("ps", "--quiet").stdout == after
    assert len(after.splitlines()) == len(running.splitlines())
