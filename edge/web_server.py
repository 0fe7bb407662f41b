"""The application as make run serves it: gunicorn 'edge.web_server:create("CHANGES")'"""

import json
import os
from pathlib import Path

from flask import Flask

from app import create_app
from app.settings import Settings


def create(changes: str) -> Flask:
    """With the settings of the environment, and those that make break has changed: a JSON file, if there is one."""
    file = Path(changes)
    changed = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    return create_app(Settings.from_environment(os.environ | changed))
