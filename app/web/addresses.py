"""Addresses of our own pages: a list has a hundred, and to build each by Werkzeug's rules takes a sixth of its time."""

from functools import cache
from uuid import UUID

from flask import current_app
from werkzeug.routing import Map

ANY_ID = str(UUID(int=0))  # in the place of an id that is not known yet


def address(endpoint: str, id: object = "") -> str:
    """The address of an endpoint, with that id if its rule has one. Raises BuildError for an unknown endpoint."""
    return _pattern(current_app.url_map, endpoint).format(id)


@cache
def _pattern(rules: Map, endpoint: str) -> str:
    values = {"id": ANY_ID} if rules.is_endpoint_expecting(endpoint, "id") else {}
    return rules.bind("").build(endpoint, values).replace(ANY_ID, "{}")
