"""Flagger replaces green's web servers if `verify` passes, and what it creates itself is green's too."""

import os
import subprocess
import sys
from copy import deepcopy
from pathlib import Path

import pytest

from tests.manifests.references import selectors
from tests.manifests.rendering import Object, container, labels_of, matches, names, of_kind, one, pod
from tests.support.one_machine import ROOT, free_port

FOLDER = "examples/flagger"
GREEN = "httpd-server-green"
LABEL = "track"


@pytest.fixture
def objects(rendered):
    return rendered[FOLDER]


@pytest.fixture
def canary(objects):
    return one(objects, "Canary", GREEN)["spec"]


def primary(deployment: Object) -> Object:
    """The Deployment that Flagger makes of it, as far as labels go."""
    copy = deepcopy(deployment)
    copy["metadata"]["name"] += "-primary"
    label = {LABEL: f"{deployment['spec']['selector']['matchLabels'][LABEL]}-primary"}
    copy["spec"]["selector"]["matchLabels"] = label
    labels_of(pod(copy)).update(label)
    return copy


def test_all_else_is_as_while_blue_is_live(rendered, objects):
    before = rendered["istio/live/blue"]
    assert [each for each in before if each not in objects] == [one(before, "Deployment", GREEN)]
    added = [(each["kind"], each["metadata"]["name"]) for each in objects if each not in before]
    assert sorted(added) == [
        ("Canary", GREEN),
        ("Deployment", GREEN),
        ("Deployment", "verify"),
        ("NetworkPolicy", "verify"),
        ("NetworkPolicy", "verify-webhook"),
        ("Service", "verify"),
    ]


def test_green_has_a_label_for_flagger_and_no_number_of_replicas(rendered, objects):
    expected = deepcopy(one(rendered["istio/live/blue"], "Deployment", GREEN))
    del expected["spec"]["replicas"]
    expected["spec"]["selector"]["matchLabels"][LABEL] = "green"
    labels_of(pod(expected))[LABEL] = "green"
    assert one(objects, "Deployment", GREEN) == expected


def test_whatever_selects_greens_pods_selects_those_of_flaggers_copy(objects):
    """The mesh's routes go by the Service and the label `version`, its certificates by the account."""
    green = one(objects, "Deployment", GREEN)
    copy = primary(green)
    for each, selector in selectors(objects):
        if each != green:
            assert matches(selector, labels_of(pod(green))) == matches(selector, labels_of(pod(copy))), each
    assert {**labels_of(pod(copy)), LABEL: "green"} == labels_of(pod(green))
    assert not matches(green["spec"]["selector"]["matchLabels"], labels_of(pod(copy)))


def test_it_replaces_green_and_its_services_are_none_of_ours(objects, canary):
    target = one(objects, canary["targetRef"]["kind"], canary["targetRef"]["name"])
    assert (target["apiVersion"], target["metadata"]["name"]) == (canary["targetRef"]["apiVersion"], GREEN)
    assert canary["service"]["targetPort"] in {port["name"] for port in container(target)["ports"]}
    made = {canary["service"]["name"] + suffix for suffix in ("", "-primary", "-canary")}
    assert not made & names(of_kind(objects, "Service", "VirtualService", "DestinationRule"))


def test_the_webhook_leads_to_a_server_in_the_applications_image(rendered, objects, canary):
    [webhook] = canary["analysis"]["webhooks"]
    service = one(objects, "Service", "verify")
    assert webhook["url"] == f"http://verify.{service['metadata']['namespace']}"
    server = one(objects, "Deployment", "verify")
    assert service["spec"]["selector"] == server["spec"]["selector"]["matchLabels"]
    assert matches(service["spec"]["selector"], labels_of(pod(server)))
    [port] = service["spec"]["ports"]
    assert (port["port"], port["targetPort"]) == (80, container(server)["ports"][0]["name"])
    job = one(rendered["istio/verify"], "Job", "verify")
    for field in ("image", "env", "resources", "securityContext"):
        assert container(server)[field] == container(job)[field]
    assert labels_of(pod(server)) == labels_of(pod(job))


def test_only_flagger_may_call_it(objects):
    """Beside the policy that denies everything; the one of the Job lets it ask the gateway."""
    policy = one(objects, "NetworkPolicy", "verify-webhook")["spec"]
    server = one(objects, "Deployment", "verify")
    assert matches(policy["podSelector"]["matchLabels"], labels_of(pod(server)))
    [ingress] = policy["ingress"]
    [caller] = ingress["from"]
    assert caller["namespaceSelector"]["matchLabels"] == {"kubernetes.io/metadata.name": "flagger-system"}
    assert caller["podSelector"]["matchExpressions"][0]["values"] == ["flagger"]
    assert [port["port"] for port in ingress["ports"]] == [container(server)["ports"][0]["containerPort"]]


@pytest.fixture
def run(objects, canary):
    """Run the webhook's command as the load tester does, with the gateway at a port of this machine."""
    [webhook] = canary["analysis"]["webhooks"]
    assert webhook["metadata"]["type"] == "bash"

    def run(port: int) -> subprocess.CompletedProcess[str]:
        told = {each["name"]: each["value"] for each in container(one(objects, "Deployment", "verify"))["env"]}
        told |= {"GATEWAY": "127.0.0", "GATEWAY_NAMESPACE": f"1:{port}"}
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        command = ["bash", "-c", webhook["metadata"]["cmd"]]
        return subprocess.run(
            command, cwd=ROOT, env=os.environ | told | {"PATH": path}, capture_output=True, text=True, check=False
        )

    return run


def test_its_command_passes_if_everything_is_right(run, one_machine):
    ran = run(one_machine.port)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ", 0 failed" in ran.stdout


def test_its_command_fails_if_nobody_answers(run):
    assert run(free_port()).returncode == 2
