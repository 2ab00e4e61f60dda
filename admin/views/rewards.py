"""An award: proposed by the rules, approved by another, paid once."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from admin.errors import explain
from admin.extensions import console
from admin.forms.base import BaseForm, posted
from admin.forms.rewards import (
    ApproveForm,
    DeedForm,
    ProposeForm,
)
from admin.permissions import requires
from admin.signing import Deed, attempt, deed
from admin.views.acting import after, carried_out, show, shown_case
from admin.views.splitting import sign_parts
from casework.domain.award import binding
from casework.domain.award_approval import beyond_fen, kind_for
from casework.domain.case import Award, Case
from casework.domain.errors import CaseworkError, NoAwardError
from casework.services import rewards
from crypto.canonical import JSON

bp = Blueprint("rewards", __name__)


@bp.route("/cases/<report_id>/reward", methods=["GET", "POST"])
@requires("reward.propose")
def propose(report_id: str) -> ResponseReturnValue:
    """The amount that the rules give, with its working; money is set aside with the signature."""
    case = shown_case(report_id)
    form = ProposeForm(posted())
    found = _proposal(form, case)
    if found is not None and found.quote.outcome == "amount":
        if found.queues and not found.waits:
            if carried_out(form, lambda: _queue(found, form)):
                return after("queued", "cases.show_case", report_id=report_id)
        elif carried_out(form, lambda: _reserve(report_id, form)):
            return after("proposed", "cases.show_case", report_id=report_id)
    return show("rewards/propose.html", form, case, proposal=found)


@bp.route("/cases/<report_id>/reward/approval", methods=["GET", "POST"])
@requires("reward.approve")
def approve(report_id: str) -> ResponseReturnValue:
    """Yes or no to exactly what was proposed."""
    case = shown_case(report_id)
    form = ApproveForm(posted())
    award = _award(case)
    bound = binding(case, award)
    if carried_out(form, lambda: _decide(report_id, award, bound, form)):
        is_yes = form.decision.data == "approve"
        return after("approved" if is_yes else "rejected", "worklist.index")
    proposal = _proposal(form, case)
    return show("rewards/approve.html", form, case, award=award, proposal=proposal, bound=bound)


def _proposal(form: BaseForm, case: Case) -> rewards.Proposal | None:
    """The rules' own figure; None, with the reason on the form, where they refuse one."""
    try:
        return rewards.proposal(
            console().store,
            report=case.report_id,
            policies=console().policies,
            now=console().clock.now(),
        )
    except CaseworkError as refusal:
        form.refuse(explain(refusal))
        return None


def _award(case: Case) -> Award:
    if case.award is None:
        raise NoAwardError(award="")
    return case.award


def _reserve(report_id: str, form: DeedForm) -> None:
    pen = deed(form.password.data or "")

    def reserve(case: Case) -> Case:
        found = rewards.proposal(
            console().store,
            report=report_id,
            policies=console().policies,
            now=console().clock.now(),
        )
        policy = console().policies.get(case.policy_id)
        facts = found.facts(found.quote.amount_fen or 0, policy)
        by_hand = found.award is None
        service = rewards.reserve_reward if by_hand else rewards.propose_reward
        return service(
            console().store,
            act=pen.sign(case, "reward.reserved" if by_hand else "reward.proposed", facts),
            trust=console().trust(),
            policies=console().policies,
            now=console().clock.now(),
        )

    attempt(report_id, reserve)


def _queue(found: rewards.Proposal, form: DeedForm) -> None:
    facts: dict[str, JSON] = {
        "report": found.case.report_id,
        "year": found.year,
        "amount_fen": found.quote.amount_fen,
        "spent": len(found.case.spent),
    }
    rewards.queue_reward(
        console().store,
        act=deed(form.password.data or "").sign_outside("fund.queued", facts),
        trust=console().trust(),
        policies=console().policies,
        now=console().clock.now(),
    )


def _decide(report_id: str, award: Award, bound: str, form: ApproveForm) -> None:
    pen = deed(form.password.data or "")
    if form.decision.data == "approve":
        attempt(report_id, lambda case: _say_yes(pen, case, award, bound))
        return
    attempt(
        report_id,
        lambda case: rewards.reject_reward(
            console().store,
            act=pen.sign(case, "reward.rejected", {"award": award.id}),
            trust=console().trust(),
            now=console().clock.now(),
        ),
    )


def _say_yes(pen: Deed, case: Case, award: Award, bound: str) -> Case:
    """Sign the yes, and with the last one the parts of those who share the award."""
    facts: dict[str, JSON] = {
        "award": award.id, "amount_fen": award.amount_fen, "binding": bound,
    }  # fmt: skip
    beyond = beyond_fen(case, award)
    facts |= {"less_fen": beyond} if beyond else {}
    return rewards.approve_reward(
        console().store,
        act=pen.sign(case, kind_for(award.next_rung), facts),
        shared=sign_parts(pen, case, award),
        trust=console().trust(),
        now=console().clock.now(),
    )
