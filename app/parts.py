"""What create_app() puts together, for the modules that answer requests."""

from dataclasses import dataclass
from typing import cast

from flask import Flask, current_app

from .checks import Checks
from .connections import Connections
from .identity import IdentitySource
from .isolation import Marker
from .storage import Storage

_KEY = "pii-demo"


@dataclass(frozen=True)
class Parts:
    """The parts of one application; made once, shared by its threads."""

    identity: IdentitySource
    connections: Connections
    marker: Marker
    storage: Storage
    checks: Checks

    def attach(self, app: Flask) -> None:
        """Make these the parts of that application."""
        app.extensions[_KEY] = self


def parts() -> Parts:
    """The parts of the application that answers the current request."""
    return cast(Parts, current_app.extensions[_KEY])
