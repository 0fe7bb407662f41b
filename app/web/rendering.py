"""Pages: a frame, kept for all visits that look alike, around a main part that is rendered each time.

A template sets its title, and perhaps a scheme, and then writes the main part; frame.html is what surrounds it.
"""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from uuid import UUID

from flask import Flask, current_app, request
from jinja2 import Environment
from markupsafe import escape

from ..colours import COLOURS, Colour, colour_named
from ..fields import FIELDS
from ..hosts import Host, parse_host
from ..identity import Identity
from ..live import Live
from . import services
from .addresses import ANY_ID, address
from .assets import asset_url
from .live import live
from .stay import stay

FRAMES = 64  # that are kept: a visitor can invent hosts, but not more memory than these take
_HOLE = "\0"  # where the title and the main part go: in no frame, as hosts, versions and pods are printable


def init_app(app: Flask) -> None:
    """Give every template what all pages use."""
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.jinja_env.globals.update(address=address, asset_url=asset_url, colours=COLOURS, fields=FIELDS)


@dataclass(frozen=True)
class Visit:
    """What a frame depends on: who answers, which host the visitor used, and where the visitor's data is."""

    identity: Identity
    colour: Colour = field(compare=False)  # the identity's
    place: str = field(compare=False)
    host: Host | None
    stay: str | None
    live: Live | None
    endpoint: str | None


def render(template: str, **context: Any) -> str:
    """A page. The template gets the context and the fields of the visit."""
    return _render(current_app.jinja_env, _visit(), template, context)


def render_form(template: str, id: UUID) -> str:
    """A page that is the same for all visits that look alike, but for an id."""
    return _form(current_app.jinja_env, _visit(), template).replace(ANY_ID, str(id))


def _visit() -> Visit:
    identity = services.current().identity.current()
    place = services.current().connections.place
    return Visit(
        identity, colour_named(identity.colour), place, parse_host(request.host), stay(), live(), request.endpoint
    )


def _render(environment: Environment, visit: Visit, template: str, context: dict[str, Any]) -> str:
    main: Any = environment.get_template(template).make_module({**vars(visit), **context})
    before, between, after = _frame(environment, visit, getattr(main, "scheme", visit.colour.name))
    return "".join((before, escape(main.title), between, str(main), after))


@lru_cache(FRAMES)
def _frame(environment: Environment, visit: Visit, scheme: str) -> list[str]:
    """What comes before the title, between it and the main part, and after that."""
    frame = environment.get_template("frame.html").render(vars(visit), scheme=scheme, title=_HOLE, main=_HOLE)
    return frame.split(_HOLE)


@lru_cache(FRAMES)
def _form(environment: Environment, visit: Visit, template: str) -> str:
    return _render(environment, visit, template, {"texts": {}, "id": ANY_ID})
