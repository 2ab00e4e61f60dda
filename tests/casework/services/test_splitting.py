"""S35 below the pages, on both databases: parts are given out all at once, to the fen."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

from casework.domain.award import binding
from casework.domain.award_sharing import tells_of_others
from casework.domain.award_values import Award, AwardState
from casework.domain.case import Case
from casework.domain.errors import (
    ApprovalVoidError,
    AwardAmountError,
    AwardExistsError,
    BadActError,
    CaseworkError,
    MergeRefusedError,
    SplitRefusedError,
    WrongStateError,
)
from casework.domain.ids import new_id
from casework.domain.ledger import Balance
from casework.domain.money import yuan
from casework.domain.split import Part
from casework.services import award_reviews, claims, merging, rewards
from casework.services.acts import record
from casework.services.fund import fund_balance, fund_lines
from casework.services.tracing import trace
from casework.storage.unit_of_work import UnitOfWork
from casework.verify import Problem, verify
from crypto.events import SignedEvent
from instance import World, make_world
from log_keeper import take
from people import STAFF, Filed
from sharing import agree, matter, parts_of, propose, shared_out, sharing, yes

FINANCE = ("finance", "finance-2")
WEIGHED = ((5, (1, 1, 1)), (3, (1,)), (2, (1,)))


@pytest.fixture
def world(tmp_path: Path, database_url: str) -> Iterator[World]:
    """An instance in which a second person may agree to what a review adds."""
    staff = {
        **STAFF,
        "awb-approver-2": ("410329-awb", ("approver",)),
        "finance-2": ("410329-czj", ("finance",)),
    }
    made = make_world(tmp_path, database_url, staff=staff)
    made.appropriate()
    yield made
    made.store.close()


@pytest.fixture
def weighing(world: World) -> World:
    """The county's rules let an officer weigh what each contributed, and signed."""
    world.policies = sharing(world.policies)
    return world


def problems(world: World) -> list[Problem]:
    take(world)
    found = verify(world.store, world.blobs, world.trust)
    return [one for one in found if isinstance(one, Problem)]


def refused(told: Callable[[], object]) -> str:
    with pytest.raises(SplitRefusedError) as refusal:
        told()
    return refusal.value.reason


def sums(world: World, report: str) -> list[tuple[int, int, AwardState]]:
    return [(one.signer, one.amount_fen, one.state) for one in world.case(report).awards]


def fund(world: World) -> Balance:
    return fund_balance(world.store, year=2026)


def main(world: World, report: str) -> Award:
    award = world.case(report).award
    assert award is not None
    return award


def test_sixty_thousand_are_shared_by_weight_and_every_mailbox_has_its_own(weighing: World):
    first, second, third = shared_out(weighing, WEIGHED)
    told = AwardState.NOTIFIED
    assert sums(weighing, first.report) == [
        (1, yuan(10_000), told),
        (2, yuan(10_000), told),
        (3, yuan(10_000), told),
    ]
    assert sums(weighing, second.report) == [(1, yuan(18_000), told)]
    assert sums(weighing, third.report) == [(1, yuan(12_000), told)]
    assert problems(weighing) == []


def test_only_who_signed_the_report_may_be_told_the_whole(weighing: World):
    """The working of the award would tell a reporter that there are others."""
    first, second, _third = shared_out(weighing, WEIGHED)
    for report in (first.report, second.report):
        case = weighing.case(report)
        assert all(tells_of_others(case, award) for award in case.awards)
    alone = shared_out(weighing, ((1, (2, 1)),))[0]
    case = weighing.case(alone.report)
    assert [one.amount_fen for one in case.awards] == [yuan(40_000), yuan(20_000)]
    assert not any(tells_of_others(case, award) for award in case.awards)


