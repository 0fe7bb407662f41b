"""Which host goes where."""

from collections import Counter
from collections.abc import Callable

from ..colours import COLOURS
from ..hosts import BOTH
from .edge import Edge
from .outcomes import Failed, NotChecked

FEW = 20  # requests

# Requests for the shares of the plain host, and how many of them each colour must answer: four standard deviations
# around one half. Round robin is always within. For random choice, a false alarm is 1 in 20,000; a 30/70 split passes 1
# time in 76,000.
MANY = 400
LEAST, MOST = 160, 240


def answered_by(
    colour: str | None, expected: set[str], edge: Edge, spell: Callable[[str], str] = str, cookie: str = ""
) -> str:
    """A host is answered by exactly these colours, each at least once."""
    answers = edge.count(spell(edge.host(colour)), FEW, **({"cookie": cookie} if cookie else {}))
    if answers.keys() != expected:
        raise Failed(_listed(answers))
    return _listed(answers)


def shares(edge: Edge) -> str:
    """The plain host is answered by each colour about as often."""
    answers = edge.count(edge.host(None), MANY)
    if answers.keys() != COLOURS.keys() or not all(LEAST <= times <= MOST for times in answers.values()):
        raise Failed(f"{_listed(answers)} (each pod counts as one: scale both colours alike)")
    return _listed(answers)


def unknown_host(edge: Edge) -> str:
    """An unknown host reaches no web server."""
    answer = edge.ask(edge.host("nowhere"))
    if answer.status != 404 or "x-app-colour" in answer.headers:
        raise Failed(f"{answer.who} from {answer.headers.get('x-app-colour', 'the edge')}")
    return answer.who


def switch(expected: str, edge: Edge) -> str:
    """Every answer of the plain host names the same switch."""
    answers = [edge.ask(edge.host(None)) for _ in range(FEW)]
    values = {answer.headers.get("x-edge-live", "nothing") for answer in answers}
    if values == {"nothing"} and expected == BOTH:
        raise NotChecked("the edge does not say it in x-edge-live")
    if values != {expected}:
        raise Failed(f"x-edge-live says {' and '.join(sorted(values))}")
    return f"x-edge-live says {expected}"


def form(colour: str, edge: Edge) -> str:
    """The web server receives the host as the browser sent it, and so can tell its own forms from another site's."""
    host = edge.host_header(colour)
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


def _listed(answers: Counter[str]) -> str:
    return ", ".join(f"{who} {times}" for who, times in sorted(answers.items()))
