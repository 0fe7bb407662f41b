"""Somebody opens connections to MySQL and never logs in: it speaks first, so each one is taken up by its greeting."""

import socket
from contextlib import ExitStack

import httpx

from tests.support.examples import ADA
from tests.support.web_server import web_server

IDLE = 120
SOON = 10  # seconds; MySQL is told 3


def test_clients_that_never_log_in_leave_room_for_the_web_server_and_are_dropped_soon(mysql_servers):
    server = mysql_servers["blue"]
    with web_server(server.environment) as target, ExitStack() as stack:
        idle = [
            stack.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=SOON)) for _ in range(IDLE)
        ]
        assert all(each.recv(1024) for each in idle)
        # Its first connection, as it connects for the first form.
        answer = httpx.post(f"http://{target.address}/users/new", data=ADA, timeout=10)
        assert answer.status_code == 303, answer.text
        for each in idle:
            while each.recv(1024):
                pass
