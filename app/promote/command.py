"""The command: python -m app.promote --to green."""

import shlex
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from uuid import uuid4

import click
import pymysql

from ..colours import COLOURS
from ..settings import Settings
from .check import Refused, check, check_complete
from .end import End, Lapsed
from .protocol import Different, Progress, Promotion

Command = Callable[..., None]


def end_options(command: Command) -> Command:
    """Where each colour's database is. Passwords come from the environment alone: others could read a command line."""
    for colour in reversed(COLOURS):
        name = colour.upper()
        command = click.option(f"--{colour}-password", envvar=f"{name}_PASSWORD", hidden=True, default="")(command)
        command = click.option(
            f"--{colour}-host",
            envvar=f"{name}_HOST",
            default="",
            help=f"{colour}’s MySQL; without it, a file in DATA_DIR.",
        )(command)
    return command


@click.command()
@click.option("--to", type=click.Choice(list(COLOURS)), help="Move the users of the other colour to this one.")
@click.option(
    "--release", type=click.Choice(list(COLOURS)), help="Delete the copy that this colour has kept, and open it."
)
@click.option("--dry-run", is_flag=True, help="Only check whether it could be done.")
@click.option("--switch", metavar="COMMAND", help="Run this at the end, to switch the plain host.")
@click.option("--user", envvar="PROMOTE_USER", default="promote", show_default=True, help="The user of both MySQLs.")
@click.option("--who", envvar="USER", default="unknown", hidden=True, help="For the record.")
@end_options
def promote(to: str | None, release: str | None, dry_run: bool, switch: str | None, who: str, **where: str) -> None:
    """Move all users of one colour to the other, and later back.

    Ends with 0 if it is done, 1 if it is not: run it again then, and it goes on. 2: an option is wrong.
    """
    if bool(to) == bool(release):
        raise click.UsageError("say --to COLOUR or --release COLOUR")
    if release and dry_run:
        raise click.UsageError("--dry-run goes with --to alone")
    with connected(where) as ends:
        if release:
            [other] = (end for colour, end in ends.items() if colour != release)
            released(ends[release], other)
        elif to:
            [source] = (end for colour, end in ends.items() if colour != to)
            moved(source, ends[to], who, dry_run)
    if switch and not dry_run:
        switched(switch)


@contextmanager
def connected(where: dict[str, str]) -> Iterator[dict[str, End]]:
    """Both ends, for us alone. What goes wrong with them, until the block ends, is said in sentences."""
    with ExitStack() as stack, sentences():
        ends = {}
        for colour in COLOURS:
            ends[colour] = connect(colour, where)
            stack.callback(ends[colour].close)
        yield ends


def connect(colour: str, where: dict[str, str]) -> End:
    """One end. Only what is used is imported."""
    settings = Settings.from_environment()
    host = where[f"{colour}_host"]
    try:
        if not host:
            from .sqlite import SQLiteEnd  # noqa: PLC0415

            return SQLiteEnd(colour, settings.data_dir)
        from .mysql import MySQLEnd  # noqa: PLC0415

        password = where[f"{colour}_password"]
        return MySQLEnd(colour, replace(settings, mysql_host=host, mysql_user=where["user"], mysql_password=password))
    except BlockingIOError:
        raise click.ClickException(f"another promotion is using {colour}’s database; wait for it") from None


def promotion(source: End, target: End, who: str, progress: Progress) -> Promotion | None:
    """The promotion that moves the users, or goes on to; None if they are there already. Raises Refused."""
    earlier = source.moved()
    if earlier and target.is_finished(earlier[0]):
        for end in (source, target):
            end.clear()
        return None
    check(source, target)
    return Promotion(earlier[0] if earlier else str(uuid4()), source, target, who, progress)


def moved(source: End, target: End, who: str, dry_run: bool) -> None:
    """Move the users, and say what was moved."""
    moving = promotion(source, target, who, show)
    if not moving:
        click.echo(f"The users of {source.colour} are on {target.colour} already.")
        return
    if dry_run:
        click.echo(f"The users of {source.colour} can be moved to {target.colour}. Nothing was changed.")
        return
    moving.run()
    click.echo(
        f"{target.colour} has all {moving.users} users now; {source.colour} keeps a copy that cannot be changed."
    )
    if moving.conflicts:
        click.echo(f"{len(moving.conflicts)} were on both. Of each, the newer revision was kept:")
        click.echo("\n".join(f"  {id}" for id in sorted(moving.conflicts)))


def released(end: End, other: End) -> None:
    """Delete the copy that was kept."""
    check_complete(end, other)
    check_complete(other, end)
    if not end.moved():
        raise click.ClickException(f"{end.colour} has no copy of users that were moved: nothing to release")
    end.clear()
    click.echo(f"{end.colour} is open again. Its copy of {end.release()} users is deleted.")


def switched(command: str) -> None:
    """Switch the plain host."""
    try:
        failed = subprocess.run(shlex.split(command), check=False).returncode  # noqa: S603 - it is our user's own command
    except (OSError, ValueError):
        failed = 1
    if failed:
        raise click.ClickException(
            f"the users are moved, but the plain host is not switched. Run this again: {command}"
        )


def show(what: str, done: int, total: int) -> None:
    """How far it is."""
    if sys.stderr.isatty():
        click.echo(f"\r{what}: {done} of {total}", nl=done >= total, err=True)


@contextmanager
def sentences() -> Iterator[None]:
    """What can go wrong, as a sentence that says what to do."""
    again = "Nothing was lost: run it again."
    try:
        yield
    except Refused as refused:
        raise click.ClickException(str(refused)) from None
    except KeyboardInterrupt:
        raise click.ClickException("interrupted. Run it again: until then, writes may be refused.") from None
    except Lapsed as lapsed:
        raise click.ClickException(f"the freeze of {lapsed} ran out before all was moved. {again}") from None
    except Different as different:
        raise click.ClickException(f"what has arrived differs in {different} places. {again}") from None
    except (sqlite3.Error, pymysql.Error, OSError) as error:
        raise click.ClickException(f"a database cannot be used ({error.args[-1]}). {again}") from None
