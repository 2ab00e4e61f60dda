"""SCENARIOS.md S37, by transfer: sealed accounts go to the bank in one batch, and are paid once."""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pytest

from actors import Approver, Cashier, Clerk, Reporter, Stage
from casework.verify import Problem, verify
from instance import PASSWORD
from visitor import Page

ACCOUNTS: Final = {"样本甲": "6222020000000000331", "样本乙": "6222020000000000349"}
TICKS: Final = re.compile(rb'name="line"[^>]*value="([^"]+)"')
SUM: Final = "60000.00"


@dataclass
class Desks:
    """Who works at the console, each signed in once, for a one-time code counts once."""

    cashier: Cashier
    other: Cashier
    finance: Approver


@pytest.fixture
def desks(stage: Stage) -> Desks:
    """The people of the money."""
    return Desks(stage.cashier(), stage.cashier("cashier-2"), stage.approver("finance"))


@pytest.fixture
def reporters(stage: Stage, desks: Desks) -> list[Reporter]:
    """Two reporters with an award each, who gave accounts; the custodians have agreed."""
    officer, approver = stage.officer(), stage.approver()
    custodians = [stage.custodian(login) for login in ("seat1-holder", "seat2-deputy")]
    found = []
    for name, account in ACCOUNTS.items():
        reporter = stage.reporter()
        reporter.opens_the_form()
        reporter.reports(
            narrative="储罐区动火作业未办理审批。", name=name, phone="13800000000", consent="y"
        )
        number = reporter.case_number
        officer.accepts(number)
        officer.concludes(number)
        officer.proposes(number)
        approver.approves(number)
        desks.finance.confirms_money(number)
        reporter.looks_in()
        reporter.claims_to_an_account(name, account)
        desks.cashier.asks_for_payee(number)
        for one in custodians:
            one.agrees(number)
        found.append(reporter)
    return found


def ticks(page: Page) -> list[str]:
    """The values of the boxes that may be ticked on a page."""
    return [one.decode() for one in TICKS.findall(page.body)]


def opens(cashier: Cashier) -> Page:
    """Open everything that may be opened."""
    cashier.visitor.get("/")
    page = cashier.follows("银行转账")
    return cashier.sends("签署并打开选中的", line=ticks(page))


def imports(clerk: Clerk, button: str, rows: Sequence[tuple[str, ...]], **more: str) -> Page:
    """Send a file of the bank with the form of this button."""
    table = [("参考号", "金额", "处理结果", "失败原因"), *rows]
    body = "\r\n".join(",".join(row) for row in table).encode("gb18030")
    page = clerk.visitor.page
    assert page is not None
    values = {"password": PASSWORD, **more}
    return clerk.visitor.send(page.form(button=button), values, files=[("file|a.csv", body)])


def state(stage: Stage, reporter: Reporter) -> str:
    """Where the reporter's award stands."""
    case = stage.world.store.read(lambda uow: uow.reports.by_number(reporter.case_number))
    assert case.award is not None
    return str(case.award.state)


