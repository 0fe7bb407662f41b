"""Many clients at once over raw sockets: what each sends, and what comes back until the connection is closed."""

import re
import selectors
import socket
import time
from contextlib import suppress
from dataclasses import dataclass, field
from uuid import uuid4

from .answers import Answer
from .lines import HOST, ID
from .values import abridged
from .wire import Bytes, Kind

LONGEST = 5.0  # seconds until everybody has an answer or a closed connection
QUIET = 0.05  # seconds in which nobody gets anything: then the others wait for more
# One more request after what is tested, so that the connection ends; if it was taken for a part of a body or a head,
# more than any may have.
LAST = b"GET /livez HTTP/1.1\r\nHost: " + HOST + b"\r\nConnection: close\r\n\r\n"
MORE = b"x\r\n\r\n" * 8000


@dataclass
class Conversation:
    """One client's connection. `cut` is whether the client ended it before everything was answered."""

    client: Bytes
    socket: socket.socket
    id: str
    unsent: bytes
    received: bytearray = field(default_factory=bytearray)
    nudges: int = 0
    cut: bool = False
    reset: bool = False
    ended: bool = False

    def send(self) -> None:
        """As much as the server takes."""
        try:
            self.unsent = self.unsent[self.socket.send(self.unsent) :]
        except BlockingIOError:
            return
        except OSError:
            self.unsent = b""  # it reads no more; what it has answered can still be read
        if not self.unsent and self.client.leaves:
            self.leave()

    def receive(self) -> None:
        """What has arrived."""
        try:
            data = self.socket.recv(2**18)
        except BlockingIOError:
            return
        except OSError:
            data, self.reset = b"", True
        self.received += data
        self.ended = not data

    def nudge(self) -> None:
        """Send more, and when that does not end it, leave."""
        self.nudges += 1
        if self.nudges == 1 and not self.client.leaves:
            self.unsent += MORE
        else:
            self.leave()

    def leave(self) -> None:
        self.cut = True
        with suppress(OSError):
            self.socket.shutdown(socket.SHUT_WR)


def converse(port: int, clients: list[Bytes]) -> list[Conversation]:
    """Every connection until it has ended. Fails for one on which nothing happens for too long."""
    with selectors.DefaultSelector() as selector:
        conversations = [_begin(port, client) for client in clients]
        for one in conversations:
            selector.register(one.socket, selectors.EVENT_READ | selectors.EVENT_WRITE, one)
        try:
            _until_all_have_ended(selector, conversations)
        finally:
            for one in conversations:
                one.socket.close()
    return conversations


def _begin(port: int, client: Bytes) -> Conversation:
    id = str(uuid4())
    connection = socket.create_connection(("127.0.0.1", port), timeout=LONGEST)
    connection.setblocking(False)
    return Conversation(client, connection, id, client.sent.replace(ID, id.encode()) + (b"" if client.leaves else LAST))


def _until_all_have_ended(selector: selectors.BaseSelector, conversations: list[Conversation]) -> None:
    last_nudge = time.monotonic()
    while waiting := [one for one in conversations if not one.ended]:
        assert time.monotonic() < last_nudge + LONGEST, f"neither an answer nor the end: {_state(waiting)}"
        happened = selector.select(QUIET)
        for key, events in happened:
            one = key.data
            if events & selectors.EVENT_READ:
                one.receive()
            if one.unsent and events & selectors.EVENT_WRITE:
                one.send()
            if one.ended:
                selector.unregister(one.socket)
                one.socket.close()
            else:
                selector.modify(one.socket, selectors.EVENT_READ | (selectors.EVENT_WRITE if one.unsent else 0), one)
        impatient = [one for one in waiting if one.client.kind not in {Kind.SOUND, Kind.STORED} and one.nudges < 2]
        if not happened and impatient:
            last_nudge = time.monotonic()
            for one in impatient:
                one.nudge()
                selector.modify(one.socket, selectors.EVENT_READ | (selectors.EVENT_WRITE if one.unsent else 0), one)


_HEAD = re.compile(rb"HTTP/1\.[01] (\d{3}) ?[^\r\n]*\r\n((?:[!-9;-~]+:[^\r\n]*\r\n)*)\r\n")


def answers(conversation: Conversation) -> list[Answer]:
    """All final answers that came. Fails for what is no answer, and for half of one unless the client has left."""
    rest, found = bytes(conversation.received), []
    while rest:
        head = _HEAD.match(rest)
        if not head and (conversation.cut or conversation.reset):
            break
        assert head, f"not an answer: {rest[:500]!r}"
        lines = [line.partition(":") for line in head[2].decode("latin-1").splitlines()]
        headers = [(name.lower(), value.strip()) for name, _, value in lines]
        rest = rest[head.end() :]
        status = int(head[1])
        if status < 200:
            continue
        length = 0 if status in {204, 304} else int(dict(headers).get("content-length", len(rest)))
        if not rest or rest.startswith(b"HTTP/1."):
            length = 0  # to a HEAD
        body, rest = rest[:length], rest[length:]
        assert len(body) == length or conversation.cut or conversation.reset
        found.append(Answer(status, headers, body))
    return found


def _state(waiting: list[Conversation]) -> str:
    return "; ".join(f"{one.client!r} got {abridged(bytes(one.received), 300)}" for one in waiting[:5])
