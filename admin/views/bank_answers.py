"""What the bank answers to a batch, booked row by row; and its statement, for reconciling."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from admin.bank_files import read_rows
from admin.errors import Refusal, explain
from admin.extensions import console
from admin.extensions import gettext as _
from admin.forms import bank_words
from admin.forms.bank import FileForm, UndoForm
from admin.forms.base import posted
from admin.permissions import may, requires
from admin.signing import Deed, attempt, deed
from admin.views.acting import after, carried_out, show
from admin.views.interests import met
from casework.domain.award_values import Award
from casework.domain.bank import (
    Answer,
    Matched,
    OrderState,
    Unmatched,
    batch_of,
    match,
    read_answers,
    told_reason,
)
from casework.domain.case import Case
from casework.domain.errors import BankFileError, NoAwardError
from casework.domain.money import shown
from casework.services import bank, payments
from casework.services.bank import Batch, BatchLine
from crypto.canonical import JSON

bp = Blueprint("bank_answers", __name__, url_prefix="/bank")


PAID: Final = "reward.paid"
UNDONE: Final = "reward.undone"
RETURNED: Final = "reward.returned"
SERVICES: Final[Mapping[str, Callable[..., Case]]] = {
    PAID: payments.pay_reward,
    UNDONE: payments.undo_order,
    RETURNED: payments.note_return,
}


@dataclass(frozen=True, slots=True)
class Found:
    """A batch, its orders as they stand, and the names of the other batches."""

    batch: Batch
    lines: tuple[BatchLine, ...]
    others: frozenset[str]

    def line(self, reference: str) -> BatchLine:
        """The order of this reference.

        Raises:
            BankFileError: "no_order".
        """
        for one in self.lines:
            if one.order.reference == reference:
                return one
        raise BankFileError("no_order")


class _Elsewhere:
    """References of other batches, told by the batch that they begin with."""

    def __init__(self, batches: frozenset[str]) -> None:
        self._batches = batches

    def __contains__(self, reference: object) -> bool:
        return batch_of(str(reference)) in self._batches


@bp.get("/<batch>")
@requires("bank.view")
def show_batch(batch: str) -> ResponseReturnValue:
    """The orders of a batch and how far each got; whom they pay is told nowhere."""
    found = _found(batch)
    hidden = met()
    return render_template(
        "bank/batch.html",
        batch=found.batch,
        lines=[one for one in found.lines if one.report_id not in hidden],
        paid_fen=sum(one.order.amount_fen for one in found.lines),
        waits=any(one.order.state is OrderState.SENT for one in found.lines),
        can_pay=may("reward.pay"),
        bank_words=bank_words,
    )


@bp.route("/<batch>/answer", methods=["GET", "POST"])
@requires("reward.pay")
def answer(batch: str) -> ResponseReturnValue:
    """Import the bank's answer: what it settles is booked, what it does not is told, row by row."""
    found, form, told = _found(batch), FileForm(posted()), list[Matched]()

    def act() -> None:
        rows = read_answers(read_rows(form.body))
        orders = {one.order.reference: one.order for one in found.lines}
        matched = match(orders, rows, elsewhere=_Elsewhere(found.others))
        told.append(_booked(found, matched, deed(form.password.data or "")))

    if carried_out(form, act):
        return render_template(
            "bank/answered.html", batch=found.batch, told=told[0], bank_words=bank_words
        )
    return show("bank/answer.html", form, batch=found.batch)


@bp.route("/<batch>/undoing", methods=["GET", "POST"])
@requires("reward.pay")
def undo(batch: str) -> ResponseReturnValue:
    """Book by hand that one order was not carried out: the claim waits for a payment again."""
    found, form, hidden = _found(batch), UndoForm(posted()), met()
    waiting = [
        one.order
        for one in found.lines
        if one.order.state is OrderState.SENT and one.report_id not in hidden
    ]
    form.reference.choices = [("", _("请选择"))] if waiting else []
    form.reference.choices += [
        (one.reference, f"{one.reference} {shown(one.amount_fen)}") for one in waiting
    ]

    def act() -> None:
        line = found.line(form.reference.data or "")
        _book(line, UNDONE, form.reason_code.data, deed(form.password.data or ""))

    if carried_out(form, act):
        return after("undone", "bank_answers.show_batch", batch=batch)
    return show("bank/undo.html", form, batch=found.batch)


def _booked(found: Found, matched: Matched, pen: Deed) -> Matched:
    """Book every row that has its place; what the rules refuse joins the unmatched."""
    refused: list[Unmatched] = []

    def booked(rows: Sequence[Answer], kind: str) -> tuple[Answer, ...]:
        done = []
        for row in rows:
            try:
                _book(found.line(row.reference), kind, told_reason(row.reason), pen)
            except Refusal as refusal:
                refused.append(Unmatched(replace(row, reason=explain(refusal)), "refused"))
            else:
                done.append(row)
        return tuple(done)

    paid = booked(matched.paid, PAID)
    failed = booked(matched.failed, UNDONE)
    returned = booked(matched.returned, RETURNED)
    return Matched(paid, failed, returned, (*matched.unmatched, *refused))


def _book(line: BatchLine, kind: str, reason: str, pen: Deed) -> None:
    here = console()

    def act(case: Case) -> Case:
        award = case.award_called(line.award)
        if award is None:
            raise NoAwardError(award=line.award)
        return SERVICES[kind](
            here.store,
            act=pen.sign(case, kind, _facts(kind, award, line, reason)),
            trust=here.trust(),
            now=here.clock.now(),
        )

    attempt(line.report_id, act)


def _facts(kind: str, award: Award, line: BatchLine, reason: str) -> dict[str, JSON]:
    if kind == UNDONE:
        batch = batch_of(line.order.reference)
        return {"award": award.id, "batch": batch, "reason_code": reason}
    facts: dict[str, JSON] = {
        "award": award.id,
        "amount_fen": award.amount_fen,
        "year": award.year,
    }
    if kind == PAID:
        return {**facts, "means": "transfer", "reference": line.order.reference}
    return {**facts, "reason_code": reason}


def _found(batch: str) -> Found:
    found = bank.batch_lines(console().store, batch=batch)
    if found is None:
        raise NotFound
    return Found(*found)
