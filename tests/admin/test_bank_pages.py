"""Transfers through the bank at the console: opened, ordered, answered, reconciled."""

import csv
import io
import re
from dataclasses import replace
from fractions import Fraction

import pytest

from banking import SEATS, released
from casework.domain.bank import ORDER_HEAD
from casework.domain.claim_rules import ClaimRule
from casework.domain.disbursement import disbursement_of
from casework.domain.policy import Policies
from casework.services import disclosure
from crypto.canonical import canonical
from instance import PASSWORD
from payment import PAYEE

BOX = re.compile(r'name="box"[^>]*value="([^"]+)"')
WHERE = re.compile(r'href="/bank/([A-Z0-9]{8})"')


@pytest.fixture
def two(world):
    """Two awards that are released to the cashier."""
    world.appropriate()
    filed = [world.approved() for _ in range(2)]
    for one in filed:
        released(world, one)
    return filed


def value(world, filed):
    return f"{filed.report}.{world.case(filed.report).award.id}"


def states(world, filed):
    return [str(world.case(one.report).award.state) for one in filed]


def opens(desk, world, filed):
    """Open the payees; return the page on which each is shown."""
    return desk.deed("/bank/opening", page="/bank", line=[value(world, one) for one in filed])


def orders(desk, world, page, filed, file_format="csv", password=PASSWORD):
    """Say yes to these payees and take the file."""
    fields = {
        "box": BOX.findall(page.text)[0],
        "line": [world.case(one.report).award.id for one in filed],
        "file_format": file_format,
        "password": password,
    }
    return desk.post("/bank/orders", page="/bank", **fields)


def rows_of(answer):
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))


def batch_named(desk):
    return WHERE.findall(desk.get("/bank").text)[0]


def imports(desk, batch, *rows, where="answer", **more):
    """Send the bank's answer to a batch."""
    table = [("参考号", "金额", "结果", "原因"), *rows]
    body = "\n".join(",".join(row) for row in table).encode("gb18030")
    path = f"/bank/{batch}/{where}" if batch else f"/bank/{where}"
    page = path if batch else "/bank/statement"
    return desk.client.post(
        path,
        data={
            "csrf_token": desk.token(page),
            "password": PASSWORD,
            "file": (io.BytesIO(body), "answer.csv"),
            **more,
        },
        base_url="https://console.test",
    )


def sent(world, sign_in, two):
    """A batch with the bank: the cashier's desk, the batch, its references."""
    desk = sign_in("cashier")
    answer = orders(desk, world, opens(desk, world, two), two)
    return desk, batch_named(desk), [row[1] for row in rows_of(answer)[1:]]


# What goes out ------------------------------------------------------------------------------


def test_payees_are_opened_ordered_and_leave_in_one_file(world, sign_in, two):
    desk = sign_in("cashier")
    page = opens(desk, world, two)
    assert page.status_code == 200
    assert page.text.count("6222000000000000") == 2
    assert page.headers["Cache-Control"] == "no-store"
    assert states(world, two) == ["claimed", "claimed"]

    answer = orders(desk, world, page, two)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert states(world, two) == ["ordered", "ordered"]
    head, *rows = rows_of(answer)
    assert tuple(head) == ORDER_HEAD
    assert [row[2:6] for row in rows] == [["样本甲", PAYEE["account"], "样本银行", "60000.00"]] * 2
    assert not any(one.case_number in answer.data.decode("utf-8-sig") for one in two)
    batch = batch_named(desk)
    assert [row[1] for row in rows] == [f"{batch}001", f"{batch}002"]
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{batch}.csv"'


def test_the_file_leaves_once(world, sign_in, two):
    desk = sign_in("cashier")
    page = opens(desk, world, two)
    assert orders(desk, world, page, two).status_code == 200
    again = orders(desk, world, page, two)
    assert again.status_code == 422
    assert "text/html" in again.headers["Content-Type"]
    assert len(WHERE.findall(desk.get("/bank").text)) == 1


@pytest.mark.parametrize("file_format", ["xlsx", "gb18030"])
def test_the_file_comes_in_the_form_that_was_chosen(world, sign_in, two, file_format):
    desk = sign_in("cashier")
    answer = orders(desk, world, opens(desk, world, two), two, file_format)
    assert answer.data.startswith(b"PK" if file_format == "xlsx" else "序号".encode("gb18030"))


def test_what_gets_no_yes_is_not_paid_and_still_waits(world, sign_in, two):
    desk = sign_in("cashier")
    page = opens(desk, world, two)
    none = orders(desk, world, page, [])
    assert none.status_code == 422
    assert "没有勾选可以付款的" in none.text
    assert "6222000000000000" in none.text, "shown again: it cannot be opened again"
    assert len(rows_of(orders(desk, world, page, two[:1]))) == 2
    assert states(world, two) == ["ordered", "claimed"]


