"""gunicorn's gevent worker, except that it stops without losing a request and never logs what was sent."""

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
from gunicorn import http
from gunicorn.http import errors
from gunicorn.http.message import Request
from gunicorn.http.parser import RequestParser
from gunicorn.workers.ggevent import GeventWorker

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


http.RequestParser = Parser


class Worker(GeventWorker):  # type: ignore[misc]  # gunicorn has no types
    """A greenlet per connection."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._idle: dict[gevent.Greenlet, float] = {}  # when a connection began to wait for its next request

    def handle(self, listener: socket.socket, client: socket.socket, addr: Any) -> None:
        """Serve a connection."""
        gevent.getcurrent().client = client
        client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, LARGEST_UNSENT)
        super().handle(listener, client, addr)

    @contextmanager
    def timeout_ctx(self) -> Iterator[None]:
        """Limit the wait for the next request of a connection."""
        gevent.sleep(0)  # let others run, in case this client never makes us wait
        with super().timeout_ctx():
            self._idle[gevent.getcurrent()] = time.monotonic()
            try:
                yield
            finally:
                del self._idle[gevent.getcurrent()]

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
        gevent.spawn_later(min(DRAIN, self.cfg.graceful_timeout / 2), self._stop)

    def _stop(self) -> None:
        self.alive = False
        while True:
            for connection, since in list(self._idle.items()):
                if time.monotonic() - since > IDLE:
                    # What has arrived can still be read. A duplicate, since gevent would wake the reader with an error.
                    with suppress(OSError), connection.client.dup() as client:
                        client.shutdown(socket.SHUT_RD)
            gevent.sleep(0.5)

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
            **self._common_headers(),
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

    def _common_headers(self) -> dict[str, str]:
        from .web.headers import common_headers  # noqa: PLC0415 - not in gunicorn's master: see gunicorn.conf.py

        if not hasattr(self.wsgi, "app_context"):  # with --reload, after a syntax error
            return {}
        with self.wsgi.app_context():
            return common_headers()
