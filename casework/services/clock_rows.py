"""The rows of table `clock`, worked out from a case by the rules."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial

from casework.domain.case import AskState, Case
from casework.domain.errors import CaseworkError, PolicyPinError, UnknownPolicyError
from casework.domain.ladder import NEVER, next_at
from casework.domain.objection import REDO
from casework.domain.running import ClockState, Running, day_of_moment, end_of, midnight
from casework.domain.satisfaction import CALLBACK, closing, next_callback
from casework.domain.standstill import live
from casework.domain.trial import is_trial
from casework.services.rulebook import Rulebook, rulebook_of
from casework.storage.clocks import NEW_AT, ClockRow, new_row
from casework.storage.unit_of_work import UnitOfWork

ENDED = "ended"
A_MOMENT = timedelta(microseconds=1)


def project(uow: UnitOfWork, case: Case, now: datetime) -> tuple[ClockRow, ...]:
    """Bring the rows of *case*, which the caller has locked, up to date; return them.

    Rows that would say the same stay as they are. A case whose policy nobody finds any more
    keeps its rows: the sweep names it, and its acts go on.
    """
    try:
        wanted = {one.instance: one for one in rows_of(rulebook_of(uow), case, now)}
    except (UnknownPolicyError, PolicyPinError):
        return ()
    stored = {one.instance: one for one in uow.clocks.of_report(case.report_id)}
    kept = {name for name, one in stored.items() if name in wanted and _same(one, wanted[name])}
    uow.clocks.drop(case.report_id, sorted(stored.keys() - kept))
    uow.clocks.put([one for name, one in wanted.items() if name not in kept])
    return tuple(wanted.values())


def is_touched(before: Case, after: Case) -> bool:
    """Whether an act changed anything that a clock's row is made from."""
    return before.events == 1 or _told(before) != _told(after)


def rows_of(rules: Rulebook, case: Case, now: datetime) -> tuple[ClockRow, ...]:
    """Return the rows of a case as of *now* (UTC).

    Raises:
        UnknownPolicyError, PolicyPinError: nobody can say how long its clocks are.
    """
    if case.destroyed:
        return ()
    when = partial(
        next_at, case, ladder=rules.policy_of(case).ladder, calendar=rules.calendar, now=now
    )
    clocks = (_row(case, one, when(one), now) for one in rules.clocks(case, now))
    return (*clocks, *_called_back(case, now), *_redone(case, now))


def agree(uow: UnitOfWork, case: Case, now: datetime | None = None) -> bool:
    """Say whether the stored rows are exactly those of *case*, each as of its own time.

    Args:
        uow: the transaction.
        case: the case as its events tell it.
        now: UTC instant; no row was worked out later. None where nobody knows.
    """
    try:
        stored = uow.clocks.of_report(case.report_id)
    except (TypeError, ValueError):  # a row cannot be read any more
        return False
    if stored == (new_row(case),):
        return case.events == 1
    if any(now is not None and one.as_of > now for one in stored):
        return False
    try:
        rules, since = rulebook_of(uow), uow.rule_changes.pending_since
        moments = {one.as_of for one in stored} or {NEW_AT}
        made = {one: rows_of(_rules_at(rules, one, since), case, one) for one in moments}
    except (CaseworkError, OverflowError):
        return False
    expected = {one.instance for rows in made.values() for one in rows}
    return {one.instance for one in stored} == expected and all(
        one in made[one.as_of] for one in stored
    )


def _rules_at(rules: Rulebook, moment: datetime, since: datetime | None) -> Rulebook:
    """Return the rules of a moment, as far back as a change may not have come to each case yet.

    Args:
        rules: of now.
        moment: when a row was worked out.
        since: the first change of the calendar after which cases are still worked out anew.
    """
    return rules if since is None else rules.as_of(max(moment, since - A_MOMENT))


def _told(case: Case) -> tuple[object, ...]:
    return (
        case.policy_id, case.policy_sha256, case.lead, case.supervisor, case.marks,
        case.extensions, case.standstills, case.reminded, case.overdue, case.escalated,
        case.callbacks,
        case.destroyed, is_trial(case),
    )  # fmt: skip


def _same(stored: ClockRow, wanted: ClockRow) -> bool:
    """Whether two rows say the same, whenever they were worked out."""
    names = [name for name in ClockRow.__slots__ if name != "as_of"]
    return all(getattr(stored, name) == getattr(wanted, name) for name in names)


def _row(case: Case, clock: Running, look_at: datetime, now: datetime) -> ClockRow:
    is_listed = not is_trial(case)
    pause = live(case, clock.key, clock.since)
    is_paused = pause is not None and pause.state is AskState.GRANTED
    if clock.running and look_at == NEVER and clock.state is ClockState.RUNNING:
        look_at = end_of(clock.due)  # a right without reminders ends with its last day
    return ClockRow(
        report_id=case.report_id,
        key=clock.key,
        since=clock.since,
        office=clock.office if is_listed else "",
        lead=case.lead if is_listed else "",
        supervisor=case.supervisor if is_listed else "",
        started_on=day_of_moment(clock.started),
        due_on=clock.due.due_on,
        due_at=clock.due.due_at.astimezone(UTC) if clock.due.due_at else None,
        next_at=look_at,
        state=str(clock.state) if clock.running else ENDED,
        provisional=clock.due.provisional,
        stages=_stages(case, clock.instance),
        # A clock that ended while it stood still has its pause to be ended yet.
        stopped=not clock.running and not is_paused,
        as_of=now,
    )


def _called_back(case: Case, now: datetime) -> Iterator[ClockRow]:
    """Return the row by which the sweep finds a closed case on the day of its next call-back.

    No list has it: it binds nobody and belongs to no office.
    """
    begun, coming = closing(case), next_callback(case)
    if begun is not None and coming is not None:
        month, on = coming
        yield _own_row(case, CALLBACK, begun.ordinal, on, midnight(on), now, (str(month),))


def _redone(case: Case, now: datetime) -> Iterator[ClockRow]:
    """Return a row for each time that the case was redone, for the board's count of them."""
    is_listed = not is_trial(case)
    for one in case.reviews:
        if one.outcome == REDO:
            on = date.fromisoformat(one.decided_on)
            row = _own_row(case, REDO, one.ordinal, on, NEVER, now, ())
            yield replace(
                row,
                lead=case.lead if is_listed else "",
                supervisor=case.supervisor if is_listed else "",
            )


def _own_row(
    case: Case, key: str, since: int, on: date, at: datetime, now: datetime, stages: tuple[str, ...]
) -> ClockRow:
    """Return a row that stands for no clock: nobody is bound by it and no list counts it."""
    return ClockRow(
        report_id=case.report_id,
        key=key,
        since=since,
        office="",
        lead="",
        supervisor="",
        started_on=on,
        due_on=on,
        due_at=None,
        next_at=at,
        state=ENDED,
        provisional=False,
        stages=stages,
        stopped=False,
        as_of=now,
    )


def _stages(case: Case, instance: str) -> tuple[str, ...]:
    """Return the steps that a clock has behind it, in the order of their kinds."""
    start = f"{instance}/"
    given = [one.removeprefix(start) for one in case.reminded if one.startswith(start)]
    climbed = [one.removeprefix(start) for one in case.escalated if one.startswith(start)]
    return (*given, *(["overdue"] if instance in case.overdue else []), *climbed)
