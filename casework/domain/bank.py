"""A batch of payment orders for the bank, and the bank's answer to it, row by row.

What goes out and what comes back are rows of text; the files around them are read and written
by the console. A reference is all that outsiders see of an award, and it tells them nothing.
"""

import re
import secrets
import unicodedata
from collections import Counter
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from casework.domain.act_facts import check_facts
from casework.domain.case import Act
from casework.domain.errors import BankFileError, NotPermittedError
from casework.domain.fact_forms import AMOUNT, TOKENS, Form, matches
from casework.domain.ids import CASE_NUMBER_ALPHABET
from casework.domain.money import FEN_MAX, FEN_PER_YUAN
from casework.domain.roles import Role

SENT: Final = "bank.sent"  # a batch of orders left for the bank; nothing is booked by it

RandomBytes = Callable[[int], bytes]

BATCH_MAX: Final = 200  # orders in one batch
ROWS_MAX: Final = 5_000  # of an answer or a statement
HEAD_WITHIN: Final = 20  # banks put titles and dates above the names of the columns
NAME_MAX: Final = 100
BANK_MAX: Final = 200
BATCH_SIGNS: Final = 8

ORDER_SHEET: Final = "付款"
ORDER_HEAD: Final = ("序号", "参考号", "收款人", "账号", "开户银行", "金额（元）", "附言")

_LETTERS = "".join(one for one in CASE_NUMBER_ALPHABET if one.isalpha())
_BATCH = re.compile(r"[A-HJ-NP-Z][2-9A-HJ-NP-Z]{7}\Z", re.ASCII)
_REFERENCE = re.compile(r"(?<![0-9A-Z])([A-HJ-NP-Z][2-9A-HJ-NP-Z]{7})([0-9]{3})(?![0-9A-Z])", re.A)
_ACCOUNT = re.compile(r"[0-9]{8,32}\Z", re.ASCII)
_AMOUNT = re.compile(r"([0-9]{1,12}|[0-9]{1,3}(?:,[0-9]{3}){1,3})(?:\.([0-9]{1,2}))?\Z", re.A)
_UNIT = re.compile(r"\((?:人民币)?元\)\Z")
_FORMULA = re.compile(r"[=+\-@'\t\r\n]")

BATCH = Form("the name of a batch", matches(_BATCH))
AWARDS = Form(
    f"a list of 1 to {BATCH_MAX} different awards, in the order of the batch's lines",
    lambda value: (
        isinstance(value, list | tuple) and len(value) <= BATCH_MAX and TOKENS.test(value)
    ),
)

# Names that banks give to the columns, the surest first.
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "reference": ("参考号", "业务参考号", "客户参考号", "客户业务编号", "附言", "用途", "摘要"),
    "amount": ("金额", "交易金额", "付款金额", "转账金额", "借方发生额", "借方金额", "发生额"),
    "result": ("结果", "处理结果", "交易结果", "付款结果", "处理状态", "交易状态", "状态"),
    "serial": ("流水号", "银行流水号", "交易流水号", "交易序号"),
    "reason": ("原因", "失败原因", "退回原因", "退汇原因", "银行反馈信息", "备注"),
}


FORMS: Final[Mapping[str, Mapping[str, Form]]] = {
    SENT: {"batch": BATCH, "awards": AWARDS, "amount_fen": AMOUNT},
}


class Result(StrEnum):
    """What the bank says of one order."""

    PAID = "paid"
    FAILED = "failed"
    RETURNED = "returned"


# 成功 alone or after what was done; never within other words, such as 未成功.
_SAYS: Final[Mapping[str, Result]] = {
    **dict.fromkeys(
        (
            "成功",
            "交易成功",
            "付款成功",
            "转账成功",
            "处理成功",
            "已付",
            "已付款",
            "已支付",
            "已入账",
        ),
        Result.PAID,
    ),
    **dict.fromkeys(
        ("失败", "交易失败", "付款失败", "转账失败", "处理失败", "未成功", "拒绝", "已拒绝"),
        Result.FAILED,
    ),
    **dict.fromkeys(("退回", "已退回", "退汇", "已退汇", "退票", "已退票"), Result.RETURNED),
}
_PENDING: Final = frozenset(("处理中", "待处理", "待审核", "已受理", "银行处理中", "待复核"))


# What banks write of an order that was not carried out, and its code; the first that fits.
_REASONS: Final = (
    ("户名", "name_differs"),
    ("姓名", "name_differs"),
    ("销户", "account_closed"),
    ("冻结", "account_closed"),
    ("账号", "account_unknown"),
    ("账户不存在", "account_unknown"),
    ("无此账户", "account_unknown"),
)


class OrderState(StrEnum):
    """How far one order is, as the case of its award has it."""

    SENT = "sent"  # with the bank
    PAID = "paid"
    UNDONE = "undone"  # the bank refused it
    RETURNED = "returned"  # paid, and sent back by the bank


