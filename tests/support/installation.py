"""The names that an installation in a cluster is given, each from the one place where it is written."""

import yaml

from app.hosts import host_name
from tests.support.one_machine import ROOT

SETTINGS = ROOT / "istio" / "base" / "settings.yaml"


def settings() -> dict[str, str]:
    """DOMAIN and the names of the ingress gateway."""
    return dict(yaml.safe_load(SETTINGS.read_text(encoding="utf-8"))["data"])


def host(colour: str | None) -> str:
    """A colour's host; None: the plain host."""
    return host_name(colour, settings()["DOMAIN"])


def namespace() -> str:
    file = ROOT / "k8s" / "namespace" / "kustomization.yaml"
    return str(yaml.safe_load(file.read_text(encoding="utf-8"))["namespace"])
