"""The notice of a year comes into the calendar: pasted by one person, compared by another."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from casework.domain.calendar import CalendarRow, WorkCalendar
from casework.domain.calendar_difference import Difference, difference
from casework.domain.case import Act
from casework.domain.errors import NotPermittedError, RuleChangeError
from casework.domain.roles import Role
from casework.domain.rule_events import (
    CALENDAR_CHANGED,
    CALENDAR_PROPOSED,
    CALENDAR_WITHDRAWN,
    RuleChange,
    advance,
    propose,
)
from casework.services.acts import instant
from casework.services.calendar import work_calendar
from casework.services.notices import notify_of_keys
from casework.services.rule_changes import signed_outside, stored_act
from casework.services.rulebook import rulebook_of
from casework.services.trust import Trust
from casework.storage.calendar import CalendarDay
from casework.storage.rule_changes import CalendarProposal
from casework.storage.unit_of_work import UnitOfWork, query, use_case
from crypto.events import SignedEvent

COUNTED_MAX = 1000  # cases whose clocks a preview works out one by one


@dataclass(frozen=True, slots=True)
class Preview:
    """What a notice would change.

    Attributes:
        difference: between the calendar of now and the one that it makes.
        touched: running clocks over a day that changes.
        moved: of these, whose last day moves; None where there are too many to count now.
    """

    difference: Difference
    touched: int
    moved: int | None


@dataclass(frozen=True, slots=True)
class CalendarProposed:
    """A proposal with what its signed event says of it."""

    row: CalendarProposal
    change: RuleChange


@query
def preview(uow: UnitOfWork, *, year: int, rows: Sequence[CalendarRow], now: datetime) -> Preview:
    """Return what would change if *rows* were the notice of *year*.

    Raises:
        CalendarFileError: a day stands twice.
    """
    before = work_calendar(uow)
    after = before.with_notice(year, rows)
    found = difference(before, after, year)
    if found.first is None or found.last is None:
        return Preview(found, 0, 0)
    touched = uow.rule_changes.count_touched(found.first, found.last)
    reports = uow.rule_changes.touched(found.first, found.last, limit=COUNTED_MAX + 1)
    if len(reports) > COUNTED_MAX:
        return Preview(found, touched, None)
    moved = sum(_moving(uow, report, before, after, now) for report in reports)
    return Preview(found, touched, moved)


@use_case
def propose_calendar(
    uow: UnitOfWork,
    *,
    act: SignedEvent,
    rows: Sequence[CalendarRow],
    trust: Trust,
    now: datetime,
) -> None:
    """Keep a proposal for the notice of a year.

    Args:
        uow: the transaction.
        act: calendar.proposed, signed with the proposer's deed key.
        rows: the days of the notice.
        trust: whose signatures count.
        now: UTC instant.

    Raises:
        RuleChangeError: nothing changes by it, or the event tells other days.
        CaseworkError: as for every act, see `acts.record`.
    """
    signed = signed_outside(uow, act, trust, now)
    if signed.kind != CALENDAR_PROPOSED:
        raise NotPermittedError(kind=signed.kind)
    propose(signed)
    facts, year = signed.facts, int(str(signed.facts["year"]))
    if facts != proposal_facts(
        work_calendar(uow),
        proposal=str(facts["proposal"]),
        year=year,
        rows=rows,
        source=str(facts["source"]),
    ):
        raise RuleChangeError("other_facts")
    source = str(facts["source"])
    uow.rule_changes.add_calendar(
        CalendarProposal(
            id=str(facts["proposal"]),
            year=year,
            days=tuple(
                CalendarDay(one.on, one.kind, one.name, source, one.provisional)
                for one in sorted(rows, key=lambda one: one.on)
            ),
            before=str(facts["before"]),
            digest=str(facts["digest"]),
            source=source,
            event=act.event.digest().hex(),
            state="proposed",
            created_at=instant(act.event.at),
        )
    )
    uow.events.append(act)
    _tell(uow, CALENDAR_PROPOSED, now)


@use_case
def change_calendar(uow: UnitOfWork, *, act: SignedEvent, trust: Trust, now: datetime) -> None:
    """Put a proposed notice into the calendar; the jobs process then works out clocks anew.

    Args:
        uow: the transaction.
        act: calendar.changed, signed with the second person's deed key.
        trust: whose signatures count.
        now: UTC instant.

    Raises:
        RuleChangeError: the same person or role, another proposal than was shown, another
            change came first, or the proposal is not open any more.
        CaseworkError: as for every act, see `acts.record`.
    """
    signed = signed_outside(uow, act, trust, now)
    if signed.kind != CALENDAR_CHANGED:
        raise NotPermittedError(kind=signed.kind)
    row = _locked(uow, signed)
    advance(calendar_change(uow, row, trust), signed)
    number = uow.rule_changes.next_number()
    before = work_calendar(uow)
    after = before.with_notice(row.year, [one.as_row() for one in row.days])
    found = (before.digest(), after.digest(), number)
    if found != (row.before, row.digest, signed.facts["number"]):
        raise RuleChangeError("overtaken")
    old = uow.calendar.all()
    uow.calendar.replace_year(row.year, row.days)
    new = uow.calendar.all()
    uow.rule_changes.put_calendar_in_force(
        row.id,
        number=number,
        # To the second, as the event tells it: both say when ended clocks were judged by which.
        at=instant(act.event.at),
        removed=[one for one in old if one not in new],
        added=[one for one in new if one not in old],
    )
    uow.events.append(act)
    _tell(uow, CALENDAR_CHANGED, now)


@use_case
def withdraw_calendar(uow: UnitOfWork, *, act: SignedEvent, trust: Trust, now: datetime) -> None:
    """Take a proposal back: its proposer may, and whoever could have made it.

    Raises:
        RuleChangeError: it is not open any more, or not this person's to take back.
    """
    signed = signed_outside(uow, act, trust, now)
    if signed.kind != CALENDAR_WITHDRAWN:
        raise NotPermittedError(kind=signed.kind)
    row = _locked(uow, signed)
    advance(calendar_change(uow, row, trust), signed)
    uow.events.append(act)
    uow.rule_changes.set_calendar_state(row.id, "withdrawn")


@query
def calendar_proposal(uow: UnitOfWork, *, proposal: str, trust: Trust) -> CalendarProposed | None:
    """Return a proposal; None when there is none of this id."""
    row = uow.rule_changes.calendar(proposal)
    return None if row is None else CalendarProposed(row, calendar_change(uow, row, trust))


@query
def calendar_proposals(uow: UnitOfWork, *, trust: Trust) -> tuple[CalendarProposed, ...]:
    """Return the latest proposals, the last one first."""
    return tuple(
        CalendarProposed(row, calendar_change(uow, row, trust))
        for row in uow.rule_changes.newest_calendars()
    )


@query
def next_number(uow: UnitOfWork) -> int:
    """Return the number of the next change of the calendar."""
    return uow.rule_changes.next_number()


@query
def calendar_days(uow: UnitOfWork) -> tuple[CalendarDay, ...]:
    """Return every day that differs from its weekday, with its source."""
    return uow.calendar.all()


def proposal_facts(
    calendar: WorkCalendar, *, proposal: str, year: int, rows: Sequence[CalendarRow], source: str
) -> dict[str, str | int | bool]:
    """Return what calendar.proposed says of a notice.

    Raises:
        RuleChangeError: "nothing_changes".
        CalendarFileError: a day stands twice.
    """
    before, digest = calendar.digest(), calendar.with_notice(year, rows).digest()
    if before == digest:
        raise RuleChangeError("nothing_changes")
    return {
        "proposal": proposal,
        "year": year,
        "rows": len(rows),
        "provisional": any(one.provisional for one in rows),
        "before": before,
        "digest": digest,
        "source": source,
    }


def calendar_change(uow: UnitOfWork, row: CalendarProposal, trust: Trust) -> RuleChange:
    """Return what the signed event says of a proposal.

    Raises:
        RuleChangeError: "other_facts": the row tells otherwise.
        CaseworkError: the event's signature does not hold.
    """
    change = propose(stored_act(uow, row.event, trust))
    facts = change.proposed.facts
    told = (row.id, row.year, len(row.days), row.before, row.digest, row.source)
    names = ("proposal", "year", "rows", "before", "digest", "source")
    if told != tuple(facts[name] for name in names):
        raise RuleChangeError("other_facts")
    return change


def _moving(
    uow: UnitOfWork, report: str, before: WorkCalendar, after: WorkCalendar, now: datetime
) -> int:
    """Count the running clocks of a case whose last day another calendar moves."""
    rules, case = rulebook_of(uow), uow.reports.get(report)
    old, new = (rules.with_calendar(one).clocks(case, now) for one in (before, after))
    return sum(
        was.running and was.due.due_on != now_due.due.due_on
        for was, now_due in zip(old, new, strict=True)
    )


def _tell(uow: UnitOfWork, kind: str, now: datetime) -> None:
    for role in (Role.ADMINISTRATOR, Role.SUPERVISOR):
        notify_of_keys(uow, kind, office=f"role:{role}", now=now)


def _locked(uow: UnitOfWork, signed: Act) -> CalendarProposal:
    row = uow.rule_changes.calendar(str(signed.facts.get("proposal")), lock=True)
    if row is None or row.state != "proposed":
        raise RuleChangeError("not_open")
    return row
