"""What git makes of the files elsewhere."""

import subprocess

from tests.support.one_machine import ROOT


def test_a_checkout_on_windows_has_the_same_line_ends(tmp_path):
    """A CR would break MySQL's first start, and change the names of the ConfigMaps and so restart the databases."""
    clone = ["git", "-c", "core.autocrlf=true", "-c", "safe.directory=*", "clone", "--quiet", ROOT, tmp_path / "clone"]
    subprocess.run(clone, check=True)
    command = ["git", "ls-files", "--eol"]
    listed = subprocess.run(command, cwd=tmp_path / "clone", capture_output=True, text=True, check=True).stdout
    assert [line for line in listed.splitlines() if "w/crlf" in line or "w/mixed" in line] == []
