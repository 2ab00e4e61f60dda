"""What signed events and the audit tree cost: writing, taking in, verifying.

`--writers N` files and accepts reports from N threads, in short slices that take turns:
with signed events and the tree as in the product, and with the same rows and states but no
event, signature or tree. A slice with events ends when the tree has them all.
`--sequencer` times how many events a second the tree takes. `--verify N` fills a database
with N events, eight a report, and verifies all of it in bounded memory.
"""

import argparse
import json
import os
import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from benchmarks.audit_keeper import Keeper
from benchmarks.audit_load import Load
from benchmarks.databases import BACKENDS, databases
from benchmarks.processes import cpu_ms
from casework.services.audit_log import leaf_of
from casework.storage.events import StoredEvent
from casework.storage.unit_of_work import UnitOfWork, query
from casework.verify import verify
from casework.verify_rows import Problem

RATIO_MIN: Final = 0.85
SEQUENCER_RATIO_MIN: Final = 10.0
EVENTS_A_REPORT: Final = 8
REPORTS_A_STEP: Final = 100
Found = dict[str, Any]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the command line asks for; 1 if a goal that was measured was missed."""
    options = _parser().parse_args(arguments)
    found: Found = {"backend": options.backend, "load": os.getloadavg()[0]}
    met = []
    for delay in options.commit_delay if options.writers else ():
        with _load(options.backend, commit_delay_ms=delay) as load:
            told = writing(load, options.writers, options.rounds, options.slice)
        found.setdefault("writing", []).append({"commit_delay_ms": delay} | told)
        met.append(told["ratio"] >= RATIO_MIN)
    if not (options.sequencer or options.verify):
        return _told(found, options.json, met)
    with _load(options.backend) as load:
        if options.sequencer:
            found["sequencer"] = sequencing(load, options.events)
            met.append(found["sequencer"]["ratio"] >= SEQUENCER_RATIO_MIN)
        if options.verify:
            found["verifying"] = verifying(load, options.verify, options.processes)
            met.append(found["verifying"]["findings"] == 0)
    return _told(found, options.json, met)


def _told(found: Found, file: Path | None, met: Sequence[bool]) -> int:
    text = json.dumps(found, indent=2)
    print(text)
    if file:
        file.write_text(text + "\n", encoding="utf-8")
    return int(not all(met))


@dataclass(frozen=True, slots=True)
class Slice:
    """What one slice did.

    Attributes:
        per_second: reports, up to the moment at which the tree has everything.
        cpu_ms: of writers, log keeper and database, a report.
    """

    per_second: float
    cpu_ms: float


def writing(load: Load, writers: int, rounds: int, seconds: float) -> Found:
    """Measure slices with and without events in turn; return rates, CPU and their ratios.

    Processes that others run on this machine change the rates, hardly the CPU.
    """
    slices: dict[str, list[Slice]] = {"on": [], "off": []}
    kinds: dict[str, Callable[[], object]] = {"on": load.with_events, "off": load.without_events}
    with ThreadPoolExecutor(writers) as pool, Keeper.running(load) as keeper:
        for kind in kinds.values():  # warm up
            kind()
        keeper.catch_up()
        for number in range(1, rounds + 1):
            # Each goes first as often as it goes last.
            for name in ("on", "off") if number % 2 else ("off", "on"):
                found = _slice(load, keeper, pool, writers, kinds[name], seconds)
                slices[name].append(found)
                _tell(
                    f"[{number}/{rounds}] {name}: {found.per_second:.0f} reports/s,"
                    f" {found.cpu_ms:.1f} ms CPU a report"
                )
    told: Found = {"writers": writers, "goal": RATIO_MIN}
    for name, measured in slices.items():
        told[f"{name}_per_second"] = round(statistics.median(s.per_second for s in measured), 1)
        told[f"{name}_cpu_ms"] = round(statistics.median(s.cpu_ms for s in measured), 2)
    told["ratio"] = round(told["on_per_second"] / told["off_per_second"], 3)
    told["cpu_ratio"] = round(told["off_cpu_ms"] / told["on_cpu_ms"], 3)
    return told


def _slice(
    load: Load,
    keeper: Keeper,
    pool: ThreadPoolExecutor,
    writers: int,
    work: Callable[[], object],
    seconds: float,
) -> Slice:
    cpu, begun = _cpu_ms(load, keeper), time.monotonic()
    end = begun + seconds

    def write() -> int:
        done = 0
        while time.monotonic() < end:
            work()
            done += 1
        return done

    total = sum(one.result() for one in [pool.submit(write) for _ in range(writers)])
    keeper.catch_up()
    took = time.monotonic() - begun
    return Slice(total / took, (_cpu_ms(load, keeper) - cpu) / total)


def _cpu_ms(load: Load, keeper: Keeper) -> float:
    own = time.process_time() * 1000 + cpu_ms(keeper.pid)
    return own if load.server is None else own + cpu_ms(load.server)


def sequencing(load: Load, events: int) -> Found:
    """Measure how fast waiting events are taken in, against how fast one writer makes them."""
    begun = time.monotonic()
    for _ in range(50):
        load.with_events()
    submissions = 50 / (time.monotonic() - begun)
    load.take_in()
    load.fill(events // EVENTS_A_REPORT, EVENTS_A_REPORT)
    begun = time.monotonic()
    taken = load.take_in()
    rate = taken / (time.monotonic() - begun)
    return {
        "events": taken,
        "per_second": round(rate),
        "reports_filed_per_second": round(submissions),
        "ratio": round(rate / submissions, 1),
        "goal": SEQUENCER_RATIO_MIN,
    }


def verifying(load: Load, events: int, processes: int) -> Found:
    """Fill a database and verify all of it."""
    reports = events // EVENTS_A_REPORT
    begun = time.monotonic()
    for done in _bar(range(0, reports, REPORTS_A_STEP), reports // REPORTS_A_STEP, "filling"):
        load.fill(min(REPORTS_A_STEP, reports - done), EVENTS_A_REPORT)
        load.take_in()
    filled = time.monotonic() - begun
    floor = _scan(load)
    before = _peak_mib(resource.RUSAGE_SELF)
    cpu, begun, problems = _all_cpu_ms(load), time.monotonic(), 0
    found = verify(load.world.store, load.world.blobs, load.world.trust, processes=processes)
    for one in _bar(found, reports, "verifying"):
        problems += isinstance(one, Problem)
    took = time.monotonic() - begun
    return {
        "events": reports * EVENTS_A_REPORT,
        "processes": processes,
        "filling_seconds": round(filled, 1),
        "seconds": round(took, 1),
        "cpu_ms_per_event": round((_all_cpu_ms(load) - cpu) / (reports * EVENTS_A_REPORT), 3),
        "events_per_second": round(reports * EVENTS_A_REPORT / took),
        "scan_and_hash_seconds": round(floor, 1),
        "ratio_to_scan_and_hash": round(took / floor, 1),
        "findings": problems,
        "memory_growth_mib": round(_peak_mib(resource.RUSAGE_SELF) - before, 1),
        "largest_process_peak_mib": round(_peak_mib(resource.RUSAGE_CHILDREN), 1),
    }


def _peak_mib(whose: int) -> float:
    return resource.getrusage(whose).ru_maxrss / 1024


def _all_cpu_ms(load: Load) -> float:
    """Return the CPU of this process, of those it has ended, and of the database."""
    times = os.times()
    own = 1000 * (times.user + times.system + times.children_user + times.children_system)
    return own if load.server is None else own + cpu_ms(load.server)


def _scan(load: Load) -> float:
    """Return how long it takes to read every event and hash it, and nothing else."""
    begun, after = time.monotonic(), ""
    while page := event_page(load.world.store, after=after):
        for stored in page:
            leaf_of(stored.id, stored.signature)
        after = page[-1].id
    return time.monotonic() - begun


@query
def event_page(uow: UnitOfWork, *, after: str) -> tuple[StoredEvent, ...]:
    """Return the next events as they are stored."""
    return uow.events.all(after=after)


def _bar(items: Any, total: int, what: str) -> Iterator[Any]:
    from admin.commands.terminal import tracked

    yield from tracked(items, what, total=total)


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


@contextmanager
def _load(backend: str, *, commit_delay_ms: int = 0) -> Iterator[Load]:
    with TemporaryDirectory(prefix="tonggui-bench-") as name:
        folder = Path(name)
        with databases(folder, backend, commit_delay_ms=commit_delay_ms) as found:
            load = Load.make(folder / "home", found.ours, server=found.server)
            try:
                yield load
            finally:
                load.world.store.close()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.audit",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--backend", choices=BACKENDS, default="postgresql")
    parser.add_argument("--writers", type=_positive, metavar="N", help="threads that file reports")
    parser.add_argument(
        "--commit-delay",
        type=_delays,
        default=(0,),
        metavar="MS,MS",
        help="for --writers: how long PostgreSQL waits at each commit",
    )
    parser.add_argument("--rounds", type=_positive, default=5)
    parser.add_argument("--slice", type=float, default=3.0, metavar="SECONDS")
    parser.add_argument("--sequencer", action="store_true", help="time the taking in of events")
    parser.add_argument("--events", type=_positive, default=8000, help="for --sequencer")
    parser.add_argument("--verify", type=_positive, metavar="N", help="verify N events")
    parser.add_argument(
        "--processes", type=_positive, default=os.cpu_count() or 1, help="for --verify"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the result there as well")
    return parser


def _delays(text: str) -> tuple[int, ...]:
    return tuple(int(one) for one in text.split(","))


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text} is not above 0")
    return value


if __name__ == "__main__":
    sys.exit(main())
