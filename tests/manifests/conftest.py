import pytest

from app.colours import COLOURS
from tests.manifests.rendering import Objects, render

GATEWAY_API = "istio/gateway-api"
MESHES = ["istio", GATEWAY_API]
SWITCHED = [f"{mesh}/live/{live}" for mesh in MESHES for live in (*COLOURS, "share")]
BROKEN = [f"istio/break/{fault}" for fault in ("errors", "slow", "wrong-route")]
FOLDERS = ["k8s", *MESHES, *SWITCHED, *BROKEN, "istio/verify", "tests/manifests/everything"]


@pytest.fixture(scope="session")
def rendered() -> dict[str, Objects]:
    """Every kustomization that can be applied, rendered once; not to be changed."""
    return {folder: render(folder) for folder in FOLDERS}
