"""Last days: worked examples with their sources."""

from datetime import date, datetime, timedelta

import pytest

from casework.domain.calendar import CalendarRow, DayKind, WorkCalendar
from casework.domain.deadline import (
    CLOCK_KEYS,
    End,
    Pause,
    Unit,
    due,
    parse_pause,
    parse_start,
)
from casework.domain.errors import DeadlineError


def test_thirty_days_from_the_first_of_march_end_on_the_thirty_first(china: WorkCalendar):
    answer = due(date(2026, 3, 1), value=30, unit=Unit.DAY, calendar=china, end=End.KEEP)
    assert answer.due_on == date(2026, 3, 31)


def test_s22_thirty_working_days_over_mid_autumn_and_national_day(china: WorkCalendar):
    answer = due(date(2026, 9, 20), value=30, unit=Unit.WORKING_DAY, calendar=china)
    assert answer.due_on == date(2026, 11, 6)
    assert answer.due_on.weekday() == 4
    assert not answer.provisional
    skipped = {skip.on: skip.why for skip in answer.skipped}
    assert skipped[date(2026, 9, 25)] == "holiday"
    assert all(skipped[date(2026, 10, day)] == "holiday" for day in range(1, 8))
    assert skipped[date(2026, 9, 26)] in ("holiday", "weekend")
    assert skipped[date(2026, 11, 1)] == "weekend"
    # Saturday 10 October is worked, the start day is not counted though it is worked too.
    assert date(2026, 10, 10) not in skipped
    assert date(2026, 9, 20) not in skipped
    # Every day after the start is either counted or listed.
    assert len(skipped) + 30 == (date(2026, 11, 6) - date(2026, 9, 20)).days


@pytest.mark.parametrize(
    ("start", "value", "last"),
    [
        ("2026-02-10", 30, "2026-03-30"),
        ("2026-04-20", 10, "2026-05-07"),
        ("2026-09-18", 30, "2026-11-05"),
        ("2026-09-20", 30, "2026-11-06"),
        ("2026-09-24", 5, "2026-10-09"),
        ("2026-09-24", 6, "2026-10-10"),  # a Saturday that is worked
        ("2026-12-30", 1, "2026-12-31"),
    ],
)
def test_working_days_of_features_1_3(china: WorkCalendar, start: str, value: int, last: str):
    answer = due(parse_start(start), value=value, unit=Unit.WORKING_DAY, calendar=china)
    assert answer.due_on.isoformat() == last
    assert not answer.provisional


def test_s22_thirty_calendar_days(china: WorkCalendar):
    answer = due(date(2026, 9, 20), value=30, unit=Unit.DAY, calendar=china)
    assert answer.due_on == date(2026, 10, 20)
    assert answer.skipped == ()


def test_s22_a_late_holiday_moves_the_day(china: WorkCalendar):
    usual = due(date(2026, 9, 20), value=30, unit=Unit.WORKING_DAY, calendar=china)
    year = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    rows = [CalendarRow(on, china.kind(on)) for on in year if china.kind(on) != "weekend"]
    changed = WorkCalendar(
        [row for row in rows if row.on != date(2026, 10, 12)]
        + [CalendarRow(date(2026, 10, 12), DayKind.HOLIDAY)]
    )
    later = due(date(2026, 9, 20), value=30, unit=Unit.WORKING_DAY, calendar=changed)
    assert (usual.due_on, later.due_on) == (date(2026, 11, 6), date(2026, 11, 9))


def test_s23_a_year_without_a_calendar_is_provisional_until_it_has_one(china: WorkCalendar):
    answer = due(date(2026, 12, 20), value=30, unit=Unit.DAY, calendar=china)
    assert answer.provisional
    assert not due(date(2026, 12, 1), value=30, unit=Unit.DAY, calendar=china).provisional
    rows = [CalendarRow(date(2026, 1, 1), DayKind.HOLIDAY)]
    both = WorkCalendar([*rows, CalendarRow(date(2027, 1, 1), DayKind.HOLIDAY)])
    assert not due(date(2026, 12, 20), value=30, unit=Unit.DAY, calendar=both).provisional
    guessed = WorkCalendar([*rows, CalendarRow(date(2027, 1, 1), DayKind.HOLIDAY, True)])
    assert due(date(2026, 12, 20), value=30, unit=Unit.DAY, calendar=guessed).provisional


