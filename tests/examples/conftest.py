import pytest

from tests.manifests.rendering import Objects, render

FOLDERS = [
    "examples/argocd",
    "examples/argocd/synced",
    "examples/argo-rollouts",
    "examples/cert-manager",
    "examples/flagger",
]
MESHES = ["istio", "istio/live/blue", "istio/verify"]


@pytest.fixture(scope="session")
def rendered() -> dict[str, Objects]:
    """The examples and what they are made of, rendered once; not to be changed."""
    return {folder: render(folder) for folder in FOLDERS + MESHES}
