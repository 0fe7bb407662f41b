"""The command: python -m app.verify, or flask --app app verify."""

import json
import sys
import time
from io import TextIOWrapper
from ssl import SSLContext
from typing import IO, cast
from urllib.parse import urlsplit

import click

from ..colours import COLOURS
from ..live import BOTH, HEADER, Live, parse_live
from ..results import Result
from .checks import Check, all_checks
from .edge import Answer, Edge
from .options import edge_options
from .outcomes import Failed, NotChecked
from .output import Row, as_json, count, junit, table


@click.command()
@edge_options
@click.option("--live", type=click.Choice(list(COLOURS)), help="Demand that the plain host is switched to this colour.")
@click.option(
    "--share",
    type=click.IntRange(1, 99),
    help="Demand that only this percentage of new visitors is; without --live, to the colour that the edge names.",
)
@click.option(
    "--timeout",
    type=click.IntRange(1, 60),
    default=10,
    show_default=True,
    help="Seconds to wait for data before giving up.",
)
@click.option("--json", "json_", is_flag=True, help="Print JSON instead of a table.")
@click.option(
    "--junit",
    "junit_file",
    type=click.File("w", "utf-8", lazy=False),
    help="Also write JUnit XML here; - is stdout, in place of the table.",
)
def verify(  # noqa: PLR0913, PLR0917 - one for each option
    via: str,
    domain: str,
    trust: SSLContext | None,
    live: str | None,
    share: int | None,
    timeout: int,
    json_: bool,
    junit_file: IO[str] | None,
) -> None:
    """Check that routing and isolation work, down to the databases.

    Ends with 0 if nothing failed, 1 if something did, 2 if nobody answers or an option is wrong. What could not be
    checked is listed.
    """
    for stream in (sys.stdout, sys.stderr):
        cast(TextIOWrapper, stream).reconfigure(errors="replace")  # a terminal may lack our quotation marks
    edge = Edge(via, domain, timeout, trust)
    answer = edge.ask(edge.host(None))
    problem = obstacle(edge, answer)
    said = parse_live(answer.headers.get(HEADER)) or BOTH
    expected = BOTH if problem else demanded(live, share, said)
    rows = [Row("edge", Result.FAIL, "an answer", problem)] if problem else make_all(all_checks(expected), edge)
    edge.close()
    if junit_file:
        junit_file.write(junit(rows))
    if json_:
        click.echo(json.dumps(as_json(rows, expected), ensure_ascii=False, indent=2))
    elif not (junit_file and junit_file.name == "<stdout>"):
        click.echo(table(rows, "unknown" if problem else expected.words))
    sys.exit(2 if problem else 1 if count(rows, Result.FAIL) else 0)


def demanded(colour: str | None, share: int | None, said: Live) -> Live:
    """What the plain host must be switched to: what the options demand, else what the edge says."""
    if share and not (colour or said.colour):
        raise click.UsageError("--share: the edge names no colour; add one, such as --live green")
    return Live(colour or said.colour, share) if colour or share else said


def obstacle(edge: Edge, plain: Answer) -> str | None:
    """Why no check can be made, and what to do, by the plain host's answer; None if nothing is in the way."""
    if not plain.status:
        return plain.problem or nobody(edge)
    if not edge.secure and plain.headers.get("location", "").startswith("https://"):
        return f"HTTP {plain.status} to https; use --via https://… and, if its CA is not a public one, --cacert"
    if edge.secure:  # one certificate may be right, and another one not
        answers = [edge.ask(edge.host(colour)) for colour in COLOURS]
        return next((answer.problem for answer in answers if answer.problem), None)
    return None


def nobody(edge: Edge) -> str:
    """Nobody answers; on this machine, what would."""
    address = urlsplit(edge.via)
    local = address.hostname in {"127.0.0.1", "::1", "localhost"} and not edge.secure
    hint = f"; start both colours with: make run PORT={address.port or 80}" if local else ""
    return f"nobody answers at {edge.via}{hint}"


def make_all(checks: list[Check], edge: Edge) -> list[Row]:
    """Make the checks, with a progress bar on a terminal."""
    with click.progressbar(
        checks,
        file=sys.stderr,
        hidden=not sys.stderr.isatty(),
        item_show_func=lambda check: check.name if check else "",
    ) as progressing:
        return [make(check, edge) for check in progressing]


def make(check: Check, edge: Edge) -> Row:
    """Make a check on a new connection."""
    edge.close()
    started = time.monotonic()
    try:
        result, found = Result.PASS, check.make(edge)
    except Failed as failed:
        result, found = Result.FAIL, str(failed)
    except NotChecked as not_checked:
        result, found = Result.NOT_CHECKED, str(not_checked)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        result, found = Result.FAIL, f"an answer that is not pii-demo’s ({type(error).__name__}: {error})"
    # Part of the text may come from the server.
    printable = "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in found)
    return Row(check.name, result, check.expected, printable, round(time.monotonic() - started, 3))
