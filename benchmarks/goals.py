"""Ratios and their limits, printed as met or missed."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.report import LOAD_MAX, number, plain_table


@dataclass(frozen=True, slots=True)
class Limit:
    """One ratio of two figures of the same run, and what it may be at most.

    Attributes:
        is_time: of times on the clock, which a busy machine spoils; else of CPU.
    """

    name: str
    value: float | None
    most: float
    is_time: bool = False

    @property
    def met(self) -> bool:
        """Whether it is within the limit; what was not measured is not."""
        return self.value is not None and self.value <= self.most


def tell(limits: Sequence[Limit], *, load: float) -> bool:
    """Print them, and how busy the machine was; return whether all that count are met.

    Args:
        limits: what was measured.
        load: average before the run.
    """
    rows = [(one.name, f"{one.most:g}", number(one.value, 2), _word(one, load)) for one in limits]
    print(plain_table("Goals", ("ratio", "at most", "measured", ""), rows))
    print(f"load average {load:.1f} before, {os.getloadavg()[0]:.1f} after")
    if load > LOAD_MAX:
        print(f"WARNING: load average above {LOAD_MAX:g} before the run: no times are judged.")
    return all(one.met for one in limits if _counts(one, load))


def write_json(
    file: Path | None,
    limits: Sequence[Limit],
    *,
    load: float,
    tables: Mapping[str, Sequence[Sequence[str]]],
) -> None:
    """Write everything to a file, if one was named; each table with its head as first line."""
    if file is None:
        return
    told = {"load": load, **tables, "goals": [asdict(one) | {"met": one.met} for one in limits]}
    file.write_text(json.dumps(told, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _counts(one: Limit, load: float) -> bool:
    return not one.is_time or load <= LOAD_MAX


def _word(one: Limit, load: float) -> str:
    word = "met" if one.met else "MISSED"
    return word if _counts(one, load) else f"({word.lower()})"
