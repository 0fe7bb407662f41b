"""The edge that runs on a port: started by make run or by compose, and how its routes are replaced while it runs."""

import json
import shutil
import subprocess
from email.message import Message
from pathlib import Path

from tenacity import (
    RetryError,
    retry,
    retry_if_exception_type,
    retry_if_result,
    stop_after_attempt,
    stop_after_delay,
    wait_fixed,
)

from app.colours import COLOURS
from app.live import BOTH, HEADER, Live, parse_live

from .addresses import is_port, run_folder, web_socket
from .ask import ask
from .faults import FAULT_HEADER, FAULTS
from .routes import routes

ROOT = Path(__file__).parents[1]


class CannotChange(Exception):
    """What is wrong, and what to do."""


def parse_port(text: str) -> int:
    """The port. Raises CannotChange if it is none."""
    if not is_port(text):
        raise CannotChange(f"“{text}” is not a port, a number from 1 to 65535; use make run’s, such as 8080")
    return int(text)


def state(port: int) -> tuple[Live, str | None]:
    """What the edge on a port says is live, and broken. Raises CannotChange if none answers."""
    try:
        headers = ask_patiently(port)
    except OSError:
        raise CannotChange(f"no edge answers on port {port}; start one with: make run PORT={port}") from None
    fault = headers[FAULT_HEADER]
    return parse_live(headers[HEADER]) or BOTH, fault if fault in FAULTS else None


@retry(retry=retry_if_exception_type(OSError), stop=stop_after_attempt(20), reraise=True)
def ask_patiently(port: int) -> Message:
    """The plain host's headers: while something is broken, not every answer is a good one."""
    return ask(port, None)


def replace_routes(port: int, live: Live, fault: str | None, elsewhere: str) -> None:
    """Replace the routes, and wait until the edge uses them. Raises CannotChange, saying `elsewhere` if not ours."""
    try:
        if started_by_run(port):
            write_routes(port, live, fault)
        elif started_by_compose(port):
            write_routes_of_compose(live, fault)
        else:
            raise CannotChange(f"the edge on port {port} was not started in this folder; {elsewhere}")
        wait_until(port, live, fault)
    except OSError as error:
        raise CannotChange(f"the routes cannot be replaced: {error}") from None
    except RetryError:
        raise CannotChange(f"the edge on port {port} does not use the new routes; restart it") from None


def write_routes(port: int, live: Live = BOTH, fault: str | None = None) -> None:
    """Replace the file that the edge of make run watches, in one step, so that it never reads half of it."""
    folder = run_folder(port)
    new = folder / "routes.json.new"
    new.write_text(json.dumps(routes(live, fault)), encoding="utf-8")
    new.replace(folder / "routes.json")


def write_routes_of_compose(live: Live, fault: str | None) -> None:
    """The same in the volume that the edge of compose watches. Raises OSError with what Docker says if it fails."""
    replace = "cat >/routes/new && mv /routes/new /routes/routes.yaml"
    compose("run", "--rm", "--no-deps", "--no-TTY", "routes", replace, stdin=json.dumps(routes(live, fault)))


def compose(*command: str, stdin: str = "") -> str:
    """What `docker compose …` prints in this checkout. Raises OSError with what it says if it fails."""
    docker = ["docker", "compose", *command]
    run = subprocess.run(docker, cwd=ROOT, input=stdin, capture_output=True, text=True, check=False)  # noqa: S603
    if run.returncode:
        raise OSError(run.stderr.strip())
    return run.stdout


def started_by_run(port: int) -> bool:
    """Whether make run has started the edge on this port, in this folder."""
    return all(web_socket(port, colour).exists() for colour in COLOURS)


def started_by_compose(port: int) -> bool:
    """Whether compose has."""
    try:
        return bool(shutil.which("docker")) and compose("port", "edge", "8080").strip().endswith(f":{port}")
    except OSError:
        return False


@retry(
    retry=retry_if_result(lambda done: not done) | retry_if_exception_type(OSError),
    stop=stop_after_delay(10),
    wait=wait_fixed(0.02),
)
def wait_until(port: int, live: Live, fault: str | None) -> bool:
    """Return when the edge says so."""
    headers = ask(port, None)
    return (headers[HEADER], headers[FAULT_HEADER]) == (str(live), fault)
