"""honcho, for the terminal: Ctrl-C is a normal end, and whatever ends leaves nothing running."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from honcho.manager import Manager
from honcho.printer import Message, Printer

from .lines import PREFIXES, readable

STOPPED = {128 + signal.SIGINT: 0, 128 + signal.SIGTERM: 0}  # honcho's exit codes for what is a normal end here


class Runner(Manager):  # type: ignore[misc]  # honcho has no types
    """Runs processes until one of them ends, or until it is told to stop; then none of them is left."""

    def __init__(self) -> None:
        super().__init__(TerminalPrinter(sys.stdout))

    def run(self) -> int:
        """Run them all. Returns the exit code: 0 after Ctrl-C or SIGTERM, not 0 where a process ended by itself."""
        signal.signal(signal.SIGHUP, hang_up)
        with own_terminal():
            self.loop()
        return STOPPED.get(self.returncode, self.returncode or 1)

    def terminate(self) -> None:
        """Stop everything. honcho can stop only what it has seen start: before that, try again."""
        if self._all_started():
            super().terminate()
            return
        signal.signal(signal.SIGALRM, lambda *_: self.terminate())
        signal.setitimer(signal.ITIMER_REAL, 0.02)


class TerminalPrinter(Printer):  # type: ignore[misc]  # honcho has no types
    """Prints for people on a terminal. If nobody reads any more what is printed, that ends the run."""

    def write(self, message: Message) -> None:
        """Print a line."""
        if self.output.isatty():
            data = message.data if isinstance(message.data, str) else message.data.decode("utf-8", "replace")
            colour = PREFIXES.get(message.name, message.colour)
            message = message._replace(data="\n".join(map(readable, data.splitlines())), colour=colour)
        try:
            super().write(message)
        except OSError:
            hang_up()


def hang_up(*_: object) -> None:
    """Write no more to a terminal or pipe that was closed, and stop as for SIGTERM."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    signal.raise_signal(signal.SIGTERM)


@contextmanager
def own_terminal() -> Iterator[None]:
    """Take Ctrl-C alone: make, which has started us, would turn it into an exit code of its own.

    The terminal sends it to its foreground process group; so that is us, until we have stopped.
    """
    before = os.getpgrp()
    if not sys.stdin.isatty() or os.tcgetpgrp(sys.stdin.fileno()) != before:
        yield
        return
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)  # sent to who hands over the terminal from the background
    signal.signal(signal.SIGTSTP, signal.SIG_IGN)  # nobody would bring us back
    os.setpgid(0, 0)
    os.tcsetpgrp(sys.stdin.fileno(), os.getpgrp())
    try:
        yield
    finally:
        with suppress(OSError):  # it was closed
            os.tcsetpgrp(sys.stdin.fileno(), before)
