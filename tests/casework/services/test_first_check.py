"""Under rules that pay early, a claim opens with the first check, before the case is decided.

What two officers signed on site is enough to set money aside; what is found in the end puts it
right: a fine adds to it, an untrue report gives it back. On both databases.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from casework.domain.award_values import AwardState
from casework.domain.money import yuan
from casework.domain.policy import Policies
from casework.services import claims, rulebook
from casework.storage.rule_version import POLICIES
from casework.verify import verify
from casework.verify_rows import Problem
from instance import World, make_world
from visiting import open_visit, record_visit, return_visit, sign_visit


@pytest.fixture
def world(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """An instance whose county pays as henan-2025 does: on the first check."""
    made = make_world(tmp_path, database_url)
    made.appropriate(yuan(1_000_000))
    county, province = made.policies.get("yichuan-2022"), made.policies.get("henan-2025")
    assert province.claim.opens_on == "first_check"
    early = replace(county, own_claim=province.claim)
    made.policies = Policies({**made.policies.by_id, county.id: early}, made.policies.since)
    monkeypatch.setattr(rulebook, "policies_at_hand", lambda: made.policies)
    made.store.write(lambda uow: uow.rule_version.changed(POLICIES))
    yield made
    made.store.close()


def round_of(world: World) -> int:
    done = claims.open_claims(world.store, trust=world.trust, log_key=world.log_key, now=world.now)
    assert done.failed == ()
    return done.computed


def looked(world: World, *, is_true: bool = True, sign: bool = True) -> str:
    """A report that two officers looked at on site."""
    report = str(world.file_report().report)
    world.accept(report)
    open_visit(world, report)
    if is_true:
        record_visit(world, report, at_first=1)
    else:
        record_visit(world, report)
    if sign:
        sign_visit(world, report)
    return report


def reserved(world: World) -> int:
    return world.store.read(lambda uow: uow.ledger.balance(2026)).reserved_fen


def problems(world: World) -> list[Problem]:
    found = verify(world.store, world.blobs, world.trust)
    return [one for one in found if isinstance(one, Problem)]


def test_what_looked_true_on_site_sets_the_least_aside_before_anything_is_decided(world: World):
    report = looked(world)
    assert round_of(world) == 1
    case = world.case(report)
    assert case.finding is None
    assert case.award is not None
    assert (case.award.state, case.award.amount_fen) == (AwardState.COMPUTED, yuan(3_000))
    assert reserved(world) == yuan(3_000)
    assert round_of(world) == 0
    assert problems(world) == []


def test_the_fine_adds_to_it_and_the_finding_makes_it_final(world: World):
    report = looked(world)
    round_of(world)
    world.conclude(report, fines_fen=(yuan(400_000),), basis="visit")
    assert round_of(world) == 1
    award = world.case(report).award
    assert award is not None
    assert (award.state, award.amount_fen) == (AwardState.COMPUTED, yuan(60_000))
    assert reserved(world) == yuan(60_000)
    assert problems(world) == []


def test_a_report_that_is_not_true_after_all_gives_the_money_back(world: World):
    report = looked(world)
    round_of(world)
    world.conclude(report, finding="unsubstantiated", fines_fen=(), basis="visit")
    assert round_of(world) == 1
    award = world.case(report).award
    assert award is not None
    assert (award.state, award.reason) == (AwardState.ELIGIBILITY, "not_substantiated")
    assert (award.amount_fen, reserved(world)) == (0, 0)
    assert problems(world) == []


def test_what_was_found_untrue_before_the_round_opens_nothing(world: World):
    report = looked(world)
    world.conclude(report, finding="unsubstantiated", fines_fen=(), basis="visit")
    assert round_of(world) == 0
    assert world.case(report).award is None
    assert reserved(world) == 0


@pytest.mark.parametrize(("is_true", "sign"), [(False, True), (True, False)])
def test_what_did_not_look_true_or_was_not_signed_by_both_opens_nothing(
    world: World, is_true: bool, sign: bool
):
    report = looked(world, is_true=is_true, sign=sign)
    assert round_of(world) == 0
    assert world.case(report).award is None


def test_a_record_that_is_sent_back_opens_nothing_until_it_is_signed(world: World):
    report = looked(world, sign=False)
    return_visit(world, report)
    assert round_of(world) == 0
    record_visit(world, report, at_first=1)
    sign_visit(world, report)
    assert round_of(world) == 1
    assert reserved(world) == yuan(3_000)
