"""How a check ends, and who a response says it is from."""

from enum import StrEnum

from .colours import NAMES

NO_ANSWER = "no answer"
NOT_OURS = "something else"  # it answers, but names no colour


class Result(StrEnum):
    """What was not checked is not a failure."""

    PASS = "pass"  # noqa: S105 - no password
    FAIL = "fail"
    NOT_CHECKED = "not checked"


def answering(header: str | None) -> str:
    """Who answered, by the response's header X-App-Colour: a colour, `none`, or NOT_OURS."""
    return header if header in NAMES else NOT_OURS
