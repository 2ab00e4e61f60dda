"""Instances with 10 k to 1 M reports, for benchmarks.inbox and benchmarks.sweep.

Real rows: each pattern is a case told through the rules and stored by the product's own
repositories, with its clocks and its events; the rest are copies of these under ids of their
own, over twelve offices. Most are closed, four in a hundred are open, and more than half of the
open ones are led by one large office. Signatures are bytes of the right size: nobody verifies a
seed. Sealed rows are left out. What was made is kept for the next run.
"""

import argparse
import random
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from benchmarks import seed_cases, seed_rows, seed_store
from benchmarks.databases import BACKENDS
from benchmarks.instance import CHEAP
from benchmarks.seed_cases import MIDNIGHT, NOW, TODAY, Teller, Told
from benchmarks.seed_rows import Loader, Names, Pattern
from benchmarks.seed_store import Seed
from casework.instance import Instance
from casework.services.calendar import work_calendar
from casework.services.clock_rows import project
from casework.storage.unit_of_work import UnitOfWork

if TYPE_CHECKING:
    from instance import World

T = TypeVar("T")
DRAWN_FROM: Final = 20260302
OPEN_SHARE: Final = 0.04
OPEN_LARGE: Final = 0.7  # of what is open, led by the large office
RUNNING_OUT: Final = 500  # clocks that run out at midnight, whatever the size
A_FEW_DUE: Final = 5  # and one in every 20,000 reports: due, and not looked at yet
CLOSED_PATTERNS: Final = 360
OPEN_PATTERNS: Final = 240  # of the large office, and of all others together
AT_ONCE: Final = 2000
UNITS: Final = {"k": 1000, "m": 1_000_000}


def main(arguments: Sequence[str] | None = None) -> int:
    """Make what the command line asks for, and say where it lies."""
    options = _parser().parse_args(arguments)
    for backend in options.backend:
        with seeds(backend, options.reports, folder=options.folder, fresh=options.fresh) as found:
            for one in found:
                print(
                    f"{one.backend}\t{one.reports}\t{_bytes_of(one) / 1e6:.0f} MB"
                    f"\t{one.seconds:.0f} s\t{one.home}\t{one.database_url}"
                )
    return 0


@contextmanager
def seeds(
    backend: str,
    sizes: Sequence[int],
    *,
    folder: Path = seed_store.FOLDER,
    fresh: bool = False,
) -> Iterator[list[Seed]]:
    """Have seeds of these sizes, and their database server, for as long as the block lasts.

    Args:
        backend: one of BACKENDS.
        sizes: numbers of reports.
        folder: where they are kept.
        fresh: make them anew.
    """
    seed_store.own_folder(folder)
    missing = [n for n in sizes if fresh or seed_store.find(folder, backend, n) is None]
    is_server = backend == "postgresql"
    with ExitStack() as loading:
        if missing and is_server:
            loading.enter_context(seed_store.postgresql(folder, loading=True))
        for reports in missing:
            seed_store.remove(folder, backend, reports)
            _make(folder, backend, reports)
    with ExitStack() as measuring:
        if is_server:
            measuring.enter_context(seed_store.postgresql(folder, loading=False))
        yield [seed for n in sizes if (seed := seed_store.find(folder, backend, n))]


def set_clock(one: Seed) -> None:
    """Have the instance's own clock show the seed's day from now on."""
    home = one.settings.home
    offset = int((NOW - datetime.now(UTC)).total_seconds())
    replace(Instance.read(home), clock_offset_seconds=offset).write(home)


def _make(folder: Path, backend: str, reports: int) -> None:
    begun = time.monotonic()
    place = seed_store.folder_of(folder, backend, reports)
    place.mkdir(mode=0o700)
    url = (
        f"sqlite:///{place / 'db.sqlite'}"
        if backend == "sqlite"
        else seed_store.server(folder).create_database()
    )
    world = _found(place / "home", url)
    told = _patterns(world, reports)
    world.store.close()
    at = seed_rows.loader(url)
    seed_rows.drop_indexes(at)
    patterns = told.read(at)
    for done in _bar(range(0, reports, AT_ONCE), f"{backend}, {reports:,} reports"):
        count = min(AT_ONCE, reports - done)
        seed_rows.insert(at, list(islice(patterns, count)))
    for _ in _bar(seed_rows.make_indexes(at), "indexes"):
        pass
    at.finish()
    at.close()
    seed_store.keep(
        folder,
        Seed(
            backend=backend,
            reports=reports,
            home=str(place / "home"),
            database_url=url,
            seconds=round(time.monotonic() - begun, 1),
            one_time={login: one.totp.hex() for login, one in world.people.items()},
        ),
    )


def _found(home: Path, url: str) -> "World":
    seed_store.find_support()
    import instance

    return instance.make_world(home, url, costs=CHEAP)


@dataclass(frozen=True, slots=True)
class Kind:
    """Patterns of one kind, and how many cases shall be of it."""

    ids: tuple[str, ...]
    cases: int


