"""Clients of an application in this process."""

from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.web import services
from tests.support.examples import HOSTS


class Client(FlaskClient):
    """Flask's client, asking the host that it was made for."""

    def __init__(self, *args: Any, host: str = "localhost", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.base_url = f"http://{host}"

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        return super().open(*args, **{"base_url": self.base_url} | kwargs)


services_of = services.of


def browser(app: Flask, host: str) -> FlaskClient:
    """A client that keeps cookies and asks one of HOSTS."""
    return app.test_client(host=HOSTS[host])
