"""Cases, calendars and rule sets that the tests of the rules are about."""

from collections.abc import Callable
from pathlib import Path

import chinese_calendar
import pytest

from case_story import Story, begin
from casework.domain.calendar import CalendarRow, DayKind, WorkCalendar
from casework.domain.policy import Policies

POLICIES = Path(__file__).parents[3] / "casework" / "policies"


@pytest.fixture
def story() -> Story:
    """A report that was just received by the emergency bureau."""
    return begin()


@pytest.fixture
def begun() -> Callable[..., Story]:
    """Begin a story with other facts."""
    return begin


@pytest.fixture(scope="session")
def china() -> WorkCalendar:
    """The real working days of 2004 to 2026."""
    rows = [CalendarRow(day, DayKind.HOLIDAY) for day in chinese_calendar.constants.holidays] + [
        CalendarRow(day, DayKind.WORKDAY) for day in chinese_calendar.constants.workdays
    ]
    return WorkCalendar(row for row in rows if 2004 <= row.on.year <= 2026)


@pytest.fixture(scope="session")
def policies() -> Policies:
    """The rule sets that are shipped."""
    return Policies.load(POLICIES)
