"""For the platform: who this is, whether it is alive, whether it can store."""

from flask import Blueprint, Flask, Response, current_app, jsonify

from ..storage.database import Unavailable
from . import services

blueprint = Blueprint("health", __name__)


def init_app(app: Flask) -> None:
    """Serve the platform's addresses."""
    app.register_blueprint(blueprint)


@blueprint.get("/version")
def version() -> Response:
    """The identity."""
    return jsonify(vars(services.current().identity.current()))


@blueprint.get("/livez")
def livez() -> Response:
    """The process answers. Says nothing about the database."""
    return jsonify(alive=True)


@blueprint.get("/readyz")
def readyz() -> tuple[Response, int]:
    """Whether a user could be stored now; 503 with the reason if not, and while the server stops (app/worker.py)."""
    if current_app.config.get("STOPPING"):
        return jsonify(ready=False, reason="This server is stopping."), 503
    try:
        services.current().storage.check()
    except Unavailable as unavailable:
        return jsonify(ready=False, reason=str(unavailable)), 503
    return jsonify(ready=True), 200
