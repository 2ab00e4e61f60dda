"""Limits of every shape, drawn at random, and how they are asked of the engine."""

from datetime import date, datetime, time, timedelta, timezone

from hypothesis import strategies as st

from casework.domain.calendar import WorkCalendar
from casework.domain.deadline import DueDate, End, Pause, Unit, Window, due
from slow_count import Limit

ZONES = [None, *(timezone(timedelta(hours=h)) for h in (-11, -5, 0, 8, 14))]
DATED = {"day": 250, "working_day": 120, "month": 40, "year": 5}
TIMED = {"minute": 6000, "hour": 150}
# The hours of an office: two windows a day, longer afternoons in summer, an early winter.
OFFICES = (
    (),
    ((510, 720, 1, 12), (870, 1080, 5, 9), (840, 1050, 10, 4)),
    ((0, 1439, 1, 12),),
    ((540, 600, 11, 2), (600, 601, 1, 12), (1020, 1260, 3, 10)),
)


@st.composite
def limits(draw: st.DrawFn) -> Limit:
    """Draw a limit of any shape that may be asked for."""
    timed = draw(st.integers(0, 9)) > 5
    most = TIMED if timed else DATED
    unit, more = draw(st.sampled_from(sorted(most))), draw(st.sampled_from(sorted(most)))
    day = date(2003, 12, 28) + timedelta(days=draw(st.integers(0, 8400)))
    start: date | datetime = day
    if draw(st.booleans()):
        minute = draw(st.integers(0, 1439))
        at = time(minute // 60, minute % 60, tzinfo=draw(st.sampled_from(ZONES)))
        start = datetime.combine(day, at)
    extend = draw(st.sampled_from([0, 0, 1, 2, 7, 30])) if more != "year" else 0
    return Limit(
        start=start,
        value=draw(st.one_of(st.integers(0, 3), st.integers(0, most[unit]))),
        unit=unit,
        rolls=draw(st.booleans()),
        extend=extend,
        extend_unit=more,
        pauses=_pauses(draw, Limit(start, 0, unit).begun.date()),
        windows=draw(st.sampled_from(OFFICES)) if timed else (),
    )


def _pauses(draw: st.DrawFn, first: date) -> tuple[tuple[date, date], ...]:
    """Draw up to three pauses that follow each other, some without a day between."""
    found = []
    for _ in range(draw(st.integers(0, 3))):
        begins = first + timedelta(days=draw(st.integers(0, 12)))
        ends = begins + timedelta(days=draw(st.integers(0, 9)))
        found.append((begins, ends))
        first = ends + timedelta(days=1)
    return tuple(found)


def ask(limit: Limit, calendar: WorkCalendar) -> DueDate:
    """Ask the engine for what *limit* says."""
    return due(
        limit.start,
        value=limit.value,
        unit=Unit(limit.unit),
        calendar=calendar,
        end=End.ROLL if limit.rolls else End.KEEP,
        extend=limit.extend,
        extend_unit=Unit(limit.extend_unit),
        pauses=[Pause(*days) for days in limit.pauses],
        windows=[window_of(one) for one in limit.windows],
    )


def window_of(one: tuple[int, int, int, int]) -> Window:
    """Make a window from minutes of the day and months of the year."""
    first, last, since, until = one
    ends = {2: "02-29", 4: "04-30", 9: "09-30", 10: "10-31", 12: "12-31"}[until]
    return Window(
        time(first // 60, first % 60), time(last // 60, last % 60), f"{since:02}-01", ends
    )
