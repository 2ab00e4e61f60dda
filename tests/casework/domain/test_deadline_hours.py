"""Limits in hours and minutes of working time: several windows a day, seasons, rest, pauses."""

from datetime import date, datetime, time

import pytest

from casework.domain.calendar import WorkCalendar
from casework.domain.deadline import (
    DueDate,
    Pause,
    Unit,
    Window,
    due,
    parse_start,
    parse_window,
)
from casework.domain.errors import DeadlineError

OFFICE = (Window(time(8, 30), time(12)), Window(time(14, 30), time(18)))
SEASONS = (
    Window(time(8, 30), time(12)),
    Window(time(15), time(18, 30), "05-01", "09-30"),
    Window(time(14), time(17, 30), "10-01", "04-30"),
)


def hours(
    start: str,
    value: int,
    calendar: WorkCalendar,
    windows: tuple[Window, ...] = OFFICE,
    unit: Unit = Unit.HOUR,
    pauses: tuple[Pause, ...] = (),
) -> DueDate:
    """Ask for a limit of working time."""
    return due(
        parse_start(start),
        value=value,
        unit=unit,
        calendar=calendar,
        windows=windows,
        pauses=pauses,
    )


@pytest.mark.parametrize(
    ("start", "value", "due_at"),
    [
        ("2026-11-02T09:00", 2, "2026-11-02T11:00:00+08:00"),  # within the morning
        ("2026-11-02T11:00", 2, "2026-11-02T15:30:00+08:00"),  # over noon
        ("2026-11-02T12:00", 1, "2026-11-02T15:30:00+08:00"),  # from the end of a window
        ("2026-11-02T07:00", 1, "2026-11-02T09:30:00+08:00"),  # before work
        ("2026-11-02T20:00", 1, "2026-11-03T09:30:00+08:00"),  # after work
        ("2026-11-02", 1, "2026-11-02T09:30:00+08:00"),  # from 00:00 of the day
        ("2026-11-02T08:30", 7, "2026-11-02T18:00:00+08:00"),  # ends with the window, not the next
        ("2026-11-06T17:30", 1, "2026-11-09T09:00:00+08:00"),  # over a weekend
        ("2026-09-30T17:00", 2, "2026-10-08T09:30:00+08:00"),  # over National Day
        ("2026-10-09T17:00", 2, "2026-10-10T09:30:00+08:00"),  # into a Saturday that is worked
        ("2026-11-02T01:00:00+00:00", 2, "2026-11-02T11:00:00+08:00"),  # 09:00 in Shanghai
        ("2026-11-07T10:00", 0, "2026-11-07T10:00:00+08:00"),  # nothing to count: at once
    ],
)
def test_only_working_time_of_working_days_counts(
    china: WorkCalendar, start: str, value: int, due_at: str
):
    answer = hours(start, value, china)
    assert answer.due_at is not None
    assert answer.due_at.isoformat() == due_at
    assert answer.due_on.isoformat() == due_at[:10]


def test_minutes_run_to_the_minute_over_a_break(china: WorkCalendar):
    answer = hours("2026-11-02T11:59", 2, china, unit=Unit.MINUTE)
    assert answer.due_at == datetime.fromisoformat("2026-11-02T14:31:00+08:00")


@pytest.mark.parametrize(
    ("start", "due_at"),
    [
        ("2026-04-30T12:00", "2026-04-30T15:00:00+08:00"),  # winter hours, on their last day
        ("2026-05-06T12:00", "2026-05-06T16:00:00+08:00"),  # summer hours
        ("2026-09-30T12:00", "2026-09-30T16:00:00+08:00"),  # on the last day of summer hours
        ("2026-12-31T12:00", "2026-12-31T15:00:00+08:00"),  # winter hours run over the new year
        ("2026-01-05T12:00", "2026-01-05T15:00:00+08:00"),
    ],
)
def test_summer_and_winter_have_hours_of_their_own(china: WorkCalendar, start: str, due_at: str):
    answer = hours(start, 1, china, windows=SEASONS)
    assert answer.due_at is not None
    assert answer.due_at.isoformat() == due_at


def test_the_days_left_out_are_listed_with_their_reason(china: WorkCalendar):
    pause = Pause(date(2026, 11, 9), date(2026, 11, 9))
    answer = hours("2026-11-06T17:30", 1, china, pauses=(pause,))
    assert answer.due_at == datetime.fromisoformat("2026-11-10T09:00:00+08:00")
    assert [(skip.on.day, skip.why) for skip in answer.skipped] == [
        (7, "weekend"), (8, "weekend"), (9, "paused"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("start", "value", "provisional"),
    [
        ("2026-12-31T09:00", 3, False),
        ("2026-12-31T17:00", 2, True),
        ("2027-01-04T09:00", 1, True),
        ("2027-01-04T09:00", 0, False),
    ],
)
def test_working_time_in_a_year_that_is_not_published_is_provisional(
    china: WorkCalendar, start: str, value: int, provisional: bool
):
    assert hours(start, value, china).provisional is provisional


def test_hours_of_all_days_ask_no_calendar(china: WorkCalendar):
    answer = due(parse_start("2026-12-31T22:30"), value=24, unit=Unit.HOUR, calendar=china)
    assert not answer.provisional


@pytest.mark.parametrize(
    "windows",
    [
        (Window(time(12), time(8, 30)),),
        (Window(time(8, 30), time(8, 30)),),
        (Window(time(8, 30), time(12)), Window(time(11, 59), time(13))),
        (Window(time(8), time(12), "05-01", "10-01"), Window(time(9), time(10), "10-01", "04-30")),
        (Window(time(8), time(12), "11-01", "02-29"), Window(time(9), time(10), "02-01", "02-10")),
    ],
)
def test_windows_that_are_reversed_or_overlap_are_refused(
    china: WorkCalendar, windows: tuple[Window, ...]
):
    with pytest.raises(DeadlineError) as refusal:
        hours("2026-11-02T09:00", 1, china, windows=windows)
    assert refusal.value.key == "window"


def test_windows_that_touch_or_have_another_season_are_no_overlap(china: WorkCalendar):
    touching = (Window(time(8), time(12)), Window(time(12), time(13)))
    assert hours("2026-11-02T11:30", 1, china, windows=touching).due_at == datetime.fromisoformat(
        "2026-11-02T12:30:00+08:00"
    )
    seasons = (
        Window(time(8), time(12), "05-01", "09-30"),
        Window(time(9), time(13), "10-01", "04-30"),
    )
    assert hours("2026-09-30T11:30", 1, china, windows=seasons).due_at == datetime.fromisoformat(
        "2026-10-08T09:30:00+08:00"
    )


@pytest.mark.parametrize("unit", [Unit.DAY, Unit.WORKING_DAY, Unit.MONTH, Unit.YEAR])
def test_a_limit_in_days_has_no_windows(china: WorkCalendar, unit: Unit):
    with pytest.raises(DeadlineError) as refusal:
        hours("2026-11-02T09:00", 1, china, unit=unit)
    assert refusal.value.key == "window"


def test_window_is_written_as_two_times_of_day():
    assert parse_window("08:30-12:00") == Window(time(8, 30), time(12))


@pytest.mark.parametrize(
    "text", ["", "08:30", "08:30-", "8:30-12:00", "08:30-24:00", "08:30-12:00+01:00", "12:00-08:30"]
)
def test_a_window_that_is_not_two_times_of_day_is_refused(text: str):
    with pytest.raises(DeadlineError) as refusal:
        parse_window(text)
    assert refusal.value.key == "window"
