"""Whose data is where: each colour's report, and a user who is created, found, changed and deleted."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from ..colours import COLOURS
from ..hosts import STAY_COOKIE
from ..results import Result
from .edge import Answer, Edge
from .outcomes import Failed, NotChecked

PATH = "/api/v1/users"
VISITS = 10  # of one visitor with the cookie
DELETE_ATTEMPTS = 3  # since a bad release may answer with errors now and then
PATIENCE = 10  # seconds to wait for a report that another request is making


def report(colour: str, name: str, edge: Edge) -> str:
    """What a web server of that colour reports of its image, its database or its peers."""
    for _ in range(PATIENCE):
        answer = edge.ask(edge.host(colour), "/api/v1/colours")
        if answer.who != colour:
            raise NotChecked(f"{colour} does not answer on its host, but {answer.who}")
        findings = {finding["name"]: finding for finding in answer.json["checks"]}
        if findings:
            break
        time.sleep(1)
    else:
        raise NotChecked("its report is still being made: run this again")
    result, sentence = findings[name]["result"], f"{findings[name]['sentence']} (pod {answer.headers['x-app-pod']})"
    if result == Result.FAIL:
        raise Failed(sentence)
    if result != Result.PASS:
        raise NotChecked(sentence)
    return sentence


def users(colour: str, edge: Edge) -> str:
    """A user lives on one colour, and no other colour sees it."""
    host = edge.host(colour)
    with a_user(edge, host) as created:
        user, address = _require("create", created, 201).json, created.headers["location"]
        again = edge.ask(host, PATH, "POST", _details(user), idempotency_key=user["id"])
        if _require("create again", again, 201).json["id"] != user["id"]:
            delete(edge, host, again.json["id"])
            raise Failed("create again: another user, though the key was the same")
        page = _require("find", edge.ask(host, f"{PATH}?location={user['location']}"), 200)
        if [one["id"] for one in page.json["users"]] != [user["id"]]:
            raise Failed(f"find: not just this user, but {len(page.json['users'])} at its location")
        for other in COLOURS.keys() - {colour}:
            _require(f"not on {other}", edge.ask(edge.host(other), address), 404)
        changed = _details(user) | {"firstname": "Vera", "age": None}
        _require("change", edge.ask(host, address, "PUT", changed, if_match=created.headers["etag"]), 200)
        stale = edge.ask(host, address, "PUT", _details(user), if_match=created.headers["etag"])
        _require("change what was changed", stale, 412)
        if _details(_require("read", edge.ask(host, address), 200).json) != changed:
            raise Failed("read: not what was stored")
    _require("read what was deleted", edge.ask(host, address), 404)
    return "as expected; nothing is left"


def stay(edge: Edge) -> str:
    """A write on the plain host sets the session cookie that leads back to the colour that has the data."""
    host, name = edge.host(None), edge.stay_cookie
    with a_user(edge, host, origin=f"{edge.scheme}://{host}") as created:
        _require("create", created, 201)
        cookie = SimpleCookie(created.headers.get("set-cookie", "")).get(name)
        if cookie is None:
            raise Failed(f"no cookie {name}")
        if cookie["samesite"] != "Lax" or not cookie["httponly"] or cookie["expires"] or cookie["max-age"]:
            raise Failed(f"the cookie is not a session’s, HttpOnly and SameSite=Lax: {cookie.OutputString()}")
        if bool(cookie["secure"]) != edge.secure:
            raise Failed(f"by {edge.scheme}, the cookie is {'not ' * edge.secure}Secure: {cookie.OutputString()}")
        visits = [edge.ask(host, created.headers["location"], cookie=f"{name}={cookie.value}") for _ in range(VISITS)]
        lost = sum(visit.status != 200 for visit in visits)
        if lost:
            raise Failed(f"{lost} of {VISITS} visits did not find the data")
    return f"all {VISITS} visits found the data on {cookie.value}"


@contextmanager
def a_user(edge: Edge, host: str, **headers: str) -> Iterator[Answer]:
    """The answer to creating a user on a host. Afterwards the user is deleted in any case."""
    id = str(uuid4())
    details = {"firstname": "Verify", "lastname": "pii-demo", "email": "verify@example.org", "age": 1, "location": id}
    created, problems = edge.ask(host, PATH, "POST", details, idempotency_key=id, **headers), []
    if moved_to := created.json.get("moved_to"):
        raise NotChecked(f"the users of {created.who} were moved to {moved_to}")
    try:
        yield created
    except Failed as failed:
        problems.append(str(failed))
    finally:
        id = str(created.json.get("id", id))
        if not delete(edge, host, id) and created.status in {201, 0}:
            problems.append(f"user {id} may be left behind")
    if problems:
        raise Failed("; ".join(problems))


def delete(edge: Edge, host: str, id: str) -> bool:
    """Delete a user through every host, because a misrouted host may reach the wrong colour."""
    ways = [(host, "")]
    ways += [(edge.host(colour), "") for colour in COLOURS]
    ways += [(edge.host(None), f"{STAY_COOKIE}={colour}") for colour in COLOURS]
    return any(
        edge.ask(way, f"{PATH}/{quote(id)}", "DELETE", cookie=cookie).status == 204
        for way, cookie in DELETE_ATTEMPTS * ways
    )


def _details(user: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in user.items() if name not in {"id", "revision", "date"}}


def _require(step: str, answer: Answer, status: int) -> Answer:
    if answer.status != status:
        raise Failed(f"{step}: {answer.who} instead of {status}")
    return answer
