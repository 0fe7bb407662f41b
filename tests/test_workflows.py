"""GitHub's workflows: pinned, with no more rights than they need, and read by two linters. None of them is run here."""

import re
import subprocess

import pytest
import yaml

from tests.support.one_machine import ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").iterdir())
PINNED = re.compile(r"[\w-]+/[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
OURS = re.compile(r"\./\.github/workflows/[\w-]+\.yaml\b")

each_workflow = pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)


@each_workflow
def test_an_action_is_a_commit_and_says_which_version(workflow):
    used = re.findall(r"\buses: *(.+)", workflow.read_text(encoding="utf-8"))
    assert used
    assert [action for action in used if not PINNED.fullmatch(action) and not OURS.match(action)] == []


@each_workflow
def test_a_job_has_the_rights_that_it_names(workflow):
    read = yaml.safe_load(workflow.read_text(encoding="utf-8"))
    assert read["permissions"] == {}
    for job in read["jobs"].values():
        assert job["permissions"].get("contents") in {"read", "write"}  # to check out
        assert ("write" in job["permissions"].values()) <= (workflow.stem == "release")


@pytest.mark.parametrize(
    ("right", "wrong", "why"),
    [
        ("matrix.node", "matrix.image", "undefined-property"),
        ("fail-fast", "fail-last", "workflow-syntax"),
        ("persist-credentials", "persist-passwords", "unknown-action-input"),
        ('"$NODE"', "$NODE", "SC2086"),
        ('"$NODE"', '"${{ github.head_ref }}"', "template-injection"),
        ("@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1", "@v7", "unpinned"),
    ],
)
def test_lint_finds(tmp_path, right, wrong, why):
    written = (ROOT / ".github" / "workflows" / "cluster.yaml").read_text(encoding="utf-8")
    file = tmp_path / "cluster.yaml"
    assert right in written
    file.write_text(written.replace(right, wrong), encoding="utf-8")
    command = ["make", "--silent", "workflows", f"WORKFLOWS={file}"]
    linted = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert linted.returncode == 2
    assert why in linted.stdout + linted.stderr
