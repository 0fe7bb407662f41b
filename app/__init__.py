"""pii-demo: a small, real, stateful web application to see and prove that a blue/green deployment works."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from .settings import Settings

NAME = "pii-demo"  # by which a Flask application is known as ours


def create_app(settings: "Settings | None" = None) -> "Flask":
    """The application. Connects to nothing: that is left to the first request that needs the database."""
    # Imported here, so that gunicorn's master, which loads app.worker, holds nothing that a reload has to replace and
    # gevent has to patch; and so that a command which needs only the colours starts at once.
    from .application import create  # noqa: PLC0415

    return create(settings)
