"""flask --app app verify: ask an edge everything, and say what is right and what is wrong."""

import json
import sys
import time
from typing import IO
from urllib.parse import urlsplit

import click

from ..checks import FAIL, NOT_CHECKED, PASS
from ..colours import COLOURS
from .checks import Check, all_checks
from .edge import NO_ANSWER, Edge
from .report import Row, as_json, count, junit, table
from .result import Failed, NotChecked


def _address(_context: click.Context, _option: click.Parameter, value: str) -> str:
    address = urlsplit(value)
    if address.scheme not in {"http", "https"} or not address.hostname or address.path.strip("/"):
        raise click.BadParameter("an address such as http://127.0.0.1:8080 is needed")
    return value


@click.command()
@click.option("--via", default="http://127.0.0.1:8080", show_default=True, callback=_address, help="Where the edge is.")
@click.option("--domain", default="apps.hl.test", show_default=True, help="What follows pii-demo in its hosts.")
@click.option(
    "--live", type=click.Choice(list(COLOURS)), help="The colour that the plain host is switched to, if it is."
)
@click.option("--timeout", default=10.0, show_default=True, help="Seconds to wait for each answer.")
@click.option("--json", "json_", is_flag=True, help="Print JSON instead of a table.")
@click.option("--junit", "junit_file", type=click.File("w", "utf-8", lazy=False), help="Write JUnit's XML, too.")
def verify(via: str, domain: str, live: str | None, timeout: float, json_: bool, junit_file: IO[str] | None) -> None:  # noqa: PLR0913, PLR0917 - one for each option
    """Check that routing and isolation work, down to the databases.

    Ends with 0 if nothing failed, 1 if something did, 2 if nobody answers. What could not be checked is listed.
    """
    edge = Edge(via, domain, timeout)
    if edge.ask(edge.host(None)).who == NO_ANSWER:
        click.echo(f"Nobody answers at {via}: nothing could be checked.", err=True)
        sys.exit(2)
    with click.progressbar(
        all_checks(live), file=sys.stderr, item_show_func=lambda check: check.name if check else ""
    ) as checks:
        rows = [make(check, edge) for check in checks]
    if junit_file:
        junit_file.write(junit(rows))
    click.echo(json.dumps(as_json(rows), ensure_ascii=False, indent=2) if json_ else table(rows))
    sys.exit(1 if count(rows, FAIL) else 0)


def make(check: Check, edge: Edge) -> Row:
    """Make a check on a connection of its own."""
    edge.close()
    started = time.monotonic()
    try:
        result, found = PASS, check.make(edge)
    except Failed as failed:
        result, found = FAIL, str(failed)
    except NotChecked as not_checked:
        result, found = NOT_CHECKED, str(not_checked)
    except (LookupError, TypeError) as error:
        result, found = FAIL, f"an answer that is not pii-demo’s ({type(error).__name__}: {error})"
    return Row(check.name, result, check.expected, found, round(time.monotonic() - started, 3))
