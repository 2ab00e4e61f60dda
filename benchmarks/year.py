"""A year of cases on the real services, and a check of every step that its clocks took.

Reports come in, are accepted or refused, transferred, verified, told and closed, by people of
twelve offices, three of which let things lie; some ask for more time or a pause. Some reports are
urgent, some returned by who got them, some joined to another of the same matter; some reporters
were punished for a report. The jobs
process sweeps twice a day and stands still for a week in the autumn. Then each case is worked
out anew from its events alone, with a slow count of days that shares nothing with the engine:
every clock that ran out must have been marked, and brought before every rung, at the first
sweep after its moment, once, and no open case may ever have been without a running clock.
"""

import argparse
import json
import multiprocessing
import os
import resource
import shutil
import sys
import time
import traceback
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

from benchmarks import seed
from benchmarks.databases import databases
from benchmarks.instance import CHEAP
from benchmarks.processes import cpu_ms
from benchmarks.report import number, plain_table
from benchmarks.seed_cases import LARGE
from benchmarks.seed_store import find_support
from benchmarks.year_check import LAPSED, Checked, check
from benchmarks.year_claims import GRANTED_FEN, YEARS
from benchmarks.year_days import FIRST, Year, midnight
from benchmarks.year_desk import Desk, staff
from benchmarks.year_people import OFFICES, Life
from benchmarks.year_rules import read_rules
from benchmarks.year_turns import RETALIATION
from casework.domain.routing import Routing
from casework.services.claims import end_claims, open_claims
from casework.services.clocks import Swept, project_new, sweep
from casework.storage.unit_of_work import Store

if TYPE_CHECKING:
    from instance import World

DRAWN_FROM: Final = 2026
DAYS: Final = 365
SWEEPS: Final = (timedelta(minutes=5), timedelta(hours=12, minutes=5))  # of each day
STANDSTILL: Final = range(212, 219)  # days on which the jobs process is down
AT_ONCE: Final = 500  # cases whose events are read together
SHOWN: Final = 20
MEMORY: Final = Path("/dev/shm")  # what a disk takes is not measured here
STEPS: Final = ("reminded", "overdue", "escalated", "deemed", "resumed", "called_back")


@dataclass(slots=True)
class Told:
    """What one process did of its share."""

    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    checked: Checked = field(default_factory=Checked)


@dataclass(slots=True)
class Result:
    """The year of one database."""

    backend: str
    cases: int
    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    swept: Counter[str] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)
    checked: Checked = field(default_factory=Checked)
    seconds: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    sweep_cpu_ms: float = 0.0
    peak_mib: float = 0.0

    @property
    def is_right(self) -> bool:
        """Whether everybody could do what they meant to, and every rule held."""
        counted = sum(self.swept[name] for name in (*STEPS, "lapsed"))
        found = self.checked.counts
        steps = sum(n for kind, n in found.items() if kind in _BY_JOBS or kind.startswith("rung "))
        whole = found["cases"] == self.cases and counted == steps
        return whole and not (self.checked.wrong or self.refused or self.failed)


