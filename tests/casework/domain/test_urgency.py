"""What a report came in with: that it is urgent, since which hour, and what else it may be."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from case_story import OFFICER, Story
from casework.domain.act_facts import SCOPE_CODES
from casework.domain.calendar import WorkCalendar
from casework.domain.case_json import case_from_json, case_to_json
from casework.domain.errors import BadActError, WrongStateError
from casework.domain.marks import last_mark
from casework.domain.policy import Policies
from casework.domain.running import ClockState, clocks_of, end_of
from casework.domain.urgency import scope_of

Begin = Callable[..., Story]
# Ten in the morning in China.
URGENT = {"urgent": 1, "urgent_from": "2026-03-01T02:00:00Z"}


def urgent_clock(story: Story, policies: Policies, now: datetime):
    """The urgent clock of a case by the county's policy; None where it has none."""
    found = clocks_of(
        story.case, policies.by_id["yichuan-2022"], calendar=WorkCalendar(()), now=now
    )
    return next((one for one in found if one.key == "urgent"), None)


def test_four_hours_run_from_the_hour_in_which_it_came_in(begun: Begin, policies: Policies):
    story = begun(**URGENT)
    assert story.case.urgent
    clock = urgent_clock(story, policies, datetime(2026, 3, 1, 2, 30, tzinfo=UTC))
    assert clock is not None
    assert end_of(clock.due) == datetime(2026, 3, 1, 6, 0, 1, tzinfo=UTC)
    assert clock.office == story.case.lead
    late = urgent_clock(story, policies, datetime(2026, 3, 1, 6, 0, 1, tzinfo=UTC))
    assert (clock.state, late.state) == (ClockState.RUNNING, ClockState.OVERDUE)


def test_other_reports_have_no_such_clock(begun: Begin, policies: Policies):
    assert not begun().case.urgent
    assert urgent_clock(begun(), policies, datetime(2026, 3, 1, 6, tzinfo=UTC)) is None


def test_without_an_hour_it_runs_from_the_beginning_of_the_day(begun: Begin):
    mark = last_mark(begun(urgent=1).case, "urgent")
    assert mark is not None
    assert mark.at == "2026-03-01"


@pytest.mark.parametrize(
    "facts",
    [
        {"urgent_from": "2026-03-01T02:00:00Z"},  # an hour of what is not urgent
        {**URGENT, "urgent_from": "2026-03-01T02:01:00Z"},
        {**URGENT, "urgent_from": "2026-03-01T02:00:01Z"},
        {**URGENT, "urgent_from": "2026-02-28T15:00:00Z"},  # 23:00 of the day before in China
        {**URGENT, "urgent_from": "2026-03-01T16:00:00Z"},  # 0:00 of the day after
        {**URGENT, "urgent_from": "10:00"},
        {"urgent": 0},
        {"urgent": 2},
        {"urgent": True},
        {"scope": "moon"},
        {"scope": ""},
    ],
    ids=str,
)
def test_what_is_no_such_fact(begun: Begin, facts: dict[str, object]):
    with pytest.raises(BadActError):
        begun(**facts)


@pytest.mark.parametrize("hour", ["2026-02-28T16:00:00Z", "2026-03-01T15:00:00Z"])
def test_the_first_and_the_last_hour_of_the_day(begun: Begin, hour: str):
    assert begun(urgent=1, urgent_from=hour).case.marks[-1].at == hour


@pytest.mark.parametrize("how", ["attended", "accepted", "refused"])
def test_being_there_or_deciding_meets_it(begun: Begin, policies: Policies, how: str):
    story = begun(**URGENT)
    if how == "attended":
        story.tell("milestone.recorded", OFFICER, milestone="attended", at="2026-03-01T05:00:00Z")
    elif how == "accepted":
        story.tell("report.accepted", OFFICER, at="2026-03-01T05:00:00Z")
    else:
        story.refused()
    clock = urgent_clock(story, policies, datetime(2026, 3, 1, 5, tzinfo=UTC))
    assert clock is not None
    assert not clock.running


def test_only_an_urgent_report_is_attended(begun: Begin):
    with pytest.raises(WrongStateError):
        begun().tell("milestone.recorded", OFFICER, milestone="attended")
    story = begun(**URGENT).tell("milestone.recorded", OFFICER, milestone="attended")
    with pytest.raises(WrongStateError):
        story.tell("milestone.recorded", OFFICER, milestone="attended")


@pytest.mark.parametrize("code", SCOPE_CODES)
def test_what_is_no_matter_of_work_safety_names_who_handles_it(begun: Begin, code: str):
    case = begun(scope=code).case
    found = scope_of(case.scope)
    assert found is not None
    assert found.phone.isdecimal()
    assert found.cite.startswith("《")
    assert case_from_json(case_to_json(case)) == case


def test_an_ordinary_report_has_no_scope(begun: Begin):
    assert begun().case.scope == ""
    assert scope_of("") is None


def test_the_day_of_receipt_stays_a_day(begun: Begin):
    assert begun(**URGENT).case.received_on == date(2026, 3, 1)
