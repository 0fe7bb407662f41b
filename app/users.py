"""A user: the record and its rules. Lengths are in characters; db/ sets the same limits in the database."""

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from email_validator import EmailNotValidError, validate_email

OLDEST = 150


@dataclass(frozen=True)
class Details:
    """What a person types in, checked and normalised."""

    firstname: str
    lastname: str
    email: str
    age: int | None
    location: str


@dataclass(frozen=True)
class User:
    """A stored user. `id` is the public one, random; `revision` counts from 1."""

    id: str
    revision: int
    date: datetime  # when it was stored, UTC
    details: Details


class Refused(ValueError):
    """A value breaks a rule; the message tells the person what to do."""


@dataclass(frozen=True)
class Field:
    """One field of the form, in the order in which it is asked for."""

    name: str
    label: str
    hint: str
    check: Callable[[str], str | int | None]
    required: bool = False
    autocomplete: str = "off"  # https://www.w3.org/TR/WCAG22/#input-purposes
    inputmode: str = "text"


def normalise(text: str) -> str:
    """Without surrounding space, in Unicode NFC: one spelling for what looks the same."""
    return unicodedata.normalize("NFC", text.strip())


def _line(shortest: int, longest: int) -> Callable[[str], str]:
    def check(text: str) -> str:
        categories = {unicodedata.category(character) for character in text}
        if categories & {"Cc", "Zl", "Zp", "Cs"}:
            raise Refused("Remove the control characters (line breaks, tabs).")
        if len(text) > longest:
            raise Refused(f"Use at most {longest} characters; these are {len(text)}.")
        if text and all(category[0] in "CZ" for category in categories):
            raise Refused("Use at least one character that can be seen.")
        if len(text) < shortest:
            raise Refused("Fill this in.")
        return text

    return check


def _email(text: str) -> str:
    short_enough = _line(1, 50)
    try:
        # test_environment: the addresses under .test that this demo's own hosts are named after
        address = validate_email(short_enough(text), check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        raise Refused("Enter an email address such as ada@example.org.") from None
    return short_enough(address.normalized)


def _age(text: str) -> int | None:
    if not text:
        return None
    if not text.isdecimal() or len(text) > 3 or int(text) > OLDEST:
        raise Refused(f"Enter a whole number from 0 to {OLDEST}, or nothing.")
    return int(text)


FIELDS = (
    Field("firstname", "First name", "1–30 characters", _line(1, 30), True, "given-name"),
    Field("lastname", "Last name", "1–30 characters", _line(1, 30), True, "family-name"),
    Field("email", "Email address", "up to 50 characters", _email, True, "email", "email"),
    Field("age", "Age", f"0–{OLDEST}, or empty", _age, inputmode="numeric"),
    Field("location", "Location", "up to 50 characters, or empty", _line(0, 50), autocomplete="address-level2"),
)


def check(typed: Mapping[str, str]) -> tuple[Details | None, dict[str, str]]:
    """Check what was typed, by field name; a missing field counts as empty.

    Returns the details and no messages, or None and one message for each field that was refused.
    """
    values: dict[str, str | int | None] = {}
    messages = {}
    for field in FIELDS:
        try:
            values[field.name] = field.check(normalise(typed.get(field.name, "")))
        except Refused as refused:
            messages[field.name] = str(refused)
    return (None, messages) if messages else (Details(**values), {})  # type: ignore[arg-type]  # by FIELDS' checks


def as_typed(details: Details) -> dict[str, str]:
    """The details as text, the way a person would type them into the form."""
    values = {field.name: getattr(details, field.name) for field in FIELDS}
    return {name: "" if value is None else str(value) for name, value in values.items()}
