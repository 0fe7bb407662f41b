"""pii-demo: a small, real, stateful web application to see and prove that a blue/green deployment works."""

from flask import Flask, Response, abort, request

from . import api, assets, colours_page, health, openapi, pages, traffic
from .checks import Checks
from .connections import Connections
from .cross_origin import cross_origin_reason
from .database import Database
from .errors import init_errors
from .identity import Identity, IdentitySource
from .parts import Parts, parts
from .peers import Peers
from .settings import Settings
from .sqlite import SQLite
from .storage import Storage
from .telemetry import init_telemetry
from .verify.command import verify

LARGEST_BODY = 16 * 1024  # bytes

SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    # Not `no-referrer`: with it browsers send `Origin: null`, which cross_origin would have to refuse.
    "Referrer-Policy": "same-origin",
}


def create_app(settings: Settings | None = None) -> Flask:
    """The application. Connects to nothing: that is left to the first request that needs the database."""
    settings = settings or Settings.from_environment()
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.json.sort_keys = False  # type: ignore[attr-defined]  # of Flask's default provider

    identity = IdentitySource(settings)
    connections = Connections(_database(settings, identity.current()), lambda: identity.current().colour)
    checks = Checks(identity, connections, Peers(settings.peer_url) if settings.peer_url else None)
    Parts(identity, connections, Storage(connections), checks).attach(app)

    init_telemetry(app)
    init_errors(app)
    app.before_request(_refuse)
    app.after_request(_add_headers)
    app.context_processor(pages.page_context)
    for module in (pages, colours_page, traffic, api, openapi, health, assets):
        app.register_blueprint(module.blueprint)
    app.cli.add_command(verify)
    return app


def _database(settings: Settings, identity: Identity) -> Database:
    if settings.mysql_host:
        from .mysql import MySQL  # noqa: PLC0415 - 10 MB that the embedded database does without

        return MySQL(settings)
    colour = identity.colour or "none"
    return SQLite(settings.data_dir / f"{colour}.sqlite3", colour)


def _refuse() -> None:
    """Refuse cross-site requests, then bodies that are too large, whatever the address."""
    reason = cross_origin_reason(request)
    if reason:
        abort(403, f"This request was refused: it did not come from a page of this site. {reason}")
    request.get_data(parse_form_data=True)
    # A body in chunks does not say how long it is: what is read ends at the limit, and the rest is still to come.
    if request.environ.get("wsgi.input_terminated") and request.environ["wsgi.input"].read(1):
        abort(413)


def _add_headers(response: Response) -> Response:
    response.headers.update(SECURITY_HEADERS)
    response.headers.update(parts().identity.current().headers())
    response.headers.setdefault("Cache-Control", "no-store")
    return response
