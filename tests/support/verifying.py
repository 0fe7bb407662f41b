"""Run `verify` as people do."""

import json
import os
import subprocess
import sys
from typing import Any

from tests.support.one_machine import ROOT

Rows = dict[str, dict[str, Any]]


def command(via: str, *options: str) -> list[str]:
    """`python -m app.verify --via …`"""
    return [sys.executable, "-m", "app.verify", "--via", via, *options]


def verify(via: str, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run it to its end, on pipes."""
    env = os.environ | environment
    return subprocess.run(command(via, *options), cwd=ROOT, env=env, capture_output=True, text=True, check=False)


def rows(via: str, *options: str) -> tuple[int, Rows]:
    """The exit code, and the rows by name."""
    run = verify(via, "--json", *options)
    assert run.stdout, run.stderr
    return run.returncode, {row["name"]: row for row in json.loads(run.stdout)["checks"]}


def failed(found: Rows) -> set[str]:
    """The names of the rows that failed."""
    return {name for name, row in found.items() if row["result"] == "fail"}
