"""The Job that runs `verify` in the cluster; tests/cluster runs it."""

from app.colours import COLOURS
from tests.manifests.rendering import container, namespace, one
from tests.support.installation import settings


def test_everything_else_is_as_without_it(rendered):
    added = [each for each in rendered["istio/verify"] if each not in rendered["istio"]]
    assert [(each["kind"], each["metadata"]["name"]) for each in added] == [
        ("Job", "verify"),
        ("NetworkPolicy", "verify"),
    ]
    assert len(rendered["istio/verify"]) == len(rendered["istio"]) + 2


def test_it_asks_the_gateway_for_our_hosts_and_writes_junit(rendered):
    job = one(rendered["istio/verify"], "Job", "verify")
    [verify] = job["spec"]["template"]["spec"]["containers"]
    assert {each["name"]: each["value"] for each in verify["env"]} == {
        "DOMAIN": settings()["DOMAIN"],
        "GATEWAY": settings()["GATEWAY_SERVICE"],
        "GATEWAY_NAMESPACE": settings()["GATEWAY_PRINCIPAL"].split("/")[2],
    }
    options = ["--via", "http://$(GATEWAY).$(GATEWAY_NAMESPACE)", "--domain", "$(DOMAIN)", "--junit", "-"]
    assert verify["command"] + verify["args"] == ["python", "-m", "app.verify", *options]


def test_it_runs_blues_image_once_without_a_sidecar_or_a_colour(rendered):
    objects = rendered["istio/verify"]
    job = one(objects, "Job", "verify")
    [verify] = job["spec"]["template"]["spec"]["containers"]
    assert verify["image"] == container(one(objects, "Deployment", "httpd-server-blue"))["image"]
    assert job["metadata"]["namespace"] == namespace(objects)
    assert job["spec"]["backoffLimit"] == 0
    labels = job["spec"]["template"]["metadata"]["labels"]
    assert labels["sidecar.istio.io/inject"] == "false"
    assert not COLOURS.keys() & set(labels.values())


def test_it_may_reach_the_gateway_alone(rendered):
    objects = rendered["istio/verify"]
    policy = one(objects, "NetworkPolicy", "verify")["spec"]
    labels = one(objects, "Job", "verify")["spec"]["template"]["metadata"]["labels"]
    assert policy["podSelector"]["matchLabels"].items() <= labels.items()
    [egress] = policy["egress"]
    [target] = egress["to"]
    assert target["namespaceSelector"]["matchLabels"] == {
        "kubernetes.io/metadata.name": settings()["GATEWAY_PRINCIPAL"].split("/")[2]
    }
    [expression] = target["podSelector"]["matchExpressions"]
    assert expression == {"key": "istio", "operator": "In", "values": [settings()["GATEWAY_LABEL"]]}
