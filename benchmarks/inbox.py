"""Pages of the console at 10 k and at 1 M reports: the inbox's first and 1,000th, the board.

The console runs as in production, a server for every size; an officer of the large office and
the supervisor above are signed in. Short slices take turns, so that a busy machine is busy for
all; figures are medians over the rounds. Page 1,000 is reached as a person would: by the link
to the next page. CPU is that of the console's processes and of the database server.
"""

import argparse
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from benchmarks import clients, goals, seed
from benchmarks.clients import RefusedError, Target
from benchmarks.console import Visitor, sign_in
from benchmarks.figures import Sample, Series, Slice, middle, percentile, ratio
from benchmarks.goals import Limit
from benchmarks.processes import cpu_ms, wait_for_rest
from benchmarks.report import number, plain_table
from benchmarks.seed_store import Seed
from benchmarks.servers import HOST, Server, free_port, running
from benchmarks.wire import Connection

RATIO_MAX: Final = 1.5  # PERFORMANCE.md F9
OFFICER: Final = "yjj-officer"
LEADER: Final = "yjj-leader"
SUPERVISOR: Final = "awb-supervisor"
INBOX: Final = "/worklist/inbox"
LAST: Final = "last of the inbox"
BOARD: Final = "/board"
HEAD: Final = ("database", "reports", "page", "p50 ms", "p95", "p99", "CPU ms", "pages", "failed")


@dataclass(slots=True)
class Page:
    """One page of one server, and what was measured of it.

    Attributes:
        name: such as "inbox 1".
        path: with its cursor.
        who: whose session asks for it.
    """

    name: str
    reports: int
    path: str
    who: Visitor
    server: Server
    database: int | None
    series: Series = field(default_factory=Series)

    def slice(self, seconds: float, count: int) -> Slice:
        """Get it again and again for some seconds."""
        before = self._cpu_ms()
        target = Target(HOST, self.server.port, (), self._visit)
        result = clients.run(target, count, seconds=seconds)
        wait_for_rest(self.server.pid)
        result.cpu_ms = self._cpu_ms() - before
        result.load = os.getloadavg()[0]
        return result

    def ms(self, percent: float) -> float | None:
        """The middle round's percentile."""
        return middle(
            percentile([s.get_ms for s in one.samples if s.get_ms is not None], percent)
            for one in self.series.slices
        )

    def _cpu_ms(self) -> float:
        own = cpu_ms(self.server.pid)
        return own if self.database is None else own + cpu_ms(self.database)

    def _visit(self, _target: Target, connection: Connection, sample: Sample, _number: int) -> None:
        status, text, took = self.who.get(connection, self.path)
        if status != 200:
            raise RefusedError(f"GET {self.path} {status}")
        if "</main>" not in text:
            raise RefusedError(f"GET {self.path} is no page")
        sample.get_ms = took


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the command line asks for; 1 if a goal is missed or a page failed."""
    options = _parser().parse_args(arguments)
    load = os.getloadavg()[0]
    found: list[tuple[str, ...]] = []
    limits: list[Limit] = []
    failed = 0
    for backend in options.backend:
        pages = measure(backend, options)
        limits += _limits(backend, pages)
        found += [_line(backend, page) for page in pages]
        failed += sum(sum(page.series.failures.values()) for page in pages)
    print(plain_table(f"Pages of the console, {options.rounds} rounds", HEAD, found), end="\n\n")
    met = goals.tell(limits, load=load)
    goals.write_json(options.json, limits, load=load, tables={"pages": [HEAD, *found]})
    return int(failed > 0 or not met)


def measure(backend: str, options: argparse.Namespace) -> list[Page]:
    """Measure every page of every size of one kind of database."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="tonggui-bench-")))
        made = seed.seeds(backend, options.sizes, folder=options.folder, fresh=options.fresh)
        pages = [
            page
            for one in stack.enter_context(made)
            for page in _pages(stack.enter_context(_console(one, folder)), one, options.pages)
        ]
        for page in pages:
            page.slice(options.slice / 2, options.clients)  # warm up
        for round_ in range(1, options.rounds + 1):
            # Each goes first as often as it goes last.
            for page in pages if round_ % 2 else reversed(pages):
                page.series.slices.append(page.slice(options.slice, options.clients))
            _tell(f"[{round_}/{options.rounds}] {backend}")
    return pages


