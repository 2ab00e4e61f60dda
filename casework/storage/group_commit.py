"""The one writing thread of a SQLite process: requests queue, share a commit, then answer.

SQLite lets one writer in at a time. Many threads that retry on a lock have a
terrible tail; a queue with one thread behind it has none, and what a commit
costs on the disk is shared by everybody who waited for the one before.
"""

import fcntl
import os
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import copy_context
from enum import Enum, auto
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Generic, TypeVar

from casework.domain.errors import StorageUnavailableError

R = TypeVar("R")
GROUP_MAX = 64  # requests in one commit
# A group stays open for as long as sharing its commit is worth the waiting: a few
# times what the last commit cost on this disk, within these bounds.
GROUP_SECONDS_MIN = 0.002
GROUP_SECONDS_MAX = 0.05
WORK_PER_COMMIT = 4
WAIT_SECONDS = 30.0  # before a request gives up that has not begun


class _State(Enum):
    QUEUED = auto()
    RUNNING = auto()
    GIVEN_UP = auto()
    DONE = auto()


class Request(Generic[R]):
    """One caller's transaction, on its way through the queue."""

    def __init__(self, run: Callable[[], R]) -> None:
        """Remember what to *run* on the writing thread, in the caller's context."""
        context = copy_context()
        self._run: Callable[[], R] = partial(context.run, run)
        self._lock = threading.Lock()
        self._done = threading.Event()
        self._state = _State.QUEUED
        self._result: R | None = None
        self._error: BaseException | None = None

    def begin(self) -> bool:
        """Mark the request as running; False if its caller has given up."""
        with self._lock:
            if self._state is not _State.QUEUED:
                return False
            self._state = _State.RUNNING
            return True

    def run(self) -> None:
        """Do the caller's work; what it returns is kept until the commit."""
        self._result = self._run()

    def fail(self, error: BaseException) -> None:
        """Note the *error* that the caller will be told."""
        self._error = error

    def answer(self) -> None:
        """Let the caller go on, once it is known what was stored."""
        self._state = _State.DONE
        self._done.set()

    def wait(self, seconds: float = WAIT_SECONDS) -> R:
        """Return the result once it is stored.

        A request that has not begun after *seconds* is withdrawn; one that runs
        is waited for, because only then is it known whether it was stored.
        """
        if not self._done.wait(seconds):
            with self._lock:
                if self._state is _State.QUEUED:
                    self._state = _State.GIVEN_UP
                    raise StorageUnavailableError("the database has been busy for too long")
            self._done.wait()
        if self._error is not None:
            raise self._error
        return self._result  # type: ignore[return-value]


class Group:
    """The requests that one commit will answer."""

    def __init__(self, queue: "WriterThread", seconds: float) -> None:
        """Take requests from *queue* until the group is full, *seconds* old, or nobody waits."""
        self._queue = queue
        self._closes_at = monotonic() + seconds
        self.closed_at = 0.0

    def __iter__(self) -> Iterator[Request[object]]:
        """Yield requests that have begun."""
        taken = 0
        while taken < GROUP_MAX and (not taken or monotonic() < self._closes_at):
            request = self._queue.next_request()
            if request is None:
                break
            if request.begin():
                taken += 1
                yield request
        self.closed_at = monotonic()


class WriterThread:
    """A queue with one thread behind it, that hands groups of requests to *commit_group*."""

    def __init__(
        self, commit_group: Callable[[Group], None], lock_file: Path, close: Callable[[], None]
    ) -> None:
        """Start the thread. *close* runs on it at the end."""
        self._commit_group = commit_group
        self._lock_file = lock_file
        self._close = close
        self._queue: deque[Request[object]] = deque()
        self._waiting = threading.Condition()
        self._closing = False
        self._commit_seconds = 0.0  # what the last commit cost
        self._thread = threading.Thread(target=self._work, name="tonggui-writer", daemon=True)
        self._thread.start()

    def submit(self, run: Callable[[], R]) -> R:
        """Run one transaction on the thread and return its result once it is stored."""
        request = Request(run)
        with self._waiting:
            if self._closing:
                raise StorageUnavailableError("the store is closed")
            self._queue.append(request)  # type: ignore[arg-type]
            self._waiting.notify()
        return request.wait()

    def next_request(self) -> Request[object] | None:
        """Return the request that waited longest, or None."""
        return self._queue.popleft() if self._queue else None

    def stop(self) -> None:
        """Answer what is queued, then end the thread."""
        with self._waiting:
            self._closing = True
            self._waiting.notify()
        self._thread.join()

    def _work(self) -> None:
        try:
            while self._wait_for_work():
                self._commit_one_group()
        finally:
            self._close()

    def _wait_for_work(self) -> bool:
        with self._waiting:
            while not self._queue and not self._closing:
                self._waiting.wait()
            return bool(self._queue)

    def _commit_one_group(self) -> None:
        seconds = max(GROUP_SECONDS_MIN, WORK_PER_COMMIT * self._commit_seconds)
        try:
            with file_lock(self._lock_file):
                group = Group(self, min(GROUP_SECONDS_MAX, seconds))
                self._commit_group(group)
                self._commit_seconds = monotonic() - group.closed_at
        except OSError as error:  # no lock file, hence no database either
            self._refuse_next(error)

    def _refuse_next(self, error: OSError) -> None:
        request = self.next_request()
        if request is not None and request.begin():
            refusal = StorageUnavailableError("the lock of the database cannot be taken")
            refusal.__cause__ = error
            request.fail(refusal)
            request.answer()


_held: set[int] = set()


@contextmanager
def file_lock(path: Path) -> Iterator[None]:
    """Hold the lock by which the writing processes of one SQLite file queue up."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    _held.add(descriptor)
    try:
        # Blocking, so that the kernel keeps the order; SQLite's own wait sleeps and retries.
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        if descriptor in _held:
            _held.discard(descriptor)
            # Closing alone would leave the lock to a process forked meanwhile.
            fcntl.flock(descriptor, fcntl.LOCK_UN)
            os.close(descriptor)


def _drop_inherited() -> None:
    """Let a forked process not keep its parent's lock when the parent dies."""
    while _held:
        os.close(_held.pop())


os.register_at_fork(after_in_child=_drop_inherited)