def test_a_last_day_of_rest_rolls_or_keeps_as_the_rule_says(china: WorkCalendar):
    # 30 days from 2 September 2026 end on Friday 2 October, within National Day.
    rolled = due(date(2026, 9, 2), value=30, unit=Unit.DAY, calendar=china, end=End.ROLL)
    kept = due(date(2026, 9, 2), value=30, unit=Unit.DAY, calendar=china, end=End.KEEP)
    assert (kept.due_on, rolled.due_on) == (date(2026, 10, 2), date(2026, 10, 8))
    assert kept.skipped == ()
    assert [skip.on.day for skip in rolled.skipped] == [2, 3, 4, 5, 6, 7]
    assert {skip.why for skip in rolled.skipped} == {"holiday"}


def test_it_rolls_onto_a_saturday_that_is_worked(china: WorkCalendar):
    # 10 October 2026 is a Saturday made up for National Day.
    answer = due(date(2026, 9, 10), value=30, unit=Unit.DAY, calendar=china)
    assert answer.due_on == date(2026, 10, 10)


@pytest.mark.parametrize(
    ("start", "value", "unit", "expected"),
    [
        ("2026-01-31", 1, Unit.MONTH, "2026-02-28"),
        ("2024-01-31", 1, Unit.MONTH, "2024-02-29"),
        ("2026-01-15", 3, Unit.MONTH, "2026-04-15"),
        ("2025-10-31", 4, Unit.MONTH, "2026-02-28"),
        ("2024-02-29", 1, Unit.YEAR, "2025-02-28"),
        ("2026-12-31", 0, Unit.DAY, "2026-12-31"),
        ("2026-03-01", 1, Unit.DAY, "2026-03-02"),
    ],
)
def test_months_and_years_end_on_the_same_day_or_the_months_last(
    china: WorkCalendar, start: str, value: int, unit: Unit, expected: str
):
    answer = due(parse_start(start), value=value, unit=unit, calendar=china, end=End.KEEP)
    assert answer.due_on.isoformat() == expected


def test_ninety_days_are_not_three_months(china: WorkCalendar):
    days = due(date(2026, 3, 2), value=90, unit=Unit.DAY, calendar=china, end=End.KEEP)
    months = due(date(2026, 3, 2), value=3, unit=Unit.MONTH, calendar=china, end=End.KEEP)
    assert (days.due_on, months.due_on) == (date(2026, 5, 31), date(2026, 6, 2))


@pytest.mark.parametrize(
    ("start", "value", "unit", "due_at"),
    [
        ("2026-11-02T22:30", 24, Unit.HOUR, "2026-11-03T22:30:00+08:00"),
        ("2026-11-02T14:30:00+00:00", 24, Unit.HOUR, "2026-11-03T22:30:00+08:00"),
        ("2026-11-02T23:45", 30, Unit.MINUTE, "2026-11-03T00:15:00+08:00"),
        ("2026-11-02", 24, Unit.HOUR, "2026-11-03T00:00:00+08:00"),
        # Through the holiday: an accident does not wait for a working day.
        ("2026-09-30T20:00", 24, Unit.HOUR, "2026-10-01T20:00:00+08:00"),
    ],
)
def test_hours_and_minutes_run_from_the_instant_through_days_of_rest(
    china: WorkCalendar, start: str, value: int, unit: Unit, due_at: str
):
    answer = due(parse_start(start), value=value, unit=unit, calendar=china)
    assert answer.due_at is not None
    assert answer.due_at.isoformat() == due_at
    assert answer.due_on.isoformat() == due_at[:10]
    assert not answer.provisional


