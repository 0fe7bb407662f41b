"""Run `verify` as people do."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.one_machine import ROOT

FLASK = str(Path(sys.executable).with_name("flask"))
Rows = dict[str, dict[str, Any]]


def command(via: str, *options: str) -> list[str]:
    """`flask --app app verify --via …`"""
    return [FLASK, "--app", "app", "verify", "--via", via, *options]


def verify(via: str, *options: str) -> subprocess.CompletedProcess[str]:
    """Run it to its end, on pipes."""
    return subprocess.run(command(via, *options), cwd=ROOT, capture_output=True, text=True, check=False)


def rows(via: str, *options: str) -> tuple[int, Rows]:
    """The exit code, and the rows by name."""
    run = verify(via, "--json", *options)
    assert run.stdout, run.stderr
    return run.returncode, {row["name"]: row for row in json.loads(run.stdout)["checks"]}


def failed(found: Rows) -> set[str]:
    """The names of the rows that failed."""
    return {name for name, row in found.items() if row["result"] == "fail"}
