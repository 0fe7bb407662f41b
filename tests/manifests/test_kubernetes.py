"""`kubectl apply -k k8s`: everything that works without a mesh."""

import pytest

from tests.manifests.checks import KUBERNETES


@pytest.mark.parametrize("check", KUBERNETES)
def test_without_a_mesh(rendered, check):
    check(rendered["k8s"])


def test_nothing_of_istio_is_in_it(rendered):
    assert not [each for each in rendered["k8s"] if "istio" in each["apiVersion"]]