def test_an_instant_counts_as_its_day_in_shanghai(china: WorkCalendar):
    # 17:00 UTC on 1 March is 2 March in Shanghai.
    start = datetime.fromisoformat("2026-03-01T17:00:00+00:00")
    assert due(start, value=1, unit=Unit.DAY, calendar=china).due_on == date(2026, 3, 3)


def test_an_extension_is_counted_from_the_original_last_day_before_rolling(china: WorkCalendar):
    # 30 days end on Friday 2 October; 30 more on 1 November, a Sunday that rolls to Monday.
    plain = due(date(2026, 9, 2), value=30, unit=Unit.DAY, calendar=china, extend=30)
    assert plain.due_on == date(2026, 11, 2)
    mixed = due(
        date(2026, 9, 2),
        value=30,
        unit=Unit.DAY,
        calendar=china,
        extend=2,
        extend_unit=Unit.WORKING_DAY,
    )
    assert mixed.due_on == date(2026, 10, 9)
    # Three months and three more are six, not clipped twice.
    months = due(
        date(2026, 1, 31), value=1, unit=Unit.MONTH, calendar=china, end=End.KEEP, extend=1
    )
    assert months.due_on == date(2026, 3, 31)


def test_months_and_years_are_counted_together(china: WorkCalendar):
    # A year and a month from a 29 February are thirteen months, clipped once.
    answer = due(
        date(2024, 2, 29),
        value=1,
        unit=Unit.YEAR,
        calendar=china,
        end=End.KEEP,
        extend=1,
        extend_unit=Unit.MONTH,
    )
    assert answer.due_on == date(2025, 3, 29)


def test_a_pause_over_the_days_that_a_limit_rolls_across_moves_it_on(china: WorkCalendar):
    # 30 days end on Friday 2 October and roll to Thursday the 8th, which is paused.
    answer = due(
        date(2026, 9, 2),
        value=30,
        unit=Unit.DAY,
        calendar=china,
        pauses=[Pause(date(2026, 10, 8), date(2026, 10, 8))],
    )
    assert answer.due_on == date(2026, 10, 9)
    assert [(skip.on.day, skip.why) for skip in answer.skipped][-2:] == [
        (7, "holiday"), (8, "paused"),
    ]  # fmt: skip


def test_a_limit_that_rolls_into_a_year_that_is_not_published_is_provisional():
    # Saturday 31 December 2022; the notice for 2023 is not there yet.
    calendar = WorkCalendar([CalendarRow(date(2022, 1, 1), DayKind.HOLIDAY)])
    start = date(2022, 12, 1)
    rolled = due(start, value=30, unit=Unit.DAY, calendar=calendar)
    kept = due(start, value=30, unit=Unit.DAY, calendar=calendar, end=End.KEEP)
    assert (rolled.due_on, rolled.provisional) == (date(2023, 1, 2), True)
    assert (kept.due_on, kept.provisional) == (date(2022, 12, 31), False)


def test_paused_days_do_not_count_and_are_listed(china: WorkCalendar):
    pause = parse_pause("2026-03-10..2026-03-14")
    answer = due(
        date(2026, 3, 1), value=30, unit=Unit.DAY, calendar=china, end=End.KEEP, pauses=[pause]
    )
    assert answer.due_on == date(2026, 4, 5)
    assert [(skip.on.day, skip.why) for skip in answer.skipped] == [
        (day, "paused") for day in range(10, 15)
    ]
    working = due(date(2026, 3, 1), value=20, unit=Unit.WORKING_DAY, calendar=china, pauses=[pause])
    # Tuesday to Friday were taken away, Saturday was no working day anyhow.
    assert working.due_on == date(2026, 4, 2)
    assert [skip.on.day for skip in working.skipped if skip.why == "paused"] == [10, 11, 12, 13]


