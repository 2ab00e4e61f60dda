"""The fund's balance and a reservation at 10 k and at 1 M lines of the year's books.

The product's own tables on either database, filled with made lines of one year in two pots. A
balance is read as the console does; a reservation locks the year, checks the pot, books a line
and commits, as every award does. Sizes take turns, so that a busy machine is busy for all. The
goal: neither takes more than 1.3 times as long with a hundred times as many lines, because no
sum is ever made. Times on the clock and of CPU (of this process and of the database server).
"""

import argparse
import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

from benchmarks import goals, seed, seed_rows
from benchmarks.databases import databases
from benchmarks.figures import percentile, ratio
from benchmarks.goals import Limit
from benchmarks.processes import cpu_ms
from benchmarks.report import number, plain_table
from casework.domain.ids import new_id
from casework.domain.ledger import MOVES, Line, LineKind, reserve
from casework.services.fund import fund_books
from casework.storage import migrate
from casework.storage.money_tables import fund_balance, fund_part, ledger_entry
from casework.storage.unit_of_work import Store, UnitOfWork

RATIO_MAX: Final = 1.3  # issue 6
SITE: Final = "410329"
YEAR: Final = 2026
POTS: Final = ("county", "city")
AMOUNT: Final = 10_000
EVENT: Final = "ee" * 32
AT_ONCE: Final = 50_000
BATCH: Final = 20  # of one size before the other has its turn
HEAD: Final = ("database", "lines", "what", "p50 ms", "p95", "CPU ms", "times")


