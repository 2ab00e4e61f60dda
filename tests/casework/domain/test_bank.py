"""Payment orders for the bank and its answer: every row lands once, nobody guesses at money."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from case_story import CASHIER, OFFICER
from casework.domain.bank import (
    BATCH_MAX,
    ORDER_HEAD,
    WHYS,
    Answer,
    Order,
    OrderState,
    Payee,
    Result,
    batch_of,
    check_sent,
    is_batch,
    match,
    new_batch,
    order_row,
    payee_problem,
    read_answers,
    reference_of,
    told_amount,
    told_reason,
    told_reference,
)
from casework.domain.case import Act
from casework.domain.errors import (
    BadActError,
    BankFileError,
    NotPermittedError,
    UnknownActError,
)

BATCH, OTHER = "K7M2Q9XR", "HB4N8TWC"
ONE, TWO, THREE = (reference_of(BATCH, number) for number in (1, 2, 3))
PAYEE = Payee("伊小川", "6228480402564890018", "中国农业银行伊川县支行")
ORDERS = {
    ONE: Order(ONE, 300_000, OrderState.SENT),
    TWO: Order(TWO, 123_450, OrderState.PAID),
    THREE: Order(THREE, 5_000, OrderState.UNDONE),
}
HEAD = ["参考号", "金额（元）", "处理结果", "流水号", "失败原因"]


def read(*rows, head=HEAD, **more):
    return read_answers([head, *map(list, rows)], **more)


def why_of(*rows):
    return [(one.answer.reference, one.why) for one in match(ORDERS, read(*rows)).unmatched]


# ---- what goes out --------------------------------------------------------------------------


def test_an_order_says_whom_and_how_much_and_no_purpose():
    row = order_row(1, ONE, PAYEE, 1_600_000_05)
    assert row == ("1", ONE, *(PAYEE.name, PAYEE.account, PAYEE.bank), "1600000.05", ONE)
    assert len(row) == len(ORDER_HEAD)
    assert ONE == "K7M2Q9XR001"


@pytest.mark.parametrize(
    ("payee", "problem"),
    [
        (PAYEE, ""),
        (replace(PAYEE, name="=cmd|' /C calc'!A0"), "name"),
        (replace(PAYEE, name="＝1+1"), "name"),
        (replace(PAYEE, name="-张三"), "name"),
        (replace(PAYEE, name="'张三"), "name"),
        (replace(PAYEE, name="张三\n李四"), "name"),
        (replace(PAYEE, name="张\u202e三"), "name"),
        (replace(PAYEE, name=" 张三"), "name"),
        (replace(PAYEE, name=""), "name"),
        (replace(PAYEE, name="张" * 101), "name"),
        (replace(PAYEE, name="买买提·阿不都"), ""),
        (replace(PAYEE, account="622848040256489001A"), "account"),
        (replace(PAYEE, account="６２２８４８０４０"), "account"),
        (replace(PAYEE, account="1234567"), "account"),
        (replace(PAYEE, account="12345678"), ""),
        (replace(PAYEE, bank="@SUM(A1)"), "bank"),
        (replace(PAYEE, bank=""), "bank"),
    ],
)
def test_what_a_sheet_could_run_is_refused_and_not_changed(payee, problem):
    assert payee_problem(payee) == problem
    if problem:
        with pytest.raises(ValueError, match=problem):
            order_row(1, ONE, payee, 100)


def test_nobody_sees_a_payee_in_a_log():
    assert not {PAYEE.name, PAYEE.account, PAYEE.bank} & set(repr(PAYEE).split("'"))


@given(st.binary(min_size=8, max_size=8), st.integers(1, BATCH_MAX))
def test_a_reference_names_its_batch_and_is_no_number(drawn, line):
    batch = new_batch(lambda _size: drawn)
    reference = reference_of(batch, line)
    assert is_batch(batch)
    assert batch_of(reference) == batch
    assert reference[0].isalpha()
    assert told_reference(f"网银转账 {reference.lower()}，") == reference
    assert told_reference(reference) == reference


@pytest.mark.parametrize(("batch", "line"), [(BATCH, 0), (BATCH, BATCH_MAX + 1), ("2345E678", 1)])
def test_there_is_no_such_reference(batch, line):
    with pytest.raises(ValueError, match="no line"):
        reference_of(batch, line)


SENT_FACTS = {"batch": BATCH, "awards": ("a1", "a2"), "amount_fen": 423_450}


def sent(who=CASHIER, kind="bank.sent", **facts):
    given_facts = {k: v for k, v in {**SENT_FACTS, **facts}.items() if v is not None}
    return Act(kind, 0, "2026-11-22T08:00:00Z", who.account, who.office, who.roles, given_facts)


def test_a_batch_is_sent_by_a_cashier_with_each_award_once():
    check_sent(sent())
    with pytest.raises(NotPermittedError):
        check_sent(sent(OFFICER))
    with pytest.raises(UnknownActError):
        check_sent(sent(kind="bank.other"))
    for wrong in (
        {"batch": "2345E678"},
        {"batch": None},
        {"awards": ()},
        {"awards": ("a1", "a1")},
        {"awards": tuple(f"a{n}" for n in range(BATCH_MAX + 1))},
        {"amount_fen": 0},
        {"name": "样本甲"},
    ):
        with pytest.raises(BadActError):
            check_sent(sent(**wrong))
    check_sent(sent(awards=tuple(f"a{n}" for n in range(BATCH_MAX))))


# ---- what comes back ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "amount_fen"),
    [
        ("3000", 300_000),
        ("3,000.00", 300_000),
        ("３，０００．５０", 300_050),
        ("¥1,234.5", 123_450),
        (" ￥1234.50元 ", 123_450),
        ("0.01", 1),
        ("999999999999.99", 99_999_999_999_999),
        ("0.00", None),
        ("-3000", None),
        ("3000-", None),
        ("12,34", None),
        ("1,2345", None),
        ("3000.005", None),
        ("3e3", None),
        ("叁仟元整", None),
        ("", None),
        ("1000000000000", None),
    ],
)
def test_amounts_are_read_as_banks_write_them_or_not_at_all(text, amount_fen):
    assert told_amount(text) == amount_fen


def test_columns_are_found_below_titles_in_any_order():
    rows = [
        ["批量代付结果"],
        [],
        ["状态", "备注", "交易金额(元)", "收款人", "附言", "银行流水号"],
        ["交易成功", "", "３,000.00", "伊小川", "ｋ7m2q9xr001", "S1"],
        ["", "", "", "", "", ""],
        ["失败", "账户已销户", "50", "某", THREE, ""],
        ["处理中", "", "1,234.50", "某", TWO],
        ["合计", "", "3"],
    ]
    assert read_answers(rows) == [
        Answer(4, ONE, 300_000, Result.PAID, "S1", ""),
        Answer(6, THREE, 5_000, Result.FAILED, "", "账户已销户"),
        Answer(7, TWO, 123_450, None, "", "", "pending"),
        Answer(8, "", 300, None, "", "", "no_reference"),
    ]


@pytest.mark.parametrize(
    ("head", "why"),
    [
        (["参考号", "金额（万元）", "结果"], "columns"),
        (["参考号", "金额（分）", "结果"], "columns"),
        (["参考号", "金额"], "columns"),
        (["金额", "结果"], "columns"),
    ],
)
def test_a_file_without_the_columns_or_in_another_unit_is_refused(head, why):
    with pytest.raises(BankFileError) as refused:
        read([ONE, "3000", "成功"], head=head)
    assert refused.value.reason == why


@pytest.mark.parametrize(("rows", "is_read"), [(4_999, True), (5_000, False)])
def test_a_file_has_so_many_rows_and_no_more(rows, is_read):
    given_rows = [HEAD, *[["", "", "", "", ""]] * rows]
    if is_read:
        assert read_answers(given_rows) == []
        return
    with pytest.raises(BankFileError) as refused:
        read_answers(given_rows)
    assert refused.value.reason == "rows"


@pytest.mark.parametrize(("above", "is_found"), [(19, True), (20, False)])
def test_the_names_of_columns_stand_near_the_top(above, is_found):
    rows = [["标题"]] * above + [HEAD, [ONE, "3000", "成功"]]
    if is_found:
        assert [one.row for one in read_answers(rows)] == [21]
        return
    with pytest.raises(BankFileError):
        read_answers(rows)


def test_in_a_statement_what_is_listed_was_paid():
    (one,) = read([f"转账 {ONE} 支出", "3,000.00"], head=["摘要", "借方发生额"], is_statement=True)
    assert (one.reference, one.amount_fen, one.result) == (ONE, 300_000, Result.PAID)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("账号户名不符", "name_differs"),
        ("收款账户已销户", "account_closed"),
        ("账号错误", "account_unknown"),
        ("无此账户", "account_unknown"),
        ("系统繁忙", "other"),
        ("", "other"),
    ],
)
def test_what_the_bank_says_is_one_of_few_reasons(text, code):
    assert told_reason(text) == code


# ---- matching -------------------------------------------------------------------------------


def test_paid_failed_and_returned():
    found = match(
        {**ORDERS, THREE: Order(THREE, 5_000, OrderState.SENT)},
        read([ONE, "3000", "成功"], [TWO, "1234.5", "退汇"], [THREE, "50.00", "失败"]),
    )
    placed = [[one.reference for one in part] for part in (found.paid, found.failed)]
    assert placed == [[ONE], [THREE]]
    assert [one.reference for one in found.returned] == [TWO]
    assert found.unmatched == ()


def test_what_comes_back_before_it_was_told_as_paid_was_never_paid():
    found = match(ORDERS, read([ONE, "3000", "退回"]))
    assert ([one.reference for one in found.failed], found.returned) == ([ONE], ())


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([["", "3000", "成功"]], "no_reference"),
        ([[ONE, "三千", "成功"]], "amount_unread"),
        ([[ONE, "3000", "也许"]], "result_unread"),
        ([[ONE, "3000", "未成功处理"]], "result_unread"),
        ([[ONE, "3000", "处理中"]], "pending"),
        ([["K7M2Q9XR099", "3000", "成功"]], "unknown"),
        ([[f"{ONE} {TWO}", "3000", "成功"]], "unknown"),
        ([[ONE, "3000.01", "成功"]], "amount_differs"),
        ([[ONE, "2999.99", "失败"]], "amount_differs"),
        ([[TWO, "1234.50", "成功"]], "answered_before"),
        ([[TWO, "1234.50", "失败"]], "contradicts"),
        ([[THREE, "50", "失败"]], "answered_before"),
        ([[THREE, "50", "退回"]], "answered_before"),
        ([[THREE, "50", "成功"]], "contradicts"),
    ],
)
def test_a_row_that_books_nothing_says_why(rows, why):
    assert [one for _, one in why_of(*rows)] == [why]


def test_a_reference_that_stands_twice_books_nothing_neither_time():
    rows = [[ONE, "3000", "成功"], [ONE.lower(), "3000", "失败"]]
    assert why_of(*rows) == [(ONE, "twice"), (ONE, "twice")]


def test_a_row_of_another_batch_is_told_from_an_unknown_one():
    foreign = reference_of(OTHER, 7)
    found = match(ORDERS, read([foreign, "3000", "成功"]), elsewhere={foreign})
    assert [one.why for one in found.unmatched] == ["other_batch"]


REFERENCES = [ONE, TWO, THREE, reference_of(BATCH, 4), reference_of(OTHER, 1), "", "X"]
ROWS = st.lists(
    st.tuples(
        st.sampled_from(REFERENCES),
        st.sampled_from(["3000", "1,234.50", "50.00", "0", "x"]),
        st.sampled_from(["成功", "失败", "退回", "处理中", "?"]),
    ),
    max_size=12,
)
STATES = st.fixed_dictionaries({name: st.sampled_from(OrderState) for name in ORDERS})


def booked(orders, found):
    """The orders after what was found is booked."""
    after = dict(orders)
    for rows, state in (
        (found.paid, OrderState.PAID),
        (found.failed, OrderState.UNDONE),
        (found.returned, OrderState.RETURNED),
    ):
        for one in rows:
            after[one.reference] = replace(after[one.reference], state=state)
    return after


@given(ROWS, STATES)
def test_every_row_lands_exactly_once_and_a_file_read_again_books_nothing(rows, states):
    orders = {name: replace(one, state=states[name]) for name, one in ORDERS.items()}
    answers = read(*rows)
    found = match(orders, answers, elsewhere={reference_of(OTHER, 1)})
    placed = [*found.paid, *found.failed, *found.returned]
    lands = sorted(one.row for one in [*placed, *(one.answer for one in found.unmatched)])
    assert lands == [one.row for one in answers] == list(range(2, 2 + len(rows)))
    assert {one.why for one in found.unmatched} <= set(WHYS)
    assert len({one.reference for one in placed}) == len(placed)
    for one in placed:
        assert one.amount_fen == orders[one.reference].amount_fen
    again = match(booked(orders, found), answers, elsewhere={reference_of(OTHER, 1)})
    assert (again.paid, again.failed, again.returned) == ((), (), ())
    assert {u.answer.row for u in again.unmatched} == {one.row for one in answers}


@given(ROWS, STATES, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(rows, states, random):
    orders = {name: replace(one, state=states[name]) for name, one in ORDERS.items()}
    mixed = list(rows)
    random.shuffle(mixed)
    assert booked(orders, match(orders, read(*rows))) == booked(orders, match(orders, read(*mixed)))


@given(st.integers(1, 10**14 - 1))
def test_what_an_order_says_is_read_back_to_the_fen(amount_fen):
    assert told_amount(order_row(1, ONE, PAYEE, amount_fen)[5]) == amount_fen
    assert told_amount(f"{amount_fen // 100:,}.{amount_fen % 100:02d}") == amount_fen
