"""Argo CD applies the mesh, and a sync succeeds only if `verify` does."""

from tests.manifests.rendering import name_of, namespace, one
from tests.support.one_machine import ROOT

SYNCED = "examples/argocd/synced"


def test_it_syncs_a_folder_of_this_repository_into_our_namespace(rendered):
    [application] = rendered["examples/argocd"]
    spec = application["spec"]
    assert spec["source"]["path"] == SYNCED
    assert (ROOT / SYNCED / "kustomization.yaml").is_file()
    assert spec["destination"]["namespace"] == namespace(rendered[SYNCED])


def test_it_applies_what_istio_verify_does_and_two_annotations(rendered):
    changed = [(old, new) for old, new in zip(rendered["istio/verify"], rendered[SYNCED], strict=True) if old != new]
    assert {name_of(old) for old, _ in changed} == {namespace(rendered["istio"]), "verify"}
    for old, new in changed:
        metadata = {key: value for key, value in new["metadata"].items() if key != "annotations"}
        assert new | {"metadata": metadata} == old


def test_each_sync_ends_with_a_new_job(rendered):
    assert one(rendered[SYNCED], "Job", "verify")["metadata"]["annotations"] == {
        "argocd.argoproj.io/hook": "PostSync",
        "argocd.argoproj.io/hook-delete-policy": "BeforeHookCreation",
    }


def test_the_namespace_with_the_passwords_outlives_the_application(rendered):
    kept = one(rendered[SYNCED], "Namespace", namespace(rendered[SYNCED]))["metadata"]["annotations"]
    assert kept == {"argocd.argoproj.io/sync-options": "Delete=false,Prune=false"}
