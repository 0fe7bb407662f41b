"""python -m app.verify"""

import signal

signal.signal(signal.SIGINT, signal.SIG_DFL)  # no traceback if Ctrl-C comes during the import

from .command import verify  # noqa: E402

signal.signal(signal.SIGINT, signal.default_int_handler)  # a user that was created is deleted
verify(prog_name="python -m app.verify")
