"""Somebody's own folder on top of ours: a label of theirs is also put into selectors; other names are not supported."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.manifests import authorization, colours, destinations, mysqls, network, references, routing, web_servers
from tests.manifests.conftest import FOLDERS
from tests.manifests.rendering import Labels, Objects, environment, labels_of, names, of_kind, pod, render, workloads
from tests.support.one_machine import ROOT

TEAM = {"team": "x"}
WAYS = [{"commonLabels": TEAM}, {"labels": [{"pairs": TEAM, "includeSelectors": True}]}]
APPS = {"httpd-server", "mysql-server", "verify"}
# Not fields: a label more is no mistake here.
CHECKS = [*references.CHECKS, *colours.CHECKS, *network.CHECKS, *web_servers.CHECKS, *mysqls.CHECKS]
IN_THE_MESH = [*CHECKS, *network.IN_THE_MESH, *routing.CHECKS, *destinations.CHECKS, *authorization.CHECKS]


def overlay(own: Path, said: dict[str, Any], folder: str, *components: str) -> Objects:
    """Renders the empty folder `own`, with what it says, on top of a folder and components of ours."""
    ours = os.path.relpath(ROOT, own.resolve())
    paths = {"resources": [f"{ours}/{folder}"], "components": [f"{ours}/{each}" for each in components]}
    (own / "kustomization.yaml").write_text(yaml.safe_dump(paths | said), encoding="utf-8")
    return render(own)


@pytest.fixture(scope="module", params=WAYS, ids=lambda way: next(iter(way)))
def labelled(request, tmp_path_factory):
    """How to render a folder of ours, with components, below a folder with the label."""

    def on_top_of(folder: str, *components: str) -> Objects:
        return overlay(tmp_path_factory.mktemp("own"), request.param, folder, *components)

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


@pytest.mark.parametrize("folder", ["k8s", "istio"])
def test_other_names_are_not_supported_as_the_documentation_says(tmp_path, folder):
    """If one of them works some day, the documentation has to say so."""
    prefixed, suffixed = tmp_path / "prefixed", tmp_path / "suffixed"
    prefixed.mkdir()
    suffixed.mkdir()
    objects = overlay(prefixed, {"namePrefix": "x-"}, folder)
    assert "x-mysql-server" in names(of_kind(objects, "Service"))
    assert not mysql_is_found(objects)
    assert mysql_is_found(render(folder))
    with pytest.raises(subprocess.CalledProcessError):
        overlay(suffixed, {"nameSuffix": "-x"}, folder)
    told = (ROOT / "docs/reference.md").read_text(encoding="utf-8").split("### A folder of your own")[1]
    assert "`namePrefix` and `nameSuffix` are not supported" in told


def mysql_is_found(objects: Objects) -> bool:
    """Whether each web server is told a Service that exists."""
    hosts = {
        environment(web)["MYSQL_HOST"].replace("$(COLOUR)", labels_of(pod(web))["version"])
        for web in of_kind(objects, "Deployment")
    }
    return hosts <= names(of_kind(objects, "Service"))


@pytest.fixture(scope="module")
def labelled_k8s(labelled):
    return labelled("k8s")


@pytest.fixture(scope="module")
def labelled_istio(labelled):
    return labelled("istio")
