"""How a check ends if it does not pass."""


class Failed(Exception):
    """The check failed; the message says what was found."""


class NotChecked(Exception):
    """The check could not be made; the message says why."""
