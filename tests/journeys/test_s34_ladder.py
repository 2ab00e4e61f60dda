"""S34: an award climbs a ladder of five tiers, each yes by somebody else and bound to the sum.

A police rule's tiers: 500, 3,000, 5,000, 10,000 yuan, and above.
"""

from collections.abc import Mapping
from pathlib import Path

import pytest

from actors import Clerk, Reporter
from casework.domain.award import binding
from moving import Moving
from people import STAFF
from police_ladder import POLICE_LADDER
from rule_changing import put_at_hand
from rule_desk import put_in_force
from visitor import Page

SHIPPED = (
    ('value = 30\nunit = "working_day"', 'value = 30\nunit = "day"\nend = "keep"'),
    ('inherits = "cn-2012"', 'inherits = "cn-2018"'),
)
TIERS = ("[budget]", f"{POLICE_LADDER}\n[budget]")
# The top tier, in order.
LADDER = ("yjj-leader", "awb-approver", "awb-supervisor", "finance")


@pytest.fixture
def staff() -> Mapping[str, tuple[str, tuple[str, ...]]]:
    """Somebody who investigates here and approves elsewhere, as small offices have them."""
    return {**STAFF, "yjj-both": ("410329-yjj", ("officer", "approver"))}


@pytest.fixture
def tiered(season: Moving, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Moving:
    """The rules with that ladder in force, and a million in the fund."""
    put_at_hand(season.world, monkeypatch, tmp_path / "policies", *SHIPPED, TIERS)
    put_in_force(season, "yichuan-2026", "2026-03-02")
    finance = season.clerk("finance")
    finance.visitor.get("/fund")
    finance.follows("下达预算")
    assert finance.sends("签署", year="2026", amount_yuan="1000000").status == 200
    return season


def works(stage: Moving) -> None:
    """The jobs process goes round."""
    stage.jobs()
    stage.working.open_claims()


def found_true(stage: Moving, fines: str) -> Reporter:
    """A report of somebody with a name that proved true; its claim is open."""
    reporter = stage.reporter()
    reporter.opens_the_form()
    reporter.reports(
        narrative="储罐区动火作业未办理审批。", name="样本甲", phone="13800000000", consent="y"
    )
    stage.officer().accepts(reporter.case_number)
    stage.officer("yjj-both").concludes(reporter.case_number, fines=fines)
    works(stage)
    return reporter


def approval(stage: Moving, login: str, number: str) -> tuple[Clerk, Page]:
    """The page on which somebody agrees, by its address."""
    clerk = stage.clerk(login)
    return clerk, clerk.visitor.get(f"/cases/{stage.report_of(number)}/reward/approval")


def agrees(stage: Moving, login: str, number: str) -> Page:
    """Somebody finds it in their list and agrees."""
    clerk = stage.clerk(login)
    assert number in clerk.visitor.get("/").text, login
    page = clerk.opens_case(number)
    clerk.follows("确认资金" if login == "finance" else "审批奖励")
    page = clerk.sends("签署", decision="approve")
    assert page.status == 200, page.text
    return page


def proposes(stage: Moving, number: str) -> Page:
    """The officer proposes what the rules give."""
    officer = stage.officer()
    officer.opens_case(number)
    officer.follows("拟定奖励")
    return officer.sends("签署并预留资金")


def claim_page(clerk: Clerk, number: str) -> Page:
    """All of the award."""
    clerk.opens_case(number)
    return clerk.follows("条件、算式和经过")


def test_the_top_tier_agrees_in_order_and_a_changed_sum_voids_what_was_agreed(tiered: Moving):
    # Given 60,000 yuan by the 15 % rule, set aside, and the tiers
    reporter = found_true(tiered, "400000")
    number = reporter.case_number
    assert proposes(tiered, number).status == 200
    case = tiered.world.case(tiered.report_of(number))
    award = case.award
    assert award is not None
    assert (award.amount_fen, award.reserved_fen) == (6_000_000, 6_000_000)
    assert award.rungs == ("leader", "approver", "supervisor", "finance")

    # Then nobody agrees out of turn
    for login in LADDER[1:]:
        _clerk, page = approval(tiered, login, number)
        assert "现在等待部门负责人审批。" in page.text, login
        assert not [one for one in page.forms if "password" in one.names]
    agrees(tiered, "yjj-leader", number)

    # And who investigated does not agree, though an approver by role
    both, page = approval(tiered, "yjj-both", number)
    assert "由另一人审批。" in page.text
    assert not [one for one in page.forms if "password" in one.names]
    assert "审批奖励" not in [text for text, _address in both.opens_case(number).links]

    # When two agreed, and the fine is corrected: their yes is void, and a page from before is too
    agrees(tiered, "awb-approver", number)
    late, _page = approval(tiered, "awb-supervisor", number)
    tiered.officer("yjj-both").concludes(number, fines="300000")
    works(tiered)
    assert proposes(tiered, number).status == 200
    assert tiered.world.case(case.report_id).award.approvals == ()  # type: ignore[union-attr]
    assert tiered.world.store.read(lambda uow: uow.ledger.balance(2026)).reserved_fen == 4_500_000
    refused = late.sends("签署", decision="approve")
    assert refused.status == 422
    seen = claim_page(tiered.clerk("yjj-leader"), number).text
    assert "已经作废的同意" in seen
    assert seen.count("同意的 ¥60,000.00 已作废") == 2
    assert "核查结论或者罚款更正" in seen

    # And the same people agree anew, in order; before the last the reporter sees no sum
    for login in LADDER:
        assert "45,000" not in reporter.looks_in().text
        agrees(tiered, login, number)
    assert "45,000.00" in reporter.looks_in().text

    # And each yes is bound to the sum, the facts and the version of the rules
    done = tiered.world.case(case.report_id)
    assert done.award is not None
    assert [one.role for one in done.award.approvals] == list(done.award.rungs)
    assert done.award.state == "notified"
    events = tiered.world.store.read(lambda uow: uow.events.of_report(case.report_id))
    given = [one.event.facts for one in events if "binding" in one.event.facts]
    assert len({str(one["binding"]) for one in given[:2]}) == 1
    assert {str(one["binding"]) for one in given[2:]} == {binding(done, done.award)}
    assert given[0]["binding"] != given[2]["binding"]
    assert tiered.problems() == []


# The fine in yuan; the award; who agrees.
LOWER = [
    ("20000", "¥3,000.00", ("finance", "awb-approver")),
    ("66666.67", "¥10,000.00", ("yjj-leader", "awb-approver", "awb-supervisor")),
]


@pytest.mark.parametrize(("fine", "award", "ladder"), LOWER)
def test_a_smaller_award_climbs_the_ladder_of_its_tier(
    tiered: Moving, fine: str, award: str, ladder: tuple[str, ...]
):
    number = found_true(tiered, fine).case_number
    assert proposes(tiered, number).status == 200
    officer = tiered.officer()
    assert award in claim_page(officer, number).text
    for login in ladder:
        agrees(tiered, login, number)
    case = tiered.world.case(tiered.report_of(number))
    assert case.award is not None
    assert case.award.state == "notified"
