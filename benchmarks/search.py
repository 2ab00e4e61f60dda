"""Searching 100 k and 1 M cases: the newest 20 for terms of two, four and eight characters.

The product's own index on either database, filled with made entries: codes, numbers and three
sentences as published decisions have them. A term stands in half of all cases, in one of a
hundred, in one of five thousand, or in eight cases whatever the size. Sizes and terms take turns,
so that a busy machine is busy for all. Goals: what takes the longest grows by a factor of three
at most from the small to the large (95 of 100), and no repeat takes three times the median: then
the database has changed its plan.
"""

import argparse
import hashlib
import os
import random
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from typing import Final

from benchmarks import goals, seed, seed_rows, seed_store
from benchmarks.databases import BACKENDS
from benchmarks.figures import percentile, ratio
from benchmarks.goals import Limit
from benchmarks.report import number, plain_table
from benchmarks.seed_rows import Loader
from casework.domain.ids import new_case_number, new_id
from casework.domain.searching import BREAK, Asked, asked_for, code, cut, number_of
from casework.storage import migrate
from casework.storage.search_tables import search_entry, search_place
from casework.storage.unit_of_work import Store

RATIO_MAX: Final = 3.0  # PERFORMANCE.md F13
SITE: Final = "410329"
ABOVE: Final = "410329-awb"  # supervises everything
OFFICES: Final = tuple(f"410329-d{n}" for n in range(12))
LAST_DAY: Final = date(2026, 3, 2)
DAYS: Final = 1400
DRAWN_FROM: Final = 2026
AT_ONCE: Final = 20_000
FEW: Final = 8
# Eight characters each, of which a search takes the first two, four or eight.
TERMS: Final = {
    "half of all": ("安全生产管理混乱", 0.5),
    "one of 100": ("粉尘清扫制度缺失", 0.01),
    "one of 5,000": ("硐室爆破超量装药", 0.0002),
    f"{FEW} in all": ("冰醋酸罐区无围堰", 0.0),
}
_SUBJECTS: Final = ("车间", "储罐区", "井下巷道", "施工现场", "仓库", "锅炉房", "配电室", "加油站")
_FAULTS: Final = (
    "未设置明显的警示标志", "特种作业人员无证上岗", "未如实记录教育培训情况", "擅自停用监控设施",
    "未按规定办理作业审批", "将场所出租给无资质单位", "未定期组织应急演练", "疏散通道被杂物堵塞",
)  # fmt: skip
_ENDS: Final = ("责令限期改正", "处以罚款", "予以警告", "责令停产停业整顿", "移送有关部门处理")
HEAD: Final = ("database", "cases", "office", "in", "signs", "p50 ms", "p95", "max", "found")


