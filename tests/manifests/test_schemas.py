"""Every object is one that the cluster knows, with no field that it does not know."""

from copy import deepcopy
from importlib import import_module
from typing import Any

import kubernetes_validate
import pytest

from tests.manifests.conftest import FOLDERS
from tests.manifests.rendering import Object

KUBERNETES = ["1.32", kubernetes_validate.latest_version()]
# The resources that an operator or a mesh adds to the cluster: the end of their group, and where their models are.
ADDED = {"istio.io": "istio.{group}.{version}", "monitoring.coreos.com": "prometheus_operator.{version}"}


def module_of(each: Object) -> str | None:
    """The models that know it; None for what is Kubernetes' own."""
    group, _, version = each["apiVersion"].partition("/")
    modules = (module for end, module in ADDED.items() if group.endswith(end))
    return next((module.format(group=group.partition(".")[0], version=version) for module in modules), None)


def as_its_models_know_it(each: Object) -> Any:
    """The models pass over what they do not know: so what comes out has to be what went in."""
    model = getattr(import_module(f"cloudcoil.models.{module_of(each)}"), each["kind"])
    return model.model_validate(each).model_dump(mode="json", by_alias=True, exclude_unset=True)


@pytest.mark.parametrize("version", KUBERNETES)
def test_every_object_of_kubernetes_is_valid(rendered, version):
    for each in rendered["k8s"] + rendered["istio/verify"] + rendered["tests/manifests/everything"]:
        if not module_of(each):
            kubernetes_validate.validate(each, version, strict=True)


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_object_of_istio_and_of_the_prometheus_operator_is_valid(rendered, folder):
    for each in filter(module_of, rendered[folder]):
        assert as_its_models_know_it(each) == each


def test_a_field_that_is_not_known_is_found_in_every_kind(rendered):
    one_of_each_kind = {each["kind"]: each for each in deepcopy(rendered["tests/manifests/everything"])}
    for each in one_of_each_kind.values():
        part = each["spec"] if each.get("spec") else each
        part["notAField"] = 1
        if module_of(each):
            assert as_its_models_know_it(each) != each
        else:
            with pytest.raises(kubernetes_validate.ValidationError, match="notAField"):
                kubernetes_validate.validate(each, KUBERNETES[-1], strict=True)


def test_istios_versions_are_the_current_ones(rendered):
    groups = {each["apiVersion"] for each in rendered["istio"] if "istio.io" in each["apiVersion"]}
    assert groups == {"networking.istio.io/v1", "security.istio.io/v1"}
