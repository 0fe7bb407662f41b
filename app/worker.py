"""gunicorn's gevent worker, except that it stops without losing a request and never logs what was sent.

What gunicorn does for each request and we do not need is left out: a sixth of a page's CPU time (docs/performance.md).
"""

import json
import logging
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

import gevent
from gunicorn import glogging, http
from gunicorn.http import errors, wsgi
from gunicorn.http.message import Request
from gunicorn.http.parser import RequestParser
from gunicorn.workers.ggevent import GeventWorker

from . import NAME
from .problem_details import PROBLEM_TYPE, places, problem

log = logging.getLogger(__name__)

# Seconds from SIGTERM until no more connections are accepted. Meanwhile /readyz is 503, and the edge, which checks it
# every two seconds and needs two failures, chooses another server. At most half of graceful_timeout.
DRAIN = 3.0
IDLE = 2.0  # seconds without a request before a stopping server closes a connection; others end with their next answer
SILENCE = 30.0  # seconds without progress of a body, or of an answer that is not read
LINGER = 1.0  # seconds for a refused client to read why


LARGEST_HEAD = 8 * 1024  # bytes of all headers together; gunicorn limits only their number and the length of each
LARGEST_UNSENT = 128 * 1024  # bytes of an answer that the kernel keeps for a slow reader: more than any page

# For requests that gunicorn cannot parse, which never reach the application. The first match counts.
OURS = (500, "Internal Server Error", "The fault is ours and has been logged.")
PROBLEMS: dict[type[Exception], tuple[int, str, str]] = {
    errors.InvalidResponseHeader: OURS,
    errors.InvalidResponseHeaderName: OURS,
    errors.LimitRequestLine: (414, "URI Too Long", "Shorten the address."),
    errors.LimitRequestHeaders: (431, "Request Header Fields Too Large", "Send fewer or shorter headers."),
    errors.ExpectationFailed: (417, "Expectation Failed", "The only expectation allowed is 100-continue."),
    errors.UnsupportedTransferCoding: (501, "Not Implemented", "The only transfer coding allowed is chunked."),
    errors.ParseException: (400, "Bad Request", "This cannot be read as an HTTP request."),
}


class SmallRequest(Request):  # type: ignore[misc]  # gunicorn has no types
    """A request that is refused as soon as its headers are too large."""

    @property
    def max_buffer_headers(self) -> int:
        """Instead of gunicorn's value, half a MiB per connection."""
        return LARGEST_HEAD

    @max_buffer_headers.setter
    def max_buffer_headers(self, _computed: int) -> None: ...


class Parser(RequestParser):  # type: ignore[misc]  # gunicorn has no types
    """Reads the requests of a connection; of a body that is too large, only the beginning."""

    mesg_class = SmallRequest

    def finish_body(self, deadline: float | None = None, max_bytes: int | None = None) -> bool:
        """Read the rest of a body within limits. Returns False if there is more: no request can follow."""
        return bool(super().finish_body(deadline or time.monotonic() + LINGER, max_bytes))


class Response(wsgi.Response):  # type: ignore[misc]  # gunicorn has no types
    """A response whose head is sent together with its body."""

    headers_sent: bool
    _head = b""

    def send_headers(self) -> None:
        """Keep them until there is a body, or none, unless its length is unknown."""
        if self.headers_sent or self.chunked:
            super().send_headers()
            return
        lines = [*self.default_headers(), *(f"{name}: {value}\r\n" for name, value in self.headers), "\r\n"]
        self._head = "".join(lines).encode("latin-1")
        self.headers_sent = True

    def close(self) -> None:
        """Send what there is still to send."""
        super().close()
        self._emit_body(b"")

    def _emit_body(self, data: bytes) -> None:
        if self._head:
            self.sock.sendall(self._head + data)
            self._head = b""
        elif data:
            super()._emit_body(data)


class Log(glogging.Logger):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn's log of itself."""

    def access(self, *_details: Any) -> None:
        """Log no request: app/web/logs.py does, without the query."""


