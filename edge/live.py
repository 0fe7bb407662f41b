"""Switch the plain host to a colour, or back to both, while the edge runs: python -m edge.live PORT blue|green|both"""

import json
import sys
from pathlib import Path
from typing import Any

import yaml
from tenacity import RetryError, retry, retry_if_exception_type, retry_if_result, stop_after_delay, wait_fixed

from app.colours import COLOURS
from app.hosts import BOTH, host_name

from .addresses import is_port, run_folder, web_socket
from .ask import DOMAIN, ask

CHOICES = (*COLOURS, BOTH)
ROUTES = Path(__file__).parent / "routes.yaml"


def routes(live: str) -> dict[str, Any]:
    """Envoy's routes with the plain host switched to a colour, or to BOTH."""
    routes: dict[str, Any] = yaml.safe_load(ROUTES.read_text(encoding="utf-8"))
    [configuration] = routes["resources"]
    hosts = {host["name"]: host for host in configuration["virtual_hosts"]}
    if live != BOTH:
        hosts["plain"]["routes"] = hosts[live]["routes"]
    for header in configuration["request_headers_to_add"] + hosts["plain"]["response_headers_to_add"]:
        header["header"]["value"] = live
    return routes


def write_routes(port: int, live: str) -> None:
    """Replace the file that the edge watches in one step, so that it never reads half of it."""
    folder = run_folder(port)
    new = folder / "routes.json.new"
    new.write_text(json.dumps(routes(live)), encoding="utf-8")
    new.replace(folder / "routes.json")


@retry(
    retry=retry_if_result(lambda switched: not switched) | retry_if_exception_type(OSError),
    stop=stop_after_delay(10),
    wait=wait_fixed(0.02),
)
def wait_until_live(port: int, live: str) -> bool:
    """Return when the edge uses the new routes."""
    return ask(port, None)["x-edge-live"] == live


def main(arguments: list[str]) -> str | None:
    """Switch. Returns what went wrong, or None."""
    port, live = (*arguments, "", "")[:2]
    if not is_port(port):
        return f"make live: “{port}” is not a port, a number from 1 to 65535; use make run’s, such as 8080"
    if live not in CHOICES:
        problem = f"“{live}” is not a colour" if live else "which colour?"
        return f"make live: {problem}; use {' or '.join(f'COLOUR={choice}' for choice in CHOICES)}"
    try:
        ask(int(port), None)
    except OSError:
        return f"make live: no edge answers on port {port}; start one with: make run PORT={port}"
    if not all(web_socket(int(port), colour).exists() for colour in COLOURS):
        return f"make live: the edge on port {port} was not started by make run in this folder, so it cannot switch"
    write_routes(int(port), live)
    try:
        wait_until_live(int(port), live)
    except RetryError:
        return f"make live: the edge on port {port} does not use the new routes; restart it: make run PORT={port}"
    print(f"http://{host_name(None, DOMAIN)}:{port} is served by {live}.")
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
