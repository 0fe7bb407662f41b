"""The options of every command that asks an edge: where it is, what its hosts are called, whose certificates count."""

import re
from collections.abc import Callable
from ssl import SSLContext
from typing import Any
from urllib.parse import urlsplit

import click

from .tls import trusting

_NAME = r"[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})*"
_DOMAIN = re.compile(_NAME, re.IGNORECASE | re.ASCII)
_ADDRESS = re.compile(rf"https?://({_NAME}|\[[0-9a-f:.]+])(:[0-9]*)?/?", re.IGNORECASE | re.ASCII)


def _address(_context: click.Context, _option: click.Parameter, value: str) -> str:
    """The scheme, host and port of an address. Nothing else is allowed, since a password would be printed."""
    try:
        address = urlsplit(value)  # handles IPv6 addresses
        valid = _ADDRESS.fullmatch(value) and address.port != 0
    except ValueError:
        valid = False
    if not valid:
        raise click.BadParameter("an address such as http://127.0.0.1:8080 is needed")
    return f"{address.scheme}://{address.netloc}"


def _domain(_context: click.Context, _option: click.Parameter, value: str) -> str:
    if not _DOMAIN.fullmatch(value):
        raise click.BadParameter("a domain such as apps.hl.test is needed")
    return value


def _trust(_context: click.Context, _option: click.Parameter, value: str | None) -> SSLContext | None:
    try:
        return trusting(value) if value else None
    except OSError:
        raise click.BadParameter(f"{value} is not a file of certificates in PEM format") from None


_OPTIONS = [
    click.option(
        "--via", default="http://127.0.0.1:8080", show_default=True, callback=_address, help="Address of the edge."
    ),
    click.option("--domain", default="apps.hl.test", show_default=True, callback=_domain, help="Domain of the hosts."),
    click.option(
        "--cacert", "trust", metavar="FILE", callback=_trust, help="CAs to trust for https, instead of the system's."
    ),
]


def edge_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command these options, as `via`, `domain` and `trust`."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command
