"""What `make cluster` needs on this machine, and what of it is missing or too old."""

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass

PATIENCE = 30  # seconds until a program has said its version


@dataclass(frozen=True)
class Tool:
    """A program, what to ask it, the oldest version that will do, and who says how to install it."""

    name: str
    ask: str
    oldest: tuple[int, int]
    source: str

    @property
    def needed(self) -> str:
        """In words."""
        return f"{self.name} {self.oldest[0]}.{self.oldest[1]} or later" if any(self.oldest) else self.name


TOOLS = (
    # Any version, but its engine must answer.
    Tool("docker", "docker version --format {{.Server.Version}}", (0, 0), "https://docs.docker.com/engine/install/"),
    # Older ones were not tried.
    Tool("docker buildx", "docker buildx version", (0, 13), "https://github.com/docker/buildx#installing"),
    # The first with Kubernetes 1.33, where Istio's sidecars are native; it enforces NetworkPolicies since 0.24.
    Tool("kind", "kind version", (0, 28), "https://kind.sigs.k8s.io/docs/user/quick-start/"),
    # The first with native sidecars by default, without which a rollout loses requests.
    Tool("istioctl", "istioctl version --remote=false", (1, 27), "https://istio.io/latest/docs/setup/getting-started/"),
    # The first with a kustomize that renders our folders.
    Tool("kubectl", "kubectl version --client", (1, 27), "https://kubernetes.io/docs/tasks/tools/"),
)


def problems() -> Iterator[str]:
    """What is missing, each with the version that is needed."""
    for tool in TOOLS:
        if found := problem(tool):
            yield f"{tool.needed}: {found}\n    {tool.source}"


def problem(tool: Tool) -> str | None:
    """Why a program will not do; None if it will."""
    try:
        asked = subprocess.run(  # noqa: S603 - the commands above
            tool.ask.split(), capture_output=True, text=True, check=False, timeout=PATIENCE
        )
    except OSError:
        return "not found"
    except subprocess.TimeoutExpired:
        return f"no answer to {tool.ask} within {PATIENCE} s"
    version = re.search(r"(\d+)\.(\d+)", asked.stdout)
    if asked.returncode or not version:
        return next(iter(asked.stderr.splitlines()), f"no answer to {tool.ask}")
    return f"{version[0]} is too old" if (int(version[1]), int(version[2])) < tool.oldest else None
