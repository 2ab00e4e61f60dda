"""What routing one report costs in a large table: 3,000 departments and 50,000 rules.

A table of that size is written as a file and loaded as any other. Then reports are routed:
by a rule of their township, of their county, by none at all, and about a department. The
goal: 99 of 100 below 0.2 ms of CPU, of every kind.
"""

import argparse
import os
import random
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import median
from typing import Final

from benchmarks.figures import percentile
from benchmarks.goals import Limit, tell, write_json
from benchmarks.report import number, plain_table
from casework.domain.case import Matter
from casework.domain.routing import Routed, Routing, load_routing, route

MILLISECONDS_MAX: Final = 0.2
DRAWN_FROM: Final = 2026
ON: Final = date(2026, 6, 15)
SITE: Final = "410329"
TOWNSHIPS: Final = 20  # of each county
SECTORS: Final = 30
TIMES: Final = ("", "until = 2026-03-31\n", "from = 2026-04-01\n")
TIERS: Final = ("*", "central", "provincial")
GRADES: Final = ("*", "major")


@dataclass(frozen=True, slots=True)
class Ask:
    """One report to route."""

    region: str
    sector: str
    matter: str
    about: str | None = None
    tier: str | None = None
    grade: str | None = None


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and return 1 when a kind of report takes longer than the goal."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.route", description=__doc__)
    parser.add_argument("--departments", type=int, default=3_000)
    parser.add_argument("--rules", type=int, default=50_000)
    parser.add_argument("--reports", type=int, default=20_000, help="of each kind")
    parser.add_argument("--json", type=Path, help="write the figures to this file, too")
    options = parser.parse_args(arguments)
    if min(options.departments, options.rules, options.reports) < 100:
        parser.error("--departments, --rules, --reports: at least 100")
    load = os.getloadavg()[0]
    started = time.process_time()
    routing = load_routing(routing_file(options.departments, options.rules).encode())
    loaded = time.process_time() - started
    size = f"{len(routing.departments):,} departments, {len(routing.rules):,} rules"
    print(f"{size}, {len(routing.regions.by_code):,} regions; loaded in {loaded:.1f} s of CPU")
    times = {name: _measure(routing, draw, options.reports) for name, draw in kinds(routing)}
    rows = [_row(name, figures) for name, figures in times.items()]
    head = ("report", "median", "p99", "most")
    print(plain_table(f"CPU of one route, ms, {options.reports:,} of each kind", head, rows))
    limits = [
        Limit(f"{name}, ms (p99)", percentile(figures, 99), MILLISECONDS_MAX)
        for name, figures in times.items()
    ]
    is_met = tell(limits, load=load)
    write_json(options.json, limits, load=load, tables={"times": [head, *rows]})
    return int(not is_met)


