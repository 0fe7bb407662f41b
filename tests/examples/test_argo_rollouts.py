"""Argo Rollouts replaces green's web servers, the first of them only if `verify` passes."""

from fractions import Fraction

from tests.manifests.rendering import Object, names, of_kind, one

FOLDER = "examples/argo-rollouts"
GREEN = "httpd-server-green"


def test_all_else_is_as_while_blue_is_live(rendered):
    before, after = rendered["istio/live/blue"], rendered[FOLDER]
    changed = [each for each in before if each not in after]
    added = [each for each in after if each not in before]
    assert changed == [one(before, "Deployment", GREEN)]
    assert {each["kind"] for each in added} == {"AnalysisTemplate", "Deployment", "NetworkPolicy", "Rollout"}
    assert names(of_kind(added, "NetworkPolicy")) == {"verify"}


def test_the_rollout_has_the_pods_of_the_deployment_and_the_deployment_none(rendered):
    before, after = (one(rendered[folder], "Deployment", GREEN) for folder in ("istio/live/blue", FOLDER))
    assert after == before | {"spec": before["spec"] | {"replicas": 0}}
    spec = rollout(rendered)["spec"]
    assert spec["workloadRef"] == {"apiVersion": after["apiVersion"], "kind": after["kind"], "name": GREEN}
    assert spec["replicas"] == before["spec"]["replicas"]
    assert spec["strategy"]["canary"].items() >= before["spec"]["strategy"]["rollingUpdate"].items()


def test_one_pod_is_replaced_and_then_verified(rendered):
    spec = rollout(rendered)["spec"]
    [replaced, verified] = spec["strategy"]["canary"]["steps"]
    assert Fraction(replaced["setWeight"], 100) * spec["replicas"] == 1
    [template] = verified["analysis"]["templates"]
    assert one(rendered[FOLDER], "AnalysisTemplate", template["templateName"])


def test_the_metric_is_the_job_of_istio_verify(rendered):
    [metric] = one(rendered[FOLDER], "AnalysisTemplate", "verify")["spec"]["metrics"]
    assert metric["provider"]["job"]["spec"] == one(rendered["istio/verify"], "Job", "verify")["spec"]


def rollout(rendered) -> Object:
    return one(rendered[FOLDER], "Rollout", GREEN)
