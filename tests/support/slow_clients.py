"""Clients that take their time: each keeps its connection, and what serves it, for as long as it likes."""

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

ESTABLISHED = 1
PAUSE = 0.5  # seconds between two bytes

_FORM = "POST /users/new HTTP/1.1\r\nHost: {host}\r\n"
_BODY = _FORM + "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 16384\r\n\r\nfirstname="

# How each begins, and what it then sends again and again.
KINDS = {
    "headers byte by byte": (_FORM + "X-Slow: ", b"x"),
    "bodies byte by byte": (_BODY, b"x"),
    "readers who do not read": ("GET /users HTTP/1.1\r\nHost: {host}\r\n\r\n", b""),
    "idle connections": ("GET /livez HTTP/1.1\r\nHost: {host}\r\n\r\n", b""),
    # All at once but for the end.
    "long headers": (_FORM + "".join(f"X-{number}: {'x' * 8000}\r\n" for number in range(60)) + "X-Slow: ", b"x"),
    "long bodies": (_BODY + "x" * 16000, b"x"),
}


class SlowClients:
    """Some of one kind, all connected."""

    def __init__(self, sockets: list[socket.socket]) -> None:
        self.sockets = sockets

    @property
    def connected(self) -> int:
        """How many of them the server has not turned away."""
        states = [each.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] for each in self.sockets]
        return states.count(ESTABLISHED)


@contextmanager
def slow_clients(kind: str, count: int, address: str, host: str) -> Iterator[SlowClients]:
    """So many of a kind, until the block ends."""
    opening, drop = KINDS[kind]
    name, port = address.split(":")
    over = threading.Event()
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            # So that the kernel's buffers, of either side, hold little more than 32 KiB of an answer.
            each.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
            each.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 536)
            each.settimeout(10)
            each.connect((name, int(port)))
            each.sendall(opening.format(host=host).encode())
            if not drop:
                each.recv(1)  # one after the other: slow they are, not many at once

        def drip() -> None:
            while drop and not over.wait(PAUSE):
                for each in sockets:
                    with suppress(OSError):  # `connected` tells
                        each.send(drop)

        dripping = threading.Thread(target=drip)
        dripping.start()
        try:
            yield SlowClients(sockets)
        finally:
            over.set()
            dripping.join()
