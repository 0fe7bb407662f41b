"""A user: the record, and how it is made of what a form or a program sends."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from .fields import FIELDS
from .rules import Refused, normalise


@dataclass(frozen=True)
class Details:
    """What a person enters, checked and normalised."""

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


LARGEST = Details(**{field.name: field.rule.largest for field in FIELDS})  # takes as much room as any user can


class Invalid(ValueError):
    """Fields break their rules. `messages` says for each of them, by its name, what to do."""

    def __init__(self, messages: dict[str, str]) -> None:
        super().__init__(f"invalid: {', '.join(messages)}")
        self.messages = messages


def check(texts: Mapping[str, str]) -> Details:
    """The details that a form's texts give, by field name; a missing field counts as empty. Raises Invalid."""
    return _check(texts, {})


def check_json(body: Mapping[str, object]) -> Details:
    """The details that a JSON object gives, by the rules of the form; unknown fields are rejected. Raises Invalid."""
    texts: dict[str, str] = {}
    messages: dict[str, str] = {}
    rules = {field.name: field.rule for field in FIELDS}
    for name, value in body.items():
        try:
            texts[name] = rules[name].text(value)
        except KeyError:
            messages[name] = f"Unknown field. The fields are {', '.join(rules)}."
        except Refused as refused:
            messages[name] = str(refused)
    return _check(texts, messages)


def as_texts(details: Details) -> dict[str, str]:
    """The details as a person would type them into the form."""
    values = {field.name: getattr(details, field.name) for field in FIELDS}
    return {name: "" if value is None else str(value) for name, value in values.items()}


def _check(texts: Mapping[str, str], messages: dict[str, str]) -> Details:
    """Check the texts; a field that has a message already keeps it."""
    values: dict[str, str | int | None] = {}
    for field in FIELDS:
        try:
            values[field.name] = field.rule.check(normalise(texts.get(field.name, "")))
        except Refused as refused:
            messages.setdefault(field.name, str(refused))
    if messages:
        raise Invalid(messages)
    return Details(**values)  # type: ignore[arg-type]  # the rules of FIELDS give the right types
