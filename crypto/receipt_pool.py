"""Receipt codes prepared in idle time, so that a sender does not wait for Argon2id."""

import os
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from crypto.argon import GATE, CodeParameters, DerivationGate, Priority, call_after_fork
from crypto.derivation import derive_pairs
from crypto.public_key import PublicKey
from crypto.receipt import derive, draw_code

POOL_SIZE_MAX = 64
POOL_AGE_SECONDS_MAX = 3600


@dataclass(frozen=True, slots=True)
class PreparedReceipt:
    """A code with all that intake needs of it.

    Attributes:
        code: 24 digits, to be shown once the report is committed.
        locator: 32 bytes, by which the mailbox is found.
        public: the reporter's public keys; the secret is not kept.
    """

    code: str = field(repr=False)
    locator: bytes = field(repr=False)
    public: PublicKey = field(repr=False)


class ReceiptPool:
    """At most 64 prepared codes in this process's memory.

    * Filled by a thread that the first `take` starts, so after a fork.
    * A forked child starts empty: no two processes ever give one code.
    * All are dropped after an hour without use, or with the key set.
    * If none is left, one is derived while the caller waits.
    """

    def __init__(
        self,
        parameters: CodeParameters,
        pepper: bytes,
        size: int = POOL_SIZE_MAX,
        max_age_seconds: float = POOL_AGE_SECONDS_MAX,
        *,
        gate: DerivationGate = GATE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Make an empty pool; *size* 0 prepares nothing.

        Raises:
            ValueError: larger or older than SEALING.md 6 allows.
        """
        if not 0 <= size <= POOL_SIZE_MAX or not 0 < max_age_seconds <= POOL_AGE_SECONDS_MAX:
            raise ValueError("a pool holds at most 64 codes for at most an hour")
        self._parameters = parameters
        self._pepper = pepper
        self._size = size
        self._max_age_seconds = max_age_seconds
        self._gate = gate
        self._clock = clock
        self._generation = 0
        self._start_empty()
        call_after_fork(self._start_empty)

    @property
    def ready_count(self) -> int:
        """How many codes are ready."""
        self._leave_parents_codes()
        with self._changed:
            self._drop_old()
            return len(self._ready)

    def take(self) -> PreparedReceipt:
        """Return a code that nobody was given before."""
        self._leave_parents_codes()
        with self._changed:
            self._drop_old()
            ready = self._ready.popleft()[1] if self._ready else None
            parameters, pepper = self._parameters, self._pepper
            self._start_thread()
            self._changed.notify_all()
        return ready or self._prepare(parameters, pepper, Priority.INTAKE)

    def fill(self, count: int) -> None:
        """Prepare up to *count* codes now, in the calling thread."""
        self._leave_parents_codes()
        for _ in range(count):
            if not self._add(self._generation):
                return

    def renew(self, parameters: CodeParameters, pepper: bytes) -> None:
        """Drop all codes and go on with the parameters of another key set."""
        self._leave_parents_codes()
        with self._changed:
            self._parameters, self._pepper = parameters, pepper
            self._drop_all()

    def drop(self) -> None:
        """Drop all codes."""
        self._leave_parents_codes()
        with self._changed:
            self._drop_all()

    def _start_empty(self) -> None:
        # The lock may be held by a thread that the fork left behind: new ones.
        self._changed = threading.Condition()
        self._ready: deque[tuple[float, PreparedReceipt]] = deque()
        self._thread: threading.Thread | None = None
        self._generation += 1
        self._process = os.getpid()

    def _leave_parents_codes(self) -> None:
        # For a fork that went round Python's hooks.
        if self._process != os.getpid():
            self._start_empty()

    def _prepare(
        self, parameters: CodeParameters, pepper: bytes, priority: Priority
    ) -> PreparedReceipt:
        receipt = derive(
            draw_code(), parameters=parameters, pepper=pepper, priority=priority, gate=self._gate
        )
        public = derive_pairs(receipt.secret).public
        return PreparedReceipt(receipt.code, receipt.locator, public)

    def _add(self, generation: int) -> bool:
        """Prepare one code; False if there is no room or it came too late."""
        with self._changed:
            if generation != self._generation or len(self._ready) >= self._size:
                return False
            parameters, pepper = self._parameters, self._pepper
        prepared = self._prepare(parameters, pepper, Priority.IDLE)
        with self._changed:
            room = generation == self._generation and len(self._ready) < self._size
            if room:
                self._ready.append((self._clock(), prepared))
            return room

    def _start_thread(self) -> None:
        if self._size and self._thread is None:
            self._thread = threading.Thread(
                target=self._keep_filled, args=(self._generation,), daemon=True
            )
            self._thread.start()

    def _keep_filled(self, generation: int) -> None:
        """Fill, wait for takers, and end with the codes that nobody took in time."""
        while True:
            while self._add(generation):
                pass
            with self._changed:
                if generation != self._generation:
                    return
                if self._drop_old():
                    return
                if len(self._ready) >= self._size:
                    self._changed.wait(self._max_age_seconds - self._oldest_age())

    def _oldest_age(self) -> float:
        return self._clock() - self._ready[0][0]

    def _drop_old(self) -> bool:
        old = bool(self._ready) and self._oldest_age() >= self._max_age_seconds
        if old:
            self._drop_all()
        return old

    def _drop_all(self) -> None:
        self._ready.clear()
        self._thread = None
        self._generation += 1
        self._changed.notify_all()
