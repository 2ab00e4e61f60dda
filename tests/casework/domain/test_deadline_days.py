"""The days of a count, as the panel lists them: each with its number or its reason."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings

from casework.domain.calendar import WorkCalendar
from casework.domain.day_count import WHYS, DayLine, days_of
from casework.domain.deadline import DueDate, Pause, Unit, due, parse_start
from casework.storage.calendar_seed import seed_days
from drawn_limits import ask, limits, window_of
from slow_count import Limit

FIRST_MARCH = date(2026, 3, 1)


@pytest.fixture(scope="module")
def calendar() -> WorkCalendar:
    """The calendar that the product starts with."""
    return WorkCalendar(one.as_row() for one in seed_days())


def shown(lines: tuple[DayLine, ...]) -> list[tuple[str, int, str, str]]:
    """What a reader sees of each line; numbers of days left out are 0."""
    return [(f"{line.on:%m-%d}", line.number, line.why, line.name) for line in lines]


def test_s22_lists_every_day_counted_or_left_out(calendar: WorkCalendar):
    start = date(2026, 9, 20)
    answer = due(start, value=30, unit=Unit.WORKING_DAY, calendar=calendar)
    lines = days_of(start, answer, unit=Unit.WORKING_DAY, calendar=calendar)
    assert (lines[0].on, lines[-1].on) == (date(2026, 9, 21), date(2026, 11, 6))
    assert len(lines) == 47
    assert [line.number for line in lines if line.counted] == list(range(1, 31))
    told = dict(zip((line[0] for line in shown(lines)), shown(lines), strict=True))
    assert told["09-25"] == ("09-25", 0, "holiday", "中秋节")
    assert told["10-07"] == ("10-07", 0, "holiday", "国庆节")
    assert told["10-10"] == ("10-10", 10, "make_up", "国庆节")
    assert told["10-11"] == ("10-11", 0, "weekend", "")
    assert told["11-06"] == ("11-06", 30, "", "")


def test_a_last_day_of_rest_is_left_out_and_the_next_working_day_takes_its_number(
    calendar: WorkCalendar,
):
    start = date(2026, 11, 2)
    answer = due(start, value=20, unit=Unit.DAY, calendar=calendar)
    lines = days_of(start, answer, unit=Unit.DAY, calendar=calendar)
    assert shown(lines)[-3:] == [
        ("11-21", 19, "", ""),  # a Saturday in the middle counts
        ("11-22", 0, "weekend", ""),
        ("11-23", 20, "rolled", ""),
    ]


def test_the_working_day_after_a_weekend_is_not_called_rolled(calendar: WorkCalendar):
    start = date(2026, 11, 6)
    answer = due(start, value=1, unit=Unit.WORKING_DAY, calendar=calendar)
    lines = days_of(start, answer, unit=Unit.WORKING_DAY, calendar=calendar)
    assert shown(lines) == [
        ("11-07", 0, "weekend", ""), ("11-08", 0, "weekend", ""), ("11-09", 1, "", ""),
    ]  # fmt: skip


def test_the_day_after_a_pause_is_not_called_rolled(calendar: WorkCalendar):
    pause = Pause(date(2026, 3, 3), date(2026, 3, 8))
    answer = due(FIRST_MARCH, value=2, unit=Unit.DAY, calendar=calendar, pauses=[pause])
    lines = days_of(FIRST_MARCH, answer, unit=Unit.DAY, calendar=calendar)
    assert [line.why for line in lines] == ["", *["paused"] * 6, ""]
    assert lines[-1].on == date(2026, 3, 9)


def test_an_extension_in_working_days_does_not_roll(calendar: WorkCalendar):
    # Five days end on Friday, one working day more on Monday.
    answer = due(
        date(2026, 11, 1),
        value=5,
        unit=Unit.DAY,
        calendar=calendar,
        extend=1,
        extend_unit=Unit.WORKING_DAY,
    )
    lines = days_of(
        date(2026, 11, 1),
        answer,
        unit=Unit.DAY,
        calendar=calendar,
        extend_unit=Unit.WORKING_DAY,
    )
    assert shown(lines)[-3:] == [
        ("11-07", 0, "weekend", ""), ("11-08", 0, "weekend", ""), ("11-09", 6, "", ""),
    ]  # fmt: skip


def test_no_days_at_all_and_no_days_that_roll(calendar: WorkCalendar):
    monday, saturday = date(2026, 11, 2), date(2026, 11, 7)
    at_once = due(monday, value=0, unit=Unit.DAY, calendar=calendar)
    assert days_of(monday, at_once, unit=Unit.DAY, calendar=calendar) == ()
    rolled = due(saturday, value=0, unit=Unit.DAY, calendar=calendar)
    assert shown(days_of(saturday, rolled, unit=Unit.DAY, calendar=calendar)) == [
        ("11-07", 0, "weekend", ""), ("11-08", 0, "weekend", ""), ("11-09", 0, "rolled", ""),
    ]  # fmt: skip


def test_hours_say_how_much_of_them_passed_on_each_day(calendar: WorkCalendar):
    office = [window_of((510, 720, 1, 12)), window_of((870, 1080, 1, 12))]
    start = parse_start("2026-11-06T17:30")
    answer = due(start, value=8, unit=Unit.HOUR, calendar=calendar, windows=office)
    lines = days_of(start, answer, unit=Unit.HOUR, calendar=calendar, windows=office)
    assert [(line.on.day, line.counted, line.worked) for line in lines] == [
        (6, True, timedelta(minutes=30)),
        (7, False, timedelta()),
        (8, False, timedelta()),
        (9, True, timedelta(hours=7)),
        (10, True, timedelta(minutes=30)),
    ]
    assert lines[3].as_json() == {
        "on": "2026-11-09",
        "counted": True,
        "number": 2,
        "why": None,
        "name": None,
        "minutes": 420,
    }


def test_a_day_without_working_time_left_is_closed(calendar: WorkCalendar):
    office = [window_of((510, 720, 1, 12))]
    start = parse_start("2026-11-02T20:00")
    answer = due(start, value=1, unit=Unit.HOUR, calendar=calendar, windows=office)
    lines = days_of(start, answer, unit=Unit.HOUR, calendar=calendar, windows=office)
    assert shown(lines) == [("11-02", 0, "closed", ""), ("11-03", 1, "", "")]


def test_a_line_of_a_day_has_no_minutes():
    line = DayLine(date(2026, 10, 1), False, 0, "holiday", "国庆节")
    assert line.as_json() == {
        "on": "2026-10-01",
        "counted": False,
        "number": None,
        "why": "holiday",
        "name": "国庆节",
    }


@settings(max_examples=3_000, deadline=None, derandomize=True)
@given(limit=limits())
def test_the_lines_agree_with_the_answer(calendar: WorkCalendar, limit: Limit):
    answer = ask(limit, calendar)
    windows = [window_of(one) for one in limit.windows]
    lines = days_of(
        limit.start,
        answer,
        unit=Unit(limit.unit),
        calendar=calendar,
        extend_unit=Unit(limit.extend_unit) if limit.extend else None,
        windows=windows,
    )
    _check_lines(limit, answer, lines)


def _check_lines(limit: Limit, answer: DueDate, lines: tuple[DayLine, ...]) -> None:
    days = [line.on for line in lines]
    assert days == [days[0] + timedelta(days=n) for n in range(len(days))] if days else True
    assert all(line.why in WHYS for line in lines)
    left_out = [(line.on, line.why) for line in lines if not line.counted]
    assert [one for one in left_out if one[1] != "closed"] == [
        (skip.on, skip.why) for skip in answer.skipped
    ]
    numbers = [line.number for line in lines if line.counted]
    assert numbers in (list(range(1, len(numbers) + 1)), [0])
    if lines:
        assert lines[-1].counted
        assert lines[-1].on == answer.due_on
    if answer.due_at is None:
        _check_number(limit, numbers)
        return
    sizes = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1)}
    length = limit.value * sizes[limit.unit] + limit.extend * sizes[limit.extend_unit]
    assert sum((line.worked or timedelta() for line in lines), timedelta()) == length


def _check_number(limit: Limit, numbers: list[int]) -> None:
    """The last number is how many days the limit has, where it is counted in days."""
    more = limit.extend_unit if limit.extend else limit.unit
    if {limit.unit, more} <= {"day", "working_day"}:
        assert (numbers[-1] if numbers else 0) == limit.value + limit.extend
