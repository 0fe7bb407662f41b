"""docs/break-it.md, as the tests follow it: what the pages say and which lines of `verify` fail, fault by fault."""

import re
import subprocess
import sys
from collections.abc import Mapping

from tests.support.one_machine import ROOT

DOCUMENT = ROOT / "docs" / "break-it.md"


def section(fault: str) -> str:
    """What the document says about a fault."""
    text = DOCUMENT.read_text(encoding="utf-8")
    return text.split(f"\n## {fault}\n")[1].split("\n## ")[0]


def sentences(fault: str) -> list[str]:
    """What the page says."""
    return re.findall(r"^> (.+)$", section(fault), re.MULTILINE)


def failing_lines(fault: str) -> list[str]:
    """The lines of `verify` that fail."""
    blocks = re.findall(r"^```text\n(.*?)^```$", section(fault), re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines()]


def is_line(documented: str, line: str) -> bool:
    """Whether a line of `verify` is the documented one, but for figures of chance and what “…” stands for."""
    pattern = re.escape(documented).replace("…", ".+")
    if "HTTP 500" in documented:
        pattern = re.sub(r"\d+(?=,|$)", r"\\d+", pattern)
    return re.fullmatch(pattern, line) is not None


def change(port: int, fault: str, environment: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """`make break FAULT=…`, or `make repair` if the fault is `repair`."""
    command = [sys.executable, "-m", "edge.breaking", str(port), fault]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=120)
