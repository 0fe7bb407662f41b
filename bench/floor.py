"""The least that an application of Flask can do. Runs in the application's image, see containers.py."""

from flask import Flask

app = Flask(__name__)
PAGE = b"x" * 3000


@app.get("/")
def page() -> bytes:
    """As many bytes as a small page."""
    return PAGE