def test_the_auditor_is_led_from_the_line_of_a_part_to_the_finding_of_the_matter(weighing: World):
    first, second, _third = shared_out(weighing, WEIGHED)
    part = main(weighing, second.report)
    lines = fund_lines(weighing.store, year=2026)
    line = next(one for one in lines if one.award == part.id)
    found = trace(weighing.store, line=line.id, trust=weighing.trust, policies=weighing.policies)
    assert found is not None
    assert (found.report, found.holds, found.finding) == (second.report, True, "substantiated")
    kinds = [one.kind for one in found.steps]
    assert kinds.index("finding.recorded") < kinds.index("reward.approved")
    assert kinds.index("reward.approved") < kinds.index("reward.shared")
    assert first.report != second.report


def test_what_is_set_aside_stays_the_same_sum(weighing: World):
    filed = matter(weighing, {0: 3})
    first = filed[0].report
    propose(weighing, first, [Part(first, 5, (1, 1, 1)), Part(filed[1].report, 3)])
    before = fund(weighing)
    assert before.reserved_fen == yuan(60_000)
    agree(weighing, first, "awb-approver")
    agree(weighing, first, "finance", last=True)
    assert fund(weighing) == before


def test_nobody_is_told_of_a_part_before_the_last_yes(weighing: World):
    filed = matter(weighing)
    first, second = filed[0].report, filed[1].report
    propose(weighing, first, [Part(first, 2), Part(second, 1)])
    agree(weighing, first, "awb-approver")
    assert weighing.case(second).awards == ()
    assert main(weighing, first).state is AwardState.PROPOSED


def test_the_last_yes_without_the_parts_gives_nobody_anything(weighing: World):
    filed = matter(weighing)
    first, second = filed[0].report, filed[1].report
    propose(weighing, first, [Part(first, 2), Part(second, 1)])
    agree(weighing, first, "awb-approver")
    before = weighing.case(first)
    with pytest.raises(BadActError):
        agree(weighing, first, "finance")
    with pytest.raises(BadActError):
        rewards.approve_reward(
            weighing.store,
            act=yes(weighing, first, "finance"),
            shared=parts_of(weighing, first, "finance", amount_fen=yuan(20_001)),
            trust=weighing.trust,
            now=weighing.now,
        )
    assert weighing.case(first) == before
    assert weighing.case(second).awards == ()
    assert problems(weighing) == []


def test_two_last_yeses_at_once_give_each_part_out_once(weighing: World):
    filed = matter(weighing)
    first = filed[0].report
    parts = [Part(first, 5), Part(filed[1].report, 3), Part(filed[2].report, 2)]
    propose(weighing, first, parts)
    agree(weighing, first, "awb-approver")
    before = fund(weighing)
    signed = [(yes(weighing, first, one), parts_of(weighing, first, one)) for one in FINANCE]
    gate = Barrier(len(FINANCE))

    def say(what: tuple[SignedEvent, list[SignedEvent]]) -> bool:
        gate.wait()
        try:
            rewards.approve_reward(
                weighing.store,
                act=what[0],
                shared=what[1],
                trust=weighing.trust,
                now=weighing.now,
            )
        except CaseworkError:
            return False
        return True

    with ThreadPoolExecutor(len(FINANCE)) as pool:
        assert sorted(pool.map(say, signed)) == [False, True]
    told = AwardState.NOTIFIED
    given = [sums(weighing, one.report) for one in filed]
    assert given == [[(1, yuan(fen), told)] for fen in (30_000, 18_000, 12_000)]
    assert fund(weighing) == before
    assert problems(weighing) == []


def test_parts_with_the_first_yes_are_refused(weighing: World):
    filed = matter(weighing)
    first = filed[0].report
    propose(weighing, first, [Part(first, 2), Part(filed[1].report, 1)])
    with pytest.raises(BadActError):
        agree(weighing, first, "awb-approver", last=True)


