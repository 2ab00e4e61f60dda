"""Argon2id, at most one derivation a core, intake before everything else.

libsodium runs without Python's global lock, so derivations in threads run in
parallel; each takes its memory, so their number is bounded here.
"""

import os
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import IntEnum

from nacl import bindings
from nacl.exceptions import CryptoError as SodiumError

from crypto.errors import BusyError, KeySetError

SALT_SIZE = bindings.crypto_pwhash_SALTBYTES
OUTPUT_SIZE = 64
LOOK_UPS_WAITING_MAX = 8
MIB = 1024 * 1024
CODE_OPSLIMIT = 2
CODE_MEMLIMIT = 19 * MIB
PASSWORD_OPSLIMIT = 3
PASSWORD_MEMLIMIT = 64 * MIB


class Priority(IntEnum):
    """Who goes first when derivations wait."""

    INTAKE = 0
    LOOK_UP = 1
    IDLE = 2


@dataclass(frozen=True, slots=True)
class CodeParameters:
    """How receipt codes are derived; they come from the key set.

    Attributes:
        salt: the site's salt, 16 bytes.
        opslimit: Argon2id passes.
        memlimit: bytes of memory.
    """

    salt: bytes = field(repr=False)
    opslimit: int
    memlimit: int


class DerivationGate:
    """Lets a bounded number of derivations run, by priority.

    * Intake waits for a free slot only.
    * A look-up waits for intake too; its queue is short, then it is refused.
    * Work in idle time runs alone.
    """

    def __init__(self, slots: int, look_ups_waiting_max: int = LOOK_UPS_WAITING_MAX) -> None:
        """Allow *slots* derivations at once and so many look-ups in the queue."""
        self._slots = slots
        self._look_ups_waiting_max = look_ups_waiting_max
        self.reset()
        call_after_fork(self.reset)

    def reset(self) -> None:
        """Forget who runs and waits: after a fork those threads are gone."""
        self._changed = threading.Condition()
        self._running = 0
        self._waiting = dict.fromkeys(Priority, 0)

    @contextmanager
    def enter(self, priority: Priority) -> Iterator[None]:
        """Hold a slot for the length of the block.

        Raises:
            BusyError: a look-up, and as many as may wait are waiting.
        """
        with self._changed:
            full = self._waiting[Priority.LOOK_UP] >= self._look_ups_waiting_max
            if priority is Priority.LOOK_UP and full:
                raise BusyError
            self._waiting[priority] += 1
            try:
                self._changed.wait_for(lambda: self._may_start(priority))
            finally:
                self._waiting[priority] -= 1
                self._changed.notify_all()
            self._running += 1
        try:
            yield
        finally:
            with self._changed:
                self._running -= 1
                self._changed.notify_all()

    def _may_start(self, priority: Priority) -> bool:
        if priority is Priority.INTAKE:
            return self._running < self._slots
        if self._waiting[Priority.INTAKE]:
            return False
        if priority is Priority.LOOK_UP:
            return self._running < self._slots
        return self._running == 0 and not self._waiting[Priority.LOOK_UP]


def call_after_fork(method: Callable[[], None]) -> None:
    """Have a bound *method* called in every forked child, for as long as its object lives."""
    weak = weakref.WeakMethod(method)

    def call() -> None:
        alive = weak()
        if alive is not None:
            alive()

    os.register_at_fork(after_in_child=call)


GATE = DerivationGate(os.cpu_count() or 1)


def argon2id(
    typed: bytes,
    *,
    salt: bytes,
    opslimit: int,
    memlimit: int,
    priority: Priority,
    gate: DerivationGate = GATE,
) -> bytes:
    """Return 64 bytes derived from what a person typed.

    Args:
        typed: code or password.
        salt: 16 bytes.
        opslimit: passes.
        memlimit: bytes of memory.
        priority: place in the queue.
        gate: the queue, one a process.

    Raises:
        BusyError: a look-up that would wait too long.
        KeySetError: parameters that libsodium refuses.
    """
    with gate.enter(priority):
        try:
            return bindings.crypto_pwhash_alg(
                OUTPUT_SIZE, typed, salt, opslimit, memlimit, bindings.crypto_pwhash_ALG_ARGON2ID13
            )
        except (SodiumError, ValueError) as error:
            raise KeySetError("unusable Argon2id parameters") from error
