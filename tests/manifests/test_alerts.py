"""The alerts of k8s/components/alerts, evaluated by Prometheus' own tool."""

import re
import shutil
import subprocess

import pytest
import yaml

from app.identity import IdentitySource
from app.metrics import Metrics
from app.settings import Settings
from tests.support.one_machine import ROOT

RULES = ROOT / "k8s" / "components" / "alerts" / "rules.yaml"


@pytest.fixture
def promtool(tmp_path):
    """Run it beside the rules and their tests."""
    if not shutil.which("promtool"):
        pytest.skip("no promtool: install Prometheus (on Debian, the package prometheus)")
    spec = yaml.safe_load(RULES.read_text(encoding="utf-8"))["spec"]
    (tmp_path / "rules.yaml").write_text(yaml.safe_dump(spec), encoding="utf-8")
    shutil.copy(ROOT / "tests" / "manifests" / "alerts.yaml", tmp_path)

    def run(*command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(["promtool", *command], cwd=tmp_path, capture_output=True, text=True, check=False)

    return run


@pytest.mark.parametrize("command", ["check rules rules.yaml", "test rules alerts.yaml"])
def test_each_alert_fires_when_it_should_and_only_then(promtool, command):
    ran = promtool(*command.split())
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_the_alerts_use_metrics_that_there_are():
    metrics = Metrics(IdentitySource(Settings(colour="blue")).current)
    counted = {
        f"{family.name}{suffix}" for family in metrics.registry.collect() for suffix in ("_total", "_sum", "_info")
    }
    rules = yaml.safe_load(RULES.read_text(encoding="utf-8"))["spec"]["groups"][0]["rules"]
    used = {name for rule in rules for name in re.findall(r"pii_demo_\w+", rule["expr"])}
    assert used
    assert used <= counted
