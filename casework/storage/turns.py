"""Places that are given in the order of asking: nobody overtakes, so nobody starves."""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from casework.domain.errors import StorageUnavailableError


class Turns:
    """A number of places; who leaves hands the place to whoever has waited longest.

    The pool's own queue lets a thread that never waited take a connection before
    those that do, and under load some wait for seconds.
    """

    def __init__(self, places: int) -> None:
        """Begin with *places* free ones."""
        self._guard = threading.Lock()
        self._free = places
        self._waiting: deque[threading.Lock] = deque()

    @contextmanager
    def place(self, seconds: float) -> Iterator[None]:
        """Hold a place.

        Raises:
            StorageUnavailableError: none was handed over within *seconds*.
        """
        self._take(seconds)
        try:
            yield
        finally:
            self._leave()

    def _take(self, seconds: float) -> None:
        with self._guard:
            if self._free:
                self._free -= 1
                return
            turn = threading.Lock()
            turn.acquire()
            self._waiting.append(turn)
        if turn.acquire(timeout=seconds):
            return
        with self._guard:
            if turn in self._waiting:
                self._waiting.remove(turn)
                raise StorageUnavailableError("no connection became free in time")
        # Handed over at the very last moment: the place is ours.

    def _leave(self) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._free += 1
