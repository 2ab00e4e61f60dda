"""Taking identity items back: what dies at once, and what is erased after it."""

from collections.abc import Callable

import pytest

from case_story import (
    CASHIER,
    CUSTODIAN_1,
    CUSTODIAN_2,
    JOBS,
    LEADER,
    OFFICER,
    REPORTER,
    SUPERVISOR,
    Story,
)
from casework.domain.case import AwardState, ReleaseState
from casework.domain.errors import (
    AlreadyDoneError,
    ItemWithdrawnError,
    NotPermittedError,
    ReleaseVoidError,
    RetentionError,
    UnknownReleaseError,
)

Begin = Callable[..., Story]


def test_a_withdrawal_voids_the_releases_of_its_items_at_once(begun: Begin):
    for story in (begun().requested(), begun().agreed()):
        story.tell("identity.withdrawn", REPORTER)
        assert story.case.releases["r1"].state is ReleaseState.VOIDED
        assert story.case.releases["r1"].reason_code == "item_withdrawn"
        for kind, who in (("release.approved", CUSTODIAN_2), ("release.opened", CASHIER)):
            with pytest.raises(ReleaseVoidError):
                story.tell(kind, who)


def test_a_withdrawal_leaves_releases_of_other_items_alone(story: Story):
    story.agreed().tell("identity.withdrawn", REPORTER, items=["i2"])
    story.tell("release.opened", CASHIER)
    assert [one.state for one in story.case.releases.values()] == ["opened"]


def test_a_claimed_award_goes_back_to_notified_and_may_be_claimed_with_a_new_item(story: Story):
    story.claimed().tell("identity.withdrawn", REPORTER)
    assert story.case.award is not None
    assert (story.case.award.state, story.case.award.item) == (AwardState.NOTIFIED, "")
    with pytest.raises(ItemWithdrawnError):
        story.tell("reward.claimed", REPORTER, version=2)
    story.tell("reward.claimed", REPORTER, item="i2")


def test_a_paid_award_stays_paid(story: Story):
    story.paid().tell("identity.withdrawn", REPORTER)
    assert story.case.award is not None
    assert story.case.award.state is AwardState.PAID


def test_nobody_may_ask_for_an_item_that_was_taken_back(begun: Begin):
    asked = {"purpose": "contact_reporter", "item": "contact1"}
    story = begun().tell("identity.withdrawn", REPORTER, items=["contact1"])
    with pytest.raises(ItemWithdrawnError):
        story.tell("release.requested", SUPERVISOR, **asked)
    story.tell("identity.erased", JOBS, items=["contact1"])
    with pytest.raises(ItemWithdrawnError):
        story.tell("release.requested", SUPERVISOR, **asked)


def test_an_item_is_withdrawn_once_and_erased_once(story: Story):
    story.tell("identity.withdrawn", REPORTER)
    with pytest.raises(AlreadyDoneError):
        story.tell("identity.withdrawn", REPORTER, items=["i2", "i1"])
    story.tell("identity.erased", JOBS)
    for kind, who in (("identity.withdrawn", REPORTER), ("identity.erased", JOBS)):
        with pytest.raises(AlreadyDoneError):
            story.tell(kind, who)
    assert story.case.erased == ("i1",)


def test_only_the_reporter_withdraws_and_only_the_jobs_process_erases(story: Story):
    for who in (OFFICER, LEADER, SUPERVISOR, CUSTODIAN_1, JOBS):
        with pytest.raises(NotPermittedError):
            story.tell("identity.withdrawn", who)
    story.tell("identity.withdrawn", REPORTER)
    for who in (OFFICER, CUSTODIAN_1, REPORTER):
        with pytest.raises(NotPermittedError):
            story.tell("identity.erased", who)


def test_nothing_is_erased_that_nobody_withdrew_while_the_case_is_open(story: Story):
    with pytest.raises(AlreadyDoneError):
        story.tell("identity.erased", JOBS)
    with pytest.raises(RetentionError):
        story.tell("identity.erased", JOBS, asked="")


def test_each_erasure_is_forgotten_once(story: Story):
    with pytest.raises(AlreadyDoneError):
        story.tell("identity.forgotten", JOBS)
    story.tell("identity.withdrawn", REPORTER).tell("identity.erased", JOBS)
    story.tell("identity.forgotten", JOBS)
    with pytest.raises(AlreadyDoneError):
        story.tell("identity.forgotten", JOBS)


def test_a_key_change_voids_a_running_release_and_no_other(story: Story):
    story.agreed().tell("release.voided", JOBS)
    assert story.case.releases["r1"].reason_code == "requester_left"
    with pytest.raises(ReleaseVoidError):
        story.tell("release.voided", JOBS)
    story.tell("release.requested", CASHIER, release="r2")


def test_a_refused_try_changes_nothing_and_names_a_release(story: Story):
    before = story.requested().case
    story.tell("release.attempted", OFFICER)
    assert story.case.releases == before.releases
    with pytest.raises(UnknownReleaseError):
        story.tell("release.attempted", OFFICER, release="r9")
