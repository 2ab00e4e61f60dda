"""The calendar: what its rows say, what it knows, and whether it is complete."""

from datetime import date, timedelta

import holidays
import pytest

from casework.domain.calendar import CalendarRow, DayKind, WorkCalendar, notice_span
from casework.domain.errors import CalendarFileError
from casework.storage.calendar_seed import seed_days

NEW_YEAR = CalendarRow(date(2027, 1, 1), DayKind.HOLIDAY, name="元旦")


@pytest.fixture(scope="module")
def seeded() -> WorkCalendar:
    """The calendar that the product starts with."""
    return WorkCalendar(one.as_row() for one in seed_days())


def day(text: str) -> date:
    return date.fromisoformat(text)


def test_weekends_rest_unless_a_row_says_they_are_worked():
    calendar = WorkCalendar(
        [
            CalendarRow(date(2026, 9, 20), DayKind.WORKDAY),
            CalendarRow(date(2026, 10, 1), DayKind.HOLIDAY),
        ]
    )
    assert calendar.kind(date(2026, 9, 19)) is DayKind.WEEKEND
    assert calendar.is_workday(date(2026, 9, 20))
    assert calendar.kind(date(2026, 10, 1)) is DayKind.HOLIDAY
    assert calendar.is_workday(date(2026, 10, 2))
    assert calendar.known_years == (2026,)
    assert calendar.workdays_between(date(2026, 9, 30), date(2026, 10, 5)) == 2


def test_a_day_that_stands_twice_or_is_called_weekend_is_refused():
    row = CalendarRow(date(2026, 10, 1), DayKind.HOLIDAY)
    with pytest.raises(CalendarFileError):
        WorkCalendar([row, row])
    with pytest.raises(CalendarFileError):
        WorkCalendar([CalendarRow(date(2026, 10, 3), DayKind.WEEKEND)])


def test_the_seed_has_2026_as_the_notice_says(seeded: WorkCalendar):
    rows = seeded.rows(2026)
    made_up = [row.on for row in rows if row.kind is DayKind.WORKDAY]
    assert made_up == [
        date(2026, 1, 4), date(2026, 2, 14), date(2026, 2, 28),
        date(2026, 5, 9), date(2026, 9, 20), date(2026, 10, 10),
    ]  # fmt: skip
    off = [row.on for row in rows if row.kind is DayKind.HOLIDAY and row.on.weekday() < 5]
    assert [f"{one:%m-%d}" for one in off] == [
        "01-01", "01-02", "02-16", "02-17", "02-18", "02-19", "02-20", "02-23", "04-06", "05-01",
        "05-04", "05-05", "06-19", "09-25", "10-01", "10-02", "10-05", "10-06", "10-07",
    ]  # fmt: skip
    assert seeded.workdays_of(2026) == 248


def test_the_seed_has_every_year_its_holidays_and_their_names(seeded: WorkCalendar):
    assert seeded.known_years == tuple(range(2004, 2027))
    for year in seeded.known_years:
        names = {row.name for row in seeded.rows(year)}
        assert names >= {"元旦", "春节", "劳动节", "国庆节"}, year
        if year >= 2008:
            assert names >= {"清明节", "端午节"}, year
            # In 2020 it was the first of October, too.
            assert "中秋节" in names or year == 2020, year
    assert seeded.name(date(2026, 10, 10)) == "国庆节"
    assert seeded.name(date(2026, 10, 12)) == ""


def test_the_seed_agrees_with_a_second_opinion_on_every_day_of_23_years(seeded: WorkCalendar):
    china = holidays.country_holidays("CN", years=range(2004, 2027))
    differs = [
        on
        for on in (date(2004, 1, 1) + timedelta(days=n) for n in range(8401))
        if seeded.is_workday(on)
        is not (on in china.weekend_workdays or (on.weekday() < 5 and on not in china))
    ]
    assert differs == []


@pytest.mark.parametrize("on", ["2019-04-28", "2019-05-05", "2005-12-31", "2018-12-29"])
def test_days_that_one_list_or_the_other_once_forgot_are_worked(seeded: WorkCalendar, on: str):
    assert seeded.is_workday(day(on))


def test_the_end_of_december_belongs_to_the_notice_of_the_next_year():
    assert notice_span(2027) == (date(2026, 12, 25), date(2027, 12, 24))
    early = WorkCalendar([CalendarRow(date(2026, 12, 31), DayKind.HOLIDAY)])
    assert early.known_years == ()
    assert WorkCalendar([CalendarRow(date(2026, 12, 24), DayKind.HOLIDAY)]).known_years == (2026,)


def test_a_notice_replaces_what_an_earlier_one_said_of_its_year(seeded: WorkCalendar):
    december = CalendarRow(date(2026, 12, 31), DayKind.HOLIDAY, name="元旦")
    later = seeded.with_notice(2027, [december, NEW_YEAR])
    assert later.rows(2026) == (*seeded.rows(2026), december)
    assert later.is_known(2027)
    assert later.with_notice(2027, [NEW_YEAR]).rows(2026) == seeded.rows(2026)
    # The notice of 2026 again leaves alone what that of 2027 said of December.
    assert later.with_notice(2026, seeded.rows(2026)).rows() == later.rows()
    with pytest.raises(CalendarFileError):
        seeded.with_notice(2027, [NEW_YEAR, NEW_YEAR])


def test_the_digest_changes_with_every_part_of_a_row_and_not_with_their_order():
    row = CalendarRow(date(2027, 1, 1), DayKind.HOLIDAY, name="元旦")
    other = CalendarRow(date(2027, 1, 3), DayKind.WORKDAY, name="元旦")
    one = WorkCalendar([row, other]).digest()
    assert one == WorkCalendar([other, row]).digest()
    assert len(one) == 64
    changed = [
        CalendarRow(date(2027, 1, 2), DayKind.HOLIDAY, name="元旦"),
        CalendarRow(date(2027, 1, 1), DayKind.WORKDAY, name="元旦"),
        CalendarRow(date(2027, 1, 1), DayKind.HOLIDAY, True, "元旦"),
        CalendarRow(date(2027, 1, 1), DayKind.HOLIDAY, name="春节"),
    ]
    digests = {WorkCalendar([new, other]).digest() for new in changed}
    assert len(digests | {one}) == 5


def test_changed_years_are_those_in_which_a_last_day_may_differ(seeded: WorkCalendar):
    december = CalendarRow(date(2026, 12, 31), DayKind.HOLIDAY)
    assert seeded.changed_years(seeded) == ()
    assert seeded.changed_years(seeded.with_notice(2027, [NEW_YEAR, december])) == (2026, 2027)
    guessed = CalendarRow(NEW_YEAR.on, NEW_YEAR.kind, provisional=True)
    named = CalendarRow(NEW_YEAR.on, NEW_YEAR.kind, name="New Year")
    known = seeded.with_notice(2027, [NEW_YEAR])
    assert known.changed_years(seeded.with_notice(2027, [guessed])) == (2027,)
    assert known.changed_years(seeded.with_notice(2027, [named])) == ()
