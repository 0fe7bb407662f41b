"""Store invented people on each colour, through the edge: python -m edge.users --count 50"""

import sys
from collections.abc import Iterator
from ssl import SSLContext
from typing import Any

import click
from faker import Faker

from app.colours import COLOURS
from app.verify.edge import Edge
from app.verify.options import edge_options


@click.command()
@edge_options
@click.option(
    "--count", type=click.IntRange(1, 100_000), default=50, show_default=True, help="How many on each colour."
)
def main(via: str, domain: str, trust: SSLContext | None, count: int) -> None:
    """Store invented people on each colour."""
    edge = Edge(via, domain, trust=trust)
    for colour in COLOURS:
        with click.progressbar(
            people(count), count, label=colour, file=sys.stderr, hidden=not sys.stderr.isatty()
        ) as bar:
            for person in bar:
                answer = edge.ask(edge.host(colour), "/api/v1/users", "POST", person)
                if answer.status != 201:
                    why = answer.json.get("detail", answer.who)
                    raise click.ClickException(f"{colour} at {via} stored nothing more: {why}")
        click.echo(f"{count} users stored on {colour}.")


def people(count: int) -> Iterator[dict[str, Any]]:
    """So many of them, as the API takes them; their addresses are of example.org and its like, which are nobody's."""
    fake = Faker(["en_GB", "de_DE", "es_ES", "fr_FR", "pl_PL"])
    for _ in range(count):
        yield {
            "firstname": fake.first_name()[:30],
            "lastname": fake.last_name()[:30],
            "email": fake.ascii_safe_email()[-50:],
            "age": fake.random_int(18, 99),
            "location": fake.city()[:50],
        }


if __name__ == "__main__":
    main(prog_name="python -m edge.users")
