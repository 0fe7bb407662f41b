"""The tutorial in one command: python -m examples.kind

Standard library only, so that it can say what is missing before any package is installed.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.colours import COLOURS
from app.hosts import host_name

from .needed import problems
from .steps import FORWARD, PROOF, STEPS, Step

ROOT = Path(__file__).parents[2]
SETTINGS = ROOT / "istio" / "base" / "settings.yaml"
# Each step runs as if it was typed: variables that were given to this make, such as KUBECTL, are not passed on.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name not in {"MAKEFLAGS", "MFLAGS", "MAKELEVEL"}}


def main() -> str | None:
    """Do what is not done yet. Returns what is missing, or which step failed; None if both colours are up."""
    if missing := list(problems()):
        return "\n".join(["make cluster: nothing was done. Install these first:", *missing])
    for number, step in enumerate(STEPS, 1):
        which = f"step {number} of {len(STEPS)}"
        print(f"\n{which}: {step.name}", flush=True)
        if not done(step):
            return f"\nmake cluster: {which} failed: {step.name}\n{step.advice}\nRun make cluster again to go on."
    print(farewell(domain()))
    return None


def done(step: Step) -> bool:
    """Do a step, unless what it makes exists. Returns whether it succeeded."""
    if step.exists and run(step.exists):
        print("It exists.", flush=True)
        return True
    if step is not PROOF:
        return run(say(step.command))
    with forwarded() as via:
        return bool(via) and run(say(f"{step.command} VIA={via} DOMAIN={domain()}"))


def say(command: str) -> str:
    """Print a command that is about to run."""
    print(f"$ {command}", flush=True)
    return command


def run(command: str) -> bool:
    """Run a line of shell in our clone. Returns whether it succeeded."""
    return not subprocess.run(["/bin/sh", "-c", command], cwd=ROOT, env=ENVIRONMENT, check=False).returncode  # noqa: S603


@contextmanager
def forwarded() -> Iterator[str | None]:
    """The gateway's address at a free port of this machine, until the block ends; None if kubectl has not made one."""
    command = say(f"{FORWARD} :80").split()
    with subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.PIPE, text=True) as kubectl:  # noqa: S603
        try:
            # The first line comes once the port is open. What follows, a line for each connection, fits into the pipe.
            opened = re.search(r"127\.0\.0\.1:\d+", kubectl.stdout.readline() if kubectl.stdout else "")
            yield f"http://{opened[0]}" if opened else None
        finally:
            kubectl.terminate()


def domain() -> str:
    """Of the three hosts in the cluster."""
    written = re.search(r"^  DOMAIN: (.+)$", SETTINGS.read_text(encoding="utf-8"), re.MULTILINE)
    return written[1] if written else ""


def farewell(domain: str) -> str:
    """How to reach both colours, and how to delete them."""
    hosts = [host_name(colour, domain) for colour in (None, *COLOURS)]
    lines = ["", "Both colours are up. Their hosts answer while this runs:", f"    {FORWARD} 8080:80"]
    lines += [f"    http://{host}:8080" for host in hosts]
    if domain != "localhost":
        lines += ["For a browser, add this line to /etc/hosts:", f"    127.0.0.1 {' '.join(hosts)}"]
    return "\n".join([*lines, "make cluster-down deletes the cluster with all its data."])


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("\nmake cluster: interrupted. Run it again to go on.")
