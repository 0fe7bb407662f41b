"""Further Envoys in front of the web servers of `make run`: configured as they should be, but for one change."""

import json
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from tenacity import retry, stop_after_delay, wait_fixed

from app.live import BOTH, Live
from edge.routes import routes
from edge.run import edge_configuration, envoy_command
from tests.support.one_machine import OneMachine, free_port


class Configuration:
    """What there is to change: the virtual hosts by name, and each colour's endpoint."""

    def __init__(self, machine: OneMachine, folder: Path, live: Live) -> None:
        self.scheme, self.port = "http", free_port()
        self.folder = folder
        self.envoy = edge_configuration(machine.port)
        [listener] = self.envoy["static_resources"]["listeners"]
        listener["address"]["socket_address"]["port_value"] = self.port
        listener["additional_addresses"] = []
        self.routes = routes(live)
        self.hosts: dict[str, Any] = {host["name"]: host for host in self.routes["resources"][0]["virtual_hosts"]}
        [cluster] = self.envoy["static_resources"]["clusters"]
        self.endpoints: dict[str, Any] = {
            endpoint["metadata"]["filter_metadata"]["envoy.lb"]["version"]: endpoint
            for endpoint in cluster["load_assignment"]["endpoints"][0]["lb_endpoints"]
        }

    def encrypt(self, certificate: Path, key: Path, *hosts: str) -> None:
        """Speak TLS, to clients that ask for these hosts by SNI: as Istio's gateway does."""
        kind = "type.googleapis.com/envoy.extensions"
        files = {"certificate_chain": {"filename": str(certificate)}, "private_key": {"filename": str(key)}}
        tls = {
            "@type": f"{kind}.transport_sockets.tls.v3.DownstreamTlsContext",
            "common_tls_context": {"tls_certificates": [files]},
        }
        inspector = {"@type": f"{kind}.filters.listener.tls_inspector.v3.TlsInspector"}
        [listener] = self.envoy["static_resources"]["listeners"]
        listener["listener_filters"] = [{"name": "envoy.filters.listener.tls_inspector", "typed_config": inspector}]
        [chain] = listener["filter_chains"]
        chain["filter_chain_match"] = {"server_names": hosts}
        chain["transport_socket"] = {"name": "envoy.transport_sockets.tls", "typed_config": tls}
        self.scheme = "https"

    def write(self) -> Path:
        """Write both files; returns Envoy's own."""
        [listener] = self.envoy["static_resources"]["listeners"]
        [http] = listener["filter_chains"][0]["filters"]
        source = http["typed_config"]["rds"]["config_source"]["path_config_source"]
        source["path"] = str(self.folder / "routes.json")
        (self.folder / "routes.json").write_text(json.dumps(self.routes))
        (self.folder / "envoy.json").write_text(json.dumps(self.envoy))
        return self.folder / "envoy.json"


Change = Callable[[Configuration], object]


@contextmanager
def edge(machine: OneMachine, folder: Path, change: Change = lambda _: None, live: Live = BOTH) -> Iterator[str]:
    """The address of an edge that differs by one change, until the block ends."""
    configuration = Configuration(machine, folder, live)
    change(configuration)
    process = subprocess.Popen(envoy_command(configuration.write()))
    address = f"{configuration.scheme}://127.0.0.1:{configuration.port}"
    try:
        wait_until_it_answers(address)
        yield address
    finally:
        process.kill()
        process.wait()


def edge_with_blue(machine: OneMachine, folder: Path, blue: str) -> AbstractContextManager[str]:
    """An edge that is right, in front of another blue web server."""

    def change(given: Configuration) -> None:
        at = urlsplit(blue)
        address = {"socket_address": {"address": at.hostname, "port_value": at.port}}
        given.endpoints["blue"]["endpoint"]["address"] = address

    return edge(machine, folder, change)


@retry(stop=stop_after_delay(30), wait=wait_fixed(0.05), reraise=True)
def wait_until_it_answers(address: str) -> None:
    """Until the plain host answers: then each web server has been found healthy or not."""
    host = "pii-demo.localhost"
    with httpx.Client(verify=False) as client:
        assert not client.get(f"{address}/version", headers={"Host": host}, extensions={"sni_hostname": host}).is_error
