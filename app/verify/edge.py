"""Ask an edge as a visitor of one of its hosts."""

import json
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlsplit

from ..hosts import host_name
from ..results import NO_ANSWER, answering

LARGEST_ANSWER = 1024 * 1024  # bytes; of a longer one the rest is not read
_HINTS = {426: " (a proxy asks the edge by HTTP/1.0; in nginx: proxy_http_version 1.1)"}


@dataclass(frozen=True)
class Answer:
    """What came back; `status` is 0 if nothing did. Header names are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def who(self) -> str:
        """The colour that answered, or what came instead."""
        if self.status != 200:
            return f"HTTP {self.status}{_HINTS.get(self.status, '')}" if self.status else NO_ANSWER
        return answering(self.headers.get("x-app-colour"))

    @property
    def json(self) -> Any:
        """The body as a JSON object; an empty one if it is not."""
        with suppress(ValueError, RecursionError):
            body = json.loads(self.body)
            return body if isinstance(body, dict) else {}
        return {}


class Edge:
    """The edge at a host and port, and the domain of its hosts. `timeout` is the seconds to wait for data."""

    def __init__(self, address: str, domain: str, timeout: float = 10) -> None:
        self.domain = domain
        self._port = urlsplit(f"//{address}").port or 80
        self._connection = HTTPConnection(address, timeout=timeout)

    def host(self, colour: str | None) -> str:
        """A colour's host; None: the plain host."""
        return host_name(colour, self.domain)

    def host_header(self, colour: str | None) -> str:
        """A colour's host as a browser at this edge sends it: with the port, unless it is 80."""
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
            received = {name.lower(): value for name, value in response.getheaders()}
            content = response.read(LARGEST_ANSWER)
        except (OSError, HTTPException):
            self.close()
            return Answer(0, {}, b"")
        if not response.isclosed():
            self.close()
        return Answer(response.status, received, content)

    def count(self, host: str, times: int, **headers: str) -> Counter[str]:
        """Who answers `times` requests for /version. Stops after one without an answer."""
        answers: Counter[str] = Counter()
        while answers.total() < times and not answers[NO_ANSWER]:
            answers[self.ask(host, **headers).who] += 1
        return +answers

    def close(self) -> None:
        """Close the connection; the next request opens a new one."""
        self._connection.close()