def routing_file(departments: int, rules: int) -> str:
    """Write a file of so many departments and rules, about the whole of a province.

    The last tenth of the sectors has no rule, so that some reports match none.
    """
    counties = [f"{code:06d}" for code in range(410329, 410329 + max(1, departments // 20))]
    parts = [f'site = "{SITE}"\nsource = "made"\n']
    for county in counties:
        parts.append(_region(county, "410300", "county"))
        parts += [
            _region(f"{county}{n:03d}000", county, "township") for n in range(1, 1 + TOWNSHIPS)
        ]
    parts.append(_department("410300-awb", "supervisor", ""))
    parts += [_department(f"{county}-awb", "supervisor", "410300-awb") for county in counties]
    offices = [
        f"{counties[n % len(counties)]}-d{n // len(counties)}"
        for n in range(departments - 1 - len(counties))
    ]
    parts += [_department(one, "department", f"{one.partition('-')[0]}-awb") for one in offices]
    parts += [
        f'[[sector]]\ncode = "s{n}"\nname = "s{n}"\nname_en = "s{n}"\n' for n in range(SECTORS)
    ]
    parts += _rules(counties, offices, rules)
    return "\n".join(parts)


def _rules(counties: Sequence[str], offices: Sequence[str], count: int) -> list[str]:
    """Write rules as even over counties as they come, no two of them a tie."""
    drawn = random.Random(DRAWN_FROM)
    keys: set[tuple[str, ...]] = set()
    found: list[str] = []
    while len(found) < count:
        county = counties[len(found) % len(counties)]
        town = drawn.randrange(TOWNSHIPS + 1)
        region = f"{county}{town:03d}000" if town else county
        key = (
            region,
            drawn.choice(("*", *(f"s{n}" for n in range(SECTORS * 9 // 10)))),
            drawn.choice(tuple(Matter)),
            drawn.choice(TIERS),
            drawn.choice(GRADES),
        )
        if key in keys:
            continue
        keys.add(key)
        for days in TIMES[1:] if drawn.random() < 0.5 else TIMES[:1]:
            found.append(_rule(len(found), key, drawn.choice(offices), days))
    return found[:count]


def _region(code: str, parent: str, kind: str) -> str:
    return (
        f'[[region]]\ncode = "{code}"\nname = "{code}"\nparent = "{parent}"\nkind = "{kind}"\n'
        "valid_from = 2020-01-01\n"
    )


def _department(code: str, kind: str, above: str) -> str:
    return (
        f'[[department]]\ncode = "{code}"\nname = "{code}"\nshort = "{code}"\nkind = "{kind}"\n'
        f'supervisor = "{above}"\nduties = "made"\nclauses = []\n'
    )


def _rule(number: int, key: tuple[str, ...], lead: str, days: str) -> str:
    names = ("region", "sector", "matter", "tier", "grade")
    lines = "".join(f'{name} = "{code}"\n' for name, code in zip(names, key, strict=True))
    return (
        f'[[rule]]\nid = "r-{number}"\n{lines}lead = "{lead}"\nco = []\nreason = "made"\n'
        f'clause = ""\ncopy = ["township"]\n{days}'
    )


def kinds(routing: Routing) -> list[tuple[str, Callable[[random.Random], Ask]]]:
    """Return how reports of each kind are drawn."""
    rules = [one for one in routing.rules.values() if ON in one.days]
    regions, matters = list(routing.regions.by_code), tuple(Matter)
    offices = [one.code for one in routing.departments.values() if one.kind == "department"]

    def anywhere(drawn: random.Random) -> Ask:
        sector = f"s{drawn.randrange(SECTORS)}"
        return Ask(drawn.choice(regions), sector, drawn.choice(matters), tier="central")

    def by_a_rule(drawn: random.Random) -> Ask:
        rule = drawn.choice(rules)
        sector = rule.sector if rule.sector != "*" else "s0"
        return Ask(rule.region, sector, rule.matter, None, rule.tier, rule.grade)

    def by_none(drawn: random.Random) -> Ask:
        return Ask(drawn.choice(regions), f"s{SECTORS - 1}", drawn.choice(matters), tier="city")

    def about_somebody(drawn: random.Random) -> Ask:
        one = by_a_rule(drawn)
        return Ask(one.region, one.sector, one.matter, drawn.choice(offices), one.tier, one.grade)

    return [
        ("anywhere", anywhere),
        ("by a rule", by_a_rule),
        ("perhaps by none", by_none),
        ("about a department", about_somebody),
    ]


def routed(routing: Routing, ask: Ask) -> Routed:
    """Route one report."""
    return route(
        routing, ask.region, ask.sector, ask.matter, ask.about,
        on=ON, tier=ask.tier, grade=ask.grade,
    )  # fmt: skip


def _measure(routing: Routing, draw: Callable[[random.Random], Ask], times: int) -> Sequence[float]:
    """Return what each took, in milliseconds of this thread's CPU."""
    drawn = random.Random(DRAWN_FROM)
    asks = [draw(drawn) for _ in range(times)]
    found: list[float] = []
    for ask in asks:
        started = time.thread_time_ns()
        routed(routing, ask)
        found.append((time.thread_time_ns() - started) / 1e6)
    return found


def _row(name: str, figures: Sequence[float]) -> tuple[str, ...]:
    told = (median(figures), percentile(figures, 99), max(figures))
    return (name, *(number(one, 4) for one in told))


if __name__ == "__main__":
    sys.exit(main())
