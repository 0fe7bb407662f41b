"""Somebody's own folder on top of ours, with a label of theirs that kustomize puts into the selectors, too."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from tests.manifests import authorization, colours, destinations, mysqls, network, references, routing, webs
from tests.manifests.conftest import FOLDERS
from tests.manifests.rendering import Labels, Objects, labels_of, pod, render, workloads
from tests.one_machine import ROOT

TEAM = {"team": "x"}
WAYS = [{"commonLabels": TEAM}, {"labels": [{"pairs": TEAM, "includeSelectors": True}]}]
APPS = {"httpd-server", "mysql-server"}
# Not fields: a label more is no mistake here.
CHECKS = [*references.CHECKS, *colours.CHECKS, *network.CHECKS, *webs.CHECKS, *mysqls.CHECKS]
IN_THE_MESH = [*CHECKS, *network.IN_THE_MESH, *routing.CHECKS, *destinations.CHECKS, *authorization.CHECKS]


@pytest.fixture(scope="module", params=WAYS, ids=lambda way: next(iter(way)))
def labelled(request, tmp_path_factory):
    """How to render a folder of ours, with components, below a folder with the label."""

    def on_top_of(folder: str, *components: str) -> Objects:
        own = tmp_path_factory.mktemp("own")
        ours = os.path.relpath(ROOT, own.resolve())
        paths = {"resources": [f"{ours}/{folder}"], "components": [f"{ours}/{each}" for each in components]}
        (own / "kustomization.yaml").write_text(yaml.safe_dump(paths | request.param), encoding="utf-8")
        return render(own)

    return on_top_of


def labels_and_selectors(value: Any) -> Iterator[Labels]:
    """Everything inside that has the label `team`."""
    if isinstance(value, dict):
        if "team" in value:
            yield value
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from labels_and_selectors(each)


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_label_is_on_our_pods_and_in_no_selector_of_anybody_elses(labelled, folder):
    components = ["istio/components/gateway"] if "istio" in folder else []
    objects = labelled(folder, *components)
    assert all(labels_of(pod(each)).items() >= TEAM.items() for each in workloads(objects))
    for each in objects:
        found = list(labels_and_selectors({"spec": each.get("spec", {})}))
        # One without anything of ours would be a selector that means everybody here.
        assert all(selector.get("app") in APPS for selector in found), (each["kind"], each["metadata"]["name"], found)


@pytest.mark.parametrize("check", CHECKS + network.WITHOUT_MESH)
def test_all_that_holds_without_a_mesh_still_does(labelled_k8s, check):
    check(labelled_k8s)


@pytest.mark.parametrize("check", IN_THE_MESH)
def test_all_that_holds_in_the_mesh_still_does(labelled_istio, check):
    check(labelled_istio)


@pytest.fixture(scope="module")
def labelled_k8s(labelled):
    return labelled("k8s")


@pytest.fixture(scope="module")
def labelled_istio(labelled):
    return labelled("istio")
