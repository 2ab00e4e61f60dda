"""From what was measured to what is told: one line a number of clients, and the goals."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from benchmarks.figures import Series, ratio
from benchmarks.rounds import Variant

STATEMENTS_MAX: Final = 12
CPU_RATIO_MAX: Final = 3.0
MEMORY_BYTES_MAX: Final = 200 * 1000 * 1000
PERCENTS: Final = (50, 95, 99)
Number = float | None


@dataclass(frozen=True, slots=True)
class Cpu:
    """CPU of the server's processes in milliseconds.

    Attributes:
        all: one submission: GET, POST, and the derivation wherever it was done.
        plain: the same less the derivation as it was timed apart.
        get: one GET of the form.
        post: plain without the GET.
        database: of the database server, one submission.
    """

    all: Number
    plain: Number = None
    get: Number = None
    post: Number = None
    database: Number = None


@dataclass(frozen=True, slots=True)
class Line:
    """What one variant did with so many clients."""

    clients: int
    variant: str
    per_second: Number
    post_ms: tuple[Number, ...]
    get_ms: tuple[Number, ...]
    done: int
    failures: dict[str, int]
    cpu: Cpu
    load: float


@dataclass(frozen=True, slots=True)
class Ratio:
    """Ours divided by the denominator's.

    CPU is that of the site whose codes cost next to nothing: to take a large figure
    off another would leave the errors of both.

    Attributes:
        cpu: a submission with its GET to the bare POST.
        cpu_post: POST to POST.
        throughput: submissions a second, with real codes.
    """

    clients: int
    cpu: Number
    cpu_post: Number
    throughput: Number


@dataclass(frozen=True, slots=True)
class Goal:
    """One goal; met is None where it was not measured."""

    name: str
    value: str
    met: bool | None


@dataclass(frozen=True, slots=True)
class Sql:
    """The statements of one submission, as benchmarks.statements counted them."""

    statements: dict[str, int]
    savepoints: int
    limiter: dict[str, int]
    rows: int
    get: dict[str, int]

    @property
    def count(self) -> int:
        """Statements, BEGIN and COMMIT not counted."""
        return sum(self.statements.values())


@dataclass(slots=True)
class Result:
    """Everything that one run gave, as it goes into the JSON file."""

    backend: str
    attachment: str
    rounds: int
    lines: list[Line] = field(default_factory=list)
    ratios: list[Ratio] = field(default_factory=list)
    sql: Sql | None = None
    memory: dict[str, dict[str, Any]] = field(default_factory=dict)
    derivation: dict[str, Number] = field(default_factory=dict)
    acknowledged: int = 0
    unacknowledged: int = 0
    stored: int = 0
    same_codes: int = 0
    load_before: float = 0.0
    foreign_cpu: float = 0.0
    goals: list[Goal] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        return asdict(self)


def line(variant: Variant, clients: int, derivation_ms: Number) -> Line:
    """Sum one variant up at one number of clients."""
    series = variant.submissions[clients]
    gets = variant.gets.get(clients)
    return Line(
        clients=clients,
        variant=variant.name,
        per_second=series.per_second,
        post_ms=tuple(series.post_ms(percent) for percent in PERCENTS),
        get_ms=tuple(series.get_ms(percent) for percent in PERCENTS),
        done=series.done,
        failures=dict(series.failures + (gets.failures if gets else Counter())),
        cpu=_cpu(series, gets, derivation_ms),
        load=max(one.load for one in series.slices),
    )


def compare(ours: Line, without_codes: Line, bare: Line) -> Ratio:
    """Divide ours by the denominator's."""
    return Ratio(
        clients=ours.clients,
        cpu=ratio(without_codes.cpu.all, bare.cpu.all),
        cpu_post=ratio(without_codes.cpu.post, bare.cpu.all),
        throughput=ratio(ours.per_second, bare.per_second),
    )


def goals(result: Result) -> list[Goal]:
    """Hold the result against the goals of issue 2."""
    failed = sum(sum(line.failures.values()) for line in result.lines)
    count = result.sql.count if result.sql else None
    worst = max((one.cpu for one in result.ratios if one.cpu is not None), default=None)
    peak = result.memory.get("tonggui", {}).get("peak")
    return [
        Goal("no failure", f"{failed} failed", failed == 0),
        _stored(result),
        _at_most("SQL statements a submission", count, STATEMENTS_MAX),
        _at_most("CPU without derivation, times bare", worst, CPU_RATIO_MAX),
        _at_most("peak memory of the public site, MB", _mb(peak), _mb(MEMORY_BYTES_MAX)),
    ]


def _stored(result: Result) -> Goal:
    """Nothing that was acknowledged is lost; what failed may be stored all the same."""
    more = result.stored - result.acknowledged
    met = 0 <= more <= result.unacknowledged and result.same_codes == 0
    value = f"{result.acknowledged} and {result.stored}, {result.same_codes} codes given twice"
    return Goal("reports acknowledged are those stored, each with its own code", value, met)


def repeated(codes: Sequence[str]) -> int:
    """Return how many codes were given to somebody who was not the first to get it."""
    return len(codes) - len(set(codes))


def _cpu(series: Series, gets: Series | None, derivation_ms: Number) -> Cpu:
    everything, database = series.cpu_each_ms, series.database_cpu_each_ms
    if gets is None or everything is None or derivation_ms is None:
        return Cpu(all=everything, database=database)
    plain, get = everything - derivation_ms, gets.cpu_each_ms
    post = plain - get if get is not None else None
    return Cpu(all=everything, plain=plain, get=get, post=post, database=database)


def _at_most(name: str, value: Number, limit: float | None) -> Goal:
    if value is None or limit is None:
        return Goal(f"{name}, at most {limit:g}", "not measured", None)
    return Goal(f"{name}, at most {limit:g}", f"{value:.4g}", value <= limit)


def _mb(bytes_: float | None) -> float | None:
    return None if bytes_ is None else bytes_ / 1e6
