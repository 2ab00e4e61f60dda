"""The chain of key sets as one running process believes it, looked at again every few seconds.

The newest number believed is written into the process's folder of secrets: whoever puts an
older database back finds that nothing of it is believed (SEALING.md 3).
"""

import logging
import threading
import time
from collections.abc import Callable
from typing import Final

from casework.config import Secrets, SettingError
from casework.domain.errors import NoKeySetError
from casework.services.trust import Trust, load_trust
from casework.storage.unit_of_work import Store

LOOK_SECONDS: Final = 10.0
_FIRST: Final = "first-key-set"
_NEWEST: Final = "newest-key-set"

log = logging.getLogger("tonggui.trust")


class TrustKeeper:
    """Whose signatures count, for all threads of a process."""

    def __init__(
        self, store: Store, secrets: Secrets, *, seconds: Callable[[], float] = time.monotonic
    ) -> None:
        """Look into *store* when first asked; *secrets* pin the first key set."""
        self._store = store
        self._secrets = secrets
        self._seconds = seconds
        self._lock = threading.Lock()
        self._looked_at = -LOOK_SECONDS
        self._mark = (0, 0)
        self._believed: Trust | None = None

    @property
    def believed(self) -> Trust | None:
        """What was believed last, without looking again."""
        return self._believed

    def trust(self, *, fresh: bool = False) -> Trust:
        """Return whose signatures count, at most ten seconds old; looked up now if *fresh*.

        Raises:
            NoKeySetError: nothing in the database can be believed, or it is older than
                what was believed before.
        """
        with self._lock:
            if self._believed is None or fresh or self._is_due():
                self._look()
            assert self._believed is not None
            return self._believed

    def _is_due(self) -> bool:
        return self._seconds() - self._looked_at >= LOOK_SECONDS

    def _look(self) -> None:
        mark = self._store.read(lambda uow: uow.keysets.mark())
        if self._believed is None or mark != self._mark:
            self._believe(
                load_trust(self._store, first_digest=self._first(), newest_number=self._newest())
            )
            self._mark = mark
        self._looked_at = self._seconds()

    def _believe(self, trust: Trust) -> None:
        try:
            self._secrets.note_newest(_NEWEST, trust.keyset.number)
        except (OSError, SettingError):
            # Believed all the same: sealing to keys that were replaced would be worse.
            log.error("the newest key set number cannot be kept in the folder of secrets")
        self._believed = trust

    def _first(self) -> bytes:
        if not self._secrets.has(_FIRST):
            raise NoKeySetError(site=self._store.site)
        return self._secrets.read(_FIRST)

    def _newest(self) -> int:
        seen = self._believed.keyset.number if self._believed else 0
        kept = self._secrets.number(_NEWEST) if self._secrets.has(_NEWEST) else 0
        return max(seen, kept)