def test_another_person_does_not_give_the_parts_out(weighing: World):
    filed = matter(weighing)
    first = filed[0].report
    propose(weighing, first, [Part(first, 2), Part(filed[1].report, 1)])
    agree(weighing, first, "awb-approver")
    with pytest.raises(BadActError):
        rewards.approve_reward(
            weighing.store,
            act=yes(weighing, first, "finance"),
            shared=parts_of(weighing, first, "awb-approver"),
            trust=weighing.trust,
            now=weighing.now,
        )


def test_a_report_that_left_the_matter_gets_no_part(weighing: World):
    filed = matter(weighing)
    first, second = filed[0].report, filed[1].report
    propose(weighing, first, [Part(first, 2), Part(second, 1)])
    agree(weighing, first, "awb-approver")
    why = {"from": first, "reason_code": "another_matter"}
    merging.undo_merge(
        weighing.store,
        undone=weighing.sign("yjj-leader", "merge.undone", second, why),
        left=weighing.sign("yjj-leader", "merge.left", first, {"report": second}),
        trust=weighing.trust,
        now=weighing.now,
    )
    with pytest.raises(WrongStateError):
        agree(weighing, first, "finance", last=True)
    assert weighing.case(second).awards == ()


def test_who_has_a_part_does_not_leave_the_matter(weighing: World):
    first, second, _third = shared_out(weighing, WEIGHED)
    why = {"from": first.report, "reason_code": "another_matter"}
    with pytest.raises(MergeRefusedError) as refusal:
        merging.undo_merge(
            weighing.store,
            undone=weighing.sign("yjj-leader", "merge.undone", second.report, why),
            left=weighing.sign("yjj-leader", "merge.left", first.report, {"report": second.report}),
            trust=weighing.trust,
            now=weighing.now,
        )
    assert refusal.value.reason == "award_shared"


def test_another_split_voids_what_was_agreed_to(weighing: World):
    filed = matter(weighing)
    first, second = filed[0].report, filed[1].report
    propose(weighing, first, [Part(first, 2), Part(second, 1)])
    signed = yes(weighing, first, "awb-approver")
    propose(weighing, first, [Part(first, 1), Part(second, 1)])
    bound = dict(signed.event.facts)
    act = weighing.sign("awb-approver", "reward.approved", first, bound)
    with pytest.raises(ApprovalVoidError):
        rewards.approve_reward(weighing.store, act=act, trust=weighing.trust, now=weighing.now)


def test_the_national_rule_gives_it_all_to_the_first_signer_of_the_first(world: World):
    filed = matter(world, {0: 3})
    first, second = filed[0].report, filed[1].report
    assert refused(lambda: propose(world, first, [Part(first, 1, (1, 0, 0)), Part(second)])) == (
        "no_helpers"
    )
    assert refused(lambda: propose(world, first, [Part(first, 1, (1, 1, 1))])) == (
        "first_signer_only"
    )
    propose(world, first)
    agree(world, first, "awb-approver")
    agree(world, first, "finance")
    assert sums(world, first) == [(1, yuan(60_000), AwardState.NOTIFIED)]
    assert world.case(second).awards == ()


def test_a_report_without_a_name_or_of_a_person_who_is_not_rewarded_gets_no_part(weighing: World):
    """The county's rules, after the national ones: named reporters, and no regulators."""
    filed = matter(weighing, anonymous={1}, relations={2: "regulator"})
    first, second, third = (one.report for one in filed)
    assert refused(lambda: propose(weighing, first, [Part(first), Part(second)])) == "anonymous"
    assert refused(lambda: propose(weighing, first, [Part(first), Part(third)])) == "ineligible"
    propose(weighing, first)


def test_equal_parts_are_no_choice(world: World):
    world.policies = sharing(world.policies, joint="equal")
    first = matter(world, {0: 3}, 1)[0].report
    assert refused(lambda: propose(world, first)) == "not_equal"
    propose(world, first, [Part(first, 1, (1, 1, 1))])
    agree(world, first, "awb-approver")
    agree(world, first, "finance", last=True)
    assert [fen for _signer, fen, _state in sums(world, first)] == [yuan(20_000)] * 3


