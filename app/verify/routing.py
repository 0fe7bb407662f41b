"""Which host goes where."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt

from ..live import BOTH, HEADER, Live
from .edge import Edge
from .outcomes import Failed, NotChecked

FEW = 20  # requests

MANY = 400  # requests for the shares of the plain host


@dataclass(frozen=True)
class Expected:
    """The colours that may answer and, if `each`, must: not if one of them has so small a share that few miss it."""

    colours: frozenset[str]
    each: bool = True

    def __str__(self) -> str:
        if len(self.colours) == 1:
            return f"{next(iter(self.colours))} only"
        return (" and " if self.each else " or ").join(sorted(self.colours))

    def allows(self, answers: Counter[str]) -> bool:
        """Whether these answers are as expected."""
        return answers.keys() == self.colours if self.each else answers.keys() <= self.colours


def bounds(share: float) -> tuple[int, int]:
    """The fewest and the most of MANY answers that a colour with that share may give: four standard deviations.

    Round robin is always within. For random choice of one half, a false alarm is 1 in 20,000, and a 30/70 split passes
    1 time in 76,000.
    """
    middle, width = MANY * share, 4 * sqrt(MANY * share * (1 - share))
    return max(0, round(middle - width)), round(middle + width)


def answered_by(
    colour: str | None, expected: Expected, edge: Edge, spell: Callable[[str], str] = str, stay: str = ""
) -> str:
    """A host is answered by these colours; `stay` is the colour that the visitor's cookie names."""
    cookie = {"cookie": f"a=b; {edge.stay_cookie}={stay}"} if stay else {}
    answers = edge.count(spell(edge.host(colour)), FEW, **cookie)
    if not expected.allows(answers):
        raise Failed(_listed(answers))
    return _listed(answers)


def shares(live: Live, edge: Edge) -> str:
    """The plain host is answered by each colour about as often as it should be."""
    answers = edge.count(edge.host(None), MANY)
    limits = {colour: bounds(share) for colour, share in live.shares().items()}
    others = answers.keys() - limits.keys()
    if others or not all(least <= answers[colour] <= most for colour, (least, most) in limits.items()):
        hint = "" if live.share or others else " (each pod counts as one: scale both colours alike)"
        raise Failed(_listed(answers) + hint)
    return _listed(answers)


def unknown_host(edge: Edge) -> str:
    """An unknown host reaches no web server."""
    answer = edge.ask(edge.host("nowhere"))
    if answer.status != 404 or "x-app-colour" in answer.headers:
        raise Failed(f"{answer.who} from {answer.headers.get('x-app-colour', 'the edge')}")
    return answer.who


def switch(expected: Live, edge: Edge) -> str:
    """Every answer of the plain host names the same switch."""
    answers = [edge.ask(edge.host(None)) for _ in range(FEW)]
    values = {answer.headers.get(HEADER, "nothing") for answer in answers}
    if values == {"nothing"} and expected == BOTH:
        raise NotChecked(f"the edge does not say it in {HEADER}")
    if values != {str(expected)}:
        raise Failed(f"{HEADER} says {' and '.join(sorted(values))}")
    return f"{HEADER} says {expected}"


def form(colour: str, edge: Edge) -> str:
    """The web server receives the host as the browser sent it, and so can tell its own forms from another site's."""
    host = edge.host_header(colour)
    own, other = (
        edge.ask(host, "/users/new", "POST", "", origin=f"{edge.scheme}://{origin}").status
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
