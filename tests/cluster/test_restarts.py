"""While eight people send forms, everything is restarted; nothing that was acknowledged is lost."""

import pytest

from tests.cluster.conftest import Cluster
from tests.load import Load, under_load

STORED = """
import app
storage = app.create_app().extensions["pii-demo"].storage
result = [id for id in ids if storage.get(id)]
"""
COLOURS = ["blue", "green"]


def host(cluster: Cluster, colour: str) -> str | None:
    """Where the load goes: to the colour's host; without a mesh, to whichever colour answers at the NodePort."""
    return f"pii-demo-{colour}.{cluster.domain}" if cluster.mesh else None


def assert_stored(cluster: Cluster, load: Load) -> None:
    stored = [id for colour in COLOURS for id in cluster.python(cluster.web(colour), STORED, ids=load.acknowledged)]
    assert sorted(stored) == sorted(load.acknowledged)


@pytest.mark.parametrize("colour", COLOURS)
def test_a_rollout_of_the_web_fails_no_request(cluster: Cluster, colour):
    with under_load(cluster.gateway, host(cluster, colour)) as load:
        load.wait_for(20)
        cluster.kubectl("rollout", "restart", cluster.web(colour))
        cluster.kubectl("rollout", "status", cluster.web(colour), "--timeout=300s")
        load.wait_for(20)
    assert_stored(cluster, load)
    # Without a mesh nobody repeats a request for the client whose idle connection is just being closed.
    assert load.outcomes.keys() - {303} <= (set() if cluster.mesh else {"ReadError", "RemoteProtocolError"})


@pytest.mark.parametrize("colour", COLOURS)
def test_a_restart_of_mysql_loses_nothing(cluster: Cluster, colour):
    with under_load(cluster.gateway, host(cluster, colour)) as load:
        load.wait_for(20)
        cluster.kubectl("delete", "pod", f"mysql-server-{colour}-0")
        cluster.wait()
        load.wait_for(20)
    assert_stored(cluster, load)