http.RequestParser = Parser
wsgi.Response = Response


class Worker(GeventWorker):  # type: ignore[misc]  # gunicorn has no types
    """A greenlet per connection."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._idle: dict[gevent.Greenlet, float] = {}  # when a connection began to wait for its next request

    def load_wsgi(self) -> None:
        """Load the application, whose identity is in all lines from then on."""
        super().load_wsgi()
        if self._is_loaded():
            from .web.logs import identify  # noqa: PLC0415 - not in gunicorn's master: see gunicorn.conf.py

            identify(self.wsgi)

    def handle(self, listener: socket.socket, client: socket.socket, addr: Any) -> None:
        """Serve a connection."""
        gevent.getcurrent().client = client
        client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, LARGEST_UNSENT)
        super().handle(listener, client, addr)

    @contextmanager
    def timeout_ctx(self) -> Iterator[None]:
        """Wait for the next request of a connection, which notify() ends if it takes too long."""
        gevent.sleep(0)  # let others run, in case this client never makes us wait
        self._idle[gevent.getcurrent()] = time.monotonic()
        try:
            yield
        finally:
            del self._idle[gevent.getcurrent()]

    def notify(self) -> None:
        """Every second: close connections that have waited too long for a request. gunicorn has a timer for each."""
        super().notify()
        longest = self.cfg.keepalive if self.alive else IDLE
        for connection, since in list(self._idle.items()):
            if time.monotonic() - since > longest:
                # What has arrived can still be read. A duplicate, since gevent would wake the reader with an error.
                with suppress(OSError), connection.client.dup() as client:
                    client.shutdown(socket.SHUT_RD)

    def handle_request(self, listener_name: Any, req: Any, sock: socket.socket, addr: Any) -> None:
        """Serve a request, unless its body stops arriving or nobody reads the answer."""
        sock.settimeout(SILENCE)
        try:
            super().handle_request(listener_name, req, sock, addr)
        except TimeoutError:
            raise StopIteration from None
        finally:
            sock.settimeout(None)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """SIGTERM: become unready, stop accepting, then close idle connections and finish the others."""
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # once is enough
        application = getattr(self, "wsgi", None)  # missing during start-up, and a plain function after a syntax error
        getattr(application, "config", {})["STOPPING"] = True
        gevent.spawn_later(min(DRAIN, self.cfg.graceful_timeout / 2), setattr, self, "alive", False)

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: BaseException) -> None:
        """Answer what cannot be parsed with a problem document. gunicorn would log and echo what was sent."""
        status, title, detail = next((PROBLEMS[kind] for kind in PROBLEMS if isinstance(exc, kind)), OURS)
        name = type(exc).__name__
        if status == OURS[0]:
            log.error("unexpected %s", name, extra={"frames": places(exc)})
        else:
            log.warning("request refused", extra={"status": status, "error": name})
        exc.__traceback__ = None  # it keeps what was read so far in memory while the client reads the answer
        body = json.dumps(problem(status, title, detail)).encode()
        headers = {
            **dict(self._common_headers()),
            "Cache-Control": "no-store",
            "Content-Type": PROBLEM_TYPE,
            "Content-Length": len(body),
            "Connection": "close",
        }
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        with suppress(OSError), gevent.Timeout(LINGER, False):
            client.sendall(f"HTTP/1.1 {status} {title}\r\n{head}\r\n".encode() + body)
            # Closing with unread data would reset the connection and lose the answer.
            client.shutdown(socket.SHUT_WR)
            while client.recv(4096):
                pass

    def _common_headers(self) -> list[tuple[str, str]]:
        from .web.headers import common_headers  # noqa: PLC0415 - see above

        return common_headers(self.wsgi) if self._is_loaded() else []

    def _is_loaded(self) -> bool:
        return NAME in getattr(self.wsgi, "extensions", {})  # after a syntax error, it is a plain function
