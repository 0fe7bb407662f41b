"""Style sheets, scripts and marks: made once, served from memory under an address that names their content.

Both colours answer under the plain host, and their releases may differ. So the page of one release may get its style
sheet from the other: what is not the content that the address names is sent, but never cached.
"""

import hashlib
from dataclasses import dataclass
from mimetypes import guess_type
from pathlib import Path

from flask import Blueprint, Response, abort, url_for

from .colours import COLOURS, NO_COLOUR, Colour

blueprint = Blueprint("assets", __name__)


@dataclass(frozen=True)
class Asset:
    """One file as it is sent."""

    content: bytes
    type: str
    digest: str


def _mark(colour: Colour) -> str:
    path = f'<path fill="{colour.strong}" fill-rule="evenodd" d="{colour.shape}"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">{path}</svg>\n'


def _style(colour: Colour) -> str:
    return f".{colour.name} {{ --strong: {colour.strong}; --on-strong: {colour.on_strong}; --tint: {colour.tint}; }}\n"


def _all() -> dict[str, Asset]:
    everyone = (*COLOURS.values(), NO_COLOUR)
    contents = {file.name: file.read_bytes() for file in (Path(__file__).parent / "static").iterdir()}
    contents |= {f"mark-{colour.name}.svg": _mark(colour).encode() for colour in everyone}
    contents["colours.css"] = "".join(map(_style, everyone)).encode()
    return {
        name: Asset(
            content, guess_type(name)[0] or "application/octet-stream", hashlib.sha256(content).hexdigest()[:16]
        )
        for name, content in contents.items()
    }


ASSETS = _all()


def asset_url(name: str) -> str:
    """The address of an asset. Raises KeyError for a name that there is not."""
    return url_for("assets.asset", digest=ASSETS[name].digest, name=name)


@blueprint.get("/static/<digest>/<name>")
def asset(digest: str, name: str) -> Response:
    """One asset."""
    found = ASSETS.get(name)
    if found is None:
        abort(404)
    response = Response(found.content, content_type=found.type)
    if digest == found.digest:
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
