"""The sweep: what the passing of days does to cases. Idempotent; told what time it is."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from casework.domain.award_values import AwardState
from casework.domain.case import Case, State
from casework.domain.clock_kinds import KINDS
from casework.domain.errors import CaseworkError
from casework.domain.ladder import Step, next_step
from casework.domain.running import Running, day_of_moment
from casework.domain.satisfaction import due_callback
from casework.services.acts import record
from casework.services.clock_rows import project
from casework.services.cover import is_covered
from casework.services.jobs_acts import jobs_act
from casework.services.merging import leading
from casework.services.notices import notify
from casework.services.rulebook import Rulebook, rulebook_of
from casework.services.trust import Trust
from casework.services.verification import acceptance
from casework.storage.clocks import FIRST, DueClock, Place
from casework.storage.unit_of_work import Store, UnitOfWork, query, use_case
from crypto.events import JSON
from crypto.notes import LogKey

PAGE: Final = 100
NEW_TOGETHER: Final = 20  # new reports whose clocks are worked out in one transaction
DEEMED, PAUSE_ENDED = "report.deemed_accepted", "pause.ended"
CALLED_BACK: Final = "callback.asked"


@dataclass(frozen=True, slots=True)
class Swept:
    """How many steps one sweep took.

    Attributes:
        reminded, overdue, escalated, deemed, resumed: reminders given, clocks marked overdue,
            rungs climbed, reports accepted because nobody decided, pauses ended.
        called_back: reporters of closed cases asked whether it was solved.
        expired_releases: releases whose time was over.
        failed: ids of reports that could not be moved.
    """

    reminded: int = 0
    overdue: int = 0
    escalated: int = 0
    deemed: int = 0
    resumed: int = 0
    called_back: int = 0
    expired_releases: int = 0
    failed: tuple[str, ...] = field(default=())


# What a case can fail with: by the rules, or because its row was written into.
_FAILURES: Final = (
    CaseworkError, ValueError, TypeError, LookupError, AttributeError, ArithmeticError,
)  # fmt: skip

CLAIM_ENDS: Final = "claim.ends"  # a notice: the time to claim an award runs out
_COUNTED: Final[Mapping[str, str]] = {
    "clock.reminded": "reminded",
    "clock.overdue": "overdue",
    "case.escalated": "escalated",
    DEEMED: "deemed",
    PAUSE_ENDED: "resumed",
    CALLED_BACK: "called_back",
}


def sweep(store: Store, *, trust: Trust, log_key: LogKey, now: datetime) -> Swept:
    """Take every step that is due by *now*; each in a transaction of its own.

    A case that cannot be moved is named in `failed` and does not hold up the others.
    """
    total = _sweep_clocks(store, _Signing(trust, log_key, now))
    for report_id, release in expired_releases(store, now=now):
        try:
            expire_release(
                store, report=report_id, release=release, trust=trust, log_key=log_key, now=now
            )
            total = replace(total, expired_releases=total.expired_releases + 1)
        except CaseworkError:
            total = replace(total, failed=(*total.failed, report_id))
    forget_expired(store, now=now)
    return total


def project_new(store: Store, *, now: datetime) -> int:
    """Work out the clocks of the reports that have come in; return how many there were."""
    done, after = 0, FIRST
    while page := new_reports(store, after=after):
        project_some(store, reports=tuple(one.report_id for one in page), now=now)
        done, after = done + len(page), page[-1].keyset
    return done


@query
def due_clocks(uow: UnitOfWork, *, after: Place, now: datetime) -> tuple[DueClock, ...]:
    """Return the clocks that want looking at."""
    return uow.clocks.due(now, after=after, limit=PAGE)


@query
def new_reports(uow: UnitOfWork, *, after: Place) -> tuple[DueClock, ...]:
    """Return the reports whose clocks nobody has worked out yet."""
    return uow.clocks.new(after=after, limit=NEW_TOGETHER)


@query
def expired_releases(uow: UnitOfWork, *, now: datetime) -> tuple[tuple[str, str], ...]:
    """Return releases whose time is over, as pairs of report and release."""
    return tuple((one.report_id, one.id) for one in uow.releases.expired(now))


@use_case
def project_some(uow: UnitOfWork, *, reports: tuple[str, ...], now: datetime) -> None:
    """Work out the clocks of several reports; where the rules give none, the sweep names it."""
    for report_id in sorted(reports):
        try:
            project(uow, uow.reports.lock(report_id), now)
        except _FAILURES:
            continue


@dataclass(frozen=True, slots=True)
class _Signing:
    """What every step of a sweep is signed and checked with."""

    trust: Trust
    log_key: LogKey
    now: datetime


@dataclass(frozen=True, slots=True)
class Taken:
    """What was done with a case: the kind of the step, "" for none, and whether one is left."""

    kind: str = ""
    is_more: bool = False


def _sweep_clocks(store: Store, signing: _Signing) -> Swept:
    total, after = Swept(), FIRST
    seen: set[str] = set()  # of this page and the one before: a case has several clocks
    while page := due_clocks(store, after=after, now=signing.now):
        reports = dict.fromkeys(one.report_id for one in page)
        for report_id in reports:
            if report_id not in seen:
                total = _climb(store, report_id, signing, total)
        seen, after = set(reports), page[-1].keyset
    return total


def _climb(store: Store, report_id: str, signing: _Signing, total: Swept) -> Swept:
    """Take the steps of one case, each in its own transaction, until none is due."""
    try:
        taken = Taken(is_more=True)
        while taken.is_more:
            taken = take_step(store, report=report_id, signing=signing)
            if taken.kind:
                name = _COUNTED[taken.kind]
                total = replace(total, **{name: getattr(total, name) + 1})
    except _FAILURES:
        return replace(total, failed=(*total.failed, report_id))
    return total


@use_case
def take_step(uow: UnitOfWork, *, report: str, signing: _Signing) -> Taken:
    """Take the next step that is due for one case, and queue its notice.

    Raises:
        UnknownPolicyError, PolicyPinError: nobody can say how long its clocks are.
    """
    case, rules, now = uow.reports.lock(report), rulebook_of(uow), signing.now
    found = _next(rules, case, signing)
    if found is None:
        return _call_back(uow, case, signing)
    clock, step = found
    facts = _facts(uow, rules, case, step, now)
    act = jobs_act(uow.site, case, step.kind, facts, signing.log_key, now)
    changed = record(uow, act=act, trust=signing.trust, now=now)
    _tell(uow, changed, clock, step, now)
    asks = due_callback(changed, day_of_moment(now)) is not None
    return Taken(step.kind, is_more=asks or _next(rules, changed, signing) is not None)


def _call_back(uow: UnitOfWork, case: Case, signing: _Signing) -> Taken:
    """Ask the reporter of a closed case whether it was solved, if that is due."""
    now = signing.now
    today = day_of_moment(now)
    month = due_callback(case, today)
    lead = leading(uow, case)
    if month is None or (lead is not None and lead.state is not State.CLOSED):
        project(uow, case, now)
        return Taken()
    facts: dict[str, JSON] = {"month": month, "on": today.isoformat()}
    act = jobs_act(uow.site, case, CALLED_BACK, facts, signing.log_key, now)
    record(uow, act=act, trust=signing.trust, now=now)
    return Taken(CALLED_BACK)


@use_case
def expire_release(
    uow: UnitOfWork, *, report: str, release: str, trust: Trust, log_key: LogKey, now: datetime
) -> None:
    """End a release whose time is over; what custodians handed over is deleted."""
    case = uow.reports.lock(report)
    act = jobs_act(uow.site, case, "release.expired", {"release": release}, log_key, now)
    record(uow, act=act, trust=trust, now=now)
    uow.releases.drop_boxes(release)


@use_case
def forget_expired(uow: UnitOfWork, *, now: datetime) -> None:
    """Delete sessions and retry boxes whose time is over."""
    uow.sessions.sweep(now)
    uow.retries.sweep(now)


def _next(rules: Rulebook, case: Case, signing: _Signing) -> tuple[Running, Step] | None:
    """Return the first step that is due, by the order in which the clocks started.

    A report counts as accepted only once nothing else is due: acceptance ends other clocks,
    and what they were late with before must not vanish with them after a standstill.
    """
    if case.destroyed:
        return None
    ladder = rules.policy_of(case).ladder
    superior = _above(signing.trust, case.supervisor)
    deemed: tuple[Running, Step] | None = None
    for clock in rules.clocks(case, signing.now):
        step = next_step(
            case,
            clock,
            ladder=ladder,
            calendar=rules.calendar,
            now=signing.now,
            superior=superior,
        )
        if step is not None and step.kind != DEEMED:
            return clock, step
        if step is not None:
            deemed = clock, step
    return deemed


def _above(trust: Trust, office: str) -> str:
    """Return the office above *office* where both are in this system, else ""."""
    offices = {one.code: one.supervisor for one in trust.keyset.offices}
    above = offices.get(office, "")
    return above if above in offices else ""


def _facts(
    uow: UnitOfWork, rules: Rulebook, case: Case, step: Step, now: datetime
) -> dict[str, JSON]:
    """Return the facts of a step, with what policy and calendar give."""
    facts: dict[str, JSON] = dict(step.facts)
    if step.kind == DEEMED:
        facts |= acceptance(uow, case=case, now=now).facts
    if step.kind == PAUSE_ENDED:
        due = rules.due_after_pause(case, int(step.facts["asked"]), now)
        facts["due_on"] = due.due_on.isoformat()
    return facts


def _tell(uow: UnitOfWork, case: Case, clock: Running, step: Step, now: datetime) -> None:
    """Queue the notice: to whom the clock binds, or before whom a rung brings it."""
    if step.kind in (DEEMED, PAUSE_ENDED):
        office = case.lead
    else:
        office = str(step.facts.get("to", clock.office))
    kind = step.kind
    if KINDS[clock.key].is_right:
        # Nobody is late with a right, and who has it is reminded in the mailbox. Who was told
        # of an award by letter reads none: the office writes once more.
        if clock.key != "claim" or not _is_told_by_letter(case):
            return
        kind, office = CLAIM_ENDS, case.lead
    if not office:
        return
    rung = str(step.facts.get("rung", ""))
    notify(
        uow,
        kind,
        case=case,
        office=office,
        now=now,
        on=clock.due.due_on,
        clock=clock.key,
        rung=rung,
        is_covered=office == case.lead and is_covered(uow, case, day_of_moment(now)),
    )


def _is_told_by_letter(case: Case) -> bool:
    """Whether somebody without a mailbox was written to that an award may be claimed."""
    return any(
        (one.state, one.notified_how) == (AwardState.NOTIFIED, "letter") for one in case.awards
    )