def test_a_payee_is_opened_once(world, sign_in, two):
    desk = sign_in("cashier")
    opens(desk, world, two)
    again = opens(desk, world, two)
    assert "6222000000000000" not in again.text
    assert again.text.count("没有打开：") == 2


def test_an_older_page_pays_no_account_that_was_claimed_anew_since(world, sign_in, two):
    filed, desk = two[:1], sign_in("cashier")
    older = opens(desk, world, filed)
    released(world, filed[0])  # claimed anew, to another account
    newer = opens(desk, world, filed)
    refused = orders(desk, world, older, filed)
    assert refused.status_code == 422
    assert states(world, filed) == ["claimed"]
    assert orders(desk, world, newer, filed).status_code == 200


def test_a_page_of_another_session_brings_nothing(world, sign_in, two):
    page = opens(sign_in("cashier"), world, two)
    answer = orders(sign_in("cashier"), world, page, two)
    assert "核对页已失效" in answer.text
    assert states(world, two) == ["claimed", "claimed"]


def test_a_wrong_password_opens_and_orders_nothing(world, sign_in, two):
    desk = sign_in("cashier")
    lines = [value(world, one) for one in two]
    assert desk.post("/bank/opening", page="/bank", line=lines, password="no").status_code == 422
    page = opens(desk, world, two)
    refused = orders(desk, world, page, two, password="no")
    assert refused.status_code == 422
    assert states(world, two) == ["claimed", "claimed"]


def test_a_payee_that_cannot_stand_in_a_file_has_no_box(world, sign_in, monkeypatch):
    monkeypatch.setitem(PAYEE, "name", "=HYPERLINK(1)")
    world.appropriate()
    filed = world.approved()
    released(world, filed)
    desk = sign_in("cashier")
    page = opens(desk, world, [filed])
    assert "收款人姓名不能写进银行文件" in page.text
    assert 'name="line"' not in page.text
    assert orders(desk, world, page, [filed]).status_code == 422
    assert states(world, [filed]) == ["claimed"]


def test_both_names_stand_side_by_side_where_the_rules_compare_them(world, sign_in, monkeypatch):
    monkeypatch.setattr("admin.views.releases.checks_name", lambda case: True)
    monkeypatch.setattr("admin.views.bank.checks_name", lambda case: True)
    world.appropriate()
    identity = {"who": canonical({"name": "样本乙"}).decode()}
    filed = world.approved(identity=identity)
    released(world, filed)
    desk = sign_in("cashier")
    assert "须汇入本人账户" in desk.get("/bank").text
    compare(world, desk, filed)
    page = opens(desk, world, [filed])
    for expected in ("样本甲", "样本乙", "两个姓名不一样", "户名就是举报人本人，可以付款"):
        assert expected in page.text


def compare(world, desk, filed):
    """Ask for the reporter's name on the page, and let two seats agree."""
    found = disclosure.items_to_ask_for(world.store, report=filed.report)
    who = next(one.id for one in found if one.kind == "who")
    asked = {"what": f"compare_payee.{who}", "reason": "核对户名。", "valid_hours": "24"}
    assert desk.deed(f"/cases/{filed.report}/releases", **asked).status_code == 302
    release = list(world.case(filed.report).releases)[-1]
    for seat in SEATS:
        world.agree(filed.report, release, seat)


@pytest.mark.parametrize("login", ["yjj-officer", "awb-approver", "seat1-holder", "auditor"])
def test_others_see_nothing_of_the_bank(sign_in, login):
    assert sign_in(login).get("/bank").status_code == 403


def test_finance_sees_batches_and_no_payee(world, sign_in, two):
    _desk, batch, references = sent(world, sign_in, two)
    finance = sign_in("finance")
    assert batch in finance.get("/bank").text
    page = finance.get(f"/bank/{batch}").text
    assert all(one in page for one in references)
    assert not any(one in page for one in PAYEE.values())
    assert two[0].report not in page


# What comes back ----------------------------------------------------------------------------


def test_the_banks_answer_is_booked_row_by_row_and_once(world, sign_in, two):
    desk, batch, (first, second) = sent(world, sign_in, two)
    rows = [
        (first, "60000.00", "成功", ""),
        (second, "60000.00", "失败", "户名不符"),
        ("K7M2Q9XR001", "1.00", "成功", ""),
        ("", "", "合计", ""),
    ]
    told = imports(desk, batch, *rows)
    assert told.status_code == 200, told.text
    assert "已付款 1 笔，未付成 1 笔，已退回 0 笔，没有登记 2 行。" in told.text
    assert "没有这个参考号" in told.text
    assert sorted(states(world, two)) == ["claimed", "paid"]
    again = imports(desk, batch, *rows)
    assert "已付款 0 笔，未付成 0 笔，已退回 0 笔，没有登记 4 行。" in again.text
    assert again.text.count("以前已经登记过") == 2
    assert sorted(states(world, two)) == ["claimed", "paid"]
    balance = world.store.read(lambda uow: uow.ledger.balance(2026))
    assert (balance.paid_fen, balance.reserved_fen) == (6_000_000, 6_000_000)


