"""The services of the application: what the rooms of app/web share, made once, without a connection."""

from dataclasses import dataclass
from typing import cast

from flask import Flask, current_app

from .. import NAME
from ..identity import IdentitySource
from ..isolation.report import Reporter
from ..metrics import Metrics
from ..storage.connections import Connections
from ..storage.marker import Marker
from ..storage.users import Storage


@dataclass(frozen=True)
class Services:
    """One of each, shared by all requests."""

    identity: IdentitySource
    metrics: Metrics
    connections: Connections
    marker: Marker
    storage: Storage
    reporter: Reporter


def attach(app: Flask, services: Services) -> None:
    """Give the application its services."""
    app.extensions[NAME] = services


def of(app: Flask) -> Services:
    """The services of that application."""
    return cast(Services, app.extensions[NAME])


def current() -> Services:
    """The services of the application that answers the current request."""
    return of(current_app)
