"""From outside, through the ingress gateway: `verify`, and the switch of the plain host under load."""

import json
import threading
from collections import Counter

import httpx
import yaml

from tests.cluster.conftest import Cluster
from tests.conftest import eventually
from tests.one_machine import ROOT
from tests.verifying import failed, rows


def test_verify_finds_nothing_wrong_and_nothing_unchecked(mesh: Cluster):
    code, found = rows(mesh.gateway, "--domain", mesh.domain)
    assert (code, failed(found)) == (0, set())
    assert {row["result"] for row in found.values()} == {"pass"}


def test_the_plain_host_is_switched_and_no_request_fails(mesh: Cluster):
    stop, seen = threading.Event(), Counter[tuple[str | None, int]]()

    def load() -> None:
        with httpx.Client(base_url=mesh.gateway, headers={"Host": f"pii-demo.{mesh.domain}"}, timeout=10) as client:
            while not stop.is_set():
                response = client.get("/version")
                seen[response.headers.get("X-App-Colour"), response.status_code] += 1

    threads = [threading.Thread(target=load) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        for live in ("live/blue", "live/green", "."):
            switch(mesh, live)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert seen.keys() == {("blue", 200), ("green", 200)}


def switch(mesh: Cluster, live: str) -> None:
    """Apply the plain host's VirtualService of that folder, and wait until the gateway follows it."""
    rendered = yaml.safe_load_all(mesh.kubectl("kustomize", str(ROOT / "istio" / live)))
    [route] = [
        found for found in rendered if (found["kind"], found["metadata"]["name"]) == ("VirtualService", "pii-demo")
    ]
    mesh.kubectl("apply", "--filename=-", given=json.dumps(route))
    expected = "both" if live == "." else live.removeprefix("live/")

    @eventually
    def follows() -> None:
        answer = httpx.get(f"{mesh.gateway}/version", headers={"Host": f"pii-demo.{mesh.domain}"})
        assert answer.headers["x-edge-live"] == expected
        assert expected in ("both", answer.headers["x-app-colour"])

    follows()
