"""Reconciling: finance finds each payment in the bank's statement, or in the paper that proves it.

A statement tells of many payments that are none of ours: they are counted and passed over.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from admin.bank_files import read_rows
from admin.errors import Refusal, explain
from admin.extensions import console
from admin.forms import bank_words
from admin.forms.bank import ReconcileForm, StatementForm, ticked
from admin.forms.base import posted
from admin.permissions import requires
from admin.signing import Deed, attempt, deed
from admin.views.acting import carried_out, show
from admin.views.interests import page_for_me
from casework.domain.award_values import Award, AwardState
from casework.domain.bank import Order, OrderState, Unmatched, match, read_answers
from casework.domain.case import Case
from casework.domain.disbursement import disbursement_of
from casework.queries import cases, rewards
from casework.services import payments
from casework.storage.awards import AwardLine
from crypto.canonical import JSON

bp = Blueprint("reconciling", __name__, url_prefix="/bank/statement")
PAGE_LINES = 200


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a statement or of what was ticked.

    Attributes:
        done: awards that are reconciled now.
        refused: those that the rules refuse, each with why, in words.
        unmatched: rows of the file that name one of ours and do not agree with it.
        others: rows that are none of ours.
    """

    done: tuple[Award, ...]
    refused: tuple[tuple[Award, str], ...]
    unmatched: tuple[Unmatched, ...] = ()
    others: int = 0


@bp.get("")
@requires("reward.reconcile")
def index() -> ResponseReturnValue:
    """What was paid and is not reconciled yet."""
    return _page(ReconcileForm(), StatementForm())


@bp.post("")
@requires("reward.reconcile")
def by_hand() -> ResponseReturnValue:
    """Reconcile the payments that were ticked, with the paper that proves them."""
    form, told = ReconcileForm(posted()), list[Outcome]()

    def act() -> None:
        pen, number = deed(form.password.data or ""), (form.document.data or "").strip()
        chosen = set(ticked("line"))
        due = [one for one in _all_paid() if one[1].id in chosen]
        told.append(Outcome(*_reconciled(due, number, pen)))

    if carried_out(form, act):
        return _told(told[0])
    return _page(form, StatementForm())


@bp.route("/file", methods=["POST"])
@requires("reward.reconcile")
def by_file() -> ResponseReturnValue:
    """Reconcile what the bank's statement lists with our reference and amount."""
    form, told = StatementForm(posted()), list[Outcome]()

    def act() -> None:
        rows = read_answers(read_rows(form.body), is_statement=True)
        paid = {award.reference: (case, award) for case, award in _all_paid() if award.reference}
        orders = {
            reference: Order(reference, _ordered_fen(case, award), OrderState.SENT)
            for reference, (case, award) in paid.items()
        }
        found = match(orders, rows)
        pen, number = deed(form.password.data or ""), (form.document.data or "").strip()
        done = _reconciled([paid[one.reference] for one in found.paid], number, pen)
        ours = tuple(one for one in found.unmatched if one.answer.reference in orders)
        told.append(Outcome(*done, ours, len(found.unmatched) - len(ours)))

    if carried_out(form, act):
        return _told(told[0])
    return _page(ReconcileForm(), form)


def _ordered_fen(case: Case, award: Award) -> int:
    """What the bank was told to pay of an award."""
    rule = console().policies.get(case.policy_id).claim
    return disbursement_of(rule, award.amount_fen).paid_fen


def _page(by_hand: ReconcileForm, by_file: StatementForm) -> ResponseReturnValue:
    lines, following = _paid(request.args.get("after", ""))
    sent = by_file if by_file.errors else by_hand
    return show(
        "bank/statement.html", sent, by_hand=by_hand, by_file=by_file, lines=lines, next=following
    )


def _told(told: Outcome) -> ResponseReturnValue:
    return render_template("bank/reconciled.html", told=told, bank_words=bank_words)


def _reconciled(
    due: Sequence[tuple[Case, Award]], statement: str, pen: Deed
) -> tuple[tuple[Award, ...], tuple[tuple[Award, str], ...]]:
    """Sign each by itself: what is refused stops no other."""
    done, refused, here = list[Award](), list[tuple[Award, str]](), console()
    for case, award in due:
        facts: dict[str, JSON] = {"award": award.id, "statement": statement}
        try:
            attempt(
                case.report_id,
                lambda case, facts=facts: payments.reconcile_payment(  # type: ignore[misc]
                    here.store,
                    act=pen.sign(case, "reward.reconciled", facts),
                    trust=here.trust(),
                    now=here.clock.now(),
                ),
            )
        except Refusal as refusal:
            refused.append((award, explain(refusal)))
        else:
            done.append(award)
    return tuple(done), tuple(refused)


def _all_paid() -> list[tuple[Case, Award]]:
    found, after = list[tuple[Case, Award]](), ""
    while True:
        lines, after = _paid(after)
        found += [(case, award) for _line, case, award in lines]
        if not after:
            return found


def _paid(after: str) -> tuple[list[tuple[AwardLine, Case, Award]], str]:
    def load(place: str, limit: int) -> tuple[Sequence[AwardLine], str]:
        found = rewards.awards(console().store, state=AwardState.PAID, after=place, limit=limit + 1)
        return found[:limit], found[limit - 1].id if len(found) > limit else ""

    lines, following = page_for_me(load, after, lambda one: one.report_id, PAGE_LINES, of_all=True)
    known = cases.several(console().store, reports=[one.report_id for one in lines])
    return [
        (line, known[line.report_id], award)
        for line in lines
        if (award := known[line.report_id].award_called(line.id)) is not None
    ], following