@dataclass(slots=True)
class Question:
    """One search in one database, and how long it took each time, milliseconds."""

    backend: str
    cases: int
    office: str
    often: str
    signs: int
    store: Store
    asked: Asked
    found: int = 0
    times: list[float] = field(default_factory=list)

    @property
    def key(self) -> tuple[str, str, int]:
        """What is the same in every size."""
        return self.office, self.often, self.signs

    def ask(self) -> None:
        """Ask once."""
        begun = time.perf_counter()
        found = self.store.read(lambda uow: uow.search.find(self.office, self.asked))
        self.times.append((time.perf_counter() - begun) * 1000)
        self.found = len(found)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what the command line asks for; 1 when a goal is missed."""
    options = _parser().parse_args(arguments)
    load = os.getloadavg()[0]
    rows: list[tuple[str, ...]] = []
    limits: list[Limit] = []
    for backend in options.backend:
        questions = measure(backend, options)
        rows += [_row(one) for one in questions]
        limits += _limits(questions)
    title = f"Newest 20, {options.repeat} times each"
    print(plain_table(title, HEAD, rows), end="\n\n")
    met = goals.tell(limits, load=load)
    goals.write_json(options.json, limits, load=load, tables={"searches": [HEAD, *rows]})
    return int(not met)


def measure(backend: str, options: argparse.Namespace) -> list[Question]:
    """Ask every question of every size of one kind of database, in turns."""
    seed_store.own_folder(options.folder)
    with ExitStack() as stack:
        if backend == "postgresql":
            stack.enter_context(seed_store.postgresql(options.folder, loading=True))
        urls = {n: _database(options.folder, backend, n) for n in options.sizes}
        stack.close()
        if backend == "postgresql":
            stack.enter_context(seed_store.postgresql(options.folder, loading=False))
        questions: list[Question] = []
        for cases, url in urls.items():
            store = Store.open(url, site=SITE)
            stack.callback(store.close)
            questions += _questions(backend, cases, store, options.terms)
        for one in questions:
            one.ask()
            one.times.clear()  # the first reads from the disk
        for turn in range(options.repeat):
            for one in questions if turn % 2 else reversed(questions):
                one.ask()
    return questions


def _questions(backend: str, cases: int, store: Store, signs: Sequence[int]) -> Iterator[Question]:
    for often, (term, _share) in TERMS.items():
        for length in signs:
            (phrase,) = asked_for(term[:length])
            for office in (ABOVE, OFFICES[0]):
                asked = Asked(((phrase, ()),))
                yield Question(backend, cases, office, often, length, store, asked)


# The entries ------------------------------------------------------------------


def _database(folder: Path, backend: str, cases: int) -> str:
    """Return the URL of a database with so many entries; made before, or now."""
    home = folder / f"search-{backend}-{cases}-{_made_from()}"
    told = home / "url"
    if told.exists():
        return told.read_text()
    home.mkdir(mode=0o700, exist_ok=True)
    url = (
        f"sqlite:///{home / 'db.sqlite'}"
        if backend == "sqlite"
        else seed_store.server(folder).create_database()
    )
    migrate.upgrade(url)
    at = seed_rows.loader(url)
    _fill(at, cases, backend)
    at.finish()
    at.close()
    told.write_text(url)
    return url


def _fill(at: Loader, cases: int, backend: str) -> None:
    begun = time.monotonic()
    if backend == "postgresql":
        at.run("DROP INDEX search_entry_words")
    draw = random.Random(DRAWN_FROM)
    sentences = [cut(one) for one in _sentences()]
    terms = [(cut(term), share) for term, share in TERMS.values()]
    few = frozenset(draw.sample(range(cases), FEW))
    places = sorted(_places(draw, cases))
    for first in range(0, cases, AT_ONCE):
        entries, offices = [], []
        for which in range(first, min(first + AT_ONCE, cases)):
            place, report_id = places[which]
            lead = OFFICES[which % len(OFFICES)]
            found = [one for one, share in terms if draw.random() < share]
            found += [terms[-1][0]] if which in few else []
            found += draw.choices(sentences, k=3)
            words = _written(_tokens(draw, lead, found), backend)
            entries.append((place, SITE, report_id, words))
            offices += [(SITE, one, place, report_id) for one in (lead, ABOVE)]
        at.add(search_entry, entries)
        at.add(search_place, offices)
    if backend == "postgresql":
        at.run("CREATE INDEX search_entry_words ON search_entry USING gin (words)")
    else:
        at.run("INSERT INTO search_text (search_text) VALUES ('rebuild')")
    print(
        f"{backend}: {cases:,} entries in {time.monotonic() - begun:.0f} s",
        file=sys.stderr,
        flush=True,
    )


def _places(draw: random.Random, cases: int) -> Iterator[tuple[int, str]]:
    for _ in range(cases):
        report_id = new_id(draw.randbytes)
        yield number_of(LAST_DAY - timedelta(days=draw.randrange(DAYS)), report_id), report_id


def _tokens(draw: random.Random, lead: str, texts: Sequence[Sequence[str]]) -> list[str]:
    found = [
        code("office", ABOVE), code("office", lead), code("handler", f"officer-of-{lead}"),
        code("region", SITE), code("sector", draw.choice(("coal_mine", "fireworks", "trade"))),
        code("matter", draw.choice(("violation", "major_hazard"))), code("lead", lead),
        code("state", "closed" if draw.random() < 0.95 else "accepted"),
    ]  # fmt: skip
    numbers = (
        new_case_number(SITE, 2026, draw.randbytes),
        f"（伊）应急罚〔2026〕{draw.randrange(1, 2000)}号",
    )
    for text in (*(cut(one) for one in numbers), *texts):
        found += [BREAK, *text]
    return found


def _sentences() -> Iterator[str]:
    for subject in _SUBJECTS:
        for fault in _FAULTS:
            for end in _ENDS:
                yield f"该单位{subject}{fault}，依法{end}"


def _written(tokens: Sequence[str], backend: str) -> str:
    if backend == "sqlite":
        return " ".join(tokens)
    return " ".join(f"'{one}':{at}" for at, one in enumerate(tokens, start=1))


def _made_from() -> str:
    digest = hashlib.sha256()
    for name in (
        "benchmarks/search.py", "casework/domain/searching.py", "casework/storage/search_tables.py",
    ):  # fmt: skip
        digest.update((seed_store.ROOT / name).read_bytes())
    return digest.hexdigest()[:12]


# The figures --------------------------------------------------------------------


def _row(one: Question) -> tuple[str, ...]:
    return (
        one.backend,
        f"{one.cases:,}",
        "above" if one.office == ABOVE else "department",
        one.often,
        str(one.signs),
        *(number(percentile(one.times, percent), 2) for percent in (50, 95, 100)),
        str(one.found),
    )


def _limits(questions: Sequence[Question]) -> Iterator[Limit]:
    sizes = sorted({one.cases for one in questions})
    small, large = sizes[0], sizes[-1]
    by_key = {(one.cases, one.key): one for one in questions}
    for one in questions:
        office, often, signs = one.key
        place = "above" if office == ABOVE else "department"
        told = f"{one.backend}: {signs} signs in {often}, {place}"
        if one.cases == large and small < large:
            before = by_key[small, one.key]
            value = ratio(percentile(one.times, 95), percentile(before.times, 95))
            yield Limit(f"{told}, p95 {large:,} to {small:,}", value, RATIO_MAX, True)
        value = ratio(max(one.times), median(one.times))
        yield Limit(f"{told}, {one.cases:,}, most to median", value, RATIO_MAX, True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.search",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--terms", type=_lengths, default=[2, 4, 8], metavar="2,4,8")
    parser.add_argument("--repeat", type=int, default=50)
    parser.add_argument("--sizes", type=seed.sizes, default=[100_000, 1_000_000], metavar="100k,1m")
    parser.add_argument(
        "--backend", type=seed.backends, default=list(BACKENDS), metavar="sqlite,pg"
    )
    parser.add_argument(
        "--folder", type=Path, default=seed_store.FOLDER, help="where entries are kept"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the result there as well")
    return parser


def _lengths(text: str) -> list[int]:
    found = [int(one) for one in text.split(",")]
    if not all(2 <= one <= 8 for one in found):
        raise argparse.ArgumentTypeError(f"{text}: terms have 2 to 8 characters")
    return found


if __name__ == "__main__":
    sys.exit(main())