@dataclass(frozen=True, slots=True)
class Payee:
    """Whom the money goes to, as the released item says; for one answer, never kept."""

    name: str = field(repr=False)
    account: str = field(repr=False)
    bank: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Order:
    """What is known of one order: by the events of its case, never by a file."""

    reference: str
    amount_fen: int
    state: OrderState


@dataclass(frozen=True, slots=True)
class Answer:
    """One row of the bank's file.

    Attributes:
        row: number in the file, from 1.
        reference: as `told_reference` reads it; "" where there is none.
        amount_fen: None where it cannot be read.
        result: None where it cannot be read, or is not final.
        serial, reason: the bank's own words.
        why: code of what is wrong with the row by itself, "" where it can be read.
    """

    row: int
    reference: str
    amount_fen: int | None
    result: Result | None
    serial: str = ""
    reason: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Unmatched:
    """A row that books nothing, and the code of why; see `WHYS`."""

    answer: Answer
    why: str


@dataclass(frozen=True, slots=True)
class Matched:
    """Every row of a file, each in exactly one place."""

    paid: tuple[Answer, ...] = ()
    failed: tuple[Answer, ...] = ()
    returned: tuple[Answer, ...] = ()
    unmatched: tuple[Unmatched, ...] = ()


WHYS: Final = (
    "no_reference",
    "amount_unread",
    "result_unread",
    "pending",
    "twice",
    "unknown",
    "other_batch",
    "amount_differs",
    "answered_before",
    "contradicts",
)


def new_batch(random: RandomBytes = secrets.token_bytes) -> str:
    """Return the name of a new batch, such as "K7M2Q9XR": forty random bits, no counter.

    It begins with a letter, so that no program for sheets takes a reference for a number.
    """
    first, *rest = random(BATCH_SIGNS)
    return _LETTERS[first % len(_LETTERS)] + "".join(CASE_NUMBER_ALPHABET[b & 31] for b in rest)


def is_batch(text: str) -> bool:
    """Tell whether *text* has the form of a batch's name."""
    return _BATCH.match(text) is not None


def reference_of(batch: str, number: int) -> str:
    """Return the reference of one order: the batch and the line in it, such as "K7M2Q9XR003".

    Args:
        batch: as `new_batch` makes it.
        number: line in the batch, from 1.

    Raises:
        ValueError: no such batch or line.
    """
    if not is_batch(batch) or not 1 <= number <= BATCH_MAX:
        raise ValueError(f"no line {number} of batch {batch!r}")
    return f"{batch}{number:03d}"


def batch_of(reference: str) -> str:
    """Return the batch that a reference names, "" where it is no reference."""
    found = _REFERENCE.match(reference)
    return found[1] if found and found.end() == len(reference) else ""


def check_sent(act: Act) -> None:
    """Check the event of a batch; whether each of its awards was ordered so, the service knows.

    Raises:
        UnknownActError, BadActError: it is another, or a fact is wrong.
        NotPermittedError: the actor is no cashier.
    """
    check_facts(act.kind, act.facts, FORMS)
    if Role.CASHIER not in act.roles:
        raise NotPermittedError(kind=act.kind)


def payee_problem(payee: Payee) -> str:
    """Return what of a payee cannot stand in a bank's file: "name", "account", "bank" or "".

    A cell that a program for sheets could take for a formula is refused, not changed: with an
    apostrophe before it the name would be another one than the account's.
    """
    if not _is_cell(payee.name, NAME_MAX):
        return "name"
    if _ACCOUNT.match(payee.account) is None:
        return "account"
    return "" if _is_cell(payee.bank, BANK_MAX) else "bank"


def _is_cell(text: str, length_max: int) -> bool:
    folded = unicodedata.normalize("NFKC", text)
    return (
        0 < len(text) <= length_max
        and text == text.strip()
        and all(unicodedata.category(one) not in ("Cc", "Cf", "Cs", "Zl", "Zp") for one in text)
        and _FORMULA.match(folded) is None
    )


def order_row(number: int, reference: str, payee: Payee, amount_fen: int) -> tuple[str, ...]:
    """Return the cells of one order, under `ORDER_HEAD`; the purpose is the reference alone.

    Raises:
        ValueError: the payee cannot stand in a file; see `payee_problem`.
    """
    problem = payee_problem(payee)
    if problem or amount_fen <= 0:
        raise ValueError(problem or "amount")
    amount = f"{amount_fen // FEN_PER_YUAN}.{amount_fen % FEN_PER_YUAN:02d}"
    paid_to = (payee.name, payee.account, payee.bank)
    return (str(number), reference, *paid_to, amount, reference)


