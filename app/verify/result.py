"""How a check ends, when it does not pass."""


class Failed(Exception):
    """What was expected is not so; the message says what was found."""


class NotChecked(Exception):
    """Nobody knows whether it is so; the message says why."""
