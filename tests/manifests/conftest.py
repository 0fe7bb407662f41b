import pytest

from tests.manifests.rendering import Objects, render

GATEWAY_API = "istio/gateway-api"
FOLDERS = ["k8s", "istio", "istio/live/blue", "istio/live/green", GATEWAY_API, "tests/manifests/everything"]


@pytest.fixture(scope="session")
def rendered() -> dict[str, Objects]:
    """Every kustomization that can be applied, rendered once; not to be changed."""
    return {folder: render(folder) for folder in FOLDERS}
