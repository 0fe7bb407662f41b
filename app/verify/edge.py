"""Ask an edge as a visitor of one of its hosts."""

import json
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from ssl import SSLContext
from typing import Any
from urllib.parse import urlsplit

from ..colours import COLOURS
from ..hosts import SECURE_STAY_COOKIE, STAY_COOKIE, host_name
from ..results import NO_ANSWER, answering
from .tls import TLSConnection, Untrusted, trusting

LARGEST_ANSWER = 1024 * 1024  # bytes; of a longer one the rest is not read
_HINTS = {426: " (a proxy asks the edge by HTTP/1.0; in nginx: proxy_http_version 1.1)"}


@dataclass(frozen=True)
class Answer:
    """What came back; `status` is 0 if nothing did; `problem` may say why. Header names are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes
    problem: str = ""

    @property
    def who(self) -> str:
        """The colour that answered, or what came instead."""
        if self.status != 200:
            return f"HTTP {self.status}{_HINTS.get(self.status, '')}" if self.status else self.problem or NO_ANSWER
        return answering(self.headers.get("x-app-colour"))

    @property
    def json(self) -> Any:
        """The body as a JSON object; an empty one if it is not."""
        with suppress(ValueError, RecursionError):
            body = json.loads(self.body)
            return body if isinstance(body, dict) else {}
        return {}


class Edge:
    """The edge at an address such as http://127.0.0.1:8080, and the domain of its hosts.

    `timeout` is the seconds to wait for data. By https, it trusts the system's CAs, or those of `trust`.
    """

    def __init__(self, via: str, domain: str, timeout: float = 10, trust: SSLContext | None = None) -> None:
        address = urlsplit(via)
        self.via, self.scheme, self.domain = via, address.scheme, domain
        self.secure = self.scheme == "https"
        self.stay_cookie = SECURE_STAY_COOKIE if self.secure else STAY_COOKIE
        usual = {None, 443 if self.secure else 80}
        self._port = "" if address.port in usual else f":{address.port}"
        self._address, self._timeout = address.netloc, timeout
        self._trust = (trust or trusting(None)) if self.secure else None
        # One for each host, as each may have another certificate.
        self._connections = {
            host: self._new_connection(host) for host in (self.host(colour).lower() for colour in (None, *COLOURS))
        }

    def host(self, colour: str | None) -> str:
        """A colour's host; None: the plain host."""
        return host_name(colour, self.domain)

    def host_header(self, colour: str | None) -> str:
        """A colour's host as a browser at this edge sends it: with the port, unless it is the scheme's own."""
        return self.host(colour) + self._port

    def ask(self, host: str, path: str = "/version", method: str = "GET", body: Any = None, **headers: str) -> Answer:
        """One request, sent once. A body is sent as JSON, text as a form; `if_match` becomes the header If-Match."""
        sent = {"Host": host, "Accept": "application/json"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        if body is not None:
            sent["Content-Type"] = "application/x-www-form-urlencoded" if isinstance(body, str) else "application/json"
            body = (body if isinstance(body, str) else json.dumps(body)).encode()
        connection = self._connection(host)
        try:
            connection.request(method, path, body, sent)
            response = connection.getresponse()
            received = {name.lower(): value for name, value in response.getheaders()}
            content = response.read(LARGEST_ANSWER)
        except (OSError, HTTPException) as error:
            connection.close()
            return Answer(0, {}, b"", str(error) if isinstance(error, Untrusted) else "")
        if not response.isclosed():
            connection.close()
        return Answer(response.status, received, content)

    def count(self, host: str, times: int, **headers: str) -> Counter[str]:
        """Who answers `times` requests for /version. Stops after one without an answer."""
        answers: Counter[str] = Counter()
        for _ in range(times):
            answer = self.ask(host, **headers)
            answers[answer.who] += 1
            if not answer.status:
                break
        return answers

    def _new_connection(self, host: str) -> HTTPConnection:
        if self._trust:
            return TLSConnection(self._address, host, self._trust, self._timeout)
        return HTTPConnection(self._address, timeout=self._timeout)

    def _connection(self, host: str) -> HTTPConnection:
        """That of a host, in any spelling; no certificate is for other names, so they go by the plain host's."""
        plain = self._connections[self.host(None).lower()]
        return self._connections.get(host.partition(":")[0].lower(), plain)

    def close(self) -> None:
        """Close the connections; the next request opens a new one."""
        for connection in self._connections.values():
            connection.close()
