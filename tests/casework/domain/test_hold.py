"""A legal hold: asked for, agreed by custodians, standing until a day."""

from collections.abc import Callable
from datetime import date

import pytest

from case_story import (
    AWB,
    CUSTODIAN_1,
    CUSTODIAN_2,
    JOBS,
    LEADER,
    OFFICER,
    REPORTER,
    SUPERVISOR,
    Story,
    person,
)
from casework.domain.case import HoldState
from casework.domain.errors import (
    AlreadyDoneError,
    BadActError,
    HeldError,
    NotPermittedError,
    SeparationError,
    UnknownHoldError,
    WrongStateError,
)
from casework.domain.hold import standing_on

Begin = Callable[..., Story]
DAY = date(2026, 3, 22)


def held(story: Story) -> Story:
    story.tell("hold.requested", SUPERVISOR).tell("hold.approved", CUSTODIAN_1)
    return story.tell("hold.approved", CUSTODIAN_2, seat=2)


def test_a_hold_stands_once_two_custodians_agree_and_until_its_last_day(story: Story):
    story.tell("hold.requested", SUPERVISOR).tell("hold.approved", CUSTODIAN_1)
    assert standing_on(story.case, DAY) is None
    story.tell("hold.approved", CUSTODIAN_2, seat=2)
    standing = standing_on(story.case, DAY)
    assert standing is not None
    assert standing.state is HoldState.ACTIVE
    assert standing_on(story.case, date(2026, 5, 31)) == standing
    assert standing_on(story.case, date(2026, 6, 1)) is None


def test_the_handling_department_asks_for_no_hold_except_of_complaints_about_staff(begun: Begin):
    for who in (OFFICER, LEADER):
        with pytest.raises(NotPermittedError):
            begun().tell("hold.requested", who)
    begun(matter="staff_misconduct").tell("hold.requested", LEADER)
    with pytest.raises(NotPermittedError):
        begun().tell("hold.requested", person("x", "410329-zjj", "supervisor"))


@pytest.mark.parametrize(
    ("until", "right"),
    [("2026-03-21", False), ("2026-03-22", True), ("2026-09-21", True), ("2026-09-22", False)],
)
def test_a_hold_ends_today_at_the_earliest_and_within_half_a_year(
    story: Story, until: str, right: bool
):
    if right:
        story.tell("hold.requested", SUPERVISOR, until=until)
    else:
        with pytest.raises(BadActError, match="until"):
            story.tell("hold.requested", SUPERVISOR, until=until)


def test_one_person_seat_or_office_agrees_once_and_the_requester_never(story: Story):
    asker = person("both", AWB, "supervisor", "custodian")
    story.tell("hold.requested", asker)
    with pytest.raises(SeparationError):
        story.tell("hold.approved", asker, seat=3)
    story.tell("hold.approved", CUSTODIAN_1)
    for who, seat, rule in (
        (CUSTODIAN_1, 2, "one_person_twice"),
        (person("deputy", "other", "custodian"), 1, "one_seat_twice"),
        (person("deputy", CUSTODIAN_1.office, "custodian"), 2, "one_office_twice"),
    ):
        with pytest.raises(SeparationError) as refusal:
            story.tell("hold.approved", who, seat=seat)
        assert refusal.value.rule == rule


def test_nothing_is_erased_while_a_hold_stands_and_all_is_when_it_is_lifted(story: Story):
    held(story).tell("identity.withdrawn", REPORTER)
    with pytest.raises(HeldError) as refusal:
        story.tell("identity.erased", JOBS)
    assert refusal.value.until == "2026-05-31"
    story.tell("hold.lifted", SUPERVISOR).tell("identity.erased", JOBS)
    with pytest.raises(WrongStateError):
        story.tell("hold.approved", CUSTODIAN_1)


def test_a_hold_over_its_last_day_stops_nothing_and_wants_no_lifting(story: Story):
    held(story).tell("identity.withdrawn", REPORTER)
    with pytest.raises(HeldError):  # 31 May, 23:59 in China
        story.tell("identity.erased", JOBS, at="2026-05-31T15:59:59Z")
    story.tell("identity.erased", JOBS, at="2026-05-31T16:00:00Z")


def test_an_id_is_used_once_and_an_unknown_hold_is_named(story: Story):
    story.tell("hold.requested", SUPERVISOR)
    with pytest.raises(AlreadyDoneError):
        story.tell("hold.requested", SUPERVISOR)
    with pytest.raises(UnknownHoldError):
        story.tell("hold.lifted", SUPERVISOR, hold="h9")
