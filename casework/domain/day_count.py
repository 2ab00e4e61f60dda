"""How a last day was counted: every day from the event to it, counted or left out, and why.

The panel that explains a deadline is made from these lines. They are read from the
engine's answer (`deadline.due`), so that they cannot say anything else.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from casework.domain.calendar import WorkCalendar
from casework.domain.deadline import DueDate, Unit, Window, hours_of, instant_of

ONE_DAY = timedelta(days=1)

# Why a day stands in the list as it does; "" is an ordinary counted day.
WHYS = ("", "weekend", "holiday", "paused", "make_up", "rolled", "closed")


@dataclass(frozen=True, slots=True)
class DayLine:
    """One day of a count.

    Attributes:
        on: the day.
        counted: whether it was counted; the last line always is.
        number: which counted day it is, from 1; 0 where it was left out, and for the last
            day of a limit of no days.
        why: one of WHYS. Left out: weekend, holiday, paused, closed (a working day on which
            no working time was left). Counted: make_up (a weekend day that is worked),
            rolled (it became the last day because those before it were days of rest).
        name: the holiday that it belongs to, or that it is worked for; "" for other days.
        worked: for minutes and hours, how much of the limit passed on this day.
    """

    on: date
    counted: bool
    number: int
    why: str = ""
    name: str = ""
    worked: timedelta | None = None

    def as_json(self) -> dict[str, object]:
        """Return what `tonggui deadline explain --days --json` says of the day."""
        told: dict[str, object] = {
            "on": self.on.isoformat(),
            "counted": self.counted,
            "number": self.number if self.counted else None,
            "why": self.why or None,
            "name": self.name or None,
        }
        if self.worked is not None:
            told["minutes"] = round(self.worked.total_seconds() / 60, 2)
        return told


def days_of(
    start: date | datetime,
    answer: DueDate,
    *,
    unit: Unit,
    calendar: WorkCalendar,
    extend_unit: Unit | None = None,
    windows: Sequence[Window] = (),
) -> tuple[DayLine, ...]:
    """Return every day of a count, from the day after the event to the last day.

    Minutes and hours run from the event itself, so their list begins with its
    day. The days left out are exactly the answer's `skipped`; where the last
    day was rolled, the days of rest that it rolled over are among them.
    (For a policy's clock use `legal_clock.clock_days`, which knows the rule that binds.)

    Args:
        start: as it was given to `due`.
        answer: what `due` returned, with its pauses among the days left out.
        unit: what the limit was counted in.
        calendar: working days, as they were given to `due`.
        extend_unit: what a granted extension was counted in; None where none was granted.
        windows: the working hours, as they were given to `due`.
    """
    if answer.due_at is not None:
        return tuple(_timed_lines(instant_of(start), answer.due_at, answer, windows, calendar))
    rolls = (extend_unit or unit) is not Unit.WORKING_DAY
    return tuple(_dated_lines(instant_of(start).date(), answer, rolls, calendar))


def _dated_lines(
    start: date, answer: DueDate, rolls: bool, calendar: WorkCalendar
) -> Iterator[DayLine]:
    left_out = {skip.on: skip.why for skip in answer.skipped}
    # A limit of no days that rolls leaves out the day of the event itself.
    nothing = start in left_out
    number = 0
    for day in _days(start if nothing else start + ONE_DAY, answer.due_on):
        if day in left_out:
            yield DayLine(day, False, 0, left_out[day], calendar.name(day))
            continue
        number += not nothing
        rolled = day == answer.due_on and (rolls or nothing) and _rolled(day, left_out)
        why = "rolled" if rolled else _make_up(day, calendar)
        yield DayLine(day, True, number, why, calendar.name(day))


def _rolled(last: date, left_out: dict[date, str]) -> bool:
    """Tell whether the days left out just before *last* are not a pause alone."""
    day = last - ONE_DAY
    while day in left_out:
        if left_out[day] != "paused":
            return True
        day -= ONE_DAY
    return False


def _make_up(day: date, calendar: WorkCalendar) -> str:
    return "make_up" if day.weekday() >= 5 and calendar.is_workday(day) else ""


def _timed_lines(
    begun: datetime,
    due_at: datetime,
    answer: DueDate,
    windows: Sequence[Window],
    calendar: WorkCalendar,
) -> Iterator[DayLine]:
    left_out = {skip.on: skip.why for skip in answer.skipped}
    number = 0
    for day in _days(begun.date(), answer.due_on):
        if day in left_out:
            yield DayLine(day, False, 0, left_out[day], calendar.name(day), timedelta())
            continue
        worked = _worked(day, begun, due_at, windows)
        counted = bool(worked) or day == answer.due_on
        number += counted
        why = _make_up(day, calendar) if counted else "closed"
        yield DayLine(day, counted, number if counted else 0, why, calendar.name(day), worked)


def _worked(day: date, begun: datetime, due_at: datetime, windows: Sequence[Window]) -> timedelta:
    """Return how much of the limit passed on *day*, which was not left out."""
    midnight = instant_of(day)
    hours = hours_of(day, windows) if windows else [(midnight, midnight + ONE_DAY)]
    parts = (min(closes, due_at) - max(opens, begun) for opens, closes in hours)
    return sum((part for part in parts if part > timedelta()), timedelta())


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))
