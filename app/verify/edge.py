"""Ask an edge as a visitor of one of its hosts."""

import json
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlsplit

from ..colours import NAMES
from ..results import NO_ANSWER, NOT_OURS

LARGEST_ANSWER = 1024 * 1024  # bytes; of a longer one the rest is not read
_HINTS = {426: " (a proxy asks the edge by HTTP/1.0; in nginx: proxy_http_version 1.1)"}


@dataclass(frozen=True)
class Answer:
    """What came back; `status` is 0 where nothing did. Names of headers are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def who(self) -> str:
        """The colour that answered, or what came instead."""
        if self.status != 200:
            return f"HTTP {self.status}{_HINTS.get(self.status, '')}" if self.status else NO_ANSWER
        said = self.headers.get("x-app-colour", "")
        return said if said in NAMES else NOT_OURS

    @property
    def json(self) -> Any:
        """The body as a JSON object; an empty one where it is none."""
        with suppress(ValueError, RecursionError):
            found = json.loads(self.body)
            return found if isinstance(found, dict) else {}
        return {}


class Edge:
    """The edge at a host and port, and the domain of its hosts. `timeout` is in seconds without a byte."""

    def __init__(self, address: str, domain: str, timeout: float = 10) -> None:
        self.domain = domain
        self._port = urlsplit(f"//{address}").port or 80
        self._connection = HTTPConnection(address, timeout=timeout)

    def host(self, colour: str | None) -> str:
        """A colour's host; None: the plain host."""
        return f"pii-demo{'-' + colour if colour else ''}.{self.domain}"

    def typed(self, colour: str | None) -> str:
        """A colour's host as a browser sends it that asks this edge: with the port, unless it is http's own."""
        return self.host(colour) + ("" if self._port == 80 else f":{self._port}")

    def ask(self, host: str, path: str = "/version", method: str = "GET", body: Any = None, **headers: str) -> Answer:
        """One request, sent once. A body is sent as JSON, text as a form; `if_match` becomes the header If-Match."""
        sent = {"Host": host, "Accept": "application/json"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        if body is not None:
            sent["Content-Type"] = "application/x-www-form-urlencoded" if isinstance(body, str) else "application/json"
            body = (body if isinstance(body, str) else json.dumps(body)).encode()
        try:
            self._connection.request(method, path, body, sent)
            response = self._connection.getresponse()
            found = {name.lower(): value for name, value in response.getheaders()}
            content = response.read(LARGEST_ANSWER)
        except (OSError, HTTPException):
            self.close()
            return Answer(0, {}, b"")
        if not response.isclosed():
            self.close()
        return Answer(response.status, found, content)

    def count(self, host: str, times: int, **headers: str) -> Counter[str]:
        """Who answers so many requests for /version; no more are sent after one that nobody answers."""
        found: Counter[str] = Counter()
        while found.total() < times and not found[NO_ANSWER]:
            found[self.ask(host, **headers).who] += 1
        return +found

    def close(self) -> None:
        """Let the next request be the first of a connection."""
        self._connection.close()
