"""python -m app.promote"""

import signal

signal.signal(signal.SIGINT, signal.SIG_DFL)  # no traceback if Ctrl-C comes during the import

import logging  # noqa: E402

from .command import promote  # noqa: E402

logging.disable(logging.WARNING)  # what is wrong is said by the command

signal.signal(signal.SIGINT, signal.default_int_handler)  # freezes end at once
promote(prog_name="python -m app.promote")
