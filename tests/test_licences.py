"""What the published images ship: `make sbom` lists it, and docs/licences.md says under which licences."""

import json
import re
import subprocess
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.support.one_machine import ROOT

ALLOWED = {"Apache-2.0", "BSD License", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "PSF-2.0", "Unlicense", "ZPL-2.1"}


@pytest.fixture(scope="module")
def sbom() -> dict[str, Any]:
    command = ["make", "--silent", "sbom"]
    return dict(json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout))


@pytest.fixture
def licences(sbom: dict[str, Any]) -> dict[str, str]:
    """By package; in words where the package has no SPDX expression."""
    found: dict[str, str] = {}
    for component in sbom["components"]:
        [said] = component["licenses"]
        of_one = said.get("license", {})
        written = said.get("expression") or of_one.get("id") or of_one["name"].rpartition(" :: ")[2]
        found[canonicalize_name(component["name"])] = written
    return found


def test_the_sbom_has_what_is_locked(sbom):
    lines = (ROOT / "requirements" / "app.txt").read_text(encoding="utf-8").splitlines()
    locked = [Requirement(line.rstrip("\\ ")) for line in lines if re.match(r"\w", line)]
    here = {(each.name, str(each.specifier)) for each in locked if not each.marker or each.marker.evaluate()}
    assert {(canonicalize_name(each["name"]), f"=={each['version']}") for each in sbom["components"]} == here
    assert sbom["metadata"]["component"]["name"] == "pii-demo"


def test_the_docs_say_each_licence(licences):
    page = (ROOT / "docs" / "licences.md").read_text(encoding="utf-8")
    assert dict(re.findall(r"^\| ([a-z0-9-]+) \| (.+) \|$", page, re.MULTILINE)[1:]) == licences


def test_each_licence_is_allowed(licences):
    refused = {name: said for name, said in licences.items() if not set(re.split(" AND | OR ", said)) <= ALLOWED}
    assert refused == {}
