"""Every object is one that the cluster knows, with no field that it does not know."""

from copy import deepcopy
from importlib import import_module
from typing import Any

import kubernetes_validate
import pytest

from tests.manifests.conftest import FOLDERS
from tests.manifests.rendering import Object, of_istio

KUBERNETES = ["1.32", kubernetes_validate.latest_version()]


def as_istio_knows_it(each: Object) -> Any:
    """The models pass over what they do not know: so what comes out has to be what went in."""
    return istio_model(each).model_validate(each).model_dump(mode="json", by_alias=True, exclude_unset=True)


def istio_model(each: Object) -> Any:
    group, version = each["apiVersion"].split("/")
    return getattr(import_module(f"cloudcoil.models.istio.{group.partition('.')[0]}.{version}"), each["kind"])


@pytest.mark.parametrize("version", KUBERNETES)
def test_every_object_of_kubernetes_is_valid(rendered, version):
    for each in rendered["k8s"] + rendered["istio/verify"] + rendered["tests/manifests/everything"]:
        if not of_istio(each):
            kubernetes_validate.validate(each, version, strict=True)


@pytest.mark.parametrize("folder", [folder for folder in FOLDERS if folder.startswith("istio")])
def test_every_object_of_istio_is_valid(rendered, folder):
    for each in filter(of_istio, rendered[folder]):
        assert as_istio_knows_it(each) == each


def test_a_field_that_is_not_known_is_found_in_every_kind(rendered):
    one_of_each_kind = {each["kind"]: each for each in deepcopy(rendered["tests/manifests/everything"])}
    for each in one_of_each_kind.values():
        part = each["spec"] if each.get("spec") else each
        part["notAField"] = 1
        if of_istio(each):
            assert as_istio_knows_it(each) != each
        else:
            with pytest.raises(kubernetes_validate.ValidationError, match="notAField"):
                kubernetes_validate.validate(each, KUBERNETES[-1], strict=True)


def test_istios_versions_are_the_current_ones(rendered):
    groups = {each["apiVersion"] for each in rendered["istio"] if "istio.io" in each["apiVersion"]}
    assert groups == {"networking.istio.io/v1", "security.istio.io/v1"}
