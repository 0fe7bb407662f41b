import pytest

from tests.manifests.rendering import Objects, render

FOLDERS = ["k8s", "istio", "istio/live/blue", "istio/live/green", "istio/gateway-api", "tests/manifests/everything"]


@pytest.fixture(scope="session")
def rendered() -> dict[str, Objects]:
    """Every kustomization that can be applied, rendered once; not to be changed."""
    return {folder: render(folder) for folder in FOLDERS}
