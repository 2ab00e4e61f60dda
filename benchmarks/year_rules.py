"""The time limits of benchmarks.year read from their files, and last days counted one by one.

Nothing of the engine is used: tests/support/slow_count.py walks from day to day.
"""

import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from chinese_calendar.constants import holidays, in_lieu_days, workdays

from benchmarks.instance import SUPPORT

if str(SUPPORT) not in sys.path:
    sys.path.insert(0, str(SUPPORT))

from slow_count import Days, Limit, count, days_of

POLICY: Final = "yichuan-2022"
POLICIES: Final = Path(__file__).parents[1] / "casework" / "policies"
CHINA: Final = timezone(timedelta(hours=8))
RUNGS: Final = ("head", "supervisor", "listing", "committee", "assessment")
DAY: Final = timedelta(days=1)
SECOND: Final = timedelta(seconds=1)
HOURLY: Final = ("minute", "hour")
Stood = tuple[tuple[str, date, date], ...]  # reason, first and last day of each pause


@dataclass(frozen=True)
class Rule:
    """One time limit as its file has it."""

    key: str
    begins: str
    value: int
    unit: str
    rolls: bool
    hard: bool
    remind_at: tuple[str, ...]
    on_breach: str
    more: int  # days that all extensions make together at most; 0 for none
    pauses: frozenset[str]
    pause_days: int


@dataclass(frozen=True)
class Rules:
    """The policy of the year: limits by key, hard ones above each, rungs, and the calendar."""

    limits: Mapping[str, Rule]
    above: Mapping[str, tuple[Rule, ...]]
    ladder: tuple[tuple[str, int, str], ...]
    days: Days


def read_rules(policy: str = POLICY) -> Rules:
    """Read a policy file and those that it inherits."""
    files = []
    name: str | None = policy
    while name:
        given = tomllib.loads((POLICIES / f"{name}.toml").read_text(encoding="utf-8"))
        files.append(given)
        name = given["policy"].get("inherits")
    limits: dict[str, Rule] = {}
    above: dict[str, list[Rule]] = {}
    for given in files:
        for one in map(_rule, given.get("deadline", ())):
            if one.key not in limits:
                limits[one.key] = one
            elif one.hard:
                above.setdefault(one.key, []).append(one)
    rungs = next(given["rung"] for given in files if given.get("rung"))
    free, worked = {**holidays, **in_lieu_days}, workdays
    return Rules(
        limits=limits,
        above={key: tuple(ones) for key, ones in above.items()},
        ladder=tuple(
            (one["name"], one["after"], one["unit"])
            for one in sorted(rungs, key=lambda rung: RUNGS.index(rung["name"]))
        ),
        days=days_of([*free], [*worked], [day.year for day in free]),
    )


def _rule(given: Mapping[str, Any]) -> Rule:
    more, pause = given.get("extend"), given.get("pause")
    return Rule(
        key=given["key"],
        begins=given["from_event"],
        value=given["value"],
        unit=given["unit"],
        rolls=given.get("end", "roll") == "roll",
        hard=given.get("hard", False),
        remind_at=tuple(given.get("remind_at", ())),
        on_breach=given.get("on_breach", "ladder"),
        more=more.get("max_times", 1) * more["max_value"] if more else 0,
        pauses=frozenset(pause["reasons"]) if pause else frozenset(),
        pause_days=pause["max_days"] if pause else 0,
    )


def start_of(day: date) -> datetime:
    """Return the first instant of a day in China, in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=CHINA).astimezone(UTC)


# Last days, counted one day after the other ---------------------------------------------------


def end_of(
    rules: Rules, rule: Rule, begun: datetime, begun_on: date, more: int, stood: Stood
) -> tuple[date, datetime]:
    """Return the last day of a limit, and the first instant (UTC) that is too late.

    Args:
        rules: of the year.
        rule: one of them.
        begun: instant of what started it.
        begun_on: civil day of that.
        more: days that it was lengthened by.
        stood: days on which it stood still.
    """
    start: date | datetime = begun if rule.unit in HOURLY else begun_on
    above = rules.above.get(rule.key, ())
    return _counted(_Known(rules.days), rule, above, start, more, stood)


@dataclass(frozen=True)
class _Known:
    """The calendar, alike to all caches."""

    days: Days = field(compare=False)


@lru_cache(maxsize=200_000)
def _counted(
    known: _Known,
    rule: Rule,
    above: tuple[Rule, ...],
    start: date | datetime,
    more: int,
    stood: Stood,
) -> tuple[date, datetime]:
    ends = [_count(known, rule, start, more, stood)]
    for one in above:
        days = one.more if more else 0
        ends.append(_count(known, one, start, days, _of_these(one, stood)))
    return min(ends, key=lambda end: end[1])


def _count(
    known: _Known, rule: Rule, start: date | datetime, more: int, stood: Stood
) -> tuple[date, datetime]:
    pauses = tuple((first, last) for _, first, last in stood)
    limit = Limit(start, rule.value, rule.unit, rule.rolls, more, "day" if more else "", pauses)
    last, moment, _, _ = count(limit, known.days)
    if moment is not None:
        return last, moment.astimezone(UTC) + SECOND
    return last, start_of(last + DAY)


def _of_these(rule: Rule, stood: Stood) -> Stood:
    """Return the pauses that a hard limit knows, as many days of them as it allows."""
    found, left = [], rule.pause_days
    for reason, first, last in stood:
        days = min((last - first).days + 1, left)
        if reason in rule.pauses and days:
            found.append((reason, first, first + (days - 1) * DAY))
            left -= days
    return tuple(found)


def rung_day(rules: Rules, due_on: date, after: int, unit: str) -> date:
    """Return the day of a rung: so long after a last day."""
    day, left = due_on, after
    while left:
        day += DAY
        left -= unit == "day" or not rules.days.rest(day)
    return day
