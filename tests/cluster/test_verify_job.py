"""`verify` in the cluster: a Job that fails if something is wrong."""

from xml.etree import ElementTree as ET

import pytest

from tests.cluster.conftest import Cluster
from tests.support.one_machine import ROOT


@pytest.fixture
def job(mesh: Cluster):
    """Applied; gone afterwards."""
    mesh.kubectl("delete", "job", "verify", "--ignore-not-found")
    mesh.kubectl("apply", "--kustomize", str(ROOT / "istio" / "verify"))
    yield
    mesh.kubectl("delete", "job/verify", "networkpolicy/verify")


def test_it_is_complete_and_its_log_is_junit(mesh: Cluster, job):
    mesh.kubectl("wait", "job/verify", "--for=condition=Complete", "--timeout=120s")
    suite = ET.fromstring(mesh.kubectl("logs", "job/verify"))
    assert (suite.get("failures"), suite.get("skipped")) == ("0", "0")