@dataclass(frozen=True, slots=True)
class Kinds:
    """All patterns, stored and then taken out again; what is inserted are copies alone."""

    kinds: tuple[Kind, ...]

    def read(self, at: Loader) -> Iterator[tuple[list[list[object]], ...]]:
        """Read the patterns, delete them, and return the copies, in no order of kinds."""
        draw = random.Random(DRAWN_FROM)
        # The jobs process of a living county has taken in the events and looked at the cases.
        at.run("UPDATE event SET logged = true")
        at.run("UPDATE keeping SET look_on = '2031-01-01'")
        found = [[seed_rows.pattern(at, one) for one in kind.ids] for kind in self.kinds]
        for table in reversed(seed_rows.TABLES):
            owner = "id" if table is seed_rows.TABLES[0] else "report_id"
            for kind in self.kinds:
                listed = ", ".join(f"'{one}'" for one in kind.ids)
                at.run(f"DELETE FROM {table.name} WHERE {owner} IN ({listed})")
        return seed_rows.copies(self._mixed(found, draw), Names(draw))

    def _mixed(self, found: list[list[Pattern]], draw: random.Random) -> Iterator[Pattern]:
        left = [kind.cases for kind in self.kinds]
        while total := sum(left):
            at = draw.randrange(total)
            number = 0
            while at >= left[number]:
                at -= left[number]
                number += 1
            left[number] -= 1
            yield draw.choice(found[number])


def _patterns(world: "World", reports: int) -> Kinds:
    """Tell and store the patterns of a seed of that size."""
    draw = random.Random(DRAWN_FROM)
    filed = world.file_report()
    first = world.store.read(lambda uow: uow.events.of_report(filed.report))[0].event
    calendar = work_calendar(world.store)
    teller = Teller(first.site, world.policies, calendar, world.routing, first)
    large, *others = teller.offices()
    few, block = A_FEW_DUE + reports // 20_000, min(RUNNING_OUT, reports // 4)
    open_ = max(int(reports * OPEN_SHARE) - few - block, reports // 50)
    in_large = int(open_ * OPEN_LARGE)
    so_many = min(OPEN_PATTERNS, open_)
    # On Friday; once the sweep has found them, it has nothing to do for them at midnight.
    friday, evening = TODAY - timedelta(days=3), MIDNIGHT - timedelta(days=3, seconds=1)
    plans: list[tuple[Iterable[Told], int]] = [
        (seed_cases.opened(teller, large, so_many, draw), in_large),
        (
            (
                told
                for lead in others
                for told in seed_cases.opened(teller, lead, so_many // len(others) + 1, draw)
            ),
            open_ - in_large,
        ),
        (seed_cases.running_out(teller, friday, swept=evening), few),
        (seed_cases.running_out(teller, TODAY, swept=NOW), block),
        (
            seed_cases.closed(teller, min(CLOSED_PATTERNS, reports // 8), draw),
            reports - open_ - few - block,
        ),
    ]
    kinds = tuple(Kind(_store(world, told), count) for told, count in plans)
    return Kinds((*kinds[:-1], kinds[-1], Kind((filed.report,), 0)))


def _store(world: "World", told: Iterable[Told]) -> tuple[str, ...]:
    all_told = list(told)

    def run(uow: UnitOfWork) -> None:
        for one in all_told:
            uow.reports.insert(one.case)
            uow.events.append(*one.events)
            project(uow, one.case, NOW)
            uow.waiting.project(one.opened, one.case)
            uow.keeping.project(one.opened, one.case)

    world.store.write(run)
    return tuple(one.case.report_id for one in all_told)


def _bar(items: Iterable[T], what: str) -> Iterator[T]:
    from admin.commands.terminal import tracked

    return tracked(items, what)


def _bytes_of(seed: Seed) -> int:
    if seed.backend == "sqlite":
        return Path(seed.database_url.removeprefix("sqlite:///")).stat().st_size
    import psycopg

    with psycopg.connect(seed.database_url) as at:
        row = at.execute("SELECT pg_database_size(current_database())").fetchone()
    return int(row[0]) if row else 0


# The command line ------------------------------------------------------------


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what every benchmark on seeds takes."""
    parser.add_argument("--backend", type=backends, default=list(BACKENDS), metavar="sqlite,pg")
    parser.add_argument("--fresh", action="store_true", help="make the seeds anew")
    parser.add_argument(
        "--folder", type=Path, default=seed_store.FOLDER, help="where seeds are kept"
    )


def sizes(text: str) -> list[int]:
    """Read "10k,1m"."""
    return [_size(one) for one in text.split(",")]


def backends(text: str) -> list[str]:
    """Read "sqlite,pg"."""
    found = [{"pg": "postgresql"}.get(one, one) for one in text.split(",")]
    for one in found:
        if one not in BACKENDS:
            raise argparse.ArgumentTypeError(f"{one} is none of sqlite, pg")
    return found


def _size(text: str) -> int:
    unit = UNITS.get(text[-1:], 1)
    digits = text[:-1] if text[-1:] in UNITS else text
    if not digits.isdigit() or not int(digits):
        raise argparse.ArgumentTypeError(f"{text} is no number such as 10k or 1m")
    return int(digits) * unit


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.seed",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--reports", type=sizes, default=[10_000], metavar="10k,100k,1m")
    add_options(parser)
    return parser


if __name__ == "__main__":
    sys.exit(main())
