"""Whose data is where: databases, peers, and a user who is created, found, changed and deleted."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.cookies import SimpleCookie
from typing import Any
from uuid import uuid4

from ..checks import FAIL, NOT_CHECKED, PASS
from ..colours import COLOURS
from ..hosts import STAY_COOKIE
from .edge import Answer, Edge
from .result import Failed, NotChecked

PATH = "/api/v1/users"
VISITS = 10  # of a visitor who stays


def colours_page(colour: str, name: str, edge: Edge) -> str:
    """What a web of that colour says of its image, its database or its peers."""
    answer = edge.ask(edge.host(colour), "/api/v1/colours")
    if answer.who != colour:
        raise NotChecked(f"{colour} does not answer on its host, but {answer.who}")
    checks = {check["name"]: check for check in answer.json["checks"]}
    check = checks.get(name, {"result": NOT_CHECKED, "sentence": "Its first report is being made: run this again."})
    if check["result"] == FAIL:
        raise Failed(check["sentence"])
    if check["result"] != PASS:
        raise NotChecked(check["sentence"])
    return str(check["sentence"])


def users(colour: str, edge: Edge) -> str:
    """A user lives on one colour, and no other colour sees it."""
    host = edge.host(colour)
    with a_user(edge, host) as created:
        user, address = _require("create", created, 201).json, created.headers["location"]
        again = edge.ask(host, PATH, "POST", _details(user), idempotency_key=user["id"])
        _require("create again", again, 201)
        found = _require("find", edge.ask(host, f"{PATH}?location={user['location']}"), 200)
        if [one["id"] for one in found.json["users"]] != [user["id"]]:
            raise Failed(f"its location is that of {len(found.json['users'])} users instead of one")
        for other in COLOURS.keys() - {colour}:
            _require(f"not on {other}", edge.ask(edge.host(other), address), 404)
        changed = _details(user) | {"firstname": "Vera", "age": None}
        _require("change", edge.ask(host, address, "PUT", changed, if_match=created.headers["etag"]), 200)
        stale = edge.ask(host, address, "PUT", _details(user), if_match=created.headers["etag"])
        _require("change what was changed", stale, 412)
        if _details(_require("read", edge.ask(host, address), 200).json) != changed:
            raise Failed("read: not what was stored")
        _require("delete", edge.ask(host, address, "DELETE"), 204)
        _require("read what was deleted", edge.ask(host, address), 404)
    return "as expected; nothing is left"


def stay(edge: Edge) -> str:
    """A write on the plain host sets the session cookie that leads back to the colour that has the data."""
    host = edge.host(None)
    with a_user(edge, host) as created:
        _require("create", created, 201)
        cookie = SimpleCookie(created.headers.get("set-cookie", "")).get(STAY_COOKIE)
        if cookie is None:
            raise Failed(f"no cookie {STAY_COOKIE}")
        if cookie["samesite"] != "Lax" or not cookie["httponly"] or cookie["expires"] or cookie["max-age"]:
            raise Failed(f"the cookie is not a session’s, HttpOnly and SameSite=Lax: {cookie.OutputString()}")
        visits = [
            edge.ask(host, created.headers["location"], cookie=f"{STAY_COOKIE}={cookie.value}") for _ in range(VISITS)
        ]
        lost = sum(visit.status != 200 for visit in visits)
        if lost:
            raise Failed(f"{lost} of {VISITS} visits did not find the data")
    return f"all {VISITS} visits found the data on {cookie.value}"


@contextmanager
def a_user(edge: Edge, host: str) -> Iterator[Answer]:
    """The answer to creating a user on a host; afterwards no colour has that user, however it went."""
    id = str(uuid4())
    details = {"firstname": "Verify", "lastname": "pii-demo", "email": "verify@example.org", "age": 1, "location": id}
    try:
        yield edge.ask(host, PATH, "POST", details, idempotency_key=id)
    finally:
        deleted = {colour: edge.ask(edge.host(colour), f"{PATH}/{id}", "DELETE") for colour in COLOURS}
    left = [f"{colour} ({answer.who})" for colour, answer in deleted.items() if answer.status not in {204, 404}]
    if left:
        raise Failed(f"user {id} may be left behind on {', '.join(left)}")


def _details(user: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in user.items() if name not in {"id", "revision", "date"}}


def _require(step: str, answer: Answer, status: int) -> Answer:
    if answer.status != status:
        raise Failed(f"{step}: {answer.who} instead of {status}")
    return answer
