"""Whether it was solved: the reporter is asked right after closing, and 1, 3 and 6 months later.

Asked in the mailbox, so that nobody has to be identified for it. Who says that it is not
solved, with words, has the case reviewed as by an objection.

Source: SCENARIOS.md S09; POLICIES.md (c), P1: call-backs at 1, 3 and 6 months; FEATURES.md, 回访.
"""

from dataclasses import replace
from datetime import date
from typing import Final

from casework.domain.act_facts import civil_day, day_of, number_of, text_of
from casework.domain.calendar import WorkCalendar
from casework.domain.case import Act, Case, Mark, State
from casework.domain.case_turns import Callback
from casework.domain.deadline import End, Unit, due
from casework.domain.errors import AlreadyDoneError, BadActError, WrongStateError
from casework.domain.marks import last_mark
from casework.domain.running import day_of_moment, moment_of
from casework.domain.trial import is_trial

AT_ONCE: Final = 0  # the question right after closing
MONTHS: Final = (1, 3, 6)
NOT_SOLVED: Final = "not_solved"
ANSWERS: Final = ("solved", "partly", NOT_SOLVED)
CALLBACK: Final = "callback"  # key of the row by which the sweep finds the case
# A day by the calendar alone: a question in a mailbox waits for no working day.
_NO_REST: Final = WorkCalendar(())


def closing(case: Case) -> Mark | None:
    """Return the mark of the closing that stands; None while the case is not closed.

    Of a case that has joined another one: that its reporter was told the result. The service
    asks nothing before that other one is closed.
    """
    if case.state is State.MERGED and case.merged is not None and case.merged.told:
        return last_mark(case, "told")
    return last_mark(case, "closed") if case.state is State.CLOSED else None


def callback_on(closed: date, month: int) -> date:
    """Return the day of a call-back: the same day so many months on, or that month's last.

    >>> callback_on(date(2026, 8, 31), 6)
    datetime.date(2027, 2, 28)
    """
    found = due(closed, value=month, unit=Unit.MONTH, calendar=_NO_REST, end=End.KEEP)
    return found.due_on


def next_callback(case: Case) -> tuple[int, date] | None:
    """Return month and day of the next call-back; None once all are done, or while none is due.

    Nobody is asked in a trial, nor where the contents are destroyed with the thread.
    """
    closed = closing(case)
    if closed is None or case.destroyed or is_trial(case):
        return None
    left = [month for month in MONTHS if month > _asked_last(case, closed)]
    return (left[0], callback_on(_day(closed), left[0])) if left else None


def due_callback(case: Case, today: date) -> int | None:
    """Return the month of the call-back that is due today.

    After a standstill only the latest: an old question tells nothing.
    """
    closed = closing(case)
    if closed is None or next_callback(case) is None:
        return None
    last = _asked_last(case, closed)
    months = [m for m in MONTHS if m > last and callback_on(_day(closed), m) <= today]
    return months[-1] if months else None


def question(case: Case) -> int | None:
    """Return the month of the question that waits for the reporter; None when there is none."""
    closed = closing(case)
    if closed is None:
        return None
    asked = _asked_last(case, closed)
    answered = any(_is(one, closed, asked) and one.answer for one in case.callbacks)
    return None if answered else asked


def is_asked(case: Case) -> bool:
    """Whether a question waits for the reporter."""
    return question(case) is not None


def ask(case: Case, act: Act) -> Case:
    """Note that the reporter was asked in the mailbox.

    Raises:
        WrongStateError: the case is not closed.
        AlreadyDoneError: this month was asked about, or a later one.
        BadActError: its day has not come, or `on` is not the civil day of the act.
    """
    closed, month, on = closing(case), number_of(act, "month"), day_of(act, "on")
    if closed is None:
        raise WrongStateError(kind=act.kind, state=case.state)
    if month <= _asked_last(case, closed):
        raise AlreadyDoneError(month=month)
    first = callback_on(_day(closed), month)
    if on != civil_day(act.at) or on < first:
        raise BadActError("on", f"the day of the act, not before {first}")
    asked = Callback(closed.ordinal, month, on.isoformat())
    return replace(case, callbacks=(*case.callbacks, asked))


def answer(case: Case, act: Act) -> Case:
    """Note the reporter's answer; once to each question.

    Raises:
        WrongStateError: the case is not closed.
        AlreadyDoneError: the question is answered, or a later one has been asked since.
    """
    closed, month = closing(case), number_of(act, "month")
    if closed is None:
        raise WrongStateError(kind=act.kind, state=case.state)
    if question(case) != month:
        raise AlreadyDoneError(month=month)
    asked = next((one for one in case.callbacks if _is(one, closed, month)), None)
    given = replace(
        asked or Callback(closed.ordinal, AT_ONCE, _day(closed).isoformat()),
        answer=text_of(act, "answer"),
        answered_on=civil_day(act.at).isoformat(),
    )
    rest = [one for one in case.callbacks if one is not asked]
    return replace(case, callbacks=(*rest, given))


def _asked_last(case: Case, closed: Mark) -> int:
    asked = [one.month for one in case.callbacks if one.closing == closed.ordinal]
    return max(asked, default=AT_ONCE)


def _is(one: Callback, closed: Mark, month: int) -> bool:
    return (one.closing, one.month) == (closed.ordinal, month)


def _day(mark: Mark) -> date:
    return day_of_moment(moment_of(mark.at))
