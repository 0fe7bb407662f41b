"""A password is changed as docs/operations.md says, word for word, while eight people send forms."""

import re
import subprocess
import time

from tests.cluster.conftest import Cluster
from tests.cluster.test_isolation import LOGIN
from tests.support.installation import namespace
from tests.support.load import under_load
from tests.support.one_machine import ROOT

PROBED = 20  # seconds until a MySQL whose probe cannot log in is no longer ready


def commands(heading: str) -> str:
    """The first commands below a heading of docs/operations.md."""
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    found = re.search(rf"^## {heading}\n.*?^```sh\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    assert found
    return found[1].replace("--namespace pii-demo", f"--namespace {namespace()}")


def test_a_password_is_changed_and_no_request_fails(cluster: Cluster):
    old = cluster.password("blue")
    with under_load(cluster.gateway, cluster.host("blue")) as load:
        load.wait_for(20)
        subprocess.run(["bash", "-euo", "pipefail", "-c", commands("Change a password")], check=True, timeout=600)
        time.sleep(PROBED)
        cluster.kubectl("wait", "pod/mysql-server-blue-0", "--for=condition=Ready", "--timeout=1s")
        load.wait_for(20)
    cluster.assert_stored(load)
    assert load.outcomes.keys() - {303} <= cluster.unavoidable
    new, host = cluster.password("blue"), cluster.service("mysql-server", "blue")
    for password, found in ((old, "OperationalError"), (new, "blue")):
        assert cluster.python(cluster.web("blue"), LOGIN, host=host, password=password) == found
