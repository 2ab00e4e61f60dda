"""S15: a lawyer as agent: the client stays hidden, and the award is handed to the lawyer."""

import re

import pytest

from actors import Reporter
from browsing import photograph
from casework.domain.award_values import Award
from casework.storage.sealed_vault import SealedVault
from moving import Moving
from visitor import Page

CLIENT, LAWYER, LICENCE = "样本委托人", "样本律师", "14103201810123456"


@pytest.fixture
def lawyer(season: Moving) -> Reporter:
    """A lawyer who has reported for a hidden client: name and authorisation are sealed."""
    finance = season.clerk("finance")
    finance.visitor.get("/fund")
    finance.follows("下达预算")
    finance.sends("签署", year="2026", amount_yuan="1000000")
    lawyer = season.reporter()
    lawyer.opens_the_form()
    lawyer.reports(
        narrative="储罐区动火作业未办理审批。", identity_consent="y",
        name=CLIENT, phone="13800000000", consent="y",
        files=[("identity_files|authorisation.jpg", photograph())],
    )  # fmt: skip
    assert lawyer.case_number
    return lawyer


def approved(season: Moving, lawyer: Reporter) -> None:
    """The report proves true, and the whole ladder agrees to the award."""
    number = lawyer.case_number
    officer = season.officer()
    officer.accepts(number)
    officer.concludes(number)
    officer.proposes(number)
    season.approver().approves(number)
    season.approver("finance").confirms_money(number)
    lawyer.looks_in()


def award_of(season: Moving, report: str) -> Award:
    """The one award of a case."""
    award = season.world.case(report).award
    assert award is not None
    return award


def sends_an_agent(lawyer: Reporter, **typed: str) -> Page:
    """Choose the way, and send agent and mandate."""
    page = lawyer.visitor.get("/follow-up/reward")
    asked = lawyer.visitor.send(page.form("/follow-up/reward", field="how"), {"how": "agent"})
    told = {"agent": LAWYER, "document": "lawyer", "number": LICENCE, **typed}
    return lawyer.visitor.send(
        asked.form(field="agent"), told, files=[("identity_files|mandate.jpg", photograph())]
    )


def test_a_lawyer_picks_the_award_up_and_nobody_asks_who_the_client_is(
    season: Moving, lawyer: Reporter
):
    number = lawyer.case_number
    approved(season, lawyer)
    report = season.report_of(number)
    shown = sends_an_agent(lawyer)
    claim, confirmation = re.findall(r"(?:\d{4} )+\d{4}", shown.text)[:2]
    assert "委托书原件" in shown.text
    assert award_of(season, report).how == "agent"

    # The handler learns that an agent comes, and neither who nor for whom
    officer = season.officer()
    seen = officer.opens_case(number)
    for name in (CLIENT, LAWYER, LICENCE):
        assert name not in seen.text

    # The cashier sees agent and mandate once, when two custodians have agreed
    cashier = season.cashier()
    cashier.visitor.get(f"/cases/{report}/releases")
    item = award_of(season, report).item
    asked = cashier.sends(
        "提交申请", what=f"pay_award.{item}", reason="代理人到窗口。", valid_hours="24"
    )
    assert asked.status == 200, asked.text
    custodian = season.custodian("seat2-holder")
    custodian.visitor.get("/")
    assert "代理人和委托书" in custodian.follows("审批").text
    assert custodian.agrees(number).status == 200
    assert season.custodian("seat3-holder").agrees(number).status == 200
    (release,) = season.world.case(report).releases
    cashier.visitor.get(f"/cases/{report}/releases/{release}/opening")
    opened = cashier.sends("签署并查看")
    for words in (LAWYER, LICENCE, "律师执业证", "¥60,000.00"):
        assert words in opened.text
    assert b'src="data:image/jpeg;base64,/9j/' in opened.body
    assert b'download="mandate.jpg"' in opened.body

    # Two officers, number and confirmation: paid once, as to an agent
    alone = cashier.pays_at_the_counter(claim)
    assert (alone.status, "第二名工作人员" in alone.text) == (422, True)
    second = season.clerk("operator")
    second.visitor.get(f"/cases/{report}/reward/confirmation")
    assert second.sends("签署核对", confirmation=confirmation).status == 200
    paid = cashier.pays_at_the_counter(claim)
    assert paid.status == 200
    award = award_of(season, report)
    assert (award.state, award.means) == ("paid", "agent")
    found = season.world.store.read(lambda uow: uow.ledger.of_award(award.id))
    assert [str(one.kind) for one in found] == ["RESERVATION", "DISBURSEMENT"]
    assert "代理人" in season.audit(number).text
    for name in (CLIENT, LAWYER, LICENCE):
        assert name not in season.audit(number).text

    # The reporter's page tells who opened it and that it was paid
    mailbox = lawyer.looks_in()
    assert "已发放" in mailbox.text
    assert "发放奖金" in mailbox.text
    assert season.problems() == []


def test_a_mandate_taken_back_opens_to_nobody_and_pays_nobody(season: Moving, lawyer: Reporter):
    approved(season, lawyer)
    report = season.report_of(lawyer.case_number)
    shown = sends_an_agent(lawyer)
    claim = re.findall(r"(?:\d{4} )+\d{4}", shown.text)[0]
    cashier = season.cashier()
    cashier.visitor.get(f"/cases/{report}/releases")
    item = award_of(season, report).item
    cashier.sends("提交申请", what=f"pay_award.{item}", reason="代理人到窗口。", valid_hours="24")
    for login in ("seat2-holder", "seat3-holder"):
        assert season.custodian(login).agrees(lawyer.case_number).status == 200

    page = lawyer.visitor.get("/follow-up/identity")
    form = page.form("/follow-up/identity", field="kinds")
    assert lawyer.visitor.send(form, {"kinds": "mandate", "understood": "y"}).status == 200
    (release,) = season.world.case(report).releases
    tried = cashier.visitor.get(f"/cases/{report}/releases/{release}/opening")
    assert LAWYER not in tried.text
    assert season.world.case(report).releases[release].state == "voided"
    cashier.visitor.get("/counter")
    assert cashier.sends("查找", claim_number=claim).status == 422
    award = award_of(season, report)
    assert (award.state, award.item) == ("notified", "")

    # The file goes with the item
    season.working.erase()
    left = season.world.store.read(lambda uow: SealedVault(uow).file(report, item))
    assert left is None
    assert season.problems() == []