def test_one_whom_the_signers_named_gets_it_all(world: World):
    world.policies = sharing(world.policies, joint="mandate")
    first = matter(world, {0: 3}, 1)[0].report
    propose(world, first, [Part(first, 1, (0, 0, 1))])
    agree(world, first, "awb-approver")
    agree(world, first, "finance")
    assert sums(world, first) == [(3, yuan(60_000), AwardState.NOTIFIED)]


def test_the_first_that_could_be_verified_gets_it_and_the_first_is_told_why(world: World):
    world.policies = sharing(world.policies, duplicate="first_effective")
    filed = matter(world)
    first, second = filed[0].report, filed[1].report
    propose(world, first, [Part(second)])
    agree(world, first, "awb-approver")
    agree(world, first, "finance", last=True)
    award = main(world, first)
    assert (award.state, award.refused) == (AwardState.REJECTED, "duplicate")
    assert sums(world, second) == [(1, yuan(60_000), AwardState.NOTIFIED)]
    assert fund(world).reserved_fen == yuan(60_000)
    assert problems(world) == []


def test_nothing_is_opened_by_hand_beside_parts_that_were_given_out(world: World):
    world.policies = sharing(world.policies, duplicate="first_effective")
    filed = matter(world)
    first, second = filed[0].report, filed[1].report
    propose(world, first, [Part(second)])
    agree(world, first, "awb-approver")
    agree(world, first, "finance", last=True)
    assert main(world, first).state is AwardState.REJECTED
    with pytest.raises(AwardExistsError):
        propose(world, first, [Part(filed[2].report)])
    assert fund(world).reserved_fen == yuan(60_000)


def test_when_the_own_part_lapses_the_parts_of_others_are_not_given_out_again(weighing: World):
    first, _second, _third = shared_out(weighing, WEIGHED)
    claims.end_claims(
        weighing.store,
        trust=weighing.trust,
        log_key=weighing.log_key,
        now=weighing.now + timedelta(days=200),
    )
    assert main(weighing, first.report).state is AwardState.LAPSED
    with pytest.raises(AwardExistsError):
        propose(weighing, first.report)


def test_who_joined_before_being_accepted_is_paid_by_the_rules_of_the_matter(weighing: World):
    filed = matter(weighing, unaccepted={1})
    first, second = filed[0].report, filed[1]
    assert weighing.case(second.report).policy_id == ""
    propose(weighing, first, [Part(first, 2), Part(second.report, 1)])
    agree(weighing, first, "awb-approver")
    agree(weighing, first, "finance", last=True)
    assert weighing.case(second.report).policy_id == weighing.case(first).policy_id
    weighing.claim(second)
    release = weighing.request(second.report)
    for who in ("seat1-holder", "seat2-holder"):
        weighing.agree(second.report, release, who)
    weighing.open(second.report, release)
    weighing.pay(second.report)
    assert main(weighing, second.report).state is AwardState.PAID
    assert problems(weighing) == []


def review(world: World, filed: Filed, outcome: str) -> Case:
    """The reporter objects to a part; who is above, and had no part in it, decides."""
    award = main(world, filed.report)
    message = world.sealed_object("message", filed.report)
    award_reviews.file_award_objection(
        world.store,
        act=world.sign_as_reporter(filed, "reward.objected", {"award": award.id}, [message]),
        message=message,
        trust=world.trust,
        now=world.now,
    )
    asked = world.case(filed.report).events
    facts = {"award": award.id, "asked": asked, "outcome": outcome}
    facts |= {"beside": new_id()} if outcome == "redo" else {}
    return award_reviews.decide_award_review(
        world.store,
        act=world.sign("awb-supervisor", "reward.reviewed", filed.report, facts),
        trust=world.trust,
        now=world.now,
    )


