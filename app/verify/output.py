"""The results as a table for people, and as JSON and JUnit XML for pipelines."""

from dataclasses import asdict, dataclass
from typing import Any
from xml.etree import ElementTree as ET

from click import style

from ..live import Live
from ..results import Result

_STYLES: dict[str, dict[str, Any]] = {
    Result.PASS: {"fg": "green"},
    Result.FAIL: {"fg": "red", "bold": True},
    Result.NOT_CHECKED: {"fg": "yellow"},
}
_WORDS = {Result.PASS: "passed", Result.FAIL: "failed", Result.NOT_CHECKED: "not checked"}
_JUNIT = {Result.FAIL: "failure", Result.NOT_CHECKED: "skipped"}


@dataclass(frozen=True)
class Row:
    """One check and its result."""

    name: str
    result: Result
    expected: str
    found: str
    seconds: float = 0


def count(rows: list[Row], result: Result) -> int:
    """How many rows have this result."""
    return sum(row.result == result for row in rows)


def table(rows: list[Row], live: str) -> str:
    """What the plain host is switched to, then one line per check: its result, its name and what was found.

    A failed check has a second line: what was expected.
    """
    width = max(len(row.name) for row in rows)
    lines = [
        f"{style(f'{row.result:11}', **_STYLES[row.result])}  {row.name:{width}}  {row.found}"
        + (f"\n{'':11}  {'':{width}}  expected: {row.expected}" if row.result == Result.FAIL else "")
        for row in rows
    ]
    summary = ", ".join(f"{count(rows, result)} {word}" for result, word in _WORDS.items())
    return "\n".join([f"plain host: {live}", "", *lines, "", summary])


def as_json(rows: list[Row], live: Live) -> dict[str, Any]:
    """The results for programs."""
    counts = {word.replace(" ", "_"): count(rows, result) for result, word in _WORDS.items()}
    return {**counts, "live": str(live), "checks": [asdict(row) for row in rows]}


def junit(rows: list[Row]) -> str:
    """A test suite: https://github.com/testmoapp/junitxml"""
    suite = ET.Element(
        "testsuite",
        name="pii-demo verify",
        tests=str(len(rows)),
        failures=str(count(rows, Result.FAIL)),
        skipped=str(count(rows, Result.NOT_CHECKED)),
        time=f"{sum(row.seconds for row in rows):.3f}",
    )
    for row in rows:
        case = ET.SubElement(suite, "testcase", classname="verify", name=row.name, time=f"{row.seconds:.3f}")
        if row.result in _JUNIT:
            ET.SubElement(case, _JUNIT[row.result], message=row.found).text = f"expected: {row.expected}"
        else:
            ET.SubElement(case, "system-out").text = row.found
    return ET.tostring(suite, encoding="unicode", xml_declaration=True)
