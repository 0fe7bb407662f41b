"""Envoy's routes, as the plain host is switched and what is broken: routes.yaml, with these changes."""

from pathlib import Path
from typing import Any

import yaml

from app.colours import COLOURS
from app.live import BOTH, Live

from .faults import FAULT_HEADER, FAULTS

ROUTES = Path(__file__).parent / "routes.yaml"
BAD_RELEASE = "green"
Route = dict[str, Any]


def routes(live: Live = BOTH, fault: str | None = None) -> dict[str, Any]:
    """The file that Envoy watches. `fault` is one of FAULTS, or None."""
    routes: dict[str, Any] = yaml.safe_load(ROUTES.read_text(encoding="utf-8"))
    [configuration] = routes["resources"]
    hosts = {host["name"]: host for host in configuration["virtual_hosts"]}
    broken = FAULTS[fault] if fault else {}
    if live.only:
        hosts["plain"]["routes"] = hosts[live.only]["routes"]
    elif live.share or "injected" in broken:
        # The rules before the last are for those who have a cookie.
        hosts["plain"]["routes"][-1]["route"] = weighted(live, hosts)
    for header in configuration["request_headers_to_add"] + configuration["response_headers_to_add"]:
        header["header"]["value"] = str(live)
    if fault:
        configuration["response_headers_to_add"].append({"header": {"key": FAULT_HEADER, "value": fault}})
    for host, colour in broken.get("swapped", {}).items():
        hosts[host]["routes"] = hosts[colour]["routes"]
    if "injected" in broken:
        inject(hosts, broken["injected"])
    return routes


def weighted(live: Live, hosts: dict[str, Any]) -> Route:
    """Each colour, as on its own host, with its share of new visitors."""
    clusters = []
    for colour, share in live.shares().items():
        [own] = hosts[colour]["routes"]
        cluster = own["route"] | {"weight": round(share * 100)}
        clusters.append({"name": cluster.pop("cluster"), **cluster})
    return {"weighted_clusters": {"clusters": clusters}}


def inject(hosts: dict[str, Any], fault: dict[str, Any]) -> None:
    """Let Envoy answer with an error, or late, wherever a route leads to the bad release.

    https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/fault_filter
    """
    kind = "type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault"
    [own] = hosts[BAD_RELEASE]["routes"]
    subset = own["route"]["metadata_match"]
    for name in ("plain", *COLOURS):
        for route in hosts[name]["routes"]:
            leads = route["route"].get("weighted_clusters", {}).get("clusters", [])
            for place, target in [(route, route["route"]), *((cluster, cluster) for cluster in leads)]:
                if target.get("metadata_match") == subset:
                    place["typed_per_filter_config"] = {"envoy.filters.http.fault": {"@type": kind, **fault}}