def test_what_a_review_adds_to_a_part_comes_beside_it_and_takes_nothing_from_others(
    weighing: World,
):
    first, second, third = shared_out(weighing, WEIGHED)
    assert len(review(weighing, third, "kept").awards) == 1
    case = review(weighing, second, "redo")
    beside = case.shares[-1]
    due = rewards.proposal(
        weighing.store, report=second.report, policies=weighing.policies, now=weighing.now
    )
    assert (due.award, due.quote.outcome) == (beside, "manual")
    policy = weighing.policies.get(case.policy_id)
    # 300,000 CNY is all that the matter may cost, and 60,000 of it are given out
    over = due.facts(yuan(240_000) + 1, policy, because="复核：提供了决定性证据")
    with pytest.raises(AwardAmountError):
        rewards.propose_reward(
            weighing.store,
            act=weighing.sign("yjj-officer-2", "reward.proposed", second.report, over),
            trust=weighing.trust,
            policies=weighing.policies,
            now=weighing.now,
        )
    facts = due.facts(yuan(2_000), policy, because="复核：提供了决定性证据")
    rewards.propose_reward(
        weighing.store,
        act=weighing.sign("yjj-officer-2", "reward.proposed", second.report, facts),
        trust=weighing.trust,
        policies=weighing.policies,
        now=weighing.now,
    )
    # 2,000 beside 18,000 are 20,000: the ladder is that of both together
    assert facts["rungs"] == ["approver", "finance"]
    award = weighing.case(second.report).shares[-1]
    said = {"award": award.id, "amount_fen": award.amount_fen}
    said |= {"binding": binding(weighing.case(second.report), award)}
    for who, kind in (("awb-approver", "reward.approved"), ("finance", "reward.funded")):
        rewards.approve_reward(
            weighing.store,
            act=weighing.sign(who, kind, second.report, said),
            trust=weighing.trust,
            now=weighing.now,
        )
    told = AwardState.NOTIFIED
    assert sums(weighing, second.report) == [(1, yuan(18_000), told), (1, yuan(2_000), told)]
    assert fund(weighing).reserved_fen == yuan(62_000)
    assert sums(weighing, first.report)[0] == (1, yuan(10_000), told)
    assert problems(weighing) == []


def test_each_part_is_claimed_and_paid_by_itself(weighing: World):
    first, second, _third = shared_out(weighing, WEIGHED)
    weighing.claim(second, how="counter")
    weighing.pay(second.report, means="cash", claim_hash="ab" * 32)
    assert fund(weighing).paid_fen == yuan(18_000)
    assert fund(weighing).reserved_fen == yuan(42_000)
    assert sums(weighing, first.report)[0][2] is AwardState.NOTIFIED
    assert problems(weighing) == []


def past_the_rules(world: World, keep: slice = slice(None), **changed: Any) -> list[Problem]:
    """The last yes and its parts, stored by a program that checks neither against the other."""
    filed = matter(world)
    first = filed[0].report
    propose(world, first, [Part(first, 2), Part(filed[1].report, 1)])
    agree(world, first, "awb-approver")
    acts = [yes(world, first, "finance"), *parts_of(world, first, "finance", **changed)][keep]

    def store(uow: UnitOfWork) -> None:
        for act in acts:
            record(uow, act=act, trust=world.trust, now=world.now)

    world.store.write(store)
    return problems(world)


def named(found: list[Problem]) -> set[str]:
    assert {one.kind for one in found} == {"share"}
    return {one.problem for one in found}


def test_verification_names_a_part_that_the_award_does_not_give(weighing: World):
    found = past_the_rules(weighing, amount_fen=yuan(20_000) - 1)
    assert named(found) == {
        "the award gives this signer no such part",
        "no part of signer 1 was given out",
    }


def test_verification_names_a_part_of_an_award_that_nobody_agreed_to(weighing: World):
    found = past_the_rules(weighing, slice(1, None))
    assert named(found) == {"the award gives this signer no such part"}


def test_verification_names_a_part_that_is_missing(weighing: World):
    found = past_the_rules(weighing, slice(1))
    assert named(found) == {"no part of signer 1 was given out"}
