"""Spans of the edge of make run, sent where the web servers send theirs."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

TRACING = Path(__file__).with_name("tracing.yaml")


def trace(configuration: dict[str, Any], endpoint: str) -> None:
    """Have Envoy's configuration send spans to the collector at that address, which is http."""
    added = yaml.safe_load(TRACING.read_text(encoding="utf-8"))
    address = urlsplit(endpoint)
    [collector] = added["cluster"]["load_assignment"]["endpoints"][0]["lb_endpoints"]
    collector["endpoint"]["address"]["socket_address"] = {
        "address": address.hostname,
        "port_value": address.port or 80,
    }
    provider = added["tracing"]["provider"]["typed_config"]
    provider["http_service"]["http_uri"]["uri"] = f"{endpoint.rstrip('/')}/v1/traces"
    configuration["static_resources"]["clusters"].append(added["cluster"])
    [http] = configuration["static_resources"]["listeners"][0]["filter_chains"][0]["filters"]
    http["typed_config"]["tracing"] = added["tracing"]
