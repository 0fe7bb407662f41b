"""The environment, read once, as typed values. No other module reads `os.environ`."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from click import ClickException


class SettingsError(ClickException, ValueError):
    """A setting has an invalid value; the message says which one and what is allowed.

    Being a ClickException, it is one line in flask's commands.
    """

    exit_code = 2


def _header(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    raise ValueError("printable ASCII, since every response carries it in a header")


def _port(text: str) -> int:
    if text.isdecimal() and 0 < int(text) < 2**16:
        return int(text)
    raise ValueError("a number from 1 to 65535")


def _tls(text: str) -> str:
    if text in {"off", "on", "verify"}:
        return text
    raise ValueError("off, on or verify")


def _url(text: str) -> str:
    try:
        address = urlsplit(text)
        allowed = address.scheme in {"http", "https"} and address.username is None  # pages show it: no password
        if allowed and address.hostname and address.port != 0 and text.isascii():
            address.hostname.encode("idna")
            return text
    except ValueError:
        pass
    raise ValueError("an address such as http://httpd-server/version")


def _setting(default: Any, read: Callable[[str], Any], secret: bool = False) -> Any:
    return field(default=default, repr=not secret, metadata={"read": read})


@dataclass(frozen=True)
class Settings:
    """One field per environment variable: the field's name in upper case. Empty means not set."""

    colour: str = _setting("", _header)
    version: str = _setting("", _header)
    pod_name: str = _setting("", _header)
    pod_namespace: str = _setting("", _header)
    node_name: str = _setting("", _header)
    image_colour: str = _setting("", _header)
    image_version: str = _setting("", _header)
    podinfo_dir: Path = _setting(Path("/etc/podinfo"), Path)
    data_dir: Path = _setting(Path("var"), Path)  # used without mysql_host
    mysql_host: str = _setting("", str)
    mysql_port: int = _setting(3306, _port)
    mysql_database: str = _setting("pii_demo", str)
    mysql_user: str = _setting("pii_demo", str)
    mysql_password: str = _setting("", str, secret=True)
    mysql_password_file: str = _setting("", str)
    mysql_tls: str = _setting("on", _tls)
    mysql_tls_ca: str = _setting("", str)
    peer_url: str = _setting("", _url)
    otel_exporter_otlp_endpoint: str = _setting("", _url)  # read by OpenTelemetry itself, with others of its own

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Self:
        """Read the settings. Raises SettingsError if a value is invalid."""
        values = {}
        for setting in fields(cls):
            name = setting.name.upper()
            if environ.get(name):
                try:
                    values[setting.name] = setting.metadata["read"](environ[name])
                except ValueError as error:
                    raise SettingsError(f"{name} must be {error}") from None
        return cls(**values)
