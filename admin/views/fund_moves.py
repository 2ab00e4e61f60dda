"""Moves of the fund's money: finance proposes, another person agrees."""

from collections.abc import Mapping

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from admin.auth import current
from admin.errors import explain
from admin.extensions import console
from admin.forms.base import posted
from admin.forms.fund import DecideForm, MoveForm
from admin.forms.pots import check_office, pot_name
from admin.permissions import may, requires
from admin.signing import deed
from admin.views.acting import after, carried_out, show
from casework.domain.errors import FundMoveError
from casework.domain.fund_moves import AGREED, DECLINED, MOVES, PROPOSED, YEAR_END, check_second
from casework.domain.ids import new_id
from casework.domain.policy_rules import Budget
from casework.services import fund_moves
from casework.services.fund import fund_balance
from casework.services.fund_moves import Proposed
from crypto.canonical import JSON

bp = Blueprint("fund_moves", __name__, url_prefix="/fund/moves")


@bp.get("")
@requires("fund.decide")
def index() -> ResponseReturnValue:
    """What waits for a second person, and what can be proposed."""
    found = fund_moves.open_moves(console().store, trust=console().trust())
    return render_template(
        "fund/moves.html",
        proposals=found,
        pot_name=pot_name,
        offered=_offered() if may("fund.appropriate") else (),
    )


@bp.route("/new/<move>", methods=["GET", "POST"])
@requires("fund.appropriate")
def propose(move: str) -> ResponseReturnValue:
    """Propose a move; nothing is booked yet."""
    if move not in MOVES:
        raise NotFound
    here = console()
    year = request.args.get("year", default=here.clock.today().year, type=int)
    form = MoveForm(posted(), move=move, year=year - (move in YEAR_END))
    proposal = new_id()

    def act() -> None:
        fund_moves.propose_move(
            here.store,
            act=deed(form.password.data or "").sign_outside(PROPOSED, _facts(form, proposal)),
            budget=_budget(),
            trust=here.trust(),
            now=here.clock.now(),
        )

    if carried_out(form, act):
        return after("fund_proposed", "fund_moves.show_move", proposal=proposal)
    return show("fund/propose.html", form, move=move)


@bp.route("/<proposal>", methods=["GET", "POST"])
@requires("fund.decide")
def show_move(proposal: str) -> ResponseReturnValue:
    """What was proposed; a second person signs here, or its proposer takes it back."""
    found, here = _found(proposal), console()
    form, first = DecideForm(posted()), found.proposal.proposed

    def act() -> None:
        pen, now = deed(form.password.data or ""), here.clock.now()
        if form.decision.data == "decline":
            event = pen.sign_outside(DECLINED, {"proposal": proposal})
            fund_moves.decline_move(here.store, act=event, trust=here.trust(), now=now)
            return
        event = pen.sign_outside(AGREED, _json(first.facts))
        fund_moves.agree_to_move(
            here.store, act=event, budget=_budget(), trust=here.trust(), now=now
        )

    if carried_out(form, act):
        done = "fund_agreed" if form.decision.data == "agree" else "fund_declined"
        return after(done, "fund_moves.show_move", proposal=proposal)
    return show(
        "fund/move.html",
        form,
        row=found.row,
        first=first,
        facts=first.facts,
        pot_name=pot_name,
        balance=fund_balance(here.store, year=found.row.year),
        barred=_barred(found),
        is_mine=first.actor == current().account,
    )


def _facts(form: MoveForm, proposal: str) -> dict[str, JSON]:
    facts: dict[str, JSON] = {
        "proposal": proposal,
        "move": form.move,
        "year": form.year.data,
        "pot": form.pot,
        "amount_fen": form.amount_yuan.amount_fen,
        "document": (form.document.data or "").strip(),
    }
    check_office(form.pot)
    if form.move == "virement":
        check_office(form.to_pot)
        facts["to_pot"] = form.to_pot
    if form.move == "clawback":
        award = (form.award.data or "").strip()
        if not award:
            raise FundMoveError("not_this_award")
        facts["award"] = award
        facts["turn"] = fund_moves.next_clawback(console().store, award=award)
    return facts


def _budget() -> Budget | None:
    here = console()
    return fund_moves.budget_of(here.policies, here.instance.region, here.clock.today())


def _offered() -> tuple[str, ...]:
    """The moves that the policy in force allows."""
    budget = _budget()
    rules = {
        "overdraft": budget is not None and budget.on_exhausted == "overdraw",
        **{one: budget is not None and budget.year_end == one for one in YEAR_END},
    }
    return tuple(one for one in MOVES if rules.get(one, True))


def _found(proposal: str) -> Proposed:
    found = fund_moves.move(console().store, proposal=proposal, trust=console().trust(fresh=True))
    if found is None:
        raise NotFound
    return found


def _barred(found: Proposed) -> str:
    """Why the signed-in person may not agree; "" if they may."""
    roles = frozenset(str(role) for role in current().roles)
    try:
        check_second(found.proposal, actor=current().account, roles=roles)
    except FundMoveError as refusal:
        return explain(refusal)
    return ""


def _json(facts: Mapping[str, object]) -> dict[str, JSON]:
    return {name: value for name, value in facts.items() if isinstance(value, str | int)}
