"""Which papers an award has, what stands on them, and on which act they rest; on both databases."""

from dataclasses import replace
from datetime import date

import pytest

from casework.domain.award_values import AwardState
from casework.services.award_papers import award_paper, papers_of
from instance import make_world
from sharing import shared_out, sharing


@pytest.fixture
def world(tmp_path, database_url):
    made = make_world(tmp_path, database_url)
    yield made
    made.store.close()


def of(world, filed, kind, award=""):
    award = award or world.case(filed.report).award.id
    return award_paper(world.store, report=filed.report, award=award, kind=kind, now=world.now)


def test_each_state_has_its_papers_and_no_other(world):
    world.appropriate()
    filed = world.approved()
    case = world.case(filed.report)

    def at(state, **more):
        changed = replace(case, award=replace(case.award, state=state, **more.pop("award", {})))
        return [kind for _award, kind in papers_of(replace(changed, **more))]

    letter = {"channel": "letter"}
    untold = {"award": {"notified_how": ""}}
    told = {"award": {"notified_how": "letter"}}
    posted = {"award": {"notified_how": "announced"}}
    assert at(AwardState.ELIGIBILITY) == at(AwardState.COMPUTED) == at(AwardState.PROPOSED) == []
    assert at(AwardState.APPROVED) == ["notice"]
    assert at(AwardState.FUNDED, **letter, **untold) == ["notice", "announcement"]
    assert at(AwardState.NOTIFIED, **letter, **told) == ["notice"]
    assert at(AwardState.NOTIFIED, **letter, **posted) == ["notice", "announcement"]
    for state in ("claimed", "ordered", "paid", "reconciled", "closed"):
        assert at(AwardState(state)) == ["notice", "voucher"], state
    assert at(AwardState.LAPSED) == ["lapsed"]
    assert at(AwardState.REJECTED) == at(AwardState.RECALLED) == []


def test_a_policy_may_leave_no_place_for_announcements(world):
    world.appropriate()
    filed = world.approved()
    case = world.case(filed.report)
    policy = world.policies.get(case.policy_id)
    posted = replace(
        case, channel="letter", award=replace(case.award, state=AwardState.FUNDED, notified_how="")
    )
    quiet = replace(policy, own_claim=replace(policy.claim, announce=False))
    assert [kind for _id, kind in papers_of(posted, policy)] == ["notice", "announcement"]
    assert [kind for _id, kind in papers_of(posted, quiet)] == ["notice"]


def test_the_notice_rests_on_the_last_yes_and_the_voucher_on_the_newest_claim(world):
    world.appropriate()
    filed = world.approved()
    notice = of(world, filed, "notice")
    assert (notice.on, notice.claim_by) == (date(2026, 3, 2), date(2026, 5, 6))
    assert (notice.sums.gross_fen, notice.sums.paid_fen) == (6_000_000, 6_000_000)
    assert of(world, filed, "voucher") is None
    world.claim(filed, how="counter")
    first = of(world, filed, "voucher")
    world.move(days=1)
    world.claim(filed, how="counter", claim_hash="cd" * 32)
    second = of(world, filed, "voucher")
    assert (first.on, second.on) == (date(2026, 3, 2), date(2026, 3, 3))
    assert first.number != second.number
    assert of(world, filed, "notice").number == notice.number


def test_who_shares_an_award_has_papers_of_the_own_part_alone(world):
    world.appropriate()
    world.policies = sharing(world.policies)
    for filed in shared_out(world, [(3, (1, 1)), (1, (1,))]):
        case = world.case(filed.report)
        assert case.awards
        for award in case.awards:
            paper = of(world, filed, "notice", award.id)
            assert paper.sums.gross_fen == award.amount_fen
            assert paper.number.startswith(case.case_number)


def test_of_another_reports_award_there_is_none(world):
    world.appropriate()
    mine, other = world.approved(), world.approved()
    assert of(world, mine, "notice", world.case(other.report).award.id) is None
    assert of(world, mine, "notice", "2" * 26) is None