def test_money_that_comes_back_may_be_claimed_anew(world, sign_in, two):
    desk, batch, (first, second) = sent(world, sign_in, two)
    imports(desk, batch, (first, "60000.00", "成功", ""), (second, "60000.00", "成功", ""))
    told = imports(desk, batch, (first, "60000.00", "退汇", "账户已销户"))
    assert "已退回 1 笔" in told.text
    assert sorted(states(world, two)) == ["notified", "paid"]
    page = desk.get(f"/bank/{batch}").text
    assert "已退回" in page
    assert "已付款" in page


def test_a_row_of_another_batch_is_named(world, sign_in, two):
    desk, batch, references = sent(world, sign_in, two[:1])
    other = orders(desk, world, opens(desk, world, two[1:]), two[1:])
    foreign = rows_of(other)[1][1]
    told = imports(desk, batch, (foreign, "60000.00", "成功", ""))
    assert "属于另一批，请到那一批导入" in told.text
    assert references[0] != foreign
    assert states(world, two) == ["ordered", "ordered"]


@pytest.mark.parametrize(
    ("name", "body", "sentence"),
    [
        ("a.csv", "甲,乙\n1,2\n".encode(), "没有找到列名"),
        ("a.xls", b"\xd0\xcf\x11\xe0\0\0", "读不出这个文件"),
        ("", b"", "请选择银行给的文件"),
    ],
)
def test_a_file_that_is_none_is_refused_in_words(world, sign_in, two, name, body, sentence):
    desk, batch, _references = sent(world, sign_in, two)
    answer = desk.client.post(
        f"/bank/{batch}/answer",
        data={
            "csrf_token": desk.token(f"/bank/{batch}/answer"),
            "password": PASSWORD,
            "file": (io.BytesIO(body), name),
        },
        base_url="https://console.test",
    )
    assert answer.status_code == 422
    assert sentence in answer.text
    assert states(world, two) == ["ordered", "ordered"]


def test_an_order_that_did_not_reach_the_bank_is_undone_by_hand(world, sign_in, two):
    desk, batch, (first, _second) = sent(world, sign_in, two)
    asked = {"reference": first, "reason_code": "not_sent"}
    assert desk.deed(f"/bank/{batch}/undoing", **asked).status_code == 302
    assert sorted(states(world, two)) == ["claimed", "ordered"]
    assert first not in desk.get(f"/bank/{batch}/undoing").text
    assert desk.deed(f"/bank/{batch}/undoing", **asked).status_code == 422


def test_no_such_batch_is_no_page(sign_in):
    assert sign_in("cashier").get("/bank/K7M2Q9XR").status_code == 404


# Reconciling --------------------------------------------------------------------------------


def test_finance_reconciles_with_a_statement_and_by_hand(world, sign_in, two):
    desk, batch, (first, second) = sent(world, sign_in, two)
    imports(desk, batch, (first, "60000.00", "成功", ""), (second, "60000.00", "成功", ""))
    assert desk.get("/bank/statement").status_code == 403
    finance = sign_in("finance")
    assert first in finance.get("/bank/statement").text
    rows = [
        (first, "60000.00", "", ""),
        (second, "59999.00", "", ""),
        ("工资", "5000.00", "", ""),
    ]
    told = imports(finance, "", *rows, where="statement/file", document="2026-11-03")
    assert told.status_code == 200, told.text
    assert "已对账 1 笔，对不上 1 笔。对账单里另有 1 行与奖励无关。" in told.text
    assert "工资" not in told.text
    assert sorted(states(world, two)) == ["paid", "reconciled"]

    left = next(one for one in two if states(world, [one]) == ["paid"])
    chosen = {"line": world.case(left.report).award.id, "document": "2026-11-V7"}
    by_hand = finance.deed("/bank/statement", **chosen)
    assert "已对账 1 笔，对不上 0 笔。" in by_hand.text
    assert states(world, two) == ["reconciled", "reconciled"]


@pytest.mark.parametrize("document", ["", "第三号 对账单", "a" * 65])
def test_a_statement_has_a_number_of_plain_signs(world, sign_in, two, document):
    desk, batch, (first, _second) = sent(world, sign_in, two)
    imports(desk, batch, (first, "60000.00", "成功", ""))
    finance = sign_in("finance")
    told = imports(finance, "", (first, "60000.00", ""), where="statement/file", document=document)
    assert told.status_code == 422
    assert "paid" in states(world, two)


