"""Pauses: a clock stands still for a listed reason, with a document, for a time with an end.

The office that a clock binds may ask for one; only the office above may grant it, so that
nobody stops their own clock. The days are counted for themselves and shown.

Source: POLICIES.md (c), last line; SCENARIOS.md S25.
"""

from dataclasses import replace
from datetime import date, timedelta

from casework.domain.act_facts import civil_day, day_of, number_of, text_of
from casework.domain.case import Act, AskState, Case, Standstill
from casework.domain.clock_kinds import KINDS, Binds
from casework.domain.deadline import Pause
from casework.domain.errors import (
    AlreadyDoneError,
    BadActError,
    NotPermittedError,
    WrongStateError,
)
from casework.domain.extension import check_decider, with_last_day
from casework.domain.marks import runs

_LIVE = (AskState.REQUESTED, AskState.GRANTED)


def request(case: Case, act: Act) -> Case:
    """Ask for a pause.

    Raises:
        BadActError: no such clock, or one that does not bind the lead office; no document;
            days that have passed or are reversed.
        WrongStateError: the clock does not run.
        AlreadyDoneError: one is asked for, or lasts.
    """
    clock, since = text_of(act, "clock"), number_of(act, "since")
    if clock not in KINDS or KINDS[clock].binds is not Binds.LEAD:
        raise BadActError("clock", "a clock that binds the lead office")
    if not runs(case, clock, since):
        raise WrongStateError(kind=act.kind, clock=clock, state="not running")
    document = text_of(act, "document").strip()
    if not document:
        raise BadActError("document", "the number of the paper that orders it")
    first, until = day_of(act, "first"), day_of(act, "until")
    today = civil_day(act.at)
    if first < today:
        raise BadActError("first", f"not before {today}")
    if until < first:
        raise BadActError("until", f"not before {first}")
    if live(case, clock, since) is not None:
        raise AlreadyDoneError(step=act.kind)
    asked = Standstill(
        clock=clock,
        since=since,
        ordinal=act.ordinal,
        reason_code=text_of(act, "reason_code"),
        document=document,
        approver_role=text_of(act, "approver_role"),
        requester=act.actor,
        first=first.isoformat(),
        until=until.isoformat(),
    )
    return replace(case, standstills=(*case.standstills, asked))


def grant(case: Case, act: Act) -> Case:
    """Grant it: the clock stands still from the day that was asked for.

    Raises:
        WrongStateError: nothing of this ordinal waits.
        NotPermittedError, SeparationError: by the wrong role, by the bound office, by the asker.
    """
    return _with(case, _decided(case, act, AskState.GRANTED))


def refuse(case: Case, act: Act) -> Case:
    """Refuse it: the clock runs on.

    Raises:
        WrongStateError: nothing of this ordinal waits.
        NotPermittedError, SeparationError: by the wrong role, by the bound office, by the asker.
    """
    return _with(case, _decided(case, act, AskState.REFUSED))


def end(case: Case, act: Act) -> Case:
    """End a pause: its day does count again.

    Raises:
        WrongStateError: it does not last.
        BadActError: another day than that of the act.
    """
    asked = _of(case, number_of(act, "asked"))
    if asked is None or asked.state is not AskState.GRANTED:
        raise WrongStateError(kind=act.kind, state="no pause")
    on = day_of(act, "on")
    if on != civil_day(act.at):
        raise BadActError("on", civil_day(act.at).isoformat())
    last = last_day(asked, on)
    due_on = day_of(act, "due_on")
    done = replace(asked, state=AskState.ENDED, last=last.isoformat(), due_on=due_on.isoformat())
    moved = replace(case, verify_due_on=due_on) if asked.clock == "verify" else case
    return _with(with_last_day(moved, asked.clock, asked.since, due_on), done)


def last_day(pause: Standstill, on: date) -> date:
    """Return the last day that a pause leaves out if it ends on *on*, which counts again."""
    return min(on - timedelta(days=1), date.fromisoformat(pause.until))


def is_asked(case: Case) -> bool:
    """Whether a request waits for its answer."""
    return any(one.state is AskState.REQUESTED for one in case.standstills)


def lasts(case: Case) -> bool:
    """Whether a clock stands still, or will from a day that is fixed."""
    return any(one.state is AskState.GRANTED for one in case.standstills)


def live(case: Case, clock: str, since: int) -> Standstill | None:
    """Return the pause of a clock that is asked for or lasts."""
    return next(
        (
            one
            for one in case.standstills
            if (one.clock, one.since) == (clock, since) and one.state in _LIVE
        ),
        None,
    )


def pauses_of(case: Case, clock: str, since: int, today: date) -> tuple[Pause, ...]:
    """Return the days on which a clock stood still, up to and including *today*."""
    found = []
    for one in case.standstills:
        if (one.clock, one.since) != (clock, since):
            continue
        if one.state is AskState.ENDED:
            last = date.fromisoformat(one.last)
        elif one.state is AskState.GRANTED:
            last = min(today, date.fromisoformat(one.until))
        else:
            continue
        first = date.fromisoformat(one.first)
        if first <= last:
            found.append(Pause(first, last, one.reason_code))
    return tuple(found)


def _decided(case: Case, act: Act, state: AskState) -> Standstill:
    asked = _of(case, number_of(act, "asked"))
    if asked is None or asked.state is not AskState.REQUESTED:
        raise WrongStateError(kind=act.kind, state="nothing asked")
    if act.office == case.lead:
        raise NotPermittedError(kind=act.kind, office=act.office, roles=tuple(sorted(act.roles)))
    check_decider(case, act, role=asked.approver_role, requester=asked.requester, bound=case.lead)
    return replace(asked, state=state, decider=act.actor)


def _of(case: Case, ordinal: int) -> Standstill | None:
    return next((one for one in case.standstills if one.ordinal == ordinal), None)


def _with(case: Case, changed: Standstill) -> Case:
    return replace(
        case,
        standstills=tuple(
            changed if one.ordinal == changed.ordinal else one for one in case.standstills
        ),
    )
