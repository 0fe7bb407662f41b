"""Ask the web Service that others of our colour are behind, and see which colours answer."""

import time
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from email.message import Message
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

from .colours import COLOURS, NO_COLOUR

REQUESTS = 10
TIMEOUT = 2.0  # seconds for all of them together
NO_ANSWER = "no answer"
NOT_OURS = "something else"  # it answers, but says no colour


class _NoRedirects(HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        """None: the redirect itself is the answer."""


class Peers:
    """The webs behind one address."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._open = build_opener(ProxyHandler({}), _NoRedirects()).open  # peers are near: no proxy is needed
        self._pool = ThreadPoolExecutor(REQUESTS // 2, thread_name_prefix="peers")

    def ask(self, headers: Mapping[str, str]) -> Counter[str]:
        """Who answered how often: colours, `none`, `HTTP 403` and the like, NO_ANSWER, NOT_OURS."""
        deadline = time.monotonic() + TIMEOUT
        answered, late = wait([self._pool.submit(self._ask, headers, deadline) for _ in range(REQUESTS)], TIMEOUT)
        return Counter([request.result() for request in answered] + [NO_ANSWER] * len(late))

    def _ask(self, headers: Mapping[str, str], deadline: float) -> str:
        left = deadline - time.monotonic()
        if left <= 0:
            return NO_ANSWER
        try:
            with self._open(Request(self.url, headers=dict(headers)), timeout=left) as response:  # noqa: S310 - by settings
                return _colour(response.headers) or NOT_OURS
        except HTTPError as error:
            with error:
                return _colour(error.headers) or f"HTTP {error.code}"
        except (OSError, HTTPException):
            return NO_ANSWER


def _colour(headers: Message) -> str | None:
    said = headers.get("X-App-Colour")
    return said if said in {*COLOURS, NO_COLOUR.name} else None
