"""What ended under the calendar of its day is judged by that calendar for ever."""

from datetime import UTC, date, datetime

import pytest

from case_story import OFFICER, Story
from casework.domain.calendar import CalendarRow, DayKind, WorkCalendar
from casework.domain.policy_file import parse_policies
from casework.domain.running import ClockState, clocks_of
from clock_policy import TEXT, clock_policy

# 22 February 2026 is a Sunday. Accepted on 2 March by the story, 30 days end on 1 April.
CHANGED = datetime(2026, 4, 2, tzinfo=UTC)
HOLIDAY = CalendarRow(date(2026, 3, 31), DayKind.HOLIDAY)
WORKED = CalendarRow(date(2026, 4, 1), DayKind.HOLIDAY)


def changed(now: WorkCalendar, before: WorkCalendar) -> WorkCalendar:
    """Return *now* with *before* as what was in force until CHANGED."""
    return WorkCalendar(now.rows(), [(CHANGED, before)])


@pytest.mark.parametrize(
    ("at", "is_old"),
    [
        (datetime(2026, 4, 1, 23, 59, 59, tzinfo=UTC), True),
        (datetime(2026, 4, 2, tzinfo=UTC), False),
    ],
)
def test_a_calendar_is_in_force_until_the_instant_of_its_change(at, is_old):
    before, now = WorkCalendar([]), WorkCalendar([HOLIDAY])
    dated = changed(now, before)
    assert (dated.as_of(at) is before) is is_old
    assert (dated.as_of(at) is dated) is not is_old


def test_of_several_changes_each_instant_finds_its_own():
    first, second = WorkCalendar([]), WorkCalendar([HOLIDAY])
    later = datetime(2026, 5, 1, tzinfo=UTC)
    now = WorkCalendar([HOLIDAY, WORKED], [(CHANGED, first), (later, second)])
    instants = [datetime(2026, month, 1, tzinfo=UTC) for month in (3, 4, 5)]
    instants.insert(2, CHANGED)
    assert [now.as_of(at) for at in instants] == [first, first, second, now]


def test_a_clock_that_was_met_on_time_does_not_become_late(story: Story, china: WorkCalendar):
    """Under the first calendar 1 April rests and the last day rolls to the 2nd."""
    before = china.with_notice(2026, [*china.rows(2026), WORKED])
    story.accepted().tell(
        "finding.recorded", OFFICER, at="2026-04-01T23:00:00Z", concluded_on="2026-04-02"
    )
    rolling = TEXT.replace('end = "keep"', 'end = "roll"').encode()
    policy = parse_policies({"test-2026.toml": rolling})["test-2026"]
    now = datetime(2026, 9, 1, tzinfo=UTC)
    states = []
    for calendar in (before, china, changed(china, before)):
        found = clocks_of(story.case, policy, calendar=calendar, now=now)
        states += [one.state for one in found if one.key == "verify"]
    assert states == [ClockState.MET, ClockState.LATE, ClockState.MET]


def test_a_clock_that_runs_goes_by_the_calendar_of_now(story: Story, china: WorkCalendar):
    before = china.with_notice(2026, [*china.rows(2026), WORKED])
    story.accepted()
    now = datetime(2026, 3, 20, tzinfo=UTC)
    found = clocks_of(story.case, clock_policy(), calendar=changed(china, before), now=now)
    assert [str(one.due.due_on) for one in found if one.key == "verify"] == ["2026-04-01"]
