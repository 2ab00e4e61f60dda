"""S36: a fund of a million that is nearly used up blocks, warns, and ends its year by rule."""

from pathlib import Path

import pytest

from actors import Clerk, Reporter
from console_words import linked
from moving import Moving
from rule_changing import put_at_hand
from rule_desk import put_in_force
from visitor import Page

WARNED = "专项奖励资金的使用已达到预警比例"
# Three awards at the cap of 300,000, and one of 50,000: 15 % of the last fine, rounded half up.
FINES = ("3000000", "3000000", "3000000", "333333.33")
SHIPPED = (
    ('value = 30\nunit = "working_day"', 'value = 30\nunit = "day"\nend = "keep"'),
    ('inherits = "cn-2012"', 'inherits = "cn-2018"'),
)
OVERDRAW = ('on_exhausted = "block"', 'on_exhausted = "overdraw"\nyear_end = "carry"')


@pytest.fixture
def lenient(season: Moving, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Moving:
    """The same rules, but that two people may let the fund be overdrawn, and the rest is kept."""
    put_at_hand(season.world, monkeypatch, tmp_path / "policies", *SHIPPED, OVERDRAW)
    put_in_force(season, "yichuan-2026", "2026-03-02")
    return season


def grants(stage: Moving, kind: str = "fund.appropriated", amount: str = "1000000") -> Clerk:
    """Finance books money of the year."""
    finance = stage.clerk("finance")
    finance.visitor.get("/fund")
    finance.follows("下达预算")
    done = finance.sends(
        "签署", year="2026", amount_yuan=amount, kind=kind, document="伊财〔2026〕样1号"
    )
    assert done.status == 200, done.text
    return finance


def found_true(stage: Moving, fine: str) -> Reporter:
    """A report that proved true; the jobs process has opened its claim."""
    reporter = stage.reporter()
    reporter.opens_the_form()
    reporter.reports(
        narrative="储罐区动火作业未办理审批。", name="样本甲", phone="13800000000", consent="y"
    )
    officer = stage.officer()
    officer.accepts(reporter.case_number)
    officer.concludes(reporter.case_number, fines=fine)
    works(stage)
    return reporter


def works(stage: Moving) -> None:
    """The jobs process goes round."""
    stage.jobs()
    stage.working.open_claims()
    stage.working.warn_of_fund()
    stage.working.send_all()


def warnings(stage: Moving) -> list[str]:
    """Who was warned, an address a notice."""
    return [office for office, text in stage.mails() if text.startswith(WARNED)]


def nearly_used_up(stage: Moving) -> None:
    """950,000 of 1,000,000 set aside; both warnings went out on the way, each once."""
    grants(stage)
    for fine in FINES[:2]:
        found_true(stage, fine)
    assert warnings(stage) == []  # 60 percent
    found_true(stage, FINES[2])
    first = warnings(stage)
    assert first  # 90 percent: that of 80
    works(stage)
    assert warnings(stage) == first
    found_true(stage, FINES[3])
    assert sorted(warnings(stage)) == sorted(first * 2)  # 95 percent, told to the same
    page = stage.clerk("finance").visitor.get("/fund")
    assert "¥950,000.00" in page.text
    assert "¥50,000.00" in page.text


def tries(stage: Moving, number: str) -> Page:
    """The officer asks for the award."""
    officer = stage.officer()
    officer.opens_case(number)
    officer.follows("拟定奖励")
    return officer.sends("签署并预留资金")


def books(stage: Moving) -> dict[str, int]:
    """What the command line answers for the year."""
    balance = stage.world.store.read(lambda uow: uow.ledger.balance(2026))
    return {name: fen // 100 for name, fen in balance.as_json(2026).items() if name != "year"}


def proposes(stage: Moving, move: str, **fields: str) -> tuple[Clerk, str]:
    """Finance proposes a move of money; returns also where the proposal stands."""
    finance = stage.clerk("finance")
    finance.visitor.get("/fund")
    finance.follows("资金调整")
    finance.follows(move)
    given = {"amount_yuan": "10000", "document": "伊财〔2026〕样2号"}
    page = finance.sends("签署提议", **given | fields)
    assert "等待另一人同意" in page.text, page.text
    return finance, page.url


def agrees(stage: Moving, login: str) -> Page:
    """Somebody else agrees to what waits."""
    clerk = stage.clerk(login)
    page = clerk.visitor.get("/fund/moves")
    clerk.visitor.get(linked(page, "/fund/moves/"))
    return clerk.sends("签署", decision="agree")


def test_what_the_fund_has_not_is_blocked_with_the_shortfall_and_warned_of(season: Moving):
    # Given 950,000 of a million set aside
    nearly_used_up(season)
    before = books(season)
    assert before == {
        "appropriated_fen": 1_000_000, "reserved_fen": 950_000, "paid_fen": 0,
        "available_fen": 50_000,
    }  # fmt: skip

    # When 60,000 is proposed, then it is blocked, and the page says how much is missing
    number = found_true(season, "400000").case_number
    refused = tries(season, number)
    assert refused.status == 422
    assert "还差 ¥10,000.00，没有预留" in refused.text
    assert books(season) == before
    award = season.world.case(season.report_of(number)).award
    assert award is None or award.reserved_fen == 0

    # And these rules know no overdraft, by no page and no address
    finance = season.clerk("finance")
    finance.visitor.get("/fund/moves")
    assert not [text for text, _at in finance.visitor.get("/fund/moves").links if "超支" in text]
    finance.visitor.get("/fund/moves/new/overdraft")
    told = finance.sends("签署提议", amount_yuan="10000", document="伊财〔2026〕样2号")
    assert (told.status, "不允许超支" in told.text) == (422, True)

    # When money comes in, it can be proposed
    grants(season, "fund.supplemented", "10000")
    works(season)
    done = tries(season, number)
    assert done.status == 200, done.text
    assert books(season)["available_fen"] == 0
    assert season.problems() == []


def test_an_overcommitment_takes_two_named_people_and_is_covered_later(lenient: Moving):
    nearly_used_up(lenient)
    number = found_true(lenient, "400000").case_number
    assert "还差 ¥10,000.00，没有预留" in tries(lenient, number).text

    # One of finance proposes, and cannot agree to it alone
    finance, at = proposes(lenient, "超支垫用")
    page = finance.visitor.get(at)
    assert "提议人不能同意自己的提议" in page.text
    assert "还差 ¥10,000.00，没有预留" in tries(lenient, number).text

    # Somebody else agrees: both names stand on the page, and the award goes ahead
    done = agrees(lenient, "awb-approver")
    assert "已同意" in done.text
    works(lenient)
    assert tries(lenient, number).status == 200
    assert books(lenient) == {
        "appropriated_fen": 1_000_000, "reserved_fen": 1_010_000, "paid_fen": 0,
        "available_fen": -10_000,
    }  # fmt: skip

    # What was granted afterwards covers it
    grants(lenient, "fund.supplemented", "10000")
    grants(lenient, "fund.covered", "10000")
    assert books(lenient)["available_fen"] == 0
    assert lenient.problems() == []


def ends_the_year(stage: Moving, move: str) -> Page:
    """What nobody had asked for by January is dealt with as the rules say."""
    stage.until("2027-01-05")
    proposes(stage, move, year="2026", amount_yuan="50000")
    return agrees(stage, "awb-approver")


def test_the_rest_of_a_year_lapses_where_the_rules_say_so(season: Moving):
    nearly_used_up(season)
    assert "已同意" in ends_the_year(season, "年终收回").text
    assert books(season) == {
        "appropriated_fen": 950_000, "reserved_fen": 950_000, "paid_fen": 0, "available_fen": 0,
    }  # fmt: skip
    assert season.world.store.read(lambda uow: uow.ledger.balance(2027)).available_fen == 0
    assert season.problems() == []


def test_the_rest_of_a_year_is_carried_on_where_the_rules_say_so(lenient: Moving):
    nearly_used_up(lenient)
    assert "已同意" in ends_the_year(lenient, "结转下年").text
    assert books(lenient)["available_fen"] == 0
    later = lenient.world.store.read(lambda uow: uow.ledger.balance(2027))
    assert later.available_fen == 5_000_000
    assert lenient.problems() == []
