"""Reads the parts of a policy file that are about time: limits, and the overdue ladder."""

import re
from collections.abc import Mapping
from datetime import date, time
from types import MappingProxyType

from casework.domain.clock_kinds import KINDS
from casework.domain.clock_reasons import EXTENSION_CODES, PAUSE_CODES
from casework.domain.deadline import CLOCK_KEYS, VALUE_MAX, End, Unit, Window
from casework.domain.policy_money import read_citation
from casework.domain.policy_rules import RUNGS, ClockRule, Extension, PauseRule, Rung
from casework.domain.roles import Role
from casework.domain.rule_table import RuleTable

# What may start a clock.
EVENTS = (
    "submitted",
    "dispatched",
    "undetermined",
    "transferred",
    "accepted",
    "concluded",
    "told",
    "substantiated",
    "objection_received",
    "reviewed",
    "accident_known",
    "listed",
    "ordered",
    "rectified",
    "referred",
    "penalty_decided",
    "decided",
    "retaliation_reported",
    "proposed",
    "approved",
    "notified",
    "claimed",
    "award_objected",
    "order_issued",
    "urgent",
)

PAUSE_DAYS_MAX = 3660
AFTER_MAX = 1000
RUNG_UNITS = (Unit.DAY, Unit.WORKING_DAY, Unit.HOUR)
# An officer never decides on the own clock; a pause is never for the office that the clock binds.
EXTENDERS = (Role.LEADER, Role.SUPERVISOR)
PAUSERS = (Role.SUPERVISOR,)
_STAGE = re.compile(r"([1-9][0-9]?%|100%|T-[0-9]{1,3})\Z", re.ASCII)
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]\Z", re.ASCII)
_SOME_LEAP_YEAR = 2024


def read_clocks(table: RuleTable, policy_id: str) -> Mapping[str, ClockRule]:
    """Take every [[deadline]] of a file, by key and in the order of the file.

    Raises:
        PolicyFileError: a key is missing, unknown or out of place, or a clock stands twice.
    """
    clocks: dict[str, ClockRule] = {}
    for entry in table.tables("deadline"):
        clock = _clock(entry, policy_id)
        if clock.key in clocks:
            raise entry.refuse("key", f"each clock once, not {clock.key} again")
        clocks[clock.key] = clock
    return MappingProxyType(clocks)


def read_ladder(table: RuleTable) -> tuple[Rung, ...]:
    """Take the [[rung]]s of a file: none, or all of RUNGS in their order.

    A ladder is taken over or replaced as a whole, so that no file leaves a rung out unseen.

    Raises:
        PolicyFileError: a key is missing, unknown or out of place, a rung is left out or out
            of order, or comes before the one below it.
    """
    entries = table.tables("rung")
    rungs: list[Rung] = []
    for entry, name in zip(entries, (*RUNGS, *[""] * len(entries)), strict=False):
        rung = _rung(entry, name)
        if rungs and rungs[-1].unit is rung.unit and rung.after < rungs[-1].after:
            raise entry.refuse("after", f"at least {rungs[-1].after}, as the rung below")
        rungs.append(rung)
    if rungs and len(rungs) < len(RUNGS):
        raise table.refuse("rung", f"all of {', '.join(RUNGS)}, in this order")
    return tuple(rungs)


def _rung(entry: RuleTable, name: str) -> Rung:
    if entry.text("name") != name:
        raise entry.refuse("name", name or f"no more rungs than {', '.join(RUNGS)}")
    rung = Rung(
        name=name,
        after=entry.whole("after", 0, AFTER_MAX),
        unit=Unit(entry.choice("unit", RUNG_UNITS)),
        cite=read_citation(entry),
    )
    entry.done()
    return rung


def _clock(entry: RuleTable, policy_id: str) -> ClockRule:
    unit = Unit(entry.choice("unit", tuple(Unit)))
    extend, pause = entry.table_or_none("extend"), entry.table_or_none("pause")
    key = entry.choice("key", CLOCK_KEYS)
    breaches = _breaches(key)
    clock = ClockRule(
        key=key,
        policy_id=policy_id,
        from_event=entry.choice("from_event", EVENTS),
        value=entry.whole("value", 0, VALUE_MAX),
        unit=unit,
        end=End(entry.choice("end", tuple(End), End.ROLL)),
        hard=entry.truth("hard", False),
        extend=_extension(extend, unit) if extend else None,
        pause=_pause(pause) if pause else None,
        remind_at=_stages(entry),
        on_breach=entry.choice("on_breach", breaches, breaches[0]),
        cite=read_citation(entry),
        windows=_windows(entry, unit),
    )
    entry.done()
    return clock


