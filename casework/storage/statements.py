"""Counting the statements that a store sends, for benchmarks and tests."""

import threading
from collections import Counter
from typing import Any

import sqlalchemy as sa

from casework.storage.unit_of_work import Store


class StatementCount:
    """How often each statement was sent since the last reset; BEGIN and COMMIT do not count."""

    def __init__(self) -> None:
        """Begin at none."""
        self._lock = threading.Lock()
        self._sent: Counter[str] = Counter()

    @property
    def total(self) -> int:
        """How many statements were sent; one with many rows counts as one."""
        with self._lock:
            return self._sent.total()

    def texts(self) -> dict[str, int]:
        """Return how often each text was sent; texts hold no values."""
        with self._lock:
            return dict(self._sent)

    def reset(self) -> None:
        """Begin at none again."""
        with self._lock:
            self._sent.clear()

    def note(self, _connection: object, _cursor: object, statement: str, *_: Any) -> None:
        """Count one statement."""
        with self._lock:
            self._sent[statement] += 1


def count_statements(store: Store) -> StatementCount:
    """Count what *store* sends from now on, in this process."""
    count = StatementCount()
    for engine in store.engines():
        sa.event.listen(engine, "before_cursor_execute", count.note)
    return count
