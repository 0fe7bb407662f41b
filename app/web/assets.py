"""Style sheets, scripts and marks: made once, served from memory under an address that names their content.

Both colours answer on the plain host, and their releases may differ. So the page of one release may request its style
sheet from the other: if the digest in the URL is not ours, we still send our file, but uncached.
"""

import hashlib
from dataclasses import dataclass
from mimetypes import guess_type
from pathlib import Path

from flask import Blueprint, Flask, Response, abort, url_for

from ..colours import COLOURS, NO_COLOUR, Colour

blueprint = Blueprint("assets", __name__)


def init_app(app: Flask) -> None:
    """Serve the assets."""
    app.register_blueprint(blueprint)


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
    values = {
        "strong": colour.strong,
        "on-strong": colour.on_strong,
        "ink": f"light-dark({colour.strong}, {colour.bright})",
        "tint": f"light-dark({colour.tint}, {colour.shade})",
    }
    return f".{colour.name} {{ {' '.join(f'--{name}: {value};' for name, value in values.items())} }}\n"


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
    """The address of an asset. Raises KeyError for an unknown name."""
    return url_for("assets.asset", digest=ASSETS[name].digest, name=name)


@blueprint.get("/static/<digest>/<name>")
def asset(digest: str, name: str) -> Response:
    """One asset."""
    file = ASSETS.get(name)
    if file is None:
        abort(404)
    response = Response(file.content, content_type=file.type)
    if digest == file.digest:
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
