"""What is measured, each in a container of its own, and the CPU time and memory that it takes."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx
from tenacity import retry, stop_after_delay, wait_fixed

from tests.support.mysql_server import DATABASE, PASSWORD, USER, Container, Server, run
from tests.support.one_machine import ROOT
from tests.support.web_server import pss_mib

IMAGE, PEER, EDGE = "pii-demo:blue", "pii-demo-peer", "envoyproxy/envoy:distroless-v1.40.0"
HOST = "pii-demo-blue.apps.hl.test"
LOCKED = ("--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL")
LIMITS = ("--cpus", "0.1", "--memory", "128m")  # the article's
PORTS = {IMAGE: 8080, PEER: 80, EDGE: 8080}

_docker = httpx.Client(
    base_url="http://docker",
    transport=httpx.HTTPTransport(uds=os.environ.get("DOCKER_SOCKET", "/var/run/docker.sock")),
    timeout=60,
)


@dataclass(frozen=True)
class Measured:
    """A running container."""

    id: str

    @cached_property
    def address(self) -> str:
        """Its own IP address: a published port would cost the CPU time of a proxy."""
        [network] = _ask(f"/containers/{self.id}/json")["NetworkSettings"]["Networks"].values()
        return str(network["IPAddress"])

    def cpu_seconds(self) -> float:
        """CPU time so far of all its processes, and of the kernel for them: its cgroup's."""
        stats = _ask(f"/containers/{self.id}/stats?stream=false&one-shot=true")
        return float(stats["cpu_stats"]["cpu_usage"]["total_usage"]) / 1e9

    def pss_mib(self) -> float:
        """Proportional memory of all its processes."""
        return pss_mib([int(pid) for pid, *_ in _ask(f"/containers/{self.id}/top?ps_args=-o%20pid")["Processes"]])


@dataclass(frozen=True)
class Web(Measured):
    """A web server that answers at `url`."""

    port: int

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://{self.address}:{self.port}"

    @retry(stop=stop_after_delay(60), wait=wait_fixed(0.01), reraise=True)
    def wait(self, path: str) -> None:
        """Return when that path answers with success."""
        httpx.get(self.url + path, headers={"Host": HOST}).raise_for_status()


def build() -> None:
    """Build the images."""
    run("docker", "buildx", "bake", "httpd-server-blue", cwd=ROOT)
    run("docker", "build", "--quiet", "--tag", PEER, str(Path(__file__).parent / "peer"))


def database(server: Server) -> Measured:
    """The container of a MySQL server."""
    if not isinstance(server.engine, Container):
        raise SystemExit("bench: Docker is needed")
    return Measured(server.engine.id)


def with_peers_table(server: Server) -> Server:
    """The same server, with the peer's database beside ours."""
    lines = (Path(__file__).parent / "peer" / "schema.sql").read_text(encoding="utf-8").splitlines()
    script = " ".join(line for line in lines if not line.startswith("--"))
    server.sql(*filter(str.strip, script.split(";")))
    return server


@contextmanager
def application(mysql: Server | None, *options: str, tls: str = "off") -> Iterator[Web]:
    """The application's image, with that database, or the embedded one."""
    with _container(IMAGE, [*LOCKED, *options], _variables(mysql) | {"MYSQL_TLS": tls}) as web:
        web.wait("/readyz")
        yield web


@contextmanager
def floor() -> Iterator[Web]:
    """One empty route of Flask, served in the same way: what the web server and Flask cost by themselves."""
    mounted = ["--volume", f"{Path(__file__).with_name('floor.py')}:/srv/floor.py:ro"]
    command = "python -m gunicorn --config app/gunicorn.conf.py --bind 0.0.0.0:8080 floor:app"
    with _container(IMAGE, [*LOCKED, *mounted], {}, *command.split()) as web:
        web.wait("/")
        yield web


@contextmanager
def peer(mysql: Server, *options: str, **variables: str) -> Iterator[Web]:
    """The peer's image; see peer/README.md for its variables."""
    with _container(PEER, options, _variables(mysql) | variables) as web:
        web.wait("/create.php")
        yield web


@contextmanager
def edge(behind: Web) -> Iterator[Web]:
    """The edge of one machine, with that web server as both colours."""
    folder = ROOT / "edge"
    options = [
        word for colour in ("blue", "green") for word in ("--add-host", f"httpd-server-{colour}:{behind.address}")
    ]
    for name, path in (("envoy.yaml", "envoy.yaml"), ("routes.yaml", "routes/routes.yaml")):
        options += ["--volume", f"{folder / name}:/etc/envoy/{path}:ro"]
    command = "--config-path /etc/envoy/envoy.yaml --concurrency 1 --disable-hot-restart --log-level warning"
    with _container(EDGE, options, {}, *command.split()) as web:
        web.wait("/readyz")
        yield web


def _variables(mysql: Server | None) -> dict[str, str]:
    if not mysql:
        return {}
    names = {"MYSQL_DATABASE": DATABASE, "MYSQL_USER": USER, "MYSQL_PASSWORD": PASSWORD}
    return {"MYSQL_HOST": database(mysql).address, **names}


@contextmanager
def _container(
    image: str, options: "list[str] | tuple[str, ...]", variables: dict[str, str], *command: str
) -> Iterator[Web]:
    named = (word for name, value in variables.items() for word in ("--env", f"{name}={value}"))
    id = run("docker", "run", "--detach", *options, *named, image, *command)
    try:
        yield Web(id, PORTS[image])
    finally:
        run("docker", "rm", "--force", "--volumes", id)


def _ask(path: str) -> dict[str, Any]:
    answer = _docker.get(path)
    answer.raise_for_status()
    return dict(answer.json())
