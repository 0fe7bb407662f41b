"""Plant each fault of faults.yaml in a copy of the checkout, and see that its tests find it.

    python -m tests.mutations            # all: some minutes
    python -m tests.mutations cursor     # those with this in their name

Ends with 1 if a fault survives. tests/manifests/mutations.py has more of them for the manifests.
"""

import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import yaml

from tests.support.one_machine import ROOT

FAULTS = Path(__file__).with_name("faults.yaml")


@dataclass(frozen=True)
class Fault:
    """A text of a file, the wrong text in its place, and the tests that must fail."""

    name: str
    file: str
    old: str
    new: str
    tests: str

    def plant(self, checkout: Path) -> None:
        path = checkout / self.file
        text = path.read_text(encoding="utf-8")
        assert text.count(self.old) == 1, f"{self.name}: {text.count(self.old)} × {self.old!r} in {self.file}"
        path.write_text(text.replace(self.old, self.new), encoding="utf-8")


def faults(part: str = "") -> list[Fault]:
    """The faults with this part in their name."""
    table = yaml.safe_load(FAULTS.read_text(encoding="utf-8"))
    return [Fault(name, **fields) for name, fields in table.items() if part in name]


def copy(folder: Path) -> None:
    """Copy what git knows, or would know."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    for file in subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines():
        if (ROOT / file).is_file():
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / file, folder / file)


def survives(fault: Fault, checkout: Path) -> bool:
    """Whether all of its tests pass."""
    fault.plant(checkout)
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *shlex.split(fault.tests)]
    tests = subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=False)
    shutil.copy2(ROOT / fault.file, checkout / fault.file)
    assert tests.returncode in {0, 1}, f"{fault.name}: {tests.stdout[-1000:]}{tests.stderr[-1000:]}"
    return tests.returncode == 0


def main(part: str = "") -> int:
    """Try them, and print a line for each."""
    survivors = 0
    with tempfile.TemporaryDirectory() as folder:
        copy(Path(folder))
        for fault in faults(part):
            started = time.monotonic()
            survived = survives(fault, Path(folder))
            survivors += survived
            verdict = "SURVIVED" if survived else "found"
            print(f"{verdict:8}  {time.monotonic() - started:5.1f} s  {fault.name}", flush=True)
    print(f"{len(faults(part)) - survivors} of {len(faults(part))} faults were found")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
