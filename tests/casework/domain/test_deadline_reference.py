"""Ten thousand limits of every unit, against a count day by day and minute by minute."""

import pytest
from hypothesis import HealthCheck, given, settings

import slow_count
from casework.domain.calendar import DayKind, WorkCalendar
from casework.storage.calendar_seed import seed_days
from drawn_limits import ask, limits
from slow_count import Limit

ROWS = seed_days()
DAYS = slow_count.days_of(
    [row.day for row in ROWS if row.kind is DayKind.HOLIDAY],
    [row.day for row in ROWS if row.kind is DayKind.WORKDAY],
    range(2004, 2027),
)


@pytest.fixture(scope="module")
def calendar() -> WorkCalendar:
    """The calendar that the product starts with."""
    return WorkCalendar(row.as_row() for row in ROWS)


@settings(
    max_examples=10_000,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(limit=limits())
def test_last_days_agree_with_a_slow_count_for_ten_thousand_limits(
    calendar: WorkCalendar, limit: Limit
):
    last, moment, left_out, provisional = slow_count.count(limit, DAYS)
    answer = ask(limit, calendar)
    assert (answer.due_on, answer.due_at) == (last, moment)
    assert [(skip.on, skip.why) for skip in answer.skipped] == left_out
    assert answer.provisional is provisional
