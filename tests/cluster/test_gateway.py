"""From outside, through the ingress gateway: `verify`, and the switch of the plain host under load."""

import json

import httpx
import yaml

from app.colours import COLOURS
from tests.cluster.conftest import Cluster
from tests.manifests.rendering import name_of, of_kind
from tests.manifests.routing import STAYS
from tests.support.installation import settings
from tests.support.load import under_load
from tests.support.one_machine import ROOT
from tests.support.verifying import failed, rows
from tests.support.waiting import eventually

BOTH = "."
REQUESTS = 12  # by chance one colour alone would answer them once in 2,000 times; in turn, never


def test_verify_finds_nothing_wrong_and_nothing_unchecked(mesh: Cluster):
    code, found = rows(mesh.gateway, "--domain", settings()["DOMAIN"])
    assert (code, failed(found)) == (0, set())
    assert {row["result"] for row in found.values()} == {"pass"}


def test_the_plain_host_reads_the_cookie_as_the_application_does(mesh: Cluster):
    with httpx.Client(base_url=mesh.gateway, headers={"Host": str(mesh.host(None))}) as client:
        for cookie, meant in STAYS.items():
            answers = [client.get("/version", headers={"Cookie": cookie}) for _ in range(REQUESTS)]
            colours = {answer.headers["X-App-Colour"] for answer in answers}
            assert colours == (set(COLOURS) if meant == "both" else {meant}), cookie


def test_the_plain_host_is_switched_and_loses_nothing(mesh: Cluster):
    with under_load(mesh.gateway, mesh.host(None)) as load:
        try:
            for live in ("live/blue", "live/share", "live/green", BOTH):
                switch(mesh, live)
                load.wait_for(20)
        finally:
            switch(mesh, BOTH)
    assert load.outcomes.keys() == {303}
    mesh.assert_stored(load)


def test_a_share_is_what_verify_finds(mesh: Cluster):
    try:
        switch(mesh, "live/share")
        code, found = rows(mesh.gateway, "--domain", settings()["DOMAIN"], "--live", "green", "--share", "10")
    finally:
        switch(mesh, BOTH)
    assert (code, failed(found)) == (0, set())


def switch(mesh: Cluster, live: str) -> None:
    """Apply the edge's VirtualServices of that folder, and wait until the gateway follows them."""
    rendered = list(yaml.safe_load_all(mesh.kubectl("kustomize", str(ROOT / "istio" / live))))
    edge = [each for each in of_kind(rendered, "VirtualService") if name_of(each).startswith("pii-demo")]
    mesh.kubectl("apply", "--filename=-", given=json.dumps({"apiVersion": "v1", "kind": "List", "items": edge}))

    @eventually
    def follows() -> None:
        answer = httpx.get(f"{mesh.gateway}/version", headers={"Host": str(mesh.host(None))})
        said = {BOTH: "both", "live/share": "green=10"}.get(live, live.removeprefix("live/"))
        assert answer.headers["x-edge-live"] == said
        for colour in (None, *COLOURS):
            page = httpx.get(mesh.gateway, headers={"Host": str(mesh.host(colour)), "X-Edge-Live": "a lie"})
            assert f'<body data-live="{said}">' in page.text

    follows()