def told_amount(text: str) -> int | None:
    """Return the fen of an amount in yuan as banks write it; None for anything else.

    Full-width digits, separators of thousands and ¥ are read; a sign, a third decimal, a
    power of ten or separators in the wrong place are not: nobody guesses at money.
    """
    plain = unicodedata.normalize("NFKC", text).strip().removeprefix("¥").strip()
    match = _AMOUNT.match(plain.removesuffix("元").strip())
    if match is None:
        return None
    amount_fen = int(match[1].replace(",", "")) * FEN_PER_YUAN + int((match[2] or "").ljust(2, "0"))
    return amount_fen if 0 < amount_fen < FEN_MAX else None


def told_reason(text: str) -> str:
    """Return the code of `award_values.BANK_REASONS` that fits what the bank says."""
    return next((code for sign, code in _REASONS if sign in text), "other")


def told_reference(text: str) -> str:
    """Return the one reference that a cell names, else its text without spaces, in capitals."""
    upper = unicodedata.normalize("NFKC", text).strip().upper()
    found = {"".join(one) for one in _REFERENCE.findall(upper)}
    return found.pop() if len(found) == 1 else "".join(upper.split())


def read_answers(rows: Sequence[Sequence[str]], *, is_statement: bool = False) -> list[Answer]:
    """Return the rows of a bank's file below the names of its columns; empty ones are passed over.

    Args:
        rows: the cells as text.
        is_statement: of an account, in which what is listed was paid.

    Raises:
        BankFileError: "columns" where the columns that are needed are not named, "rows" where
            there are too many.
    """
    if len(rows) > ROWS_MAX:
        raise BankFileError("rows")
    needed = ("reference", "amount") if is_statement else ("reference", "amount", "result")
    for head, cells in enumerate(rows[:HEAD_WITHIN]):
        places = _places(cells)
        if all(name in places for name in needed):
            below = enumerate(rows[head + 1 :], head + 2)
            return [
                _answer(number, row, places, is_statement)
                for number, row in below
                if any(map(str.strip, row))
            ]
    raise BankFileError("columns")


def _places(cells: Sequence[str]) -> dict[str, int]:
    """Find the columns by their names; those with another unit than yuan are none."""
    names = ["".join(unicodedata.normalize("NFKC", one).split()) for one in cells]
    plain = [_UNIT.sub("", one) for one in names]
    found = {}
    for column, called in COLUMNS.items():
        place = next((plain.index(one) for one in called if one in plain), None)
        if place is not None:
            found[column] = place
    return found


def _answer(number: int, row: Sequence[str], places: Mapping[str, int], paid: bool) -> Answer:
    cells = {name: row[place].strip() if place < len(row) else "" for name, place in places.items()}
    said = "".join(unicodedata.normalize("NFKC", cells.get("result", "")).split())
    result = Result.PAID if paid else _SAYS.get(said)
    reference, amount = told_reference(cells["reference"]), told_amount(cells["amount"])
    why = ""
    if not reference:
        why = "no_reference"
    elif amount is None:
        why = "amount_unread"
    elif result is None:
        why = "pending" if said in _PENDING else "result_unread"
    more = (cells.get("serial", ""), cells.get("reason", ""))
    return Answer(number, reference, amount, result, *more, why)


def match(
    orders: Mapping[str, Order], answers: Iterable[Answer], *, elsewhere: Container[str] = ()
) -> Matched:
    """Put every row of an answer in its one place.

    What the bank sends back before it was told as paid was never paid: it failed. A reference
    that stands in the file twice books nothing, for the rows may contradict each other.

    Args:
        orders: of the batch that the file answers, by reference, as they stand now.
        answers: rows of the file.
        elsewhere: references, or what tells them, of other batches.
    """
    rows = list(answers)
    often = Counter(one.reference for one in rows if one.reference)
    placed: dict[Result, list[Answer]] = {one: [] for one in Result}
    unmatched = []
    for answer in rows:
        why = answer.why or ("twice" if often[answer.reference] > 1 else "")
        order = orders.get(answer.reference)
        if not why and order is None:
            why = "other_batch" if answer.reference in elsewhere else "unknown"
        if not why and order is not None:
            place, why = _placed(order, answer)
            if place is not None:
                placed[place].append(answer)
                continue
        unmatched.append(Unmatched(answer, why))
    return Matched(
        tuple(placed[Result.PAID]),
        tuple(placed[Result.FAILED]),
        tuple(placed[Result.RETURNED]),
        tuple(unmatched),
    )


def _placed(order: Order, answer: Answer) -> tuple[Result | None, str]:
    """Where a row goes that names this order, or the code of why nowhere."""
    result = answer.result
    if answer.amount_fen != order.amount_fen:
        return None, "amount_differs"
    if order.state is OrderState.SENT:
        return (Result.PAID if result is Result.PAID else Result.FAILED), ""
    if order.state is OrderState.PAID and result is Result.RETURNED:
        return Result.RETURNED, ""
    # Paid first and refused after, or the other way round: somebody must ask the bank.
    refused_after = order.state is OrderState.PAID and result is Result.FAILED
    paid_after = order.state is OrderState.UNDONE and result is Result.PAID
    return None, "contradicts" if refused_after or paid_after else "answered_before"
