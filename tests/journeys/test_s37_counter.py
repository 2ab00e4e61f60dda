"""S37: an award is picked up at the counter by its number, with two officers, once.

Who lost the code is paid by identity card (issue 6, claims): the card is compared with what the
custodians released.
"""

import re
from concurrent.futures import ThreadPoolExecutor

from actors import Cashier, Clerk, Reporter
from instance import PASSWORD
from moving import Moving
from visitor import Page

NAME = "样本甲"


def picks(told: Reporter, how: str = "counter") -> tuple[str, str]:
    """Claim in this way; return claim number and confirmation, shown once."""
    page = told.visitor.get("/follow-up/reward")
    answer = told.visitor.send(page.form("/follow-up/reward", field="how"), {"how": how})
    number = re.search(r"((\d{4} ){3}\d{4})", answer.text)
    digits = re.search(r"确认码\s*(\d{4} \d{4})", re.sub(r"<[^>]+>|\s+", " ", answer.text))
    assert number, answer.text
    assert digits, answer.text
    return number.group(1), digits.group(1)


def confirms(stage: Moving, told: Reporter, digits: str, login: str = "operator") -> Page:
    """The second officer takes the case from the list and types what the payee says."""
    clerk = stage.clerk(login)
    page = clerk.visitor.get("/counter/waiting")
    assert told.case_number in page.text
    at = next(at for _text, at in page.links if "confirmation" in at)
    clerk.visitor.get(at)
    return clerk.sends("签署核对", confirmation=digits)


def lines(stage: Moving, told: Reporter) -> list[str]:
    """What the books say of the award."""
    award = stage.world.case(stage.report_of(told.case_number)).award
    assert award is not None
    found = stage.world.store.read(lambda uow: uow.ledger.of_award(award.id))
    return [str(one.kind) for one in found]


def test_the_number_the_second_officer_and_the_cashier_make_one_payment(
    season: Moving, told: Reporter
):
    # Given a one-time claim number from the follow-up page
    number, digits = picks(told)

    # When it is given at the counter, nothing is paid before a second officer has confirmed
    cashier = season.cashier()
    alone = cashier.pays_at_the_counter(number)
    assert (alone.status, "第二名工作人员" in alone.text) == (422, True)
    assert confirms(season, told, "1111 1111").status == 422
    assert confirms(season, told, digits).status == 200

    # Then two browsers at once pick it up once, and the books move from reserved to paid once
    cashiers = (cashier, season.cashier("cashier-2"))
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda one: _tries(one, number), cashiers))
    assert sorted(one.status for one in answers) == [200, 422]
    assert lines(season, told) == ["RESERVATION", "DISBURSEMENT"]
    assert _tries(cashier, number).status == 422
    assert lines(season, told) == ["RESERVATION", "DISBURSEMENT"]
    assert "已发放" in told.looks_in().text
    assert season.problems() == []

    # And the voucher has number and sum, and no name
    report = season.report_of(told.case_number)
    award = season.world.case(report).award
    assert award is not None
    voucher = cashier.visitor.get(f"/cases/{report}/papers/awards/{award.id}/voucher")
    assert voucher.status == 200
    assert "陆万元整" in voucher.text
    assert NAME not in voucher.text


def _tries(cashier: Cashier, number: str) -> Page:
    page = cashier.visitor.get("/counter")
    found = cashier.visitor.send(
        page.form("/counter", field="claim_number"), {"claim_number": number}
    )
    if found.status == 422:
        return found
    form = next(one for one in found.forms if "password" in one.names)
    return cashier.visitor.send(form, {"claim_number": number, "password": PASSWORD})


def test_who_lost_the_code_comes_by_identity_card(season: Moving, told: Reporter):
    report = season.report_of(told.case_number)
    cashier = season.cashier()
    where = f"/cases/{report}/reward/card"
    assert "请先申请查看举报人身份信息" in cashier.visitor.get(where).text

    # Two custodians release the name for this purpose; the cashier sees it once
    item = season.world.item_of(report, "who")
    cashier.visitor.get(f"/cases/{report}/releases")
    asked = cashier.sends(
        "提交申请", what=f"compare_claimant.{item}", reason="窗口核对。", valid_hours="24"
    )
    assert asked.status == 200, asked.text
    for login in ("seat1-holder", "seat2-deputy"):
        assert season.custodian(login).agrees(told.case_number).status == 200
    (release,) = season.world.case(report).releases
    cashier.visitor.get(f"/cases/{report}/releases/{release}/opening")
    assert NAME in cashier.sends("签署并查看").text

    # The cashier signs that the card matches, the second officer too, then it is paid once
    cashier.visitor.get(where)
    assert cashier.sends("签署：身份一致", same="y").status == 200
    second: Clerk = season.clerk("operator")
    second.visitor.get(f"/cases/{report}/reward/confirmation")
    assert second.sends("签署核对", seen_card="y").status == 200
    cashier.visitor.get(f"/cases/{report}/reward/payment")
    assert cashier.sends("签署并登记发放").status == 200
    assert lines(season, told) == ["RESERVATION", "DISBURSEMENT"]

    # The reporter's page, if the code turns up after all, tells that it was done so
    assert "窗口核对了身份证" in told.looks_in().text
    assert season.problems() == []
