"""The clock: UTC now, today in Shanghai, and a demo's offset."""

from datetime import UTC, date, datetime, timedelta

import pytest

from casework.clock import Clock, fixed_clock


def test_today_is_shanghais_day():
    before = fixed_clock(datetime(2026, 3, 1, 15, 59, 59, tzinfo=UTC))
    after = fixed_clock(datetime(2026, 3, 1, 16, 0, 0, tzinfo=UTC))
    assert (before.today(), after.today()) == (date(2026, 3, 1), date(2026, 3, 2))
    assert after.stamp() == "2026-03-01T16:00:00Z"


def test_a_moved_clock_runs_ahead():
    clock = fixed_clock(datetime(2026, 3, 1, tzinfo=UTC)).moved(timedelta(days=31))
    assert clock.today() == date(2026, 4, 1)
    assert clock.moved(timedelta(days=-31)).today() == date(2026, 3, 1)


def test_the_real_clock_is_in_utc():
    assert Clock().now().tzinfo is UTC
    with pytest.raises(ValueError):
        fixed_clock(datetime(2026, 3, 1))  # noqa: DTZ001 - the missing zone is the point
