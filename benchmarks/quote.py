"""What working out one award costs: facts as the command takes them, whole answer as it prints it.

Awards of several shapes are asked for under the shipped rule sets. The goal of issue 6:
20,000 quotes a second on one core, which is 50 microseconds of CPU each, at the median of
slices that run in turn.
"""

import argparse
import os
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Final

from benchmarks.goals import Limit, tell, write_json
from benchmarks.report import number, plain_table
from casework.domain.policy import Policies, Policy
from casework.domain.reward import quote

MICROSECONDS_MAX: Final = 50.0
SLICES: Final = 20
POLICIES: Final = Path(__file__).parents[1] / "casework" / "policies"
STAFF: Final = {"named": True, "relation": "staff", "relation_proved": True}
ACCIDENT: Final = {"deaths": 4, "concealed_deaths": 4}
GOODS: Final = {"goods_value_fen": 5_000_000}
PRIOR: Final = [
    {"decided_on": "2026-03-05", "amount_fen": 30_000, "matter": "general_hazard",
     "situation": None},
]  # fmt: skip

ASKED: Final[Mapping[str, tuple[str, Mapping[str, object]]]] = {
    "share of a fine": ("yichuan-2022", {"matter": "violation", "penalties_fen": [40_000_000]}),
    "floor and uplift": (
        "henan-2025",
        {"matter": "violation", "penalties_fen": [1_000_000], "reporter": STAFF},
    ),
    "concealed deaths": ("cn-2018", {"matter": "concealed_accident", "accident": ACCIDENT}),
    "a range": ("hubei-2019", {"matter": "violation"}),
    "by quantity": (
        "liangshan-2024",
        {"matter": "violation", "metrics": {"goods_value_fen": 5_000_000}},
    ),
    "cap of a month": (
        "longhua-2022",
        {"matter": "general_hazard", "decided_on": "2026-03-31", "prior_awards": PRIOR},
    ),
    "nothing due": ("cn-2018", {"matter": "violation", "reporter": {"named": False}}),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and return 1 when an award of some shape takes longer than the goal."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.quote", description=__doc__)
    parser.add_argument("--quotes", type=int, default=20_000, help="of each shape")
    parser.add_argument("--json", type=Path, help="write the figures to this file, too")
    options = parser.parse_args(arguments)
    if options.quotes < SLICES:
        parser.error(f"--quotes: at least {SLICES}")
    load = os.getloadavg()[0]
    policies = Policies.load(POLICIES)
    figures = measure(policies, options.quotes // SLICES)
    rows = [
        (name, number(median(found), 1), number(min(found), 1), f"{1e6 / median(found):,.0f}")
        for name, found in figures.items()
    ]
    head = ("award", "median µs", "least µs", "a second")
    print(plain_table(f"CPU of one quote, {SLICES} slices of each shape in turn", head, rows))
    limits = [
        Limit(f"{name}, µs (median)", median(found), MICROSECONDS_MAX)
        for name, found in figures.items()
    ]
    is_met = tell(limits, load=load)
    write_json(options.json, limits, load=load, tables={"times": [head, *rows]})
    return int(not is_met)


def measure(policies: Policies, times: int) -> Mapping[str, Sequence[float]]:
    """Return microseconds of this thread's CPU for one quote, of each slice and shape."""
    found: dict[str, list[float]] = {name: [] for name in ASKED}
    for _ in range(SLICES):
        for name, (policy_id, facts) in ASKED.items():
            found[name].append(_slice(policies.get(policy_id), facts, times))
    return found


def _slice(policy: Policy, facts: Mapping[str, object], times: int) -> float:
    started = time.thread_time_ns()
    for _ in range(times):
        quote(policy, facts).as_json()
    return (time.thread_time_ns() - started) / times / 1e3


if __name__ == "__main__":
    sys.exit(main())
