"""Places for a bounded number of connections: what fills one lane leaves the others free."""

import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from .database import Busy

QUEUE = 200  # requests that may wait for a connection of one lane
PATIENCE = 2.0  # seconds that each of them waits


class Slot:
    """A place for one connection; None until it is opened, and again after it has failed."""

    connection: Any = None


class Lane:
    """A few slots, each used by one request at a time. The last one used is reused first: few connections stay open."""

    def __init__(self, size: int, waited: Callable[[float], None]) -> None:
        self._waited = waited  # is told the seconds of each wait
        self._places = threading.BoundedSemaphore(size + QUEUE)
        self._free: queue.LifoQueue[Slot] = queue.LifoQueue()
        for _ in range(size):
            self._free.put(Slot())

    @contextmanager
    def slot(self) -> Iterator[Slot]:
        """A slot for this request alone. Raises Busy if too many wait, or after PATIENCE."""
        if not self._places.acquire(blocking=False):
            raise Busy("Too many requests are waiting for the database.")
        try:
            slot = self._take()
            try:
                yield slot
            finally:
                self._free.put(slot)
        finally:
            self._places.release()

    def _take(self) -> Slot:
        with suppress(queue.Empty):
            return self._free.get_nowait()
        began = time.monotonic()
        try:
            return self._free.get(timeout=PATIENCE)
        except queue.Empty:
            raise Busy("The database is too busy.") from None
        finally:
            self._waited(time.monotonic() - began)

    @contextmanager
    def idle(self) -> Iterator[list[Slot]]:
        """The slots that are not in use; no request gets one until the block ends."""
        slots = []
        with suppress(queue.Empty):
            while True:
                slots.append(self._free.get_nowait())
        yield slots
        for slot in reversed(slots):
            self._free.put(slot)
