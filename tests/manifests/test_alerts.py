"""The alerts of k8s/components/monitoring, evaluated by Prometheus' own tool."""

import shutil
import subprocess

import pytest
import yaml

from tests.support.one_machine import ROOT

SPEC = yaml.safe_load((ROOT / "k8s/components/monitoring/base/rules.yaml").read_text(encoding="utf-8"))["spec"]
RULES = SPEC["groups"][0]["rules"]


def rule_groups() -> str:
    """The rules as Prometheus reads them; the operator takes them out of the PrometheusRule."""
    return yaml.safe_dump(SPEC)


@pytest.fixture
def promtool(tmp_path):
    """Run it beside the rules and their tests."""
    if not shutil.which("promtool"):
        pytest.skip("no promtool: install Prometheus (on Debian, the package prometheus)")
    (tmp_path / "rules.yaml").write_text(rule_groups(), encoding="utf-8")
    shutil.copy(ROOT / "tests" / "manifests" / "alerts.yaml", tmp_path)

    def run(*command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(["promtool", *command], cwd=tmp_path, capture_output=True, text=True, check=False)

    return run


@pytest.mark.parametrize("command", ["check rules rules.yaml", "test rules alerts.yaml"])
def test_each_alert_fires_when_it_should_and_only_then(promtool, command):
    ran = promtool(*command.split())
    assert ran.returncode == 0, ran.stdout + ran.stderr
