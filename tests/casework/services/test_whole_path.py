"""The main job through the services alone."""

import pytest

from casework.domain.case import AwardState, State
from casework.domain.errors import (
    CaseworkError,
    ClaimNumberError,
    NotOpenedError,
    ReleaseExpiredError,
    SeparationError,
    WrongStateError,
)
from casework.services import fund
from casework.verify import Problem, verify
from instance import World


def problems(world: World) -> list[Problem]:
    """What verification names."""
    found = verify(world.store, world.blobs, world.trust)
    return [one for one in found if isinstance(one, Problem)]


def test_a_report_travels_to_a_paid_award_and_everything_agrees_with_its_events(world):
    filed = world.file_report(files=[("photo.bin", b"x" * 100_000)])
    world.read(filed.report)
    world.accept(filed.report)
    world.say(filed)
    world.conclude(filed.report)
    world.reserve(filed.report)
    assert fund.fund_balance(world.store, year=2026).reserved_fen == 6_000_000
    world.approve(filed.report)
    world.claim(filed)
    release = world.request(filed.report)
    world.agree(filed.report, release, "seat1-holder")
    world.agree(filed.report, release, "seat3-deputy")

    assert "样本甲" in world.open(filed.report, release)
    case = world.pay(filed.report)

    assert case.state is State.CONCLUDED
    assert case.award is not None
    assert case.award.state is AwardState.PAID
    balance = fund.fund_balance(world.store, year=2026)
    assert (balance.reserved_fen, balance.paid_fen) == (0, 6_000_000)
    assert balance.available_fen == 94_000_000
    assert problems(world) == []


def test_an_award_is_paid_once(world):
    filed = world.approved()
    world.claim(filed, how="counter", claim_hash="cd" * 32)
    world.pay(filed.report, means="cash", claim_hash="cd" * 32)

    with pytest.raises(WrongStateError):
        world.pay(filed.report, means="cash", claim_hash="cd" * 32)
    assert fund.fund_balance(world.store, year=2026).paid_fen == 6_000_000


def test_cash_is_paid_against_the_claim_number_given_last_and_no_other(world):
    filed = world.approved()
    world.claim(filed, how="counter", claim_hash="cd" * 32)
    world.claim(filed, how="counter", claim_hash="ef" * 32)

    with pytest.raises(ClaimNumberError):
        world.pay(filed.report, means="cash", claim_hash="cd" * 32)
    paid = world.pay(filed.report, means="cash", claim_hash="ef" * 32)
    assert paid.award is not None
    assert paid.award.state is AwardState.PAID


def test_nobody_pays_to_an_account_without_having_opened_it(world):
    filed = world.approved()
    world.claim(filed)
    release = world.request(filed.report)
    world.agree(filed.report, release, "seat1-holder")
    world.agree(filed.report, release, "seat2-holder")
    world.open(filed.report, release)

    with pytest.raises(NotOpenedError):
        world.pay(filed.report, who="cashier-2")


def test_one_custodian_is_not_enough_and_the_same_seat_counts_once(world):
    filed = world.approved()
    world.claim(filed)
    release = world.request(filed.report)
    world.agree(filed.report, release, "seat1-holder")

    with pytest.raises(WrongStateError):
        world.open(filed.report, release)
    with pytest.raises(SeparationError):
        world.agree(filed.report, release, "seat1-deputy")


def test_a_released_item_opens_once_and_for_nobody_but_its_requester(world):
    filed = world.approved()
    world.claim(filed)
    release = world.request(filed.report)
    world.agree(filed.report, release, "seat1-holder")
    world.agree(filed.report, release, "seat2-holder")

    with pytest.raises(CaseworkError):
        world.open(filed.report, release, who="cashier-2")
    world.open(filed.report, release)
    with pytest.raises(WrongStateError):
        world.open(filed.report, release)


def test_an_approval_a_second_after_the_release_expired_is_refused(world):
    filed = world.approved()
    world.claim(filed)
    release = world.request(filed.report, hours=1)
    world.move(hours=1)

    with pytest.raises(ReleaseExpiredError):
        world.agree(filed.report, release, "seat1-holder")
