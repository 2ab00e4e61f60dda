"""Where the CPU of a submission goes: cProfile of GET and POST on the public site.

An instance is made for it. Receipt codes are prepared before, and the threads that
prepare them are not counted. What cProfile adds to every call makes code of many
small calls look dearer than it is; the first lines are taken without it.
"""

import argparse
import cProfile
import os
import pstats
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.databases import BACKENDS, databases
from benchmarks.instance import make_instance

PREPARED = 60
WARM_UP = 5


def main(arguments: Sequence[str] | None = None) -> None:
    """Make an instance, send forms, print the dearest functions."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.profile_submit", description=__doc__
    )
    parser.add_argument("--backend", choices=BACKENDS, default="sqlite")
    parser.add_argument("--sort", choices=["tottime", "cumulative"], default="cumulative")
    parser.add_argument("--lines", type=int, default=60)
    options = parser.parse_args(arguments)
    with (
        tempfile.TemporaryDirectory(prefix="tonggui-profile-") as folder,
        databases(Path(folder), options.backend) as where,
    ):
        os.environ |= make_instance(Path(folder) / "ours", where.ours)
        _profile(options.sort, options.lines)


class Transactions:
    """Stands before a store's write(), which on SQLite works on a thread of its own."""

    def __init__(self, write: Callable[[Callable[[Any], Any]], Any]) -> None:
        """Pass everything on to *write*."""
        self._write = write
        self.profile: cProfile.Profile | None = None
        self.times_ms: list[float] = []

    def __call__(self, fn: Callable[[Any], Any]) -> Any:
        """Time *fn*, or profile it, wherever it runs."""

        def run(uow: Any) -> Any:
            if self.profile is not None:
                return self.profile.runcall(fn, uow)
            started = time.thread_time()
            try:
                return fn(uow)
            finally:
                self.times_ms.append((time.thread_time() - started) * 1000)

        return self._write(run)


def _profile(sort: str, lines: int) -> None:
    # Only now: settings come from the environment that the instance gave.
    from benchmarks.inside import Inside

    site = Inside.open()
    transactions = Transactions(site.store.write)
    site.store.write = transactions  # type: ignore[method-assign]
    for _ in range(WARM_UP):
        site.post(site.get())
    site.prepare_codes()
    transactions.times_ms.clear()
    gets, pages = _timed(site.get, [()] * PREPARED)
    posts, _ = _timed(site.post, [(tokens,) for tokens in pages[: PREPARED // 2]])
    print(f"GET {gets:.2f} ms, POST {posts:.2f} ms CPU of the thread that answers")
    print(f"{median(transactions.times_ms):.2f} ms CPU in the transaction, commit left out")
    get, post = cProfile.Profile(), cProfile.Profile()
    transactions.profile = cProfile.Profile()
    for tokens in pages[PREPARED // 2 :]:
        get.runcall(site.get)
        post.runcall(site.post, tokens)
    for title, one in (("GET", get), ("POST", post), ("Its transaction", transactions.profile)):
        print(f"\n{title}, {PREPARED - PREPARED // 2} times")
        pstats.Stats(one, stream=sys.stdout).sort_stats(sort).print_stats(lines)


def _timed(call: Callable[..., Any], arguments: Sequence[tuple[Any, ...]]) -> tuple[float, Any]:
    """Return the middle of this thread's CPU times for *call*, and what it returned."""
    times, results = [], []
    for given in arguments:
        started = time.thread_time()
        results.append(call(*given))
        times.append((time.thread_time() - started) * 1000)
    return median(times), results


if __name__ == "__main__":
    main()
