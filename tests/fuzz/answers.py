"""An answer, and what is true of each of the application's."""

import json
from dataclasses import dataclass
from typing import Any

from .values import TAG

IDENTITY = {"x-app-colour", "x-app-version", "x-app-pod"}


@dataclass(frozen=True)
class Answer:
    """One answer; names of headers in lower case."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str:
        """Its value; empty if it is not there."""
        return dict(self.headers).get(name, "")

    def json(self) -> Any:
        """The body."""
        return json.loads(self.body)

    def is_ours(self) -> bool:
        """Whether it says who answered."""
        return {name for name, _ in self.headers} >= IDENTITY


def check_ours(answer: Answer) -> None:
    """It says who answered, gives no text that was sent as markup, and an error is our page or a problem document."""
    assert answer.is_ours()
    kind = answer.header("content-type")
    if kind.startswith("text/html"):
        assert TAG.encode() not in answer.body
    if answer.status < 400 or not answer.body:
        return
    if kind == "text/html; charset=utf-8":
        assert f'<html lang="en" class="{answer.header("x-app-colour")}">'.encode() in answer.body
        assert b"</html>" in answer.body
        return
    assert kind == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == answer.status
    assert problem["title"]
    assert problem["detail"]
