"""Finding users by the query or the path of an address, for the pages and the API alike."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from flask import abort

from .. import rules
from ..storage.users import NEWEST, Cursor
from ..users import User
from . import services
from .errors import NotHere


@dataclass(frozen=True)
class Page:
    """A page of users, the search that found them, and the cursor of the next page if there is one."""

    users: list[User]
    location: str
    match: str
    after: str | None


def search(query: Mapping[str, str]) -> Page:
    """Find users, newest first, by `location`, `match` and `after`. Aborts with 400 if the query is invalid."""
    location = rules.normalise(query.get("location", ""))
    match = query.get("match", "exact")
    if match not in {"exact", "prefix"}:
        abort(400, "The query's “match” is either “exact” or “prefix”.")
    users, more = services.current().storage.find(location, match, _cursor(query.get("after")))
    return Page(users, location, match, str(Cursor(users[-1].date, users[-1].id)) if more else None)


def stored_user(id: UUID) -> User:
    """The user with that id. Raises NotHere if this colour does not have it."""
    user = services.current().storage.get(str(id))
    if user is None:
        raise NotHere
    return user


def _cursor(after: str | None) -> Cursor:
    try:
        return Cursor.parse(after) if after else NEWEST
    except ValueError:
        abort(400, "The query's “after” is not a place in this list. Start from its first page.")
