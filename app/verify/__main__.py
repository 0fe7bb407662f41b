"""python -m app.verify"""

from .command import verify

verify(prog_name="python -m app.verify")