def test_two_awards_are_transferred_once_and_nobody_else_learns_to_whom(
    stage: Stage, desks: Desks, reporters: list[Reporter]
):
    first, second = reporters
    numbers = [one.case_number for one in reporters]

    # Given both are released, the cashier opens them, and says yes to each
    cashier, other = desks.cashier, desks.other
    page = opens(cashier)
    assert page.headers["Cache-Control"] == "no-store"
    for name, account in ACCOUNTS.items():
        assert name in page.text
        assert account in page.text
    # When the orders are signed, the file leaves, once; nothing is paid before the bank answers
    of = leaves_once(stage, desks, page, numbers)
    assert [state(stage, one) for one in reporters] == ["ordered", "ordered"]
    assert paid(stage) == 0

    # When the bank answers, one is paid and one is not
    batch = of["样本甲"][:8]
    answer = [
        (of["样本甲"], SUM, "交易成功", ""),
        (of["样本乙"], SUM, "交易失败", "户名不符"),
        ("AAAAAAAA001", SUM, "交易成功", ""),
    ]
    cashier.visitor.get("/bank")
    cashier.follows(batch)
    cashier.follows("导入银行的答复")
    told = imports(cashier, "签署并登记", answer)
    assert "已付款 1 笔，未付成 1 笔，已退回 0 笔，没有登记 1 行。" in told.text
    assert "没有这个参考号" in told.text
    assert (state(stage, first), state(stage, second)) == ("paid", "claimed")

    # and the same file in a second browser changes nothing
    other.visitor.get(f"/bank/{batch}/answer")
    told = imports(other, "签署并登记", answer)
    assert "已付款 0 笔，未付成 0 笔，已退回 0 笔，没有登记 3 行。" in told.text
    assert told.text.count("以前已经登记过") == 2
    assert paid(stage) == 6_000_000

    # Then the reporters see where each stands
    assert "已发放" in first.visitor.get("/follow-up/case").text
    assert "已发放" not in second.visitor.get("/follow-up/case").text

    # and finance finds the payment in the statement, without a name
    finance = desks.finance
    page = finance.visitor.get(f"/bank/{batch}")
    assert of["样本甲"] in page.text
    finance.visitor.get("/bank/statement")
    told = imports(finance, "签署并对账", [(of["样本甲"], SUM, "", "")], document="2026-03")
    assert "已对账 1 笔，对不上 0 笔。" in told.text
    assert state(stage, first) == "reconciled"

    # and nobody but the cashier ever saw whom it went to
    auditor = stage._clerk(Clerk, "auditor")
    pages = [page, told, auditor.visitor.get("/audit")]
    for seen in pages:
        for name, account in ACCOUNTS.items():
            assert account not in seen.text
            assert name not in seen.text
    check_nothing_lies_about(stage)


def leaves_once(stage: Stage, desks: Desks, check: Page, numbers: list[str]) -> dict[str, str]:
    """Sign both orders and take the file; return the reference of each name in it."""
    cashier, yes = desks.cashier, ticks(check)
    assert len(yes) == 2
    file = cashier.sends("签署付款单", line=yes, file_format="gb18030")
    assert file.headers["Content-Type"] == "text/csv; charset=gb18030"
    assert file.headers["Cache-Control"] == "no-store"
    _head, *rows = csv.reader(io.StringIO(file.body.decode("gb18030")))
    assert {row[2]: row[3] for row in rows} == ACCOUNTS
    assert {row[5] for row in rows} == {SUM}
    assert not any(number in cell for number in numbers for row in rows for cell in row)

    # the same page again, or another cashier with it, brings nothing
    given: dict[str, str | list[str]] = {"line": yes, "file_format": "csv", "password": PASSWORD}
    again = cashier.visitor.send(check.form(button="签署付款单"), given)
    assert again.status == 422
    stolen = check.form(button="签署付款单")
    page = desks.other.visitor.get("/bank")
    stolen.fields["csrf_token"] = page.form("/sign-out").fields["csrf_token"]
    assert "核对页已失效" in desks.other.visitor.send(stolen, given).text
    return {row[2]: row[1] for row in rows}


def paid(stage: Stage) -> int:
    """What the fund has paid, in fen."""
    year = stage.world.now.astimezone().year
    return stage.world.store.read(lambda uow: uow.ledger.balance(year)).paid_fen


def check_nothing_lies_about(stage: Stage) -> None:
    """No file, logs and database among them, holds an account; all that is stored verifies."""
    home = stage.world.settings.home
    for path in [one for one in home.rglob("*") if one.is_file()]:
        body = path.read_bytes()
        for account in ACCOUNTS.values():
            assert account.encode() not in body, path.name
    world = stage.world
    problems = list(verify(world.store, world.blobs, world.trust))
    assert [one for one in problems if isinstance(one, Problem) and one.kind != "log"] == []