def _breaches(key: str) -> tuple[str, ...]:
    """Return what may follow this clock, the usual first: no file lets a duty end quietly."""
    if KINDS[key].is_right:
        return ("lapse", "forfeit")
    return ("ladder", "deem_accepted") if key == "accept" else ("ladder",)


def _stages(entry: RuleTable) -> tuple[str, ...]:
    stages = entry.texts("remind_at")
    for stage in stages:
        if not _STAGE.match(stage):
            raise entry.refuse("remind_at", '"50%" of the way or "T-3" days before the end')
    return stages


def _extension(table: RuleTable, unit: Unit) -> Extension:
    more = Unit(table.choice("unit", tuple(Unit), unit))
    if more.timed != unit.timed:
        raise table.refuse("unit", "days for a limit in days, hours for one in hours")
    times = table.whole("max_times", 1, 100, 1)
    most = table.whole("max_value", 1, VALUE_MAX)
    over = table.whole("over", 1, most - 1) if table.has("over") else None
    if over is None and table.has("over_role"):
        raise table.refuse("over", "a number, above which over_role decides")
    extension = Extension(
        max_times=times,
        max_value=most,
        unit=more,
        approver_role=table.choice("approver_role", EXTENDERS),
        must_tell_reporter=table.truth("must_tell_reporter", True),
        cite=read_citation(table),
        max_total=table.whole("max_total", most, times * most, times * most),
        over=over,
        over_role="" if over is None else table.choice("over_role", EXTENDERS),
        again_role=table.choice("again_role", EXTENDERS, ""),
        reasons=table.texts("reasons", EXTENSION_CODES),
    )
    table.done()
    return extension


def _pause(table: RuleTable) -> PauseRule:
    reasons = table.texts("reasons", PAUSE_CODES)
    if not reasons:
        raise table.refuse("reasons", f"at least one of {', '.join(PAUSE_CODES)}")
    pause = PauseRule(
        reasons=reasons,
        max_days=table.whole("max_days", 1, PAUSE_DAYS_MAX),
        cite=read_citation(table),
        approver_role=table.choice("approver_role", PAUSERS, Role.SUPERVISOR),
    )
    table.done()
    return pause


def _windows(entry: RuleTable, unit: Unit) -> tuple[Window, ...]:
    given = entry.has("windows")
    windows: list[Window] = []
    for table in entry.tables("windows"):
        window = _window(table)
        if any(_meet(window, other) for other in windows):
            raise table.refuse("first", "hours that no window before has")
        windows.append(window)
    if given and not unit.timed:
        raise entry.refuse("windows", "none: they are for limits in minutes and hours")
    return tuple(windows)


def _window(table: RuleTable) -> Window:
    first, last = _time(table, "first"), _time(table, "last")
    if last <= first:
        raise table.refuse("last", f"a time after {first:%H:%M}")
    window = Window(first, last, _season(table, "since", "01-01"), _season(table, "until", "12-31"))
    table.done()
    return window


def _time(table: RuleTable, key: str) -> time:
    text = table.text(key)
    if not _TIME.match(text):
        raise table.refuse(key, 'a time of day, "08:30"')
    return time.fromisoformat(text)


def _season(table: RuleTable, key: str, default: str) -> str:
    text = table.text(key, default)
    try:
        day = date.fromisoformat(f"{_SOME_LEAP_YEAR}-{text}")
    except ValueError:
        day = None
    if day is None or text != day.isoformat()[5:]:
        raise table.refuse(key, 'month and day, "05-01"')
    return text


def _meet(one: Window, other: Window) -> bool:
    """Tell whether two windows share an hour of some day of the year."""
    if one.last <= other.first or other.last <= one.first:
        return False
    return _within(one.since, other) or _within(other.since, one)


def _within(day: str, window: Window) -> bool:
    if window.since <= window.until:
        return window.since <= day <= window.until
    return day >= window.since or day <= window.until