@dataclass(slots=True)
class Work:
    """One thing done to books of one size, and what it took.

    Attributes:
        server: process id of the database server, None where there is none.
    """

    backend: str
    lines: int
    what: str
    store: Store
    server: int | None
    ms: list[float] = field(default_factory=list)
    cpu: float = 0.0

    def batch(self) -> None:
        """Do it some times."""
        before = self._cpu_ms()
        for _ in range(BATCH):
            begun = time.perf_counter_ns()
            if self.what == "balance":
                fund_books(self.store, year=YEAR)
            else:
                self.store.write(_reserve)
            self.ms.append((time.perf_counter_ns() - begun) / 1e6)
        self.cpu += self._cpu_ms() - before

    def _cpu_ms(self) -> float:
        own = time.process_time_ns() / 1e6
        return own if self.server is None else own + cpu_ms(self.server)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what the command line asks for; 1 when a goal is missed."""
    options = _parser().parse_args(arguments)
    load = os.getloadavg()[0]
    rows: list[tuple[str, ...]] = []
    limits: list[Limit] = []
    for backend in options.backend:
        done = measure(backend, options.sizes, options.rounds)
        rows += [_row(one) for one in done]
        limits += _limits(done)
    print(plain_table("The fund's books", HEAD, rows), end="\n\n")
    met = goals.tell(limits, load=load)
    goals.write_json(options.json, limits, load=load, tables={"books": [HEAD, *rows]})
    return int(not met)


def measure(backend: str, sizes: Sequence[int], rounds: int) -> list[Work]:
    """Do everything to books of every size, in turns."""
    with ExitStack() as stack:
        work: list[Work] = []
        for lines in sizes:
            store, server = stack.enter_context(_books(backend, lines))
            work += [
                Work(backend, lines, what, store, server) for what in ("balance", "reservation")
            ]
        for one in work:
            one.batch()  # warm up
            one.ms, one.cpu = [], 0.0
        for turn in range(rounds):
            for one in work if turn % 2 else reversed(work):
                one.batch()
    return work


@contextmanager
def _books(backend: str, lines: int) -> Iterator[tuple[Store, int | None]]:
    """Give a database with so many lines, and the process id of its server."""
    with (
        TemporaryDirectory(prefix="tonggui-bench-") as folder,
        databases(Path(folder), backend) as found,
    ):
        migrate.upgrade(found.ours)
        begun = time.monotonic()
        with closing(seed_rows.loader(found.ours)) as at:
            _fill(at, lines)
            at.finish()
        _tell(f"{backend}: {lines:,} lines in {time.monotonic() - begun:.0f} s")
        store = Store.open(found.ours, site=SITE)
        try:
            yield store, found.server
        finally:
            store.close()


def _fill(at: seed_rows.Loader, lines: int) -> None:
    """Write a grant for each pot and reservations, every other one paid; with their balances."""
    granted = 10**12
    grants = [_line(pot, n, LineKind.APPROPRIATION, granted, "") for n, pot in enumerate(POTS, 1)]
    at.add(ledger_entry, grants)
    reserved, paid = dict.fromkeys(POTS, 0), dict.fromkeys(POTS, 0)
    counted = dict.fromkeys(POTS, 1)
    made: list[Sequence[object]] = []
    award = ""
    for ordinal in range(len(POTS) + 1, lines + 1):
        pot = POTS[(ordinal + 1) // 2 % len(POTS)]
        counted[pot] += 1
        if ordinal % 2:
            award = new_id()
            made.append(_line(pot, ordinal, LineKind.RESERVATION, AMOUNT, award))
            reserved[pot] += AMOUNT
        else:
            made.append(_line(pot, ordinal, LineKind.DISBURSEMENT, AMOUNT, award))
            reserved[pot] -= AMOUNT
            paid[pot] += AMOUNT
        if len(made) == AT_ONCE:
            at.add(ledger_entry, made)
            made = []
    at.add(ledger_entry, made)
    for pot in POTS:
        left = granted - reserved[pot] - paid[pot]
        part = (SITE, YEAR, pot, granted, reserved[pot], paid[pot], left, 0, counted[pot])
        at.add(fund_part, [part])
    whole, out = granted * len(POTS), (sum(reserved.values()), sum(paid.values()))
    at.add(fund_balance, [(SITE, YEAR, whole, *out, whole - sum(out), lines)])


def _line(pot: str, ordinal: int, kind: LineKind, amount: int, award: str) -> tuple[object, ...]:
    source, target = MOVES[kind]
    place = (YEAR, ordinal, award, EVENT, pot, None)
    return (new_id(), SITE, str(kind), str(source), str(target), amount, *place)


def _reserve(uow: UnitOfWork) -> None:
    """Reserve an award as `services.rewards` does."""
    uow.ledger.lock_balance(YEAR)
    pot = POTS[0]
    reserve(uow.ledger.parts(YEAR)[pot], AMOUNT)
    accounts = MOVES[LineKind.RESERVATION]
    line = Line(new_id(), LineKind.RESERVATION, *accounts, AMOUNT, YEAR, new_id(), EVENT, pot=pot)
    uow.ledger.append([line])


def _limits(work: Sequence[Work]) -> Iterator[Limit]:
    sizes = sorted({one.lines for one in work})
    by_place = {(one.what, one.lines): one for one in work}
    for what in ("balance", "reservation") if len(sizes) > 1 else ():
        large, small = by_place[what, sizes[-1]], by_place[what, sizes[0]]
        told = f"{large.backend}: {what}, {large.lines:,} to {small.lines:,} lines"
        yield Limit(f"{told}, p50", ratio(median(large.ms), median(small.ms)), RATIO_MAX, True)
        each = ratio(large.cpu / len(large.ms), small.cpu / len(small.ms))
        yield Limit(f"{told}, CPU", each, RATIO_MAX)


def _row(one: Work) -> tuple[str, ...]:
    figures = (median(one.ms), percentile(one.ms, 95), one.cpu / len(one.ms))
    return (
        one.backend, f"{one.lines:,}", one.what, *(number(two, 3) for two in figures),
        str(len(one.ms)),
    )  # fmt: skip


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.budget",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--sizes", type=seed.sizes, default=[10_000, 1_000_000], metavar="10k,1m")
    parser.add_argument("--backend", type=seed.backends, default=["sqlite", "postgresql"])
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the result there as well")
    return parser


if __name__ == "__main__":
    sys.exit(main())
