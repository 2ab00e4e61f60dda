"""Kill -9 between any two statements of a piece of work, and the work taken up again.

    kills = killed_everywhere([world.store], work, after_each)

A forked process does *work* and dies before its n-th statement or commit, for n = 1, 2, 3 …
until it comes to its end; after every death *after_each* looks at what is there.
"""

import os
import signal
import traceback
from collections.abc import Callable, Sequence

import sqlalchemy as sa

from casework.storage.unit_of_work import Store

KILLS_MAX = 400


def killed_everywhere(
    stores: Sequence[Store], work: Callable[[], object], after_each: Callable[[], None]
) -> int:
    """Do *work* on *stores* as often as it takes; return how many times its process was killed."""
    for number in range(1, KILLS_MAX):
        for store in stores:
            store.close()  # a fork must not share a connection, nor a thread that writes
        child = os.fork()
        if child == 0:
            _work_and_die(stores, work, number)
        _, status = os.waitpid(child, 0)
        after_each()
        if os.WIFEXITED(status):
            assert os.WEXITSTATUS(status) == 0, "the work failed by itself"
            return number - 1
        assert os.WTERMSIG(status) == signal.SIGKILL
    raise AssertionError(f"not finished after {KILLS_MAX} kills")


def _work_and_die(stores: Sequence[Store], work: Callable[[], object], number: int) -> None:
    left = [number]

    def count(*_: object) -> None:
        left[0] -= 1
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)

    try:
        for engine in (one for store in stores for one in store.engines()):
            sa.event.listen(engine, "before_cursor_execute", count)
            sa.event.listen(engine, "commit", count)  # before the database has it
        work()
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)
