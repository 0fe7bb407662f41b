"""Puts the application together: the services, then the rooms of app/web that use them."""

import click
from flask import Flask

from .identity import Identity, IdentitySource
from .isolation.peers import Peers
from .isolation.report import Reporter
from .metrics import Metrics
from .settings import Settings, SettingsError
from .storage.connections import Connections
from .storage.database import Database
from .storage.marker import Marker
from .storage.users import Storage
from .web import (
    assets,
    colours,
    cross_origin,
    errors,
    headers,
    health,
    limits,
    openapi,
    pages,
    rendering,
    services,
    telemetry,
    traffic,
    users_api,
)

# In this order, each request is timed, its host and body are checked, and it is refused if it comes from another site.
ROOMS = (
    telemetry,
    errors,
    limits,
    cross_origin,
    headers,
    rendering,
    pages,
    colours,
    traffic,
    users_api,
    openapi,
    health,
    assets,
)


def create(settings: Settings | None = None) -> Flask:
    """The application, configured by the environment unless settings are given."""
    app = Flask("app.web", static_folder=None)
    app.json.sort_keys = False  # type: ignore[attr-defined]  # of Flask's default provider
    settings = settings or Settings.from_environment()
    services.attach(app, _services(settings))
    if settings.otel_exporter_otlp_endpoint:
        _send_spans(app)
    for room in ROOMS:
        room.init_app(app)
    app.cli.command("verify", add_help_option=False, context_settings={"ignore_unknown_options": True})(_verify)
    return app


def _services(settings: Settings) -> services.Services:
    identity = IdentitySource(settings)
    metrics = Metrics(identity.current)
    connections = Connections(_database(settings, identity.current()), metrics)
    marker = Marker(connections, lambda: identity.current().colour_name, metrics)
    peers = Peers(settings.peer_url) if settings.peer_url else None
    return services.Services(
        identity, metrics, connections, marker, Storage(connections, marker), Reporter(identity, marker, peers)
    )


def _database(settings: Settings, identity: Identity) -> Database:
    if settings.mysql_host:
        from .storage.mysql import MySQL  # noqa: PLC0415 - as only one of the two is needed, its memory is saved

        return MySQL(settings)
    from .storage.sqlite import SQLite  # noqa: PLC0415

    return SQLite(settings.data_dir / f"{identity.colour_name}.sqlite3", identity.colour_name)


def _send_spans(app: Flask) -> None:
    try:
        from .web import spans  # noqa: PLC0415 - what most do without: memory, start-up time, packages
    except ModuleNotFoundError:
        problem = "empty here: the packages of requirements/otel.txt are not installed (docs/operations.md, Traces)"
        raise SettingsError(f"OTEL_EXPORTER_OTLP_ENDPOINT must be {problem}") from None
    spans.init_app(app)


@click.argument("options", nargs=-1, type=click.UNPROCESSED)
def _verify(options: tuple[str, ...]) -> None:
    """Check that routing and isolation work: the same as python -m app.verify."""
    from .verify.command import verify  # noqa: PLC0415 - nothing that a web server needs

    verify.main(options, prog_name="verify")
