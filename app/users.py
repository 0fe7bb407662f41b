"""A user: the record and its fields. db/ sets the same limits in the database."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from .rules import Age, Email, Line, Refused, Rule, normalise


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


@dataclass(frozen=True)
class Field:
    """One field of the form, in the order in which it is asked for."""

    name: str
    label: str
    hint: str
    rule: Rule
    required: bool = False
    autocomplete: str = "off"  # https://www.w3.org/TR/WCAG22/#input-purposes
    inputmode: str = "text"


FIELDS = (
    Field("firstname", "First name", "1–30 characters", Line(1, 30), True, "given-name"),
    Field("lastname", "Last name", "1–30 characters", Line(1, 30), True, "family-name"),
    Field("email", "Email address", "up to 50 characters", Email(1, 50), True, "email", "email"),
    Field("age", "Age", "0–150, or empty", Age(150), inputmode="numeric"),
    Field("location", "Location", "up to 50 characters, or empty", Line(0, 50), autocomplete="address-level2"),
)


def check(typed: Mapping[str, str]) -> tuple[Details | None, dict[str, str]]:
    """Check what was typed, by field name; a missing field counts as empty.

    Returns the details and no messages, or None and one message for each field that was refused.
    """
    values: dict[str, str | int | None] = {}
    messages = {}
    for field in FIELDS:
        try:
            values[field.name] = field.rule.check(normalise(typed.get(field.name, "")))
        except Refused as refused:
            messages[field.name] = str(refused)
    return (None, messages) if messages else (Details(**values), {})  # type: ignore[arg-type]  # by FIELDS' checks


def check_json(body: Mapping[str, object]) -> tuple[Details | None, dict[str, str]]:
    """Check what came as a JSON object, like check(); a field that there is not is refused, too."""
    typed: dict[str, str] = {}
    refused: dict[str, str] = {}
    rules = {field.name: field.rule for field in FIELDS}
    for name, value in body.items():
        try:
            typed[name] = rules[name].typed(value)
        except KeyError:
            refused[name] = f"There is no such field. The fields are {', '.join(rules)}."
        except Refused as reason:
            refused[name] = str(reason)
    details, messages = check(typed)
    messages |= refused
    return (None, messages) if messages else (details, {})


def as_typed(details: Details) -> dict[str, str]:
    """The details as text, the way a person would type them into the form."""
    values = {field.name: getattr(details, field.name) for field in FIELDS}
    return {name: "" if value is None else str(value) for name, value in values.items()}
