"""What the jobs process's sweep of clocks costs for one case that is due, at 10 k and at 1 M.

The same 500 cases run out at midnight in a seed of any size. The real sweep marks each overdue
and brings it before its head of department, each step signed and in a transaction of its own;
then the rows are put back as they were, and the next size has its turn. CPU is that of this
process and of the database server. A sweep with nothing due is held against a query that finds
nothing, in the same kind of transaction.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from benchmarks import goals, seed, seed_rows
from benchmarks.figures import middle, ratio
from benchmarks.goals import Limit
from benchmarks.processes import cpu_ms
from benchmarks.report import number, plain_table
from benchmarks.seed_cases import MIDNIGHT, NOW
from benchmarks.seed_rows import TABLES
from benchmarks.seed_store import Seed
from casework.jobs import Jobs, build
from casework.services.clocks import Swept, due_clocks, sweep
from casework.storage.clocks import FIRST
from casework.storage.report_tables import event, report

CASE_RATIO_MAX: Final = 1.5  # PERFORMANCE.md F10
EMPTY_RATIO_MAX: Final = 2.0
LOOKS: Final = 500  # of each kind in a slice
HEAD: Final = ("database", "reports", "due", "steps", "CPU ms a due case", "wall ms", "failed")
LOOK_HEAD: Final = ("database", "reports", "nothing due", "CPU ms", "wall ms")
# CPU and wall milliseconds.
Cost = tuple[float, float]


@dataclass(slots=True)
class Ground:
    """One seed, and the jobs process's work on it."""

    one: Seed
    jobs: Jobs
    due: int = 0
    steps: int = 0
    failed: int = 0
    cases: list[Cost] = field(default_factory=list)
    looks: dict[str, list[Cost]] = field(default_factory=dict)

    def sweep(self) -> Swept:
        """Sweep at midnight."""
        jobs = self.jobs
        return sweep(jobs.store, trust=jobs.trust(), log_key=jobs.log_key, now=MIDNIGHT)

    def settle(self) -> None:
        """Take what was due before, so that nothing is."""
        sweep(self.jobs.store, trust=self.jobs.trust(), log_key=self.jobs.log_key, now=NOW)

    def one_round(self) -> None:
        """Measure one sweep of the block, and then what looking costs when nothing is due."""
        with _put_back(self.one) as due:
            cost, swept = self._cost(self.sweep)
        self.due, self.failed = due, self.failed + len(swept.failed)
        self.steps = swept.reminded + swept.overdue + swept.escalated
        self.cases.append((cost[0] / due, cost[1] / due))
        for name, look in _LOOKS.items():

            def looking(look: Callable[[Jobs], object] = look) -> None:
                for _ in range(LOOKS):
                    look(self.jobs)

            found, _ = self._cost(looking)
            self.looks.setdefault(name, []).append((found[0] / LOOKS, found[1] / LOOKS))

    def _cost(self, work: Callable[[], Any]) -> tuple[Cost, Any]:
        cpu, begun = self._cpu_ms(), time.perf_counter()
        done = work()
        took = (time.perf_counter() - begun) * 1000
        return (self._cpu_ms() - cpu, took), done

    def _cpu_ms(self) -> float:
        own, pid = time.process_time() * 1000, self.one.server_pid
        return own if pid is None else own + cpu_ms(pid)


def _look(jobs: Jobs) -> None:
    due_clocks(jobs.store, after=FIRST, now=NOW)


def _whole(jobs: Jobs) -> None:
    sweep(jobs.store, trust=jobs.trust(), log_key=jobs.log_key, now=NOW)


def _empty(jobs: Jobs) -> None:
    jobs.store.read(lambda uow: uow.clocks.of_report(NOBODY))


NOBODY: Final = "a" * 26
LOOK, WHOLE, EMPTY = "look for due clocks", "whole sweep", "query that finds nothing"
_LOOKS: Final[dict[str, Callable[[Jobs], object]]] = {LOOK: _look, WHOLE: _whole, EMPTY: _empty}


@contextmanager
def _put_back(one: Seed) -> Iterator[int]:
    """Give every row of the cases that are due back its values; yields how many these are."""
    with closing(seed_rows.loader(one.database_url)) as at:
        due = at.rows(
            "SELECT DISTINCT report_id FROM clock WHERE NOT stopped"
            f" AND next_at <= '{MIDNIGHT:%Y-%m-%d %H:%M:%S.000000}{_ZONE[one.backend]}'"
        )
        ids = ", ".join(f"'{row[0]}'" for row in due)
        kept = {table: at.rows(_of(table, ids, seed_rows.columns_of(table))) for table in _CHANGED}
    yield len(due)
    with closing(seed_rows.loader(one.database_url)) as at:
        # New events wait for the audit tree; those of the seed are in it.
        at.run("DELETE FROM event WHERE NOT logged")
        at.run("DELETE FROM outbox")
        at.put_back(report, kept.pop(report))
        for table, rows in kept.items():
            at.run(_of(table, ids, ""))
            at.add(table, rows)


