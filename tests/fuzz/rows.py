"""The users that are there from the beginning, and what is true of every user that is stored."""

import re
import unicodedata
from typing import Any

from .headers import IDS
from .values import MARK, TAG

Rows = list[tuple[Any, ...]]

COLUMNS = "public_id, revision, date, firstname, lastname, email, age, location"
OTHERS = "a0000000-0000-4000-8000-0000000000"  # so begin the ids of those that no request can name
_PLACES = [
    "Berlin",
    "berlin",
    "Bérlin",
    "Berlin Mitte",
    "BERLIN",
    "",
    "%",
    "_",
    "\\",
    "🦊",
    "漢",
    MARK,
    "Berl\U0010ffff",
]
_DATES = ["1970-01-01 00:00:00.000000", "9999-12-31 23:59:59.999999"]


def _first(number: int, id: str) -> tuple[Any, ...]:
    date = _DATES[number % 9] if number % 9 < 2 else f"2026-01-01 00:00:{number % 60:02}.000000"
    age = number if number % 4 else None
    return id, 1, date, f"First {number}", TAG, f"{number}@example.org", age, _PLACES[number % len(_PLACES)]


# More than a page of them, some with the same date, found by every kind of search.
FIRST = [_first(number, id) for number, id in enumerate([*IDS[:4], *(f"{OTHERS}{end:02}" for end in range(55))])]


def broken_rules(row: tuple[Any, ...]) -> list[str]:
    """Which rules for a user a row breaks; told apart from app/rules.py."""
    _, revision, firstname, lastname, email, age, location = row
    texts = {
        "firstname": (firstname, 1, 30),
        "lastname": (lastname, 1, 30),
        "email": (email, 1, 50),
        "location": (location, 0, 50),
    }
    broken = [name for name, (text, shortest, longest) in texts.items() if not shortest <= len(text) <= longest]
    for name, (text, _, _) in texts.items():
        kinds = {unicodedata.category(character) for character in text}
        if kinds & {"Cc", "Zl", "Zp", "Cs"} or (text and all(kind[0] in "CZ" for kind in kinds)):
            broken.append(f"{name}: characters")
        if text != unicodedata.normalize("NFC", text) or text != text.strip():
            broken.append(f"{name}: not normalised")
    if age is not None and not 0 <= age <= 150:
        broken.append("age")
    if not re.fullmatch(r"[^@]+@[^@]+", email) and email.count("@") < 1:
        broken.append("email: no address")
    return broken if revision >= 1 else [*broken, "revision"]
