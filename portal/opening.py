"""Whether the site was opened: until its custody went through a trial, nobody can report."""

import time
from typing import Final

from casework.services.opening import is_open
from casework.services.trust import Trust
from casework.storage.unit_of_work import Store

LOOK_SECONDS: Final = 10.0


class Opening:
    """Looks once at the start, and every few seconds until the site is open; then no more."""

    def __init__(self, store: Store, trust: Trust) -> None:
        """Look now."""
        self._store = store
        self._is_open = is_open(store, trust=trust)
        self._looked_at = time.monotonic()

    def is_open(self, trust: Trust) -> bool:
        """Whether reports are taken.

        Raises:
            StorageUnavailableError: the database is away.
        """
        if not self._is_open and time.monotonic() - self._looked_at >= LOOK_SECONDS:
            self._is_open = is_open(self._store, trust=trust)
            self._looked_at = time.monotonic()
        return self._is_open
