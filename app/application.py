"""Puts the application together."""

import sys

import click
from flask import Flask

from . import (
    api,
    assets,
    colours_page,
    cross_origin,
    errors,
    headers,
    health,
    limits,
    openapi,
    pages,
    telemetry,
    traffic,
)
from .checks import Checks
from .connections import Connections
from .database import Database
from .identity import Identity, IdentitySource
from .isolation import Marker
from .parts import Parts
from .peers import Peers
from .settings import Settings
from .sqlite import SQLite
from .storage import Storage


def create(settings: Settings | None = None) -> Flask:
    """The application, from the environment unless told otherwise."""
    settings = settings or Settings.from_environment()
    app = Flask(__package__, static_folder=None)
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.json.sort_keys = False  # type: ignore[attr-defined]  # of Flask's default provider

    identity = IdentitySource(settings)
    connections = Connections(_database(settings, identity.current()))
    marker = Marker(connections, lambda: identity.current().colour)
    checks = Checks(identity, marker, Peers(settings.peer_url) if settings.peer_url else None)
    Parts(identity, connections, marker, Storage(connections, marker), checks).attach(app)

    # In this order for each request: it is timed, checked and read, and refused if it comes from another site.
    for module in (telemetry, errors, limits, cross_origin, headers):
        module.init_app(app)
    app.context_processor(pages.page_context)
    for module in (pages, colours_page, traffic, api, openapi, health, assets):
        app.register_blueprint(module.blueprint)
    app.cli.command("verify", add_help_option=False, context_settings={"ignore_unknown_options": True})(_verify)
    return app


@click.argument("options", nargs=-1, type=click.UNPROCESSED)
def _verify(options: tuple[str, ...]) -> None:
    """Check that routing and isolation work: the same as python -m app.verify."""
    from .verify.command import verify  # noqa: PLC0415 - nothing that a server needs

    verify.main(options, prog_name="verify")


def _database(settings: Settings, identity: Identity) -> Database:
    if settings.mysql_host:
        if settings.mysql_tls != "off":
            # Without TLS, PyMySQL encrypts the password by this package; with it, it only takes 6 MiB.
            sys.modules.setdefault("cryptography", None)  # type: ignore[arg-type]  # as the import system's reference has it
        from .mysql import MySQL  # noqa: PLC0415 - 10 MB that the embedded database does without

        return MySQL(settings)
    colour = identity.colour or "none"
    return SQLite(settings.data_dir / f"{colour}.sqlite3", colour)
