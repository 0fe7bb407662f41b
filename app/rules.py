"""What a field may hold, whether typed into the form or sent as JSON. Lengths are in characters."""

import unicodedata
from dataclasses import dataclass
from typing import Any, Protocol

from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email

# Allow localhost, local, test and the like: our own hosts are among them, and deliverability is not checked. This is
# the library's own way: https://github.com/JoshData/python-email-validator#special-use-domain-names
_SPECIAL_NAMES = frozenset(SPECIAL_USE_DOMAIN_NAMES)
SPECIAL_USE_DOMAIN_NAMES.clear()

# Letters and symbols that are drawn as nothing: fillers of Hangul, the empty Braille pattern.
_BLANKS = set("\u115f\u1160\u3164\uffa0\u2800")


class Refused(ValueError):
    """A value breaks a rule; the message tells the person what to do."""


class Rule(Protocol):
    """What a field may hold. `text` and `check` raise Refused for anything else."""

    @property
    def required(self) -> bool:
        """Whether the field must not be empty."""

    @property
    def hint(self) -> str:
        """The rule in a few words, beside the field."""

    @property
    def largest(self) -> Any:
        """The valid value that takes the most room."""

    @property
    def schema(self) -> dict[str, Any]:
        """The rule as JSON Schema, as far as that can express it."""

    def text(self, value: object) -> str:
        """A JSON value as a person would type it."""

    def check(self, text: str) -> Any:
        """The value of a normalised text."""


@dataclass(frozen=True)
class Line:
    """A single line of text with a minimum and maximum length."""

    shortest: int
    longest: int

    @property
    def required(self) -> bool:
        """Whether a text of no characters is too short."""
        return self.shortest > 0

    @property
    def hint(self) -> str:
        """Its longest length."""
        return f"up to {self.longest} characters{'' if self.required else ', or empty'}"

    @property
    def largest(self) -> str:
        """A text of the longest length."""
        return "x" * self.longest

    @property
    def schema(self) -> dict[str, Any]:
        """Its lengths, and no control characters."""
        lengths = {"minLength": self.shortest, "maxLength": self.longest}
        return {"type": "string", "pattern": r"^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$", **lengths}

    def text(self, value: object) -> str:
        """The string as it is."""
        if isinstance(value, str):
            return value
        raise Refused("Use a string.")

    def check(self, text: str) -> str:
        """The text, if it has no control characters, is not too long and has something visible."""
        # Printable text, most of it, needs no second look.
        if not text.isprintable() and {unicodedata.category(each) for each in text} & {"Cc", "Zl", "Zp", "Cs"}:
            raise Refused("Remove the control characters (line breaks, tabs).")
        if len(text) > self.longest:
            raise Refused(f"Use at most {self.longest} characters; these are {len(text)}.")
        # By themselves, a mark without a letter and a variation selector are invisible.
        if text and all(unicodedata.category(character)[0] in "CMZ" or character in _BLANKS for character in text):
            raise Refused("Use at least one visible character.")
        if len(text) < self.shortest:
            raise Refused("Fill this in.")
        return text


class Email(Line):
    """An email address (deliverability is not checked)."""

    @property
    def schema(self) -> dict[str, Any]:
        """Its lengths and format."""
        return {**super().schema, "format": "idn-email"}

    def check(self, text: str) -> str:
        """The address in its normal form."""
        domain = text.rpartition("@")[2].lower()
        try:
            # Only a special name, such as localhost, may have no dot: in other names a missing dot is a slip.
            needs_dot = domain not in _SPECIAL_NAMES
            address = validate_email(super().check(text), check_deliverability=False, globally_deliverable=needs_dot)
        except EmailNotValidError:
            raise Refused("Enter an email address such as ada@example.org.") from None
        return super().check(address.normalized)


@dataclass(frozen=True)
class Age:
    """A whole number of years, or nothing."""

    oldest: int

    @property
    def required(self) -> bool:
        """It may be empty."""
        return False

    @property
    def hint(self) -> str:
        """Its limits."""
        return f"0–{self.oldest}, or empty"

    @property
    def largest(self) -> int:
        """The highest age; every number takes the same room."""
        return self.oldest

    @property
    def schema(self) -> dict[str, Any]:
        """Its limits."""
        return {"type": ["integer", "null"], "minimum": 0, "maximum": self.oldest}

    def text(self, value: object) -> str:
        """The digits of a whole number; an empty string for null."""
        if value is None:
            return ""
        if isinstance(value, int | float) and not isinstance(value, bool) and value == value // 1:
            return str(int(value))
        raise Refused("Use a whole number, or null.")

    def check(self, text: str) -> int | None:
        """A number within the limits; None for an empty text."""
        if not text:
            return None
        if not text.isdecimal() or len(text) > 3 or int(text) > self.oldest:
            raise Refused(f"Enter a whole number from 0 to {self.oldest}, or nothing.")
        return int(text)


def normalise(text: str) -> str:
    """Strip surrounding space and convert to Unicode NFC, so that what looks the same has one spelling."""
    return unicodedata.normalize("NFC", text.strip())
