"""Arithmetic on what was measured, without any measuring."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median


def percentile(values: Sequence[float], percent: float) -> float | None:
    """Return the smallest value that at least *percent* of the values do not exceed.

    It is always a value that was measured, never one between two; None of nothing.
    """
    if not 0 < percent <= 100:
        raise ValueError(f"a percentile lies above 0 and up to 100: {percent}")
    if not values:
        return None
    rank = math.ceil(len(values) * percent / 100)
    return sorted(values)[rank - 1]


def middle(values: Iterable[float | None]) -> float | None:
    """Return the median of the values that are there; None if none is."""
    there = [value for value in values if value is not None]
    return median(there) if there else None


def ratio(ours: float | None, theirs: float | None) -> float | None:
    """Return ours divided by theirs, where both are there."""
    return ours / theirs if ours is not None and theirs else None


@dataclass(slots=True)
class Sample:
    """One submission as its client saw it; milliseconds, None where there was no such step."""

    get_ms: float | None = None
    post_ms: float | None = None
    failure: str = ""
    code: str = ""


@dataclass(slots=True)
class Slice:
    """What one short stretch of one variant gave.

    Attributes:
        seconds: until the last answer was in.
        cpu_ms: of the server's processes, until they came to rest.
        database_cpu_ms: of a database server, likewise; None where there is none.
        load: the machine's load average at the end.
    """

    samples: list[Sample] = field(default_factory=list)
    seconds: float = 0.0
    cpu_ms: float = 0.0
    database_cpu_ms: float | None = None
    load: float = 0.0

    @property
    def done(self) -> int:
        """How many were answered as they should be."""
        return sum(not sample.failure for sample in self.samples)

    @property
    def per_second(self) -> float | None:
        """Good answers a second."""
        return self.done / self.seconds if self.seconds else None

    @property
    def cpu_each_ms(self) -> float | None:
        """CPU of the server for one good answer; failures cost too, so none are left out."""
        return self.cpu_ms / self.done if self.done else None

    @property
    def database_cpu_each_ms(self) -> float | None:
        """CPU of the database server for one good answer."""
        if self.database_cpu_ms is None or not self.done:
            return None
        return self.database_cpu_ms / self.done


@dataclass(slots=True)
class Series:
    """The slices of one variant at one number of clients, one a round."""

    slices: list[Slice] = field(default_factory=list)

    @property
    def samples(self) -> list[Sample]:
        """All samples of all rounds."""
        return [sample for one in self.slices for sample in one.samples]

    @property
    def done(self) -> int:
        """Good answers of all rounds."""
        return sum(one.done for one in self.slices)

    @property
    def per_second(self) -> float | None:
        """The middle round's good answers a second."""
        return middle(one.per_second for one in self.slices)

    @property
    def cpu_each_ms(self) -> float | None:
        """The middle round's CPU for one good answer."""
        return middle(one.cpu_each_ms for one in self.slices)

    @property
    def database_cpu_each_ms(self) -> float | None:
        """The middle round's CPU of the database server for one good answer."""
        return middle(one.database_cpu_each_ms for one in self.slices)

    @property
    def failures(self) -> Counter[str]:
        """How often what went wrong."""
        return Counter(sample.failure for sample in self.samples if sample.failure)

    def post_ms(self, percent: float) -> float | None:
        """A percentile of the POSTs of all rounds that were answered as they should be."""
        times = [s.post_ms for s in self.samples if s.post_ms is not None and not s.failure]
        return percentile(times, percent)

    def get_ms(self, percent: float) -> float | None:
        """A percentile of the GETs of all rounds."""
        times = [s.get_ms for s in self.samples if s.get_ms is not None and not s.failure]
        return percentile(times, percent)