def test_a_pause_after_the_last_day_changes_nothing_and_one_on_it_does(china: WorkCalendar):
    late, last = parse_pause("2026-04-01..2026-04-05"), parse_pause("2026-03-31..2026-04-01")
    start = date(2026, 3, 1)
    for pause, expected in ((late, date(2026, 3, 31)), (last, date(2026, 4, 2))):
        answer = due(start, value=30, unit=Unit.DAY, calendar=china, end=End.KEEP, pauses=[pause])
        assert answer.due_on == expected


def test_a_paused_clock_of_hours_stands_still_for_whole_days(china: WorkCalendar):
    answer = due(
        parse_start("2026-11-02T22:30"),
        value=24,
        unit=Unit.HOUR,
        calendar=china,
        pauses=[Pause(date(2026, 11, 3), date(2026, 11, 4))],
    )
    assert answer.due_at is not None
    assert answer.due_at.isoformat() == "2026-11-05T22:30:00+08:00"
    assert [skip.on.day for skip in answer.skipped] == [3, 4]


@pytest.mark.parametrize(
    "pauses",
    [
        [Pause(date(2026, 3, 9), date(2026, 3, 8))],
        [Pause(date(2026, 2, 28), date(2026, 3, 8))],
        [Pause(date(2026, 3, 5), date(2026, 3, 8)), Pause(date(2026, 3, 8), date(2026, 3, 9))],
    ],
)
def test_pauses_that_are_reversed_early_or_overlap_are_refused(
    china: WorkCalendar, pauses: list[Pause]
):
    with pytest.raises(DeadlineError) as refusal:
        due(date(2026, 3, 1), value=30, unit=Unit.DAY, calendar=china, pauses=pauses)
    assert refusal.value.key == "pause"


@pytest.mark.parametrize(
    ("changed", "key"),
    [
        ({"value": -1}, "value"),
        ({"value": 100_001}, "value"),
        ({"value": 99_999, "unit": Unit.YEAR}, "value"),
        ({"extend": -1}, "extend"),
        ({"extend": 1, "extend_unit": Unit.HOUR}, "extend"),
    ],
)
def test_numbers_out_of_range_are_refused(
    china: WorkCalendar, changed: dict[str, object], key: str
):
    given_: dict[str, object] = {"value": 30, "unit": Unit.DAY, "calendar": china, **changed}
    with pytest.raises(DeadlineError) as refusal:
        due(date(2026, 3, 1), **given_)  # type: ignore[arg-type]
    assert refusal.value.key == key


def test_an_instant_that_no_calendar_holds_in_shanghai_is_refused(china: WorkCalendar):
    start = datetime.fromisoformat("9999-12-31T23:00:00-05:00")
    with pytest.raises(DeadlineError) as refusal:
        due(start, value=1, unit=Unit.HOUR, calendar=china)
    assert refusal.value.key == "start"


@pytest.mark.parametrize(
    "text",
    ["", "2026-02-30", "2026-3-1T", "tomorrow", "2026-03-01T25:00", "20260301", "2026-W10-1"],
)
def test_a_start_that_is_no_day_is_refused(text: str):
    with pytest.raises(DeadlineError):
        parse_start(text)


@pytest.mark.parametrize(
    "text", ["", "2026-03-01", "2026-03-01..", "..2026-03-01", "a..b", "20260301..20260302"]
)
def test_a_pause_that_is_not_two_days_is_refused(text: str):
    with pytest.raises(DeadlineError):
        parse_pause(text)


def test_the_answer_has_the_shape_of_the_command(china: WorkCalendar):
    answer = due(date(2026, 9, 30), value=1, unit=Unit.WORKING_DAY, calendar=china).as_json()
    assert answer == {
        "due_on": "2026-10-08",
        "due_at": None,
        "provisional": False,
        "policy": None,
        "clause": None,
        "skipped": [{"on": f"2026-10-0{day}", "why": "holiday"} for day in range(1, 8)],
        "limited_by": None,
    }


def test_the_keys_of_clocks_are_those_of_the_design():
    assert len(CLOCK_KEYS) == len(set(CLOCK_KEYS)) == 30
    assert CLOCK_KEYS[-4:] == ("close", "order_reply", "urgent", "protect")
