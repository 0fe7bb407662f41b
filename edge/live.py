"""Switch the plain host while the edge runs: python -m edge.live PORT blue|green|both [PERCENTAGE of new visitors]"""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml
from tenacity import RetryError, retry, retry_if_exception_type, retry_if_result, stop_after_delay, wait_fixed

from app.colours import COLOURS
from app.hosts import host_name
from app.live import BOTH, HEADER, Live

from .addresses import is_port, run_folder, web_socket
from .ask import DOMAIN, ask

CHOICES = (*COLOURS, str(BOTH))
SHARES = range(1, 100)  # per cent
MESH = "in a cluster, kubectl apply -k istio/live/green does it"
ROUTES = Path(__file__).parent / "routes.yaml"


def routes(live: Live) -> dict[str, Any]:
    """Envoy's routes with the plain host switched."""
    routes: dict[str, Any] = yaml.safe_load(ROUTES.read_text(encoding="utf-8"))
    [configuration] = routes["resources"]
    hosts = {host["name"]: host for host in configuration["virtual_hosts"]}
    if live.only:
        hosts["plain"]["routes"] = hosts[live.only]["routes"]
    elif live.share:
        # Those who have no cookie: the rules before the last are for the others.
        hosts["plain"]["routes"][-1]["route"] = {"weighted_clusters": {"clusters": weighted(live, hosts)}}
    for header in configuration["request_headers_to_add"] + hosts["plain"]["response_headers_to_add"]:
        header["header"]["value"] = str(live)
    return routes


def weighted(live: Live, hosts: dict[str, Any]) -> list[dict[str, Any]]:
    """Each colour's cluster, as on its own host, with its share."""
    clusters = []
    for colour, share in live.shares().items():
        [own] = hosts[colour]["routes"]
        cluster = own["route"] | {"weight": round(share * 100)}
        clusters.append({"name": cluster.pop("cluster"), **cluster})
    return clusters


def write_routes(port: int, live: Live) -> None:
    """Replace the file that the edge of make run watches, in one step, so that it never reads half of it."""
    folder = run_folder(port)
    new = folder / "routes.json.new"
    new.write_text(json.dumps(routes(live)), encoding="utf-8")
    new.replace(folder / "routes.json")


def write_routes_of_compose(live: Live) -> None:
    """The same in the volume that the edge of compose watches. Raises OSError with what Docker says if it fails."""
    replace = "cat >/routes/new && mv /routes/new /routes/routes.yaml"
    replaced = compose("run", "--rm", "--no-deps", "--no-TTY", "routes", replace, stdin=json.dumps(routes(live)))
    if replaced.returncode:
        raise OSError(replaced.stderr.strip())


def compose(*command: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """`docker compose …` in this checkout."""
    docker = ["docker", "compose", *command]
    return subprocess.run(docker, cwd=ROUTES.parents[1], input=stdin, capture_output=True, text=True, check=False)  # noqa: S603


def started_by_run(port: int) -> bool:
    """Whether make run has started the edge on this port, in this folder."""
    return all(web_socket(port, colour).exists() for colour in COLOURS)


def started_by_compose(port: int) -> bool:
    """Whether compose has."""
    if not shutil.which("docker"):
        return False
    return compose("port", "edge", "8080").stdout.strip().endswith(f":{port}")


@retry(
    retry=retry_if_result(lambda switched: not switched) | retry_if_exception_type(OSError),
    stop=stop_after_delay(10),
    wait=wait_fixed(0.02),
)
def wait_until_live(port: int, live: Live) -> bool:
    """Return when the edge uses the new routes."""
    return ask(port, None)[HEADER] == str(live)


def main(arguments: list[str]) -> str | None:
    """Switch. Returns what went wrong, or None."""
    port, colour, share = (*arguments, "", "", "")[:3]
    if not is_port(port):
        return f"make live: “{port}” is not a port, a number from 1 to 65535; use make run’s, such as 8080"
    try:
        live = parse(colour, share)
    except ValueError as error:
        return f"make live: {error}"
    try:
        ask(int(port), None)
    except OSError:
        return f"make live: no edge answers on port {port}; start one with: make run PORT={port}"
    return switch(int(port), live)


def parse(colour: str, share: str) -> Live:
    """What COLOUR and SHARE mean. Raises ValueError with what to do if they mean nothing."""
    if colour not in CHOICES:
        problem = f"“{colour}” is not a colour" if colour else "which colour?"
        raise ValueError(f"{problem}; use {' or '.join(f'COLOUR={choice}' for choice in CHOICES)}")
    if colour not in COLOURS:
        if share:
            raise ValueError(f"a share is one colour’s; use {' or '.join(f'COLOUR={each}' for each in COLOURS)}")
        return BOTH
    if share and not (share.isascii() and share.isdecimal() and int(share) in SHARES):
        raise ValueError(f"“{share}” is not a percentage from 1 to 99; for everybody, leave SHARE out")
    return Live(colour, int(share) if share else None)


def switch(port: int, live: Live) -> str | None:
    """Replace the routes, and wait until the edge uses them. Returns what went wrong, or None."""
    try:
        if started_by_run(port):
            write_routes(port, live)
        elif started_by_compose(port):
            write_routes_of_compose(live)
        else:
            return f"make live: the edge on port {port} was not started in this folder, so it cannot switch; {MESH}"
        wait_until_live(port, live)
    except OSError as error:
        return f"make live: the routes cannot be replaced: {error}"
    except RetryError:
        return f"make live: the edge on port {port} does not use the new routes; restart it"
    print(f"http://{host_name(None, DOMAIN)}:{port} is served by {live.words}.")
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
