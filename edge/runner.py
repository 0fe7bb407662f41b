"""honcho, with readable lines on a terminal; whatever ends the run, no process is left."""

import os
import signal
import sys

from honcho.manager import Manager
from honcho.printer import Message, Printer

from .lines import PREFIXES, readable

STOPPED = {128 + signal.SIGINT: 0, 128 + signal.SIGTERM: 0}  # honcho's exit codes for a normal end


class Runner(Manager):  # type: ignore[misc]  # honcho has no types
    """Runs processes until one of them ends or it is told to stop, and then stops them all."""

    def __init__(self) -> None:
        super().__init__(TerminalPrinter(sys.stdout))

    def run(self) -> int:
        """Run them. Returns the exit code: 0 after Ctrl-C or SIGTERM, not 0 if a process ended by itself."""
        signal.signal(signal.SIGHUP, hang_up)
        self.loop()
        return STOPPED.get(self.returncode, self.returncode or 1)

    def terminate(self) -> None:
        """Stop everything. honcho can only stop what it has seen start: before that, try again."""
        if self._all_started():
            super().terminate()
            return
        signal.signal(signal.SIGALRM, lambda *_: self.terminate())
        signal.setitimer(signal.ITIMER_REAL, 0.02)


class TerminalPrinter(Printer):  # type: ignore[misc]  # honcho has no types
    """Prints for people on a terminal. Stops the run when stdout is closed."""

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
    """Stop writing to a terminal or pipe that was closed, and stop as on SIGTERM."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    signal.raise_signal(signal.SIGTERM)
