"""Releasing an identity item: two seats, two offices, one person who asks, one look, in time."""

from collections.abc import Callable

import pytest

from case_story import (
    APPROVER,
    AWB,
    CASHIER,
    CUSTODIAN_1,
    CUSTODIAN_2,
    CUSTODIAN_3,
    JOBS,
    LEADER,
    OFFICER,
    REPORTER,
    SUPERVISOR,
    YJJ,
    Person,
    Story,
    person,
)
from casework.domain.act_facts import REQUEST_PURPOSES
from casework.domain.case import ReleaseState
from casework.domain.disclosure import PURPOSES
from casework.domain.errors import (
    AlreadyDoneError,
    BadActError,
    NotPermittedError,
    ReleaseExpiredError,
    ReleaseRunningError,
    ReleaseUnderWayError,
    SeparationError,
    UnknownReleaseError,
    WrongStateError,
)

Begin = Callable[..., Story]
LAST_MOMENT = "2026-03-25T07:59:59Z"
EXPIRY = "2026-03-25T08:00:00Z"


def test_every_purpose_is_on_the_list_with_its_basis():
    assert tuple(purpose.code for purpose in PURPOSES) == REQUEST_PURPOSES
    assert all(purpose.basis and purpose.zh and purpose.en for purpose in PURPOSES)


def state_of(story: Story) -> ReleaseState:
    return story.case.releases["r1"].state


def test_two_seats_of_two_offices_release_and_one_does_not(story: Story):
    story.requested().tell("release.approved", CUSTODIAN_1)
    assert state_of(story) is ReleaseState.REQUESTED
    with pytest.raises(WrongStateError):
        story.tell("release.opened", CASHIER)
    story.tell("release.approved", CUSTODIAN_2, seat=2).tell("release.opened", CASHIER)
    assert state_of(story) is ReleaseState.OPENED


def test_a_threshold_of_three_needs_three(story: Story):
    story.claimed().tell("release.requested", CASHIER, threshold=3)
    story.tell("release.approved", CUSTODIAN_1).tell("release.approved", CUSTODIAN_2, seat=2)
    assert state_of(story) is ReleaseState.REQUESTED
    story.tell("release.approved", CUSTODIAN_3, seat=3)
    assert state_of(story) is ReleaseState.APPROVED


@pytest.mark.parametrize("threshold", [0, 1, 5, "2", True])
def test_one_custodian_alone_is_never_enough(story: Story, threshold: object):
    with pytest.raises(BadActError, match="threshold"):
        story.claimed().tell("release.requested", CASHIER, threshold=threshold)


CASHIER_IN_A_SEAT = person("cashier", CASHIER.office, "cashier", "custodian")


@pytest.mark.parametrize(
    ("who", "seat", "rule"),
    [
        (CUSTODIAN_1, 2, "one_person_twice"),
        (CUSTODIAN_2, 1, "one_seat_twice"),
        (person("colleague", CUSTODIAN_1.office, "custodian"), 2, "one_office_twice"),
        (
            person("cashier", CASHIER.office, "cashier", "custodian"),
            2,
            "requester_approves_release",
        ),
    ],
)
def test_the_second_approval_is_another_persons_of_another_office_and_seat(
    story: Story, who: Person, seat: int, rule: str
):
    story.requested().tell("release.approved", CUSTODIAN_1)
    with pytest.raises(SeparationError) as refusal:
        story.tell("release.approved", who, seat=seat)
    assert refusal.value.rule == rule


@pytest.mark.parametrize("who", [CASHIER, OFFICER, LEADER, SUPERVISOR, APPROVER, REPORTER, JOBS])
def test_only_custodians_approve_or_refuse(story: Story, who: Person):
    story.requested()
    for kind in ("release.approved", "release.refused"):
        with pytest.raises(NotPermittedError):
            story.tell(kind, who)


def test_an_item_is_opened_once_by_who_asked_for_it(story: Story):
    story.agreed()
    with pytest.raises(SeparationError) as refusal:
        story.tell("release.opened", person("cashier2", CASHIER.office, "cashier"))
    assert refusal.value.rule == "another_opens_release"
    story.tell("release.opened", CASHIER)
    with pytest.raises(WrongStateError):
        story.tell("release.opened", CASHIER)


def test_after_its_time_a_release_is_neither_approved_nor_opened(begun: Begin):
    begun().agreed().tell("release.opened", CASHIER, at=LAST_MOMENT)
    with pytest.raises(ReleaseExpiredError):
        begun().agreed().tell("release.opened", CASHIER, at=EXPIRY)
    with pytest.raises(ReleaseExpiredError):
        begun().requested().tell("release.approved", CUSTODIAN_1, at=EXPIRY)


def test_the_jobs_process_ends_a_release_when_its_time_is_over_and_not_before(begun: Begin):
    for story in (begun().requested(), begun().agreed()):
        with pytest.raises(ReleaseRunningError):
            story.tell("release.expired", JOBS, at=LAST_MOMENT)
        story.tell("release.expired", JOBS, at=EXPIRY)
        assert state_of(story) is ReleaseState.EXPIRED
        with pytest.raises(WrongStateError):
            story.tell("release.expired", JOBS, at=EXPIRY)


def test_a_refused_release_is_over_and_may_be_asked_for_anew(story: Story):
    story.agreed().tell("release.refused", CUSTODIAN_3)
    with pytest.raises(WrongStateError):
        story.tell("release.opened", CASHIER)
    with pytest.raises(AlreadyDoneError):
        story.tell("release.requested", CASHIER)
    story.tell("release.requested", CASHIER, release="r2")


def test_an_item_is_asked_for_once_at_a_time(story: Story):
    with pytest.raises(ReleaseUnderWayError):
        story.requested().tell("release.requested", CASHIER, release="r2")


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"item": "i2"}, "item"),
        ({"version": 2}, "version"),
        ({"expires_at": "2026-03-22T08:59:59Z"}, "expires_at"),
        ({"expires_at": "2026-03-25T08:00:01Z"}, "expires_at"),
        ({"purpose": "curiosity"}, "purpose"),
    ],
)
def test_the_cashier_asks_for_the_claimed_item_for_a_purpose_and_a_time(
    story: Story, changed: dict[str, object], named: str
):
    with pytest.raises(BadActError) as refusal:
        story.claimed().tell("release.requested", CASHIER, **changed)
    assert refusal.value.fact == named


def test_nothing_is_released_for_payment_before_the_claim(story: Story):
    with pytest.raises(WrongStateError):
        story.approved().tell("release.requested", CASHIER)


def test_the_handling_department_never_learns_how_to_reach_the_reporter(begun: Begin):
    asked = {"purpose": "contact_reporter", "item": "contact1"}
    for who in (OFFICER, LEADER, person("x", YJJ, "supervisor"), person("x", YJJ, "operator")):
        with pytest.raises(NotPermittedError):
            begun().accepted().tell("release.requested", who, **asked)
    with pytest.raises(NotPermittedError):
        begun().accepted().tell("release.requested", CASHIER, **asked)
    story = begun().accepted().tell("release.requested", SUPERVISOR, **asked)
    assert story.case.releases["r1"].office == AWB


def test_an_unknown_release_is_named(story: Story):
    for kind, who in (("release.approved", CUSTODIAN_1), ("release.opened", CASHIER)):
        with pytest.raises(UnknownReleaseError):
            story.tell(kind, who, release="r9")
