"""The passwords of the databases, as a manifest: make -s secrets | kubectl apply -f -

A database keeps the password that it was first started with, so a Secret that the cluster has is never printed again.
How to change a password is in docs/operations.md.
"""

import json
import subprocess
import sys
from pathlib import Path
from secrets import token_urlsafe
from typing import Any

import yaml

from app.colours import COLOURS

K8S = Path(__file__).parent
KEYS = ("MYSQL_PASSWORD", "MYSQL_ROOT_PASSWORD")
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


class ClusterError(Exception):
    """The cluster cannot be asked; the message says why."""


def main() -> str | None:
    """Print the manifest. Returns what went wrong, or None; then nothing was printed."""
    try:
        objects = manifest()
    except ClusterError as error:
        return f"make secrets: {error}"
    print(yaml.safe_dump_all(objects), end="")
    return None


def manifest() -> list[dict[str, Any]]:
    """The namespace, and a Secret for each colour that has none yet. Raises ClusterError."""
    name = namespace()
    existing = kubectl("get", "secrets,persistentvolumeclaims", "--namespace", name, "--output", "name").split()
    missing = [colour for colour in COLOURS if f"secret/{secret_name(colour)}" not in existing]
    for colour in missing:
        if claim_name(colour) in existing:
            warn(
                f"there is a volume for {colour} already. If its database was ever started, it keeps the password that "
                f"it had, and the new one is of no use: bring back the Secret {secret_name(colour)}"
            )
    return [namespace_object(name), *(secret(name, colour) for colour in missing)]


def warn(problem: str) -> None:
    """Say something beside the manifest."""
    print(f"make secrets: {problem}", file=sys.stderr)


def namespace() -> str:
    """Where everything is."""
    return str(load("namespace/kustomization.yaml")["namespace"])


def namespace_object(name: str) -> dict[str, Any]:
    """The namespace as it was last applied, so that to apply it again takes no label away; ours where there is none."""
    found = kubectl("get", "namespace", name, "--ignore-not-found", "--output", "json")
    last_applied = json.loads(found or "{}").get("metadata", {}).get("annotations", {}).get(LAST_APPLIED)
    ours = load("shared/namespace.yaml")
    ours["metadata"]["name"] = name
    return dict(json.loads(last_applied)) if last_applied else ours


def secret_name(colour: str) -> str:
    """How the pods of that colour name it."""
    return f"mysql-server-{colour}"


def claim_name(colour: str) -> str:
    """That of its database's volume, as kubectl says it."""
    return f"persistentvolumeclaim/data-mysql-server-{colour}-0"


def secret(name: str, colour: str) -> dict[str, Any]:
    """New passwords for that colour: the application's and, apart from it, root's."""
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {
            "name": secret_name(colour),
            "namespace": name,
            "labels": {"app": "mysql-server", "version": colour, "app.kubernetes.io/part-of": "pii-demo"},
        },
        "stringData": {key: token_urlsafe(32) for key in KEYS},
    }


def load(file: str) -> dict[str, Any]:
    """A manifest of this folder."""
    return dict(yaml.safe_load((K8S / file).read_text(encoding="utf-8")))


def kubectl(*command: str) -> str:
    """What kubectl answers. Raises ClusterError, with its last line."""
    options = ["--request-timeout", "10s"]
    try:
        asked = subprocess.run(["kubectl", *command, *options], capture_output=True, text=True, check=False)  # noqa: S603, S607
    except FileNotFoundError:
        raise ClusterError("kubectl is not installed") from None
    if asked.returncode:
        raise ClusterError(f"the cluster cannot be asked: {asked.stderr.strip().rpartition(chr(10))[2]}")
    return asked.stdout


if __name__ == "__main__":
    sys.exit(main())
