"""SCENARIOS.md S13: a payout needs a real name, and two custodians of different units agree."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from actors import Cashier, Clerk, Stage, now
from casework.instance import Instance
from casework.verify import Problem, verify
from instance import PASSWORD
from servers import running
from visitor import Form, Page, Visitor

ACCOUNT = "6222020000000000331"
REASON = "财务制度要求转账时户名与账号一致。"


@pytest.fixture
def case_number(stage: Stage) -> str:
    """An award that its reporter has claimed to an account."""
    reporter = stage.approved("样本丁")
    reporter.claims_to_an_account("样本丁", ACCOUNT)
    return reporter.case_number


def asks(cashier: Cashier, number: str) -> None:
    """Ask for the payee item, for an hour."""
    cashier.visitor.get("/releases")
    page = cashier.visitor.page
    assert page is not None
    cashier.visitor.send(page.form("/releases/new", field="number"), {"number": number})
    cashier.sends("签署并提交申请", reason=REASON, valid_hours="1")


def opening(stage: Stage, number: str) -> str:
    """The address of the opening of the case's newest release."""
    case = stage.world.store.read(lambda uow: uow.reports.by_number(number))
    release = list(case.releases)[-1]
    return f"/cases/{case.report_id}/releases/{release}/opening"


def tries(clerk: Clerk, where: str) -> Page:
    """Send what the opening page's button sends, also where the page shows none any more."""
    page = clerk.visitor.get(where)
    token = page.form("/sign-out").fields["csrf_token"]
    form = Form(page.url, "post", {"csrf_token": token, "seen": ["0"]}, {"password"})
    return clerk.visitor.send(form, {"password": PASSWORD})


def alarms(stage: Stage) -> str:
    """What the auditor's page says of identities."""
    auditor = stage._clerk(Clerk, "auditor")
    auditor.visitor.get("/audit?which=releases")
    assert auditor.visitor.page is not None
    return auditor.visitor.page.text


def notices(stage: Stage) -> int:
    """How many notices of a refused try wait for the auditors."""
    rows = stage.world.store.read(
        lambda uow: uow.connection.exec_driver_sql("SELECT payload FROM outbox").scalars().all()
    )
    return sum("release.attempted" in row and "role:auditor" in row for row in rows)


@contextmanager
def console_later(stage: Stage, **by: float) -> Iterator[str]:
    """A second console of the same instance, whose clock runs ahead."""
    home = stage.world.settings.home
    as_it_was = Instance.read(home)
    moved = replace(as_it_was, clock_offset_seconds=int(timedelta(**by).total_seconds()))
    try:
        moved.write(home)
        environ, log = stage.world.environ, home / "later.log"
        with running("admin.wsgi", environ, "TONGGUI_CONSOLE_BIND", log) as console:
            yield console.base
    finally:
        as_it_was.write(home)


def test_two_custodians_of_two_units_open_one_named_item_to_the_cashier_once(
    stage: Stage, case_number: str
):
    # Given a payout that needs the account's owner
    cashier = stage.cashier()
    asks(cashier, case_number)

    # When a custodian looks, the request stands there whole, the reason behind the password
    first = stage.custodian("seat1-holder")
    page = first.visitor.get("/releases")
    assert case_number in page.text
    page = first.follows("审批")
    for words in ("发放奖金", "伊安委〔2022〕6号", "领奖人收款信息", "第 1 版", "有效至"):
        assert words in page.text
    assert REASON not in page.text
    page = first.sends("签署", decision="read")
    assert REASON in page.text
    assert ACCOUNT not in page.text
    first.sends("签署", decision="approve")

    # Then one approval is not enough
    where = opening(stage, case_number)
    refused = tries(cashier, where)
    assert refused.status == 422
    assert "以现在的办理状态，不能进行这项操作。" in refused.text

    # nor the deputy of the same seat
    deputy = stage.custodian("seat1-deputy")
    assert case_number not in deputy.visitor.get("/releases").text
    deputy.visitor.get(where.replace("/opening", "/decision"))
    again = deputy.sends("签署", decision="approve")
    assert again.status == 422

    # When the second unit agrees
    stage.custodian("seat3-deputy").agrees(case_number)

    # Then another cashier is refused, and the one who asked sees that item, once
    third = tries(stage.cashier("cashier-2"), where)
    assert third.status == 422
    assert "只有申请人本人可以查看。" in third.text
    seen = tries(cashier, where)
    assert ACCOUNT in seen.text
    assert "13800000000" not in seen.text
    twice = tries(cashier, where)
    assert twice.status == 422
    for answer in (refused, again, third, twice):
        assert ACCOUNT not in answer.text

    # And each refused try is recorded, and alerts the auditor
    told = alarms(stage)
    assert told.count("警示") == 4
    for words in ("批准的席位不够", "同一席位再次批准", "不是申请人本人"):
        assert words in told
    assert ACCOUNT not in told
    assert notices(stage) == 4
    world = stage.world
    assert not [
        one for one in verify(world.store, world.blobs, world.trust) if isinstance(one, Problem)
    ]


def test_after_its_window_an_approved_release_opens_no_more_and_the_auditor_hears_of_it(
    stage: Stage, case_number: str
):
    asks(stage.cashier(), case_number)
    for login in ("seat2-holder", "seat3-holder"):
        stage.custodian(login).agrees(case_number)
    where = opening(stage, case_number)

    with console_later(stage, minutes=61) as base:
        person = stage.world.people["cashier"]
        late = Cashier(Visitor(base), person)
        page = late.visitor.get("/sign-in")
        code = person.code(now() + timedelta(minutes=61))
        late.visitor.send(
            page.form("/sign-in", field="login"),
            {"login": person.login, "password": PASSWORD, "code": code},
        )
        assert late.visitor.page is not None
        assert urlsplit(late.visitor.page.url).path == "/"
        answer = tries(late, where)
    assert answer.status == 422
    assert "查看申请已经过期，请重新申请。" in answer.text
    assert ACCOUNT not in answer.text
    assert "已过有效期" in alarms(stage)
    assert notices(stage) == 1


def test_a_refusal_has_a_reason_that_the_requester_and_the_reporter_see(
    stage: Stage, case_number: str
):
    cashier = stage.cashier()
    asks(cashier, case_number)
    custodian = stage.custodian("seat2-holder")
    custodian.visitor.get("/releases")
    custodian.follows("审批")
    nothing_said = custodian.sends("签署", decision="refuse")
    assert nothing_said.status == 422
    custodian.sends("签署", decision="refuse", reason_code="basis_missing")
    told = cashier.opens_case(case_number)
    assert "法定依据不成立" in told.text


def test_an_operator_asks_for_the_telephone_number_and_sees_nothing_else(stage: Stage):
    reporter = stage.approved("样本戊")
    operator = stage.operator()
    page = operator.visitor.get("/releases")
    operator.visitor.send(
        page.form("/releases/new", field="number"), {"number": reporter.case_number}
    )
    assert operator.visitor.page is not None
    asked = operator.visitor.page
    assert "必须以电话或者信函联系举报人" in asked.text
    assert "发放奖金" not in asked.text
    operator.sends("签署并提交申请", reason="举报人来电要求回电。")
    for login in ("seat1-holder", "seat2-deputy"):
        custodian = stage.custodian(login)
        custodian.visitor.get("/releases")
        custodian.follows("审批")
        custodian.sends("签署", decision="approve")
    seen = tries(operator, opening(stage, reporter.case_number))
    assert "13800000000" in seen.text
    assert "样本戊" not in seen.text
