"""Ask the Service in front of our colour's web servers, and see which colours answer."""

import socket
import time
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from ..results import NO_ANSWER, NOT_OURS, answering

REQUESTS = 10
TIMEOUT = 2.0  # seconds for all of them together


class Peers:
    """The web servers behind one address."""

    def __init__(self, url: str) -> None:
        self.url = url
        address = urlsplit(url)
        self._connection = HTTPSConnection if address.scheme == "https" else HTTPConnection
        self._host = address.netloc
        self._target = (address.path or "/") + (f"?{address.query}" if address.query else "")
        self.pool = ThreadPoolExecutor(REQUESTS // 2, thread_name_prefix="peers")

    def ask(self, headers: Mapping[str, str]) -> Counter[str]:
        """Who answered how often: colours, `none`, `HTTP 403` and the like, NO_ANSWER, NOT_OURS."""
        deadline = time.monotonic() + TIMEOUT
        connections: list[HTTPConnection] = []
        requests = [self.pool.submit(self.ask_one, headers, deadline, connections) for _ in range(REQUESTS)]
        answered, late = wait(requests, TIMEOUT)
        for connection in connections if late else ():
            _hang_up(connection)
        return Counter([request.result() for request in answered] + [NO_ANSWER] * len(late))

    def ask_one(self, headers: Mapping[str, str], deadline: float, connections: list[HTTPConnection]) -> str:
        """Who answered one request. `deadline` is for all of them; the connection is added to `connections`."""
        seconds_left = deadline - time.monotonic()
        if seconds_left <= 0:
            return NO_ANSWER
        connection = self._connection(self._host, timeout=seconds_left)
        connections.append(connection)
        try:
            connection.request("GET", self._target, headers=dict(headers))
            response = connection.getresponse()
        except (OSError, HTTPException):
            return NO_ANSWER
        finally:
            connection.close()
        colour = answering(response.headers["X-App-Colour"])
        return f"HTTP {response.status}" if colour == NOT_OURS and response.status >= 300 else colour


def _hang_up(connection: HTTPConnection) -> None:
    """End what a thread still waits for: each byte received restarts the socket's timeout."""
    with suppress(AttributeError, OSError):  # it has no socket yet, or that is closed already
        connection.sock.shutdown(socket.SHUT_RDWR)
