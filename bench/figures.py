"""What was measured: one row for each thing and each who, with a list of values from the rounds of one run."""

import json
import platform
import statistics
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

FILE = Path(__file__).parents[1] / "var" / "bench.json"


@dataclass
class Row:
    """The values of each unit, one for each round, of one `who` doing one `what`."""

    part: str
    what: str
    who: str
    values: dict[str, list[float]] = field(default_factory=dict)

    def add(self, **values: float) -> None:
        """Another round, by the names of UNITS."""
        for unit, value in values.items():
            self.values.setdefault(unit, []).append(value)

    def median(self, unit: str) -> float:
        """The middle one of the rounds."""
        return statistics.median(self.values[unit])


# Each unit: what it says in the head of a table, and its digits after the point.
UNITS = {
    "cpu": ("CPU, µs", 0),
    "database": ("MySQL's CPU, µs", 0),
    "upstream": ("of it the web server's, µs", 0),
    "rate": ("per second", 0),
    "p50": ("p50, ms", 1),
    "p99": ("p99, ms", 1),
    "mib": ("PSS, MiB", 1),
    "seconds": ("seconds", 2),
    "failed": ("failed", 0),
    "requests": ("requests", 0),
    "size": ("MiB", 1),
}


class Run:
    """The rows of one run, in the order in which they were begun."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str, str], Row] = {}
        self.machine = f"Python {platform.python_version()}, {platform.machine()}, Linux {platform.release()}"
        self.date = datetime.now(UTC).strftime("%Y-%m-%d")

    def row(self, part: str, what: str, who: str) -> Row:
        """That row, perhaps with values already."""
        return self.rows.setdefault((part, what, who), Row(part, what, who))

    def save(self) -> None:
        """Write all of it to FILE."""
        FILE.parent.mkdir(exist_ok=True)
        saved = {"date": self.date, "machine": self.machine, "rows": [asdict(row) for row in self.rows.values()]}
        FILE.write_text(json.dumps(saved, indent=1), encoding="utf-8")


def load() -> Run:
    """What was saved."""
    saved: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    run = Run()
    run.date, run.machine = saved["date"], saved["machine"]
    for row in saved["rows"]:
        run.rows[row["part"], row["what"], row["who"]] = Row(**row)
    return run


def table(rows: Iterable[Row]) -> str:
    """A Markdown table of rows with the same units: medians, and the lowest and highest where rounds differ."""
    rows = list(rows)
    units = list(rows[0].values)
    lines = [["", "", *(UNITS[unit][0] for unit in units)], ["---", "---", *("--:" for _ in units)]]
    lines += [[row.what, row.who, *(_cell(row.values[unit], UNITS[unit][1]) for unit in units)] for row in rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _cell(values: list[float], digits: int) -> str:
    middle, low, high = (f"{value:,.{digits}f}" for value in (statistics.median(values), min(values), max(values)))
    return middle if low == high else f"{middle} ({low}–{high})"
