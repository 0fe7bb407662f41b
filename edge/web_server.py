"""The application as make run serves it: gunicorn 'edge.web_server:create("CHANGES")'"""

import json
import os
from pathlib import Path

from flask import Flask

from app import create_app
from app.settings import Settings


def create(changes: str) -> Flask:
    """With the settings of the environment, and those that make break has changed: a JSON file, if there is one.

    A file beside it, COLOUR.worker, says which process this is, and what has been changed for it.
    """
    file = Path(changes)
    changed = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    worker = {"pid": os.getpid(), "changed": changed}
    file.with_suffix(".worker").write_text(json.dumps(worker), encoding="utf-8")
    return create_app(Settings.from_environment(os.environ | changed))
