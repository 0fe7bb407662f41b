"""The fields of a user and their limits. db/ sets the same limits in the database."""

from dataclasses import dataclass

from .rules import Age, Email, Line, Rule


@dataclass(frozen=True)
class Field:
    """One field of the form, in the order of the form."""

    name: str
    label: str
    rule: Rule
    autocomplete: str = "off"  # https://www.w3.org/TR/WCAG22/#input-purposes
    inputmode: str = "text"


FIELDS = (
    Field("firstname", "First name", Line(1, 30), "given-name"),
    Field("lastname", "Last name", Line(1, 30), "family-name"),
    Field("email", "Email address", Email(1, 50), "email", "email"),
    Field("age", "Age", Age(150), inputmode="numeric"),
    Field("location", "Location", Line(0, 50), "address-level2"),
)