_BY_JOBS: Final = frozenset(
    {
        "clock.reminded",
        "clock.overdue",
        "report.deemed_accepted",
        "pause.ended",
        "callback.asked",
        LAPSED,
    }
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the command line asks for; 1 if a rule failed."""
    options = _parser().parse_args(arguments)
    found = []
    for backend in options.backend:
        load = os.getloadavg()[0]
        found.append(run(backend, options))
        _tell(found[-1], load)
    if options.json:
        told = [_as_json(one) for one in found]
        options.json.write_text(json.dumps(told, ensure_ascii=False, indent=2) + "\n")
    return int(not all(one.is_right for one in found))


def run(backend: str, options: argparse.Namespace) -> Result:
    """Let a year pass on an empty database of one kind, and check it."""
    year = Year(options.cases, options.days, options.seed)
    with _place(options.folder) as folder, databases(folder, backend, durable=False) as found:
        world, offices = _world(folder / "home", found.ours)
        desks = [
            Desk(world, offices, _sectors(world.routing), year.end)
            for _ in range(options.processes)
        ]
        world.store.close()  # nothing is open that a fork would share
        result = Result(backend, options.cases)
        with _workers(desks, year) as workers:
            jobs = Store.open(world.settings.database_url_of("jobs"), site=world.store.site)
            sweeps = _let_pass(_Sweeper(world, jobs, result, found.server), year, workers)
            jobs.close()
            begun = time.monotonic()
            for told in _ask(workers, ("check", sweeps)):
                result.checked.add(told.checked)
            result.seconds["checking"] = time.monotonic() - begun
            for told in _ask(workers, ("tell", None)):
                result.done += told.done
                result.refused += told.refused
        stored = world.store.read(lambda uow: uow.reports.count())
        world.store.close()
        if stored != options.cases:
            result.checked.wrong.append(f"{stored} cases are stored of {options.cases}")
    result.peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return result


@dataclass(frozen=True, slots=True)
class _Sweeper:
    """The jobs process: sweeps with its own database role."""

    world: "World"
    store: Store
    result: Result
    server: int | None

    def sweep(self, now: datetime) -> None:
        """Sweep, and count what was done and what it took."""
        world, result = self.world, self.result
        self._take_in(now)
        begun, cpu = time.monotonic(), self._used()
        project_new(self.store, now=now)
        common: dict[str, Any] = {"trust": world.trust, "log_key": world.log_key, "now": now}
        opened = open_claims(self.store, **common)
        done: Swept = sweep(self.store, **common)
        ended = end_claims(self.store, **common)
        result.seconds["sweeping"] += time.monotonic() - begun
        result.sweep_cpu_ms += self._used() - cpu
        result.swept.update({name: getattr(done, name) for name in STEPS})
        result.swept.update({"computed": opened.computed, "closed": ended.closed})
        result.swept["lapsed"] += ended.lapsed
        failed = (*opened.failed, *done.failed, *ended.failed)
        result.failed += [f"{report} at {now}" for report in failed]

    def _take_in(self, now: datetime) -> None:
        """Take the acts into the log, by which reports are joined; no part of the sweep."""
        from log_keeper import take

        begun = time.monotonic()
        self.world.now = now
        take(self.world)
        self.result.seconds["logging"] += time.monotonic() - begun

    def _used(self) -> float:
        own = time.process_time() * 1000
        return own if self.server is None else own + cpu_ms(self.server)


def _let_pass(sweeper: _Sweeper, year: Year, workers: Sequence[Connection]) -> list[datetime]:
    """Let everybody act and the jobs process sweep; return the instants of the sweeps."""
    swept, result = [], sweeper.result
    for day in _bar(range(year.days), f"{result.backend}: {year.cases:,} cases, days of the year"):
        for after in SWEEPS:
            now = midnight(FIRST + timedelta(days=day)) + after
            _act(workers, now, result)
            if day not in STANDSTILL:
                sweeper.sweep(now)
                swept.append(now)
    _act(workers, year.end, result)
    return swept


def _act(workers: Sequence[Connection], until: datetime, result: Result) -> None:
    begun = time.monotonic()
    _ask(workers, ("act", until))
    result.seconds["acting"] += time.monotonic() - begun


# The processes that act --------------------------------------------------------------------


@contextmanager
def _workers(desks: Sequence[Desk], year: Year) -> Iterator[list[Connection]]:
    """Run a process for each desk."""
    context = multiprocessing.get_context("fork")
    pipes, processes = [], []
    for part, desk in enumerate(desks):
        ours, theirs = context.Pipe()
        given = (theirs, desk, year.lives(part, len(desks)))
        processes.append(context.Process(target=_work, args=given, daemon=True))
        pipes.append(ours)
    for process in processes:
        process.start()
    try:
        yield pipes
    finally:
        for pipe in pipes:
            pipe.send(("end", None))
        for process in processes:
            process.join()


class WorkerError(Exception):
    """A process has failed; the text says where."""


def _ask(workers: Sequence[Connection], what: tuple[str, Any]) -> list[Told]:
    """Have all processes do something at the same time; return what they tell."""
    for pipe in workers:
        pipe.send(what)
    told = [pipe.recv() for pipe in workers]
    for one in told:
        if isinstance(one, str):
            raise WorkerError(one)
    return told


def _work(pipe: Connection, desk: Desk, lives: Sequence[tuple[datetime, Life]]) -> None:
    """Act out one share, as the other end of the pipe says."""
    for at, life in lives:
        desk.later(at, life, Life.transfer)  # what is done first is to come in
    while True:
        what, given = pipe.recv()
        try:
            if what == "end":
                desk.world.store.close()
                return
            told = Told()
            if what == "act":
                desk.act_until(given)
            elif what == "check":
                told.checked = _check(desk.world.store, [life for _, life in lives], given)
            else:
                told = Told(desk.done, desk.refused)
            pipe.send(told)
        except Exception:
            pipe.send(traceback.format_exc())


def _check(store: Store, lives: Sequence[Life], sweeps: Sequence[datetime]) -> Checked:
    """Check cases from what is stored of their events."""
    rules, found = read_rules(), Checked()
    for some in _batches(lives):
        bodies = store.read(
            lambda uow, some=some: {  # type: ignore[misc]
                one: [event.body for event in uow.events.stored_of_report(one)] for one in some
            }
        )
        found.add(check(rules, sweeps, bodies))
    return found


def _batches(lives: Sequence[Life]) -> Iterator[list[str]]:
    """Yield ids of cases to be read together: what has joined another, with that one."""
    found: list[str] = []
    for life in lives:
        if len(found) >= AT_ONCE and life.first is None:
            yield found
            found = []
        if life.report:
            found.append(life.report)
    yield found


# Where it happens --------------------------------------------------------------------------


def _world(home: Path, database_url: str) -> tuple["World", list[str]]:
    """Found an instance whose twelve offices have an officer and a head each."""
    find_support()
    import instance
    from casework.services.rules import shipped_routing
    from people import STAFF

    offices = _offices(shipped_routing("410329"))
    everywhere = [*offices, RETALIATION]
    world = instance.make_world(
        home, database_url, costs=CHEAP, staff={**STAFF, **staff(everywhere)}
    )
    for granted in YEARS:
        world.appropriate(GRANTED_FEN, granted)
    return world, offices


def _offices(routing: Routing) -> list[str]:
    above = {one.code for one in routing.departments.values() if one.kind == "supervisor"}
    able = sorted(_sectors(routing).keys() - above - {LARGE})
    return [*able[: OFFICES - 1], LARGE]


def _sectors(routing: Routing) -> dict[str, str]:
    """Return a sector of each office, in which a violation comes to it."""
    return {
        rule.lead: rule.sector
        for rule in routing.rules.values()
        if rule.matter == "*" and rule.sector != "*"
    }


@contextmanager
def _place(folder: Path | None) -> Iterator[Path]:
    where = folder or (MEMORY if MEMORY.is_dir() else None)
    with TemporaryDirectory(prefix="tonggui-bench-", dir=where) as name:
        try:
            yield Path(name)
        finally:
            shutil.rmtree(name, ignore_errors=True)


# What is told ------------------------------------------------------------------------------


def _tell(one: Result, load: float) -> None:
    acts, steps = sum(one.done.values()), sum(one.swept.values())
    cost = {
        "an act": _each_ms(one.seconds["acting"], acts),
        "a step of the sweep": _each_ms(one.seconds["sweeping"], steps),
    }
    print(f"{one.backend}: {one.cases:,} cases, {acts:,} acts of people, {steps:,} of the sweep")
    for title, counts in (
        ("Acts of people", one.done),
        ("Steps of the sweep", one.swept),
        ("Checked from the events alone", one.checked.counts),
        ("REFUSED", one.refused),
    ):
        if counts:
            rows = [(name, str(n)) for name, n in sorted(counts.items())]
            print(plain_table(title, ("kind", "number"), rows), end="\n\n")
    took = [(name, number(seconds)) for name, seconds in one.seconds.items()]
    print(plain_table("Seconds", ("of", "s"), took), end="\n\n")
    print("Wall: " + ", ".join(f"{number(ms, 2)} ms {what}" for what, ms in cost.items()))
    print(f"CPU of the sweep: {number(one.sweep_cpu_ms / max(steps, 1), 2)} ms a step")
    print(f"load average {load:.1f} before, {os.getloadavg()[0]:.1f} after")
    wrong = [*one.checked.wrong, *(f"not moved by the sweep: {name}" for name in one.failed)]
    for line in wrong[:SHOWN]:
        print(f"WRONG {line}")
    if len(wrong) > SHOWN:
        print(f"and {len(wrong) - SHOWN} more")
    print("every rule held" if one.is_right else "A RULE FAILED", end="\n\n")


def _each_ms(seconds: float, times: int) -> float | None:
    return 1000 * seconds / times if times else None


def _as_json(one: Result) -> dict[str, Any]:
    return {
        "backend": one.backend,
        "cases": one.cases,
        "done": one.done,
        "swept": one.swept,
        "checked": one.checked.counts,
        "refused": one.refused,
        "failed": one.failed,
        "wrong": one.checked.wrong,
        "seconds": one.seconds,
        "sweep_cpu_ms": one.sweep_cpu_ms,
        "is_right": one.is_right,
    }


def _bar(items: Sequence[int], what: str) -> Iterator[int]:
    from admin.commands.terminal import tracked

    return tracked(items, what)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.year",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--cases", type=int, default=20_000)
    parser.add_argument(
        "--backend", type=seed.backends, default=["sqlite", "postgresql"], metavar="sqlite,pg"
    )
    parser.add_argument("--days", type=int, default=DAYS)
    parser.add_argument("--seed", type=int, default=DRAWN_FROM, help="of the draws")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--folder", type=Path, help="where SQLite's file lies; memory by default")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the result there as well")
    return parser


if __name__ == "__main__":
    sys.exit(main())
