"""Which host goes where."""

from collections import Counter
from collections.abc import Callable

from ..colours import COLOURS
from .edge import Edge
from .result import Failed, NotChecked

FEW = 20  # requests
BOTH = "both"  # what x-edge-live says of a plain host that is not switched

# Requests for the shares of the plain host, and how many of them each colour must answer: four standard deviations
# around one half. An edge that takes turns is always within. One that draws lots fairly is beyond in 1 of 20,000 runs;
# one that draws 30 to 70 is taken for fair in 1 of 76,000.
MANY = 400
LEAST, MOST = 160, 240


def answered_by(
    colour: str | None, expected: set[str], edge: Edge, spell: Callable[[str], str] = str, cookie: str = ""
) -> str:
    """A host is answered by just these colours, each at least once."""
    found = edge.count(spell(edge.host(colour)), FEW, **({"cookie": cookie} if cookie else {}))
    if found.keys() != expected:
        raise Failed(_listed(found))
    return _listed(found)


def shares(edge: Edge) -> str:
    """The plain host is answered by each colour about as often."""
    found = edge.count(edge.host(None), MANY)
    if found.keys() != COLOURS.keys() or not all(LEAST <= times <= MOST for times in found.values()):
        raise Failed(f"{_listed(found)} (each pod counts as one: scale both colours alike)")
    return _listed(found)


def unknown_host(edge: Edge) -> str:
    """A host that is none of ours reaches no web server."""
    answer = edge.ask(edge.host("nowhere"))
    if answer.status != 404 or "x-app-colour" in answer.headers:
        raise Failed(f"{answer.who} from {answer.headers.get('x-app-colour', 'the edge')}")
    return answer.who


def switch(expected: str, edge: Edge) -> str:
    """Every answer of the plain host says the same of whether it is switched."""
    answers = [edge.ask(edge.host(None)) for _ in range(FEW)]
    found = {answer.headers.get("x-edge-live", "nothing") for answer in answers}
    if found == {"nothing"} and expected == BOTH:
        raise NotChecked("the edge does not say it in x-edge-live")
    if found != {expected}:
        raise Failed(f"x-edge-live says {' and '.join(sorted(found))}")
    return f"x-edge-live says {expected}"


def form(colour: str, edge: Edge) -> str:
    """The host arrives as it was sent: without it, a web server could not tell its own forms from another site's."""
    host = edge.typed(colour)
    own, other = (
        edge.ask(host, "/users/new", "POST", "", origin=f"http://{origin}").status
        for origin in (host, "elsewhere.test")
    )
    found = f"{own} for its own, {other} for another site’s"
    if own == 403:
        found += f"; a proxy changes the host, or drops its port, of {host}; in nginx: proxy_set_header Host $http_host"
    if (own, other) != (422, 403):  # its own is empty
        raise Failed(found)
    return found


def _listed(found: Counter[str]) -> str:
    return ", ".join(f"{who} {times}" for who, times in sorted(found.items()))