@contextmanager
def _console(one: Seed, folder: Path) -> Iterator[Server]:
    """Run the console of a seed on the day on which its cases stand."""
    port = free_port()
    seed.set_clock(one)
    own = {"TONGGUI_CONSOLE_BIND": f"{HOST}:{port}", "TONGGUI_TRUSTED_PROXIES": "1"}
    log = folder / f"{port}.log"
    environ: Mapping[str, str] = {**one.environ, **own}
    with running(["admin.wsgi"], environ, port=port, path="/sign-in", log=log) as server:
        yield server


def _pages(server: Server, one: Seed, numbers: Sequence[int]) -> Iterator[Page]:
    officer = sign_in(server.port, OFFICER, one)
    leader, above = (sign_in(server.port, who, one) for who in (LEADER, SUPERVISOR))
    database = one.server_pid
    worklist = Page("worklist", one.reports, "/", officer, server, database)
    yield worklist
    walked = officer.walk(server.port, INBOX)
    for at in numbers:
        if at <= len(walked):
            yield replace(worklist, name=f"inbox {at}", path=walked[at - 1], series=Series())
    yield replace(worklist, name=f"{LAST}, {len(walked)}", path=walked[-1], series=Series())
    for who, name in ((leader, "board of an office"), (above, "board of the county")):
        yield replace(worklist, name=name, path=BOARD, who=who, series=Series())


def _limits(backend: str, pages: Sequence[Page]) -> Iterator[Limit]:
    sizes = sorted({page.reports for page in pages})
    by_place = {(page.reports, page.name): page for page in pages}
    small, large = sizes[0], sizes[-1]
    for name in ("worklist", "inbox 1") if small < large else ():
        ours, theirs = by_place[large, name], by_place[small, name]
        told = f"{backend}: {name}, {large:,} to {small:,} reports"
        yield Limit(f"{told}, p95", ratio(ours.ms(95), theirs.ms(95)), RATIO_MAX, True)
        cpu = ratio(ours.series.cpu_each_ms, theirs.series.cpu_each_ms)
        yield Limit(f"{told}, CPU", cpu, RATIO_MAX)
    first = by_place[large, "inbox 1"]
    for page in pages:
        if page.reports != large or not page.name.startswith("inbox ") or page is first:
            continue
        told = f"{backend}: {page.name} to inbox 1, {large:,} reports"
        yield Limit(f"{told}, p95", ratio(page.ms(95), first.ms(95)), RATIO_MAX, True)
        cpu = ratio(page.series.cpu_each_ms, first.series.cpu_each_ms)
        yield Limit(f"{told}, CPU", cpu, RATIO_MAX)


def _line(backend: str, page: Page) -> tuple[str, ...]:
    return (
        backend,
        f"{page.reports:,}",
        page.name,
        *(number(page.ms(percent), 2) for percent in (50, 95, 99)),
        number(page.series.cpu_each_ms, 2),
        str(page.series.done),
        str(sum(page.series.failures.values())),
    )


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.inbox",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--sizes", type=seed.sizes, default=[10_000, 1_000_000], metavar="10k,1m")
    parser.add_argument("--pages", type=_numbers, default=[1, 1000], metavar="1,1000")
    seed.add_options(parser)
    parser.add_argument("--clients", type=int, default=1, help="at a time")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--slice", type=float, default=1.0, metavar="SECONDS")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the result there as well")
    return parser


def _numbers(text: str) -> list[int]:
    found = sorted({1, *(int(one) for one in text.split(","))})
    if found[0] < 1:
        raise argparse.ArgumentTypeError(f"{text}: pages are counted from 1")
    return found


if __name__ == "__main__":
    sys.exit(main())
