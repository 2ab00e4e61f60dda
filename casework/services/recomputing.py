"""After a change of the calendar the clocks that run over the changed days are worked out anew.

Every clock whose last day moves gets an event with the old and the new day, and its office a
notice. What has ended is left as it was: it is judged by the calendar of its end.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from casework.domain.calendar import WorkCalendar
from casework.domain.calendar_difference import difference
from casework.domain.case import Case
from casework.domain.errors import CaseworkError, StaleActError
from casework.domain.running import ClockState, Running, midnight
from casework.services.acts import record
from casework.services.calendar import calendars
from casework.services.clock_rows import project
from casework.services.jobs_acts import jobs_act
from casework.services.notices import notify
from casework.services.rulebook import rulebook_of
from casework.services.trust import Trust
from casework.storage.rule_changes import CalendarProposal
from casework.storage.unit_of_work import Store, UnitOfWork, query, use_case
from crypto.events import JSON, SignedEvent
from crypto.notes import LogKey

RECOMPUTED: Final = "clock.recomputed"
VERIFY: Final = "verify"
PAGE: Final = 200
TRIES: Final = 3


@dataclass(slots=True)
class Recomputed:
    """What one walk did.

    Attributes:
        moved: clocks whose last day moved.
        looked: cases that were looked at.
        failed: ids of cases that could not be; the next walk looks at them again.
    """

    moved: int = 0
    looked: int = 0
    failed: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Change:
    """A change of the calendar: what it made of what."""

    row: CalendarProposal
    before: WorkCalendar
    after: WorkCalendar


def recompute(store: Store, *, trust: Trust, log_key: LogKey, now: datetime) -> Recomputed:
    """Work out anew what the changes of the calendar touch that were not walked through yet.

    One change after the other, from where the walk stopped; each case in a transaction of its
    own. A case that was done already is left as it is.
    """
    done = Recomputed()
    for change in pending(store):
        _walk(store, change, done, trust=trust, log_key=log_key, now=now)
        if done.failed:  # a later change goes by what an earlier one left
            break
    return done


@query
def pending(uow: UnitOfWork) -> tuple[Change, ...]:
    """Return the changes of the calendar whose clocks are yet to be worked out, in order."""
    rows = uow.rule_changes.pending_changes()
    if not rows:
        return ()
    made = calendars(uow)
    return tuple(Change(row, made[row.number - 1], made[row.number]) for row in rows if row.number)


@query
def touched(uow: UnitOfWork, *, change: Change, past: str) -> tuple[str, ...]:
    """Return the next cases with a running clock over a changed day, after the report *past*."""
    found = difference(change.before, change.after, change.row.year)
    if found.first is None or found.last is None:
        return ()
    return uow.rule_changes.touched(found.first, found.last, past=past, limit=PAGE)


@use_case
def keep_walk(uow: UnitOfWork, *, proposal: str, after: str, done: bool) -> None:
    """Store how far the walk after a change is."""
    uow.rule_changes.keep_walk(proposal, after=after, done=done)


@use_case
def recompute_case(
    uow: UnitOfWork, *, report: str, change: Change, trust: Trust, log_key: LogKey, now: datetime
) -> int:
    """Work out the clocks of one case anew; return how many last days moved.

    Raises:
        StaleActError: somebody acted on the case at this moment.
        CaseworkError: the case's clocks cannot be worked out.
    """
    case = uow.reports.lock(report)
    moved = _moves(uow, case, change, now)
    for was, due_on, clock in moved:
        facts: dict[str, JSON] = {
            "clock": clock.key,
            "since": clock.since,
            "was": was,
            "due_on": due_on,
            "calendar": change.row.digest,
        }
        act = jobs_act(uow.site, case, RECOMPUTED, facts, log_key, now)
        case = record(uow, act=act, trust=trust, now=now)
        notify(
            uow, RECOMPUTED, case=case, office=clock.office or case.lead, now=now,
            on=datetime.fromisoformat(due_on).date(), clock=clock.key,
        )  # fmt: skip
    project(uow, case, now)
    return len(moved)


def _walk(
    store: Store, change: Change, done: Recomputed, *, trust: Trust, log_key: LogKey, now: datetime
) -> None:
    past, failed = change.row.after, len(done.failed)
    while page := touched(store, change=change, past=past):
        for report in page:
            done.looked += 1
            try:
                done.moved += _tried(store, report, change, trust, log_key, now)
            except CaseworkError:
                done.failed.append(report)
        past = page[-1]
        keep_walk(store, proposal=change.row.id, after=past, done=False)
    # What could not be looked at is looked at again from the beginning; the rest is done.
    is_done = len(done.failed) == failed
    keep_walk(store, proposal=change.row.id, after="", done=is_done)


def _tried(
    store: Store, report: str, change: Change, trust: Trust, log_key: LogKey, now: datetime
) -> int:
    for attempt in range(1, TRIES + 1):
        try:
            return recompute_case(
                store, report=report, change=change, trust=trust, log_key=log_key, now=now
            )
        except StaleActError:  # an officer acted at the same moment
            if attempt == TRIES:
                raise
    return 0


def _moves(
    uow: UnitOfWork, case: Case, change: Change, now: datetime
) -> list[tuple[str, str, Running]]:
    """Return old day, new day and clock of what the change moves and is not told yet."""
    rules = rulebook_of(uow)
    old, new = (rules.with_calendar(one).clocks(case, now) for one in (change.before, change.after))
    found = [
        (_promised(case, was), due.due.due_on.isoformat(), due)
        for was, due in zip(old, new, strict=True)
        # While a clock stands still nobody knows its last day: the end of the pause tells it.
        if was.running and was.state is not ClockState.PAUSED and was.due.due_on != due.due.due_on
    ]
    found = [one for one in found if one[0] != one[1]]
    if not found:
        return []
    events = uow.events.of_report(case.report_id)
    told = {_instance(one) for one in events if one.event.facts.get("calendar")}
    shown = {one.instance: one.due_on.isoformat() for one in uow.clocks.of_report(case.report_id)}
    return [
        (was, now_due, clock)
        for was, now_due, clock in found
        if (clock.key, clock.since, change.row.digest) not in told
        and (
            clock.key == VERIFY
            or shown.get((clock.key, clock.since)) == was
            # An act since then may have had its rows made by the new calendar.
            or _begun(events, clock) < (change.row.changed_at or now)
        )
    ]


def _promised(case: Case, clock: Running) -> str:
    """The last day as it was told: by the acts for verification, else as the rules gave it."""
    if clock.key == VERIFY and case.verify_due_on is not None:
        return case.verify_due_on.isoformat()
    return clock.due.due_on.isoformat()


def _begun(events: tuple[SignedEvent, ...], clock: Running) -> datetime:
    """When the act was signed that started a clock: one begun after the change knows it."""
    at = events[clock.since - 1].event.at
    if "T" not in at:
        return midnight(datetime.fromisoformat(at).date())
    return datetime.fromisoformat(at.replace("Z", "+00:00")).astimezone(UTC)


def _instance(signed: SignedEvent) -> tuple[object, object, object]:
    facts = signed.event.facts
    return facts["clock"], facts["since"], facts["calendar"]
