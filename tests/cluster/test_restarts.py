"""While eight people send forms, everything is restarted; nothing that was acknowledged is lost."""

import pytest

from app.colours import COLOURS
from tests.cluster.conftest import Cluster
from tests.support.load import under_load


@pytest.mark.parametrize("colour", COLOURS)
def test_a_rollout_of_the_web_server_fails_no_request(cluster: Cluster, colour):
    with under_load(cluster.gateway, cluster.host(colour)) as load:
        load.wait_for(20)
        cluster.kubectl("rollout", "restart", cluster.web(colour))
        cluster.kubectl("rollout", "status", cluster.web(colour), "--timeout=300s")
        load.wait_for(20)
    cluster.assert_stored(load)
    assert load.outcomes.keys() - {303} <= cluster.unavoidable


@pytest.mark.parametrize("colour", COLOURS)
def test_a_restart_of_mysql_loses_nothing(cluster: Cluster, colour):
    with under_load(cluster.gateway, cluster.host(colour)) as load:
        load.wait_for(20)
        cluster.kubectl("delete", "pod", f"mysql-server-{colour}-0")
        cluster.wait()
        load.wait_for(20)
    cluster.assert_stored(load)
