"""What a stranger can set in a request, as in tests/deployment/test_strangers.py, and what the gateway makes of it."""

import json
from collections.abc import Iterator

import httpx
import pytest

from tests.cluster.conftest import Cluster
from tests.deployment.test_strangers import HARMLESS
from tests.manifests.rendering import of_kind, render
from tests.support.installation import host
from tests.support.waiting import eventually

UPGRADES = {name: headers for name, headers in HARMLESS.items() if name.startswith("Upgrade")}


def ask(cluster: Cluster, path: str, headers: dict[str, str]) -> httpx.Response:
    with httpx.Client(headers={"Host": str(cluster.host("blue"))}) as client:
        return client.get(cluster.gateway + path, headers=headers)


def assert_harmless(cluster: Cluster, headers: dict[str, str]) -> None:
    plain, other = ask(cluster, "/users/new", {}), ask(cluster, "/users/new", headers)
    assert other.status_code == 200
    pages = [page.text.replace(page.headers["X-App-Pod"], "").partition('name="id"')[0] for page in (plain, other)]
    assert pages[0] == pages[1]
    assert set(other.headers) - set(plain.headers) <= {"connection"}


@pytest.mark.parametrize("name", sorted(HARMLESS.keys() - UPGRADES.keys()))
def test_a_header_of_a_stranger_changes_nothing(mesh: Cluster, name):
    assert_harmless(mesh, HARMLESS[name])


@pytest.mark.parametrize("path", ["//evil/users/new", "/users/new"])
@pytest.mark.parametrize("name", ["SCRIPT_NAME", "PATH_INFO", "REMOTE_USER", "X_Forwarded_For"])
def test_a_header_name_with_an_underscore_counts_for_nothing(mesh: Cluster, name, path):
    assert "//evil" not in ask(mesh, path, {name: "//evil"}).text


@pytest.mark.parametrize("host", ["a@{}", f"{host('green')}:80@{{}}"])
def test_a_host_with_a_user_in_it_is_refused(mesh: Cluster, host):
    answer = httpx.get(f"{mesh.gateway}/users", headers={"Host": host.format(mesh.host("blue"))})
    assert answer.status_code in {400, 404}


@pytest.mark.parametrize("path", ["/metrics", "//metrics", "/%6Detrics", "/x/../metrics"])
def test_metrics_are_not_for_visitors(mesh: Cluster, path):
    answer = ask(mesh, path, {})
    assert answer.status_code == 404
    assert "pii_demo_requests" not in answer.text


@pytest.fixture
def strict(mesh: Cluster) -> Iterator[Cluster]:
    """istio/components/gateway is applied, and already in effect."""
    given = json.dumps(of_kind(render("tests/cluster/gateway"), "EnvoyFilter")[0])
    where = json.loads(given)["metadata"]["namespace"]
    mesh.kubectl("apply", "--filename=-", given=given, where=where)
    try:

        @eventually
        def in_effect() -> None:
            assert ask(mesh, "/users/new", {"SCRIPT_NAME": "//evil"}).status_code == 400

        in_effect()
        yield mesh
    finally:
        mesh.kubectl("delete", "--filename=-", given=given, where=where)


def test_the_gateway_can_be_as_strict_as_the_edge_of_one_machine(strict: Cluster):
    for headers in HARMLESS.values():
        assert_harmless(strict, headers)
    for path in ("//evil/users/new", "/users/new"):
        for name in ("SCRIPT_NAME", "PATH_INFO", "REMOTE_USER", "X_Forwarded_For"):
            assert ask(strict, path, {name: "//evil"}).status_code == 400
