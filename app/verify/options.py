"""The options of every command that asks an edge: where it is, and what its hosts are called."""

import re
from urllib.parse import urlsplit

import click

_NAME = r"[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})*"
_DOMAIN = re.compile(_NAME, re.IGNORECASE | re.ASCII)
_ADDRESS = re.compile(rf"http://({_NAME}|\[[0-9a-f:.]+])(:[0-9]*)?/?", re.IGNORECASE | re.ASCII)


def _address(_context: click.Context, _option: click.Parameter, value: str) -> str:
    """The host and port of an http address. Nothing else is allowed, since a password would be printed."""
    try:
        address = urlsplit(value)  # handles IPv6 addresses
        valid = _ADDRESS.fullmatch(value) and (address.port or 80)
    except ValueError:
        valid = False
    if not valid:
        raise click.BadParameter("an address such as http://127.0.0.1:8080 is needed")
    return address.netloc


def _domain(_context: click.Context, _option: click.Parameter, value: str) -> str:
    if not _DOMAIN.fullmatch(value):
        raise click.BadParameter("a domain such as apps.hl.test is needed")
    return value


via_option = click.option(
    "--via", default="http://127.0.0.1:8080", show_default=True, callback=_address, help="Address of the edge."
)
domain_option = click.option(
    "--domain", default="apps.hl.test", show_default=True, callback=_domain, help="Domain of the hosts."
)
