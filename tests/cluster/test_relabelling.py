"""A pod that is given the other colour's label is neither asked nor, with the admission policy, let be relabelled."""

import json
import time
from collections.abc import Iterator

import httpx
import pytest

from tests.cluster.conftest import LOCKED, POD_SECURITY, Cluster
from tests.manifests.rendering import of_kind, render
from tests.support.waiting import eventually

ADMISSION = ("ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding")
DENIED = "runs as the ServiceAccount APP-VERSION"
SECONDS = 20  # until its readiness takes out a pod that finds itself of another colour than its database


@pytest.fixture
def relabelled(mesh: Cluster) -> Iterator[str]:
    """One of blue's pods, by its name, that has green's label."""
    pod = mesh.pod("blue")
    mesh.kubectl("label", pod, "version=green", "--overwrite")
    yield pod.removeprefix("pod/")
    mesh.kubectl("delete", pod)  # blue has another one by now
    mesh.wait()


def test_a_relabelled_pod_answers_nobody_and_fails_no_request(mesh: Cluster, relabelled):
    answers = set()
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        answer = httpx.get(f"{mesh.gateway}/version", headers={"Host": str(mesh.host("green"))})
        answers.add((answer.status_code, answer.headers.get("X-App-Pod")))
    assert {status for status, _ in answers} == {200}
    assert relabelled not in {pod for _, pod in answers}


@pytest.fixture
def admission(cluster: Cluster) -> Iterator[None]:
    """istio/components/admission is applied, and already asked."""
    objects = of_kind(render("tests/manifests/everything"), *ADMISSION)
    given = json.dumps({"apiVersion": "v1", "kind": "List", "items": objects})
    cluster.kubectl("apply", "--filename=-", given=given)
    try:

        @eventually
        def asked() -> None:
            assert not is_let_in(cluster, pod("httpd-server-blue", app="httpd-server", version="green"))

        asked()
        yield
    finally:
        cluster.kubectl("delete", "--filename=-", given=given)


def pod(account: str, **labels: str) -> str:
    """A pod that runs as an account and has these labels."""
    container = {"name": "any", "image": "any", "securityContext": LOCKED}
    spec = {"serviceAccountName": account, "containers": [container], "securityContext": POD_SECURITY}
    return json.dumps({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "any", "labels": labels}, "spec": spec})


CREATE = ("create", "--dry-run=server", "--filename=-")


def is_let_in(cluster: Cluster, made: str) -> bool:
    try:
        cluster.kubectl(*CREATE, given=made)
    except AssertionError as refusal:
        assert DENIED in str(refusal)
        return False
    return True


@pytest.mark.usefixtures("admission")
@pytest.mark.parametrize("app", ["httpd-server", "mysql-server"])
def test_a_pod_with_a_colour_runs_as_that_colours_account_and_no_other_pod_does(cluster: Cluster, app):
    for made in (pod(f"{app}-green", app=app, version="green"), pod("default"), pod("default", version="2.0")):
        assert is_let_in(cluster, made)
    for made in (
        pod(f"{app}-blue", app=app, version="green"),
        pod("default", app=app, version="green"),
        pod("default", version="green"),
        pod(f"{app}-green", app="another", version="green"),
        pod(f"{app}-green", app=app),
        pod(f"{app}-green"),
    ):
        assert not is_let_in(cluster, made)


@pytest.mark.usefixtures("admission")
@pytest.mark.parametrize("label", ["version=green", "version-", "app=mysql-server"])
def test_a_running_pod_keeps_its_colour(cluster: Cluster, label):
    running = cluster.pod("blue")
    with pytest.raises(AssertionError, match=DENIED):
        cluster.kubectl("label", running, label, "--overwrite")
    status = {"metadata": {"labels": {"version": "green"}}}
    with pytest.raises(AssertionError, match=DENIED):
        cluster.kubectl("patch", running, "--subresource=status", "--type=merge", "--patch", json.dumps(status))
    cluster.kubectl("label", running, "tier=any")
    cluster.kubectl("label", running, "tier-")
