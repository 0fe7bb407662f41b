"""How a check ends, and what may come in place of a colour."""

from enum import StrEnum

NO_ANSWER = "no answer"
NOT_OURS = "something else"  # it answers, but says no colour


class Result(StrEnum):
    """What is not checked is not a failure."""

    PASS = "pass"  # noqa: S105 - no password
    FAIL = "fail"
    NOT_CHECKED = "not checked"