_CHANGED: Final = tuple(table for table in TABLES if table is not event)
_ZONE: Final = {"sqlite": "", "postgresql": "+00"}


def _of(table: sa.Table, ids: str, names: str) -> str:
    owner = "id" if table is report else "report_id"
    verb = f"SELECT {names}" if names else "DELETE"
    return f"{verb} FROM {table.name} WHERE {owner} IN ({ids})"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the command line asks for; 1 if a goal is missed or a case was not moved."""
    options = _parser().parse_args(arguments)
    load = os.getloadavg()[0]
    limits: list[Limit] = []
    cases: list[tuple[str, ...]] = []
    looks: list[tuple[str, ...]] = []
    failed = 0
    for backend in options.backend:
        grounds = measure(backend, options)
        limits += _limits(backend, grounds)
        cases += [_case_line(backend, one) for one in grounds]
        looks += [line for one in grounds for line in _look_lines(backend, one)]
        failed += sum(one.failed for one in grounds)
    print(plain_table(f"Sweeps, {options.rounds} rounds", HEAD, cases), end="\n\n")
    print(plain_table("Nothing due", LOOK_HEAD, looks), end="\n\n")
    met = goals.tell(limits, load=load)
    tables = {"cases": [HEAD, *cases], "looks": [LOOK_HEAD, *looks]}
    goals.write_json(options.json, limits, load=load, tables=tables)
    return int(failed > 0 or not met)


def measure(backend: str, options: argparse.Namespace) -> list[Ground]:
    """Measure sweeps of every size of one kind of database, in turn."""
    with ExitStack() as stack:
        made = seed.seeds(backend, options.sizes, folder=options.folder, fresh=options.fresh)
        grounds = []
        for one in stack.enter_context(made):
            seed.set_clock(one)
            ground = Ground(one, build(one.settings))
            stack.callback(ground.jobs.store.close)
            ground.settle()
            grounds.append(ground)
        for round_ in range(options.rounds + 1):
            # Each goes first as often as it goes last; round 0 warms up.
            for ground in grounds if round_ % 2 else reversed(grounds):
                ground.one_round()
                if not round_:
                    ground.cases.clear()
                    ground.looks.clear()
            print(f"[{round_}/{options.rounds}] {backend}", file=sys.stderr, flush=True)
    return grounds


def _limits(backend: str, grounds: Sequence[Ground]) -> Iterator[Limit]:
    small, large = (pick(grounds, key=lambda one: one.one.reports) for pick in (min, max))
    told = f"{backend}: {large.one.reports:,} to {small.one.reports:,} reports"
    if small is not large:
        for at, name in enumerate(("CPU", "wall")):
            value = ratio(_middle(large.cases, at), _middle(small.cases, at))
            yield Limit(f"{told}, a due case, {name}", value, CASE_RATIO_MAX, is_time=at == 1)
        whole = ratio(_middle(large.looks[WHOLE], 0), _middle(small.looks[WHOLE], 0))
        yield Limit(f"{told}, {WHOLE} with nothing due, CPU", whole, CASE_RATIO_MAX)
    for one in grounds:
        value = ratio(_middle(one.looks[LOOK], 0), _middle(one.looks[EMPTY], 0))
        told = f"{backend}, {one.one.reports:,} reports: {LOOK} to {EMPTY}, CPU"
        yield Limit(told, value, EMPTY_RATIO_MAX)


def _middle(costs: Sequence[Cost], at: int) -> float | None:
    return middle(cost[at] for cost in costs)


def _case_line(backend: str, one: Ground) -> tuple[str, ...]:
    cpu, wall = (number(_middle(one.cases, at), 2) for at in (0, 1))
    counts = (str(one.due), str(one.steps))
    return (backend, f"{one.one.reports:,}", *counts, cpu, wall, str(one.failed))


def _look_lines(backend: str, one: Ground) -> Iterator[tuple[str, ...]]:
    for name, costs in one.looks.items():
        cpu, wall = (number(_middle(costs, at), 3) for at in (0, 1))
        yield backend, f"{one.one.reports:,}", name, cpu, wall


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.sweep",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--sizes", type=seed.sizes, default=[10_000, 1_000_000], metavar="10k,1m")
    seed.add_options(parser)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the result there as well")
    return parser


if __name__ == "__main__":
    sys.exit(main())
