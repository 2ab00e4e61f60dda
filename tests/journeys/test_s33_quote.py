"""S33: what an award comes to, with its working and the version of the rules it rests on.

The same figure stands on the officer's page, on the public page that asks what a report could
be worth, and in the answer of the command line.
"""

import json

import pytest

from actors import Officer, Reporter
from casework.domain.award_values import AwardState
from command_line import tonggui
from moving import Moving
from visitor import Page

# The fine in yuan; the award; its working.
FIGURES = [
    ("400000", "¥60,000.00", ["400,000 × 15 %"]),
    ("3000000", "¥300,000.00", ["3,000,000 × 15 %", "不超过 300,000"]),
    ("10000", "¥3,000.00", ["10,000 × 15 %", "不低于 3,000"]),
]


@pytest.fixture
def funded(season: Moving) -> Moving:
    """A million for the year."""
    finance = season.clerk("finance")
    finance.visitor.get("/fund")
    finance.follows("下达预算")
    assert finance.sends("签署", year="2026", amount_yuan="1000000").status == 200
    return season


def found_true(stage: Moving, fine: str) -> tuple[Reporter, Officer]:
    """A report by somebody with a name that proved true, with a fine; the jobs went round."""
    reporter = stage.reporter()
    reporter.opens_the_form()
    reporter.reports(
        narrative="储罐区动火作业未办理审批。", name="样本甲", phone="13800000000", consent="y"
    )
    officer = stage.officer()
    officer.accepts(reporter.case_number)
    officer.concludes(reporter.case_number, fines=fine)
    stage.jobs()
    stage.working.open_claims()
    return reporter, officer


def set_aside(stage: Moving) -> int:
    """What the fund has reserved, in fen, as the books tell."""
    balance = stage.world.store.read(lambda uow: uow.ledger.balance(2026))
    return balance.reserved_fen


def worth(stage: Moving, fine: str) -> Page:
    """What the public page says to somebody who asks."""
    reporter = stage.reporter()
    reporter.visitor.get("/reward")
    page = reporter.visitor.page
    assert page is not None
    button = next(one for one in page.forms if "fine" in one.names)
    typed = {"sector": "other", "matter": "violation", "fine": fine, "deaths": ""}
    return reporter.visitor.send(button, {**typed, "relation": "none", "named": "yes"})


@pytest.mark.parametrize(("fine", "award", "working"), FIGURES)
def test_the_award_is_computed_with_its_working_and_the_version_of_the_rules(
    funded: Moving, fine: str, award: str, working: list[str]
):
    # Given a fine, and the 15 % scheme with floor 3,000 and cap 300,000
    reporter, officer = found_true(funded, fine)
    number = reporter.case_number
    case = funded.world.case(funded.report_of(number))

    # When the claim is computed, by itself, then the figure is there with its working
    assert case.award is not None
    assert (case.award.state, case.award.proposer) == (AwardState.COMPUTED, "")
    assert set_aside(funded) == case.award.amount_fen
    officer.opens_case(number)
    page = officer.follows("拟定奖励")
    assert award in page.text
    for step in working:
        assert step in page.text
    assert "安监总财〔2018〕19号 第十条" in page.text

    # And the version of the scheme: its id, and the hash that the case pinned at acceptance
    assert "yichuan-2022" in page.text
    assert case.policy_sha256 in page.text

    # And what is proposed is that figure, set aside in the fund
    assert officer.sends("签署并预留资金").status == 200
    proposed = funded.world.case(case.report_id).award
    assert proposed is not None
    assert f"¥{proposed.amount_fen // 100:,}.00" == award
    assert (proposed.policy_id, proposed.policy_sha256) == ("yichuan-2022", case.policy_sha256)
    assert set_aside(funded) == proposed.amount_fen

    # And anybody who asks beforehand is told the same, by page and by command
    public = worth(funded, fine)
    assert award in public.text
    assert all(step in public.text for step in working)
    facts = {"matter": "violation", "penalties_fen": [int(fine) * 100], "reporter": {"named": True}}
    told = tonggui(
        "reward", "quote", "--policy", "yichuan-2022", "--facts", "-", "--json",
        stdin=json.dumps(facts),
    ).json  # fmt: skip
    assert told["amount_fen"] == proposed.amount_fen
    assert told["policy_sha256"] == case.policy_sha256
    assert [step["note"] for step in told["trace"]][: len(working)] == working
    assert funded.problems() == []
