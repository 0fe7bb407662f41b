"""Switch the plain host to one colour or back to both while the edge runs: python -m edge.live PORT blue|green|both"""

import json
import sys
from pathlib import Path
from typing import Any

import yaml
from tenacity import retry, retry_if_result, stop_after_delay, wait_fixed

from app.colours import COLOURS

from .ask import ask

BOTH = "both"
ROUTES = Path(__file__).parent / "routes.yaml"


def routes(live: str) -> dict[str, Any]:
    """Envoy's routes with the plain host switched to a colour, or to BOTH."""
    routes: dict[str, Any] = yaml.safe_load(ROUTES.read_text(encoding="utf-8"))
    hosts = {host["name"]: host for host in routes["resources"][0]["virtual_hosts"]}
    if live != BOTH:
        hosts["plain"]["routes"] = hosts[live]["routes"]
    hosts["plain"]["response_headers_to_add"][0]["header"]["value"] = live
    return routes


def write_routes(folder: Path, live: str) -> None:
    """Replace the file that the edge watches in one step, so that it never reads half a file."""
    new = folder / "routes.json.new"
    new.write_text(json.dumps(routes(live)), encoding="utf-8")
    new.replace(folder / "routes.json")


@retry(retry=retry_if_result(lambda said: not said), stop=stop_after_delay(10), wait=wait_fixed(0.02))
def wait_until_live(port: int, live: str) -> bool:
    """Return when the edge answers by the new routes."""
    return ask(port, None)["x-edge-live"] == live


def main(port: int, live: str) -> str | None:
    """Switch. Returns what went wrong, or None."""
    if live not in (*COLOURS, BOTH):
        return f"make live: which colour? {' or '.join(f'COLOUR={name}' for name in (*COLOURS, BOTH))}"
    try:
        ask(port, None)
    except OSError:
        return f"make live: no edge answers on port {port}; start it with: make run PORT={port}"
    write_routes(Path("var/run") / str(port), live)
    wait_until_live(port, live)
    print(f"http://pii-demo.localhost:{port} is served by {live}.")
    return None


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2]))
