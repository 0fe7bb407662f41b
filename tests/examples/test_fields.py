"""What the examples say to other programs is what `crds.py` checked; all else is checked here."""

import kubernetes_validate
import pytest

from tests.examples.conftest import FOLDERS
from tests.manifests.fields import fields
from tests.manifests.rendering import of_istio, one
from tests.manifests.test_schemas import KUBERNETES, as_its_models_know_it

# A new field is checked by crds.py first.
CHECKED = {
    "Application": {
        "destination.namespace",
        "destination.server",
        "project",
        "source.path",
        "source.repoURL",
        "source.targetRevision",
        "syncPolicy.automated.prune",
    },
    "AnalysisTemplate": {"metrics.name", "metrics.provider.job"},
    "Rollout": {
        "replicas",
        "strategy.canary.maxSurge",
        "strategy.canary.maxUnavailable",
        "strategy.canary.steps.analysis.templates.templateName",
        "strategy.canary.steps.setWeight",
        "workloadRef.apiVersion",
        "workloadRef.kind",
        "workloadRef.name",
    },
    "Certificate": {
        "dnsNames",
        "issuerRef.group",
        "issuerRef.kind",
        "issuerRef.name",
        "secretName",
    },
    "Canary": {
        "analysis.interval",
        "analysis.iterations",
        "analysis.threshold",
        "analysis.webhooks.metadata.cmd",
        "analysis.webhooks.metadata.type",
        "analysis.webhooks.name",
        "analysis.webhooks.timeout",
        "analysis.webhooks.type",
        "analysis.webhooks.url",
        "provider",
        "service.name",
        "service.port",
        "service.targetPort",
        "targetRef.apiVersion",
        "targetRef.kind",
        "targetRef.name",
    },
}


@pytest.mark.parametrize("folder", FOLDERS)
def test_their_own_kinds_have_the_fields_that_were_checked(rendered, folder):
    for each in rendered[folder]:
        if each["kind"] in CHECKED:
            said = {
                field.partition(".job.")[0] + ".job" if ".job." in field else field for field in fields(each["spec"])
            }
            assert said == CHECKED[each["kind"]]


@pytest.mark.parametrize("folder", FOLDERS)
def test_all_else_is_valid(rendered, folder):
    for each in rendered[folder]:
        if of_istio(each):
            assert as_its_models_know_it(each) == each
        elif each["kind"] not in CHECKED:
            kubernetes_validate.validate(each, KUBERNETES[-1], strict=True)


def test_the_job_of_the_analysis_is_valid(rendered):
    [metric] = one(rendered["examples/argo-rollouts"], "AnalysisTemplate", "verify")["spec"]["metrics"]
    job = {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": "verify"},
        "spec": metric["provider"]["job"]["spec"],
    }
    kubernetes_validate.validate(job, KUBERNETES[-1], strict=True)
