"""The sweep: what the passing of days does to cases. Idempotent; told what day it is."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Final

from casework.clock import SHANGHAI
from casework.domain.errors import CaseworkError, StaleActError
from casework.domain.ladder import VERIFY, next_look, next_step
from casework.domain.policy import Policies
from casework.services.acts import record
from casework.services.jobs_acts import jobs_act
from casework.services.notices import notify
from casework.services.trust import Trust
from casework.storage.clocks import FIRST
from casework.storage.unit_of_work import Store, UnitOfWork, query, use_case
from crypto.notes import LogKey

PAGE: Final = 100
Place = tuple[date, str, str]


@dataclass(frozen=True, slots=True)
class Swept:
    """How many steps one sweep took."""

    reminded: int = 0
    overdue: int = 0
    escalated: int = 0
    expired_releases: int = 0
    failed: tuple[str, ...] = field(default=())


def sweep(
    store: Store, *, policies: Policies, trust: Trust, log_key: LogKey, now: datetime
) -> Swept:
    """Take every step that is due by *now*; each case in a transaction of its own.

    A case that cannot be moved is named in `failed` and does not hold up the others.
    """
    total = Swept()
    rules = _Rules(policies, trust, log_key, now)
    after = FIRST
    while page := due_reports(store, after=after, now=now):
        for keyset, report_id in page:
            try:
                total = _add(total, _climb(store, report_id, rules))
            except CaseworkError:
                total = replace(total, failed=(*total.failed, report_id))
            after = keyset
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


@query
def due_reports(uow: UnitOfWork, *, after: Place, now: datetime) -> tuple[tuple[Place, str], ...]:
    """Return the cases whose clocks want looking at."""
    today = now.astimezone(SHANGHAI).date()
    found = uow.clocks.due(today, after=after, limit=PAGE)
    return tuple((one.keyset, one.report_id) for one in found)


@query
def expired_releases(uow: UnitOfWork, *, now: datetime) -> tuple[tuple[str, str], ...]:
    """Return releases whose time is over, as pairs of report and release."""
    return tuple((one.report_id, one.id) for one in uow.releases.expired(now))


@dataclass(frozen=True, slots=True)
class _Rules:
    """What every step of a sweep goes by."""

    policies: Policies
    trust: Trust
    log_key: LogKey
    now: datetime


def _climb(store: Store, report_id: str, rules: _Rules) -> list[str]:
    """Take the steps of one case, each in its own transaction, until none is due."""
    taken: list[str] = []
    while kind := _try_step(store, report_id, rules):
        taken.append(kind)
    return taken


def _try_step(store: Store, report_id: str, rules: _Rules) -> str | None:
    for attempt in (1, 2, 3):
        try:
            return take_step(store, report=report_id, rules=rules)
        except StaleActError:  # an officer acted at the same moment
            if attempt == 3:
                raise
    return None


@use_case
def take_step(uow: UnitOfWork, *, report: str, rules: _Rules) -> str | None:
    """Take the next step that is due for one case, and queue its notice; return its kind."""
    case = uow.reports.lock(report)
    stages = rules.policies.get(case.policy_id).clock(VERIFY).remind_at if case.policy_id else ()
    step = next_step(case, rules.now.astimezone(SHANGHAI).date(), stages=stages)
    if step is None:
        uow.clocks.project(case, next_on=next_look(case, stages=stages))
        return None
    act = jobs_act(uow.site, case, step.kind, dict(step.facts), rules.log_key, rules.now)
    changed = record(uow, act=act, trust=rules.trust, now=rules.now)
    office = changed.supervisor if step.kind == "case.escalated" else changed.lead
    notify(uow, step.kind, case=changed, office=office, now=rules.now, on=changed.verify_due_on)
    return step.kind


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


def _add(total: Swept, kinds: list[str]) -> Swept:
    return replace(
        total,
        reminded=total.reminded + kinds.count("clock.reminded"),
        overdue=total.overdue + kinds.count("clock.overdue"),
        escalated=total.escalated + kinds.count("case.escalated"),
    )
