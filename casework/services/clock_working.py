"""The clocks of one case, computed now, and how the last day of one came about."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from casework.domain.case import Case, Extension, Standstill
from casework.domain.clock_kinds import KINDS
from casework.domain.day_count import DayLine
from casework.domain.errors import PolicyPinError, UnknownPolicyError
from casework.domain.ladder import DEEM_ACCEPTED, rungs_of
from casework.domain.legal_clock import binding_rule, clock_days, reminder_days
from casework.domain.policy import Policy
from casework.domain.policy_rules import ClockRule
from casework.domain.running import (
    Running,
    clock_of,
    day_of_moment,
    end_of,
    midnight,
    moment_of,
)
from casework.queries.cases import TimelineLine, line_of
from casework.services.rulebook import Rulebook, rulebook_of
from casework.storage.unit_of_work import UnitOfWork, query

LADDER_KINDS = frozenset({"clock.reminded", "clock.overdue", "case.escalated", "step.acknowledged"})
OVERDUE, DEEMED, LAPSE, REMIND = "overdue", "deemed", "lapse", "remind"


@dataclass(frozen=True, slots=True)
class Coming:
    """What comes next if nothing happens.

    Attributes:
        what: REMIND, OVERDUE, DEEMED, LAPSE, or the name of a rung.
        at: UTC instant from which on.
    """

    what: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ClockWorking:
    """How the last day of one clock came about, and what follows it.

    Attributes:
        clock: as of now.
        policy: the one it goes by.
        rule: the rule that made the last day: the policy's own, or the hard one above it.
        days: every day counted or left out.
        begun: the act that started it.
        extensions, pauses: all that were asked for on it, in order.
        moved: acts by which a changed calendar moved it.
        steps: reminders, rungs and acknowledgements so far.
        coming: what comes next, by time; empty once it has ended.
        decided: the act that granted, refused or ended, by the ordinal of the request.
    """

    case: Case
    clock: Running
    policy: Policy
    rule: ClockRule
    days: tuple[DayLine, ...]
    begun: TimelineLine
    extensions: tuple[Extension, ...]
    pauses: tuple[Standstill, ...]
    moved: tuple[TimelineLine, ...]
    steps: tuple[TimelineLine, ...]
    coming: tuple[Coming, ...]
    decided: Mapping[int, TimelineLine]


@query
def clocks_of_case(uow: UnitOfWork, *, report: str, now: datetime) -> tuple[Running, ...]:
    """Return every clock of a case as of *now* (UTC); none where nobody knows its policy.

    Raises:
        UnknownReportError: there is no such case.
    """
    try:
        return rulebook_of(uow).clocks(uow.reports.get(report), now)
    except (UnknownPolicyError, PolicyPinError):
        return ()


@query
def clock_working(
    uow: UnitOfWork, *, report: str, key: str, since: int, now: datetime
) -> ClockWorking | None:
    """Return how the last day of a clock came about; None where there is no such clock.

    Args:
        uow: the transaction.
        report: id of the report.
        key: of the clock.
        since: ordinal of the act that started it.
        now: UTC instant.

    Raises:
        UnknownReportError: there is no such case.
        UnknownPolicyError, PolicyPinError: nobody can say how long its clocks are.
    """
    case, rules = uow.reports.get(report), rulebook_of(uow)
    clock = clock_of(rules.clocks(case, now), key, since)
    if clock is None:
        return None
    policy = rules.policy_of(case)
    lines = tuple(line_of(one) for one in uow.events.of_report(report))
    mine = [
        one for one in lines if (one.facts.get("clock"), one.facts.get("since")) == (key, since)
    ]
    ended = clock.ended
    calendar = rules.calendar.as_of(_instant(moment_of(ended.at))) if ended else rules.calendar
    return ClockWorking(
        case=case,
        clock=clock,
        policy=policy,
        rule=binding_rule(policy, key, clock.due),
        days=clock_days(
            policy, key, clock.started, clock.due, calendar=calendar, extend=clock.extended
        ),
        begun=lines[since - 1],
        extensions=tuple(x for x in case.extensions if (x.clock, x.since) == (key, since)),
        pauses=tuple(x for x in case.standstills if (x.clock, x.since) == (key, since)),
        moved=tuple(one for one in mine if one.kind == "clock.recomputed"),
        steps=tuple(one for one in mine if one.kind in LADDER_KINDS),
        coming=_coming(case, clock, policy, rules, now),
        decided={int(str(x.facts["asked"])): x for x in lines if x.kind in _ANSWERS},
    )


_ANSWERS = frozenset(
    {"extension.granted", "extension.refused", "pause.granted", "pause.refused", "pause.ended"}
)


def _coming(
    case: Case, clock: Running, policy: Policy, rules: Rulebook, now: datetime
) -> tuple[Coming, ...]:
    if not clock.running:
        return ()
    found = [Coming(REMIND, at) for at in _reminders(clock) if at > now]
    end = end_of(clock.due)
    if KINDS[clock.key].is_right:
        return (*found, Coming(LAPSE, end))
    if clock.instance not in case.overdue:
        found.append(Coming(OVERDUE, end))
    if clock.rule.on_breach == DEEM_ACCEPTED:
        return (*found, Coming(DEEMED, end))
    rungs = rungs_of(case, clock, policy.ladder, rules.calendar)
    return (*found, *(Coming(rung.name, at) for rung, at in rungs))


def _reminders(clock: Running) -> list[datetime]:
    """The mornings of days on which a reminder is due; of limits in hours their parts."""
    stages = clock.rule.remind_at
    if clock.due.due_at is None:
        days = reminder_days(day_of_moment(clock.started), clock.due.due_on, stages)
        return sorted({midnight(day) for _stage, day in days})
    begun, end = _instant(clock.started), clock.due.due_at
    parts = [int(stage[:-1]) for stage in stages if stage.endswith("%")]
    return sorted(
        begun + timedelta(seconds=round((end - begun).total_seconds() * part / 100))
        for part in parts
        if part < 100
    )


def _instant(at: date | datetime) -> datetime:
    return at if isinstance(at, datetime) else midnight(at)