# What the rules cut and tax -------------------------------------------------------------------


@pytest.fixture
def taxed(monkeypatch):
    """Rules that cut a tenth and withhold a fifth of the rest as tax; no file we ship does."""
    rule = ClaimRule(cut_rate=Fraction(1, 10), tax_rate=Fraction(1, 5))
    for where in (
        "admin.views.bank",
        "admin.views.bank_cover",
        "admin.views.reconciling",
        "casework.services.bank",
    ):
        monkeypatch.setattr(
            f"{where}.disbursement_of", lambda _rule, fen: disbursement_of(rule, fen)
        )


@pytest.mark.usefixtures("taxed")
def test_the_bank_pays_what_is_left_and_the_books_have_the_whole(world, sign_in, two):
    desk = sign_in("cashier")
    page = opens(desk, world, two)
    assert page.text.count("¥43,200.00") == 2
    rows = rows_of(orders(desk, world, page, two))[1:]
    assert [row[5] for row in rows] == ["43200.00", "43200.00"]
    batch, (first, second) = batch_named(desk), [row[1] for row in rows]
    shown = desk.get(f"/bank/{batch}").text
    assert "¥120,000.00" in shown
    assert "¥86,400.00" in shown
    cover = desk.get(f"/bank/{batch}/cover").text
    for told in ("捌万陆仟肆佰元整", "¥120,000.00", "¥12,000.00", "¥108,000.00", "¥21,600.00"):
        assert told in cover, told

    told = imports(desk, batch, (first, "43200.00", "成功", ""), (second, "60000.00", "成功", ""))
    assert told.status_code == 200, told.text
    assert sorted(states(world, two)) == ["ordered", "paid"]
    paid = next(one for one in two if states(world, [one]) == ["paid"])
    award = world.case(paid.report).award.id
    lines = world.store.read(lambda uow: uow.ledger.of_award(award))
    assert [(str(one.kind), one.amount_fen) for one in lines][-1] == ("DISBURSEMENT", 6_000_000)

    finance = sign_in("finance")
    told = imports(
        finance, "", (first, "43200.00", "", ""), where="statement/file", document="2026-11-03"
    )
    assert "已对账 1 笔" in told.text


# Stopping -----------------------------------------------------------------------------------


def test_who_sees_that_something_is_not_so_stops_the_payment(world, sign_in, two):
    filed = two[0]
    where = f"/cases/{filed.report}/reward/stop"
    desk = sign_in("cashier")
    assert where not in desk.get(f"/cases/{filed.report}").text
    assert desk.deed(where, reason_code="relation_differs").status_code == 422
    page = opens(desk, world, two)
    assert where in page.text
    assert where in desk.get(f"/cases/{filed.report}").text
    assert desk.deed(where, reason_code="").status_code == 422
    assert desk.deed(where, reason_code="relation_differs").status_code == 302
    assert states(world, two) == ["approved", "claimed"]
    assert "与举报人申报的关系不符" in desk.get(f"/cases/{filed.report}").text

    # and a page that was open before brings no order of it
    assert orders(desk, world, page, two).status_code == 422
    assert states(world, two) == ["approved", "claimed"]
    assert sign_in("cashier-2").get(where).status_code == 409


def test_what_was_paid_meanwhile_stops_no_other_award(world, sign_in, two):
    filed = two[0]
    desk = sign_in("cashier")
    opens(desk, world, two)
    where = f"/cases/{filed.report}/reward/stop"
    asked = desk.deed(f"{where}?award=another", page=where, reason_code="relation_differs")
    assert asked.status_code == 409
    assert states(world, two) == ["claimed", "claimed"]


def test_a_transfer_by_hand_compares_the_name_too_where_the_rules_do(world, sign_in, monkeypatch):
    world.appropriate()
    filed = world.approved()
    released(world, filed)
    desk = sign_in("cashier")
    opens(desk, world, [filed])
    strict = policy_with_names(world, filed)
    monkeypatch.setattr("casework.services.payments.policies_at_hand", lambda: strict)
    answer = desk.deed(f"/cases/{filed.report}/reward/payment")
    assert answer.status_code == 422
    assert "只能汇入举报人本人的账户" in answer.text
    assert states(world, [filed]) == ["claimed"]


def policy_with_names(world, filed):
    """The rules, of which the case's pays to the reporter's own account alone."""
    name = world.case(filed.report).policy_id
    pinned = world.policies.get(name)
    strict = replace(pinned, own_claim=replace(pinned.claim, name_check=True))
    return Policies({**world.policies.by_id, name: strict})
