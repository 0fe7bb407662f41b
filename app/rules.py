"""What a field may hold, typed into the form or sent as JSON. Lengths are in characters."""

import unicodedata
from dataclasses import dataclass
from typing import Any, Protocol

from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email

# Such as localhost, local and test: an address need not receive anything here, and our own hosts are among them. This
# is the library's own way: https://github.com/JoshData/python-email-validator#special-use-domain-names
_SPECIAL_NAMES = frozenset(SPECIAL_USE_DOMAIN_NAMES)
SPECIAL_USE_DOMAIN_NAMES.clear()

# Letters and symbols that are drawn as nothing: fillers of Hangul, the empty Braille pattern.
_BLANKS = set("\u115f\u1160\u3164\uffa0\u2800")


class Refused(ValueError):
    """A value breaks a rule; the message tells the person what to do."""


class Rule(Protocol):
    """What a field may hold. Its methods raise Refused for anything else."""

    @property
    def schema(self) -> dict[str, Any]:
        """The rule as JSON Schema, as far as that goes."""

    def typed(self, value: object) -> str:
        """A value that came as JSON, the way a person would have typed it."""

    def check(self, text: str) -> Any:
        """What was typed, checked; it comes normalised."""


@dataclass(frozen=True)
class Line:
    """Text without line breaks, of so many characters."""

    shortest: int
    longest: int

    @property
    def schema(self) -> dict[str, Any]:
        """Its lengths, and no control characters."""
        lengths = {"minLength": self.shortest, "maxLength": self.longest}
        return {"type": "string", "pattern": r"^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$", **lengths}

    def typed(self, value: object) -> str:
        """As it is."""
        if isinstance(value, str):
            return value
        raise Refused("Use a string.")

    def check(self, text: str) -> str:
        """No control characters, not too long, something visible."""
        categories = {unicodedata.category(character) for character in text}
        if categories & {"Cc", "Zl", "Zp", "Cs"}:
            raise Refused("Remove the control characters (line breaks, tabs).")
        if len(text) > self.longest:
            raise Refused(f"Use at most {self.longest} characters; these are {len(text)}.")
        # A mark without a letter is not visible by itself, nor is a selector of variants.
        if text and all(unicodedata.category(character)[0] in "CMZ" or character in _BLANKS for character in text):
            raise Refused("Use at least one visible character.")
        if len(text) < self.shortest:
            raise Refused("Fill this in.")
        return text


class Email(Line):
    """An email address, which need not receive anything."""

    @property
    def schema(self) -> dict[str, Any]:
        """Its lengths and format."""
        return {**super().schema, "format": "idn-email"}

    def check(self, text: str) -> str:
        """An address, in its normal form."""
        domain = text.rpartition("@")[2].lower()
        try:
            # Only a special name, such as localhost, may do without a dot: in others it is a slip.
            has_dot = domain not in _SPECIAL_NAMES
            address = validate_email(super().check(text), check_deliverability=False, globally_deliverable=has_dot)
        except EmailNotValidError:
            raise Refused("Enter an email address such as ada@example.org.") from None
        return super().check(address.normalized)


@dataclass(frozen=True)
class Age:
    """A whole number of years, or nothing."""

    oldest: int

    @property
    def schema(self) -> dict[str, Any]:
        """Its limits."""
        return {"type": ["integer", "null"], "minimum": 0, "maximum": self.oldest}

    def typed(self, value: object) -> str:
        """Its digits; nothing for null."""
        if value is None:
            return ""
        if isinstance(value, int | float) and not isinstance(value, bool) and value == value // 1:
            return str(int(value))
        raise Refused("Use a whole number, or null.")

    def check(self, text: str) -> int | None:
        """A number within the limits; None for nothing."""
        if not text:
            return None
        if not text.isdecimal() or len(text) > 3 or int(text) > self.oldest:
            raise Refused(f"Enter a whole number from 0 to {self.oldest}, or nothing.")
        return int(text)


def normalise(text: str) -> str:
    """Without surrounding space, in Unicode NFC: one spelling for what looks the same."""
    return unicodedata.normalize("NFC", text.strip())
