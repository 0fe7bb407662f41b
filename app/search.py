"""Searching for users the way the query of an address says; the same for the pages and the API."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import abort

from . import rules
from .parts import parts
from .storage import NEWEST, Cursor
from .users import User


@dataclass(frozen=True)
class Found:
    """A page of users, what was searched for, and the cursor of the next page, if there is one."""

    users: list[User]
    location: str
    match: str
    after: str | None


def search(query: Mapping[str, str]) -> Found:
    """Find users, newest first, by `location`, `match` and `after`. Answers 400 for a query that cannot be."""
    location = rules.normalise(query.get("location", ""))
    match = query.get("match", "exact")
    if match not in {"exact", "prefix"}:
        abort(400, "The query's “match” is either “exact” or “prefix”.")
    users, more = parts().storage.find(location, match, _cursor(query.get("after")))
    return Found(users, location, match, str(Cursor(users[-1].date, users[-1].id)) if more else None)


def not_here() -> str:
    """What to say of a user that this colour does not have."""
    colour = parts().identity.current().colour
    return f"There is no such user on {colour or 'this database'}: deleted, or on the other colour."


def _cursor(after: str | None) -> Cursor:
    try:
        return Cursor.parse(after) if after else NEWEST
    except ValueError:
        abort(400, "The query's “after” is not a place in this list. Start from its first page.")
