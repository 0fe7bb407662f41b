"""kill -9, for real, while eight people send forms: what was acknowledged is there, and nothing is there twice."""

from collections import Counter

import pytest

from tests.support.load import under_load
from tests.support.web_server import web_server

KILLS = 2
AFTER = 60  # acknowledged forms between one kill and the next


@pytest.mark.parametrize("victim", ["mysqld", "web"])
@pytest.mark.timeout(240)
def test_what_was_acknowledged_is_there_exactly_once(mysql_servers, victim):
    server = mysql_servers["blue"]
    server.sql("DELETE FROM users")
    with web_server(server.environment) as target, under_load(f"http://{target.address}") as load:
        for _ in range(KILLS):
            load.wait_for(AFTER)
            if victim == "mysqld":
                server.restart()
            else:
                target.kill()
                target.start()
        load.wait_for(AFTER)
    stored = Counter(id for (id,) in server.sql("SELECT public_id FROM users"))
    assert set(load.acknowledged) == set(stored)
    assert stored.total() == len(load.acknowledged) >= AFTER * (KILLS + 1)
    # The fault was felt, and was said: nothing but a clear answer or a connection that broke.
    assert load.outcomes.keys() - {303}
    assert load.outcomes.keys() <= {303, 503, "ConnectError", "ReadError", "RemoteProtocolError", "WriteError"}
