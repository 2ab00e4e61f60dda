"""An award: proposed by the rules, approved by another, paid once."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from admin.errors import explain
from admin.extensions import console
from admin.forms.base import posted
from admin.forms.claims import ChosenForm, DecisionForm, ManualForm
from admin.forms.rewards import (
    DeedForm,
    ProposeForm,
)
from admin.forms.split import fields_of
from admin.permissions import requires
from admin.signing import Deed, attempt, deed
from admin.views.acting import after, carried_out, show, shown_case
from admin.views.claim_lines import is_mine, prior_of, shown_award, the_award
from admin.views.splitting import F, Sharing, lines_of, sharing_of, sign_parts
from casework.domain.award import binding
from casework.domain.award_approval import APPROVED, FUNDED, beyond_fen, kind_for
from casework.domain.case import Award, AwardState, Case
from casework.domain.errors import CaseworkError
from casework.domain.reward import CAP_OVERRIDE
from casework.domain.roles import Role
from casework.services import rewards
from crypto.canonical import JSON

bp = Blueprint("rewards", __name__)


@bp.route("/cases/<report_id>/reward", methods=["GET", "POST"])
@requires("reward.propose")
def propose(report_id: str) -> ResponseReturnValue:
    """What the rules give, with its working: a sum, a range to choose in, or nothing but a reason.

    Money is set aside with the signature. Where the rules let an approval lift the total cap,
    `?lifted=1` asks for the working with it.
    """
    case = shown_case(report_id)
    asked, lifted = request.args.get("award", ""), "lifted" in request.args
    found, refusal = _proposal(case, asked, lifted=lifted)
    sharing = sharing_of(case, found.award) if found is not None else None
    form = _form_for(found, sharing)
    if refusal:
        form.refuse(refusal)
    if found is not None and found.quote.outcome != "none":
        if found.queues and not found.waits:
            if carried_out(form, lambda: _queue(found, form)):
                return after("queued", "cases.show_case", report_id=report_id)
        elif carried_out(form, lambda: _reserve(found, form, sharing, lifted=lifted)):
            return after("proposed", "cases.show_case", report_id=report_id)
    return show(
        "rewards/propose.html",
        form,
        case,
        proposal=found,
        lifted=lifted,
        can_lift=found is not None and CAP_OVERRIDE in found.quote.needs,
        prior=prior_of(case),
        sharing=sharing,
        split_fields=fields_of,
        shown=shown_award(case, found.award) if found is not None and found.award else None,
    )


@bp.route("/cases/<report_id>/reward/approval", methods=["GET", "POST"])
@requires("reward.approve")
def approve(report_id: str) -> ResponseReturnValue:
    """Yes to exactly what was proposed, back to who proposed it, or no with a reason."""
    case = shown_case(report_id)
    award = the_award(case, request.args.get("award", ""), APPROVED, FUNDED)
    form = DecisionForm(posted())
    form.offers(finance=award.next_rung == Role.FINANCE)
    bound = binding(case, award)
    if carried_out(form, lambda: _decide(report_id, award, form)):
        done = {"approve": "approved", "send_back": "sent_back", "reject": "rejected"}
        now = shown_case(report_id).award_called(award.id)
        climbs = now is not None and now.state is AwardState.PROPOSED
        code = "agreed_rung" if climbs else done[form.decision.data]
        return after(code, "worklist.index")
    form.bound.data = bound
    return show(
        "rewards/approve.html",
        form,
        case,
        award=award,
        shown=shown_award(case, award),
        prior=prior_of(case),
        bound=bound,
        shares=lines_of(case, award),
        fits=is_mine(kind_for(award.next_rung), case, award),
    )


def _proposal(case: Case, asked: str, *, lifted: bool) -> tuple[rewards.Proposal | None, str]:
    """What the rules give; None, with the reason in words, where they refuse to say."""
    try:
        found = rewards.proposal(
            console().store,
            report=case.report_id,
            policies=console().policies,
            now=console().clock.now(),
            award=asked,
            lifted=lifted,
        )
    except CaseworkError as refusal:
        return None, explain(refusal)
    return found, ""


def _form_for(found: rewards.Proposal | None, sharing: Sharing | None) -> DeedForm:
    """The form for what the rules leave to the officer: nothing, a choice, a sum, who gets what."""

    def made(base: type[F]) -> F:
        return (sharing.form(base) if sharing else base)(posted())

    outcome = found.quote.outcome if found is not None else ""
    if outcome == "manual":
        return made(ManualForm)
    if found is None or outcome != "range" or found.quote.range_fen is None:
        return made(ProposeForm)
    form = made(ChosenForm)
    low, high = found.quote.range_fen
    form.within(max(low, found.award.floor_fen if found.award else 0), high)
    return form


def _reserve(
    found: rewards.Proposal, form: DeedForm, sharing: Sharing | None, *, lifted: bool
) -> None:
    pen, report_id = deed(form.password.data or ""), found.case.report_id
    meant = found.award.id if found.award else ""
    given: dict[str, JSON] = {"lifted": 1} if lifted else {}
    amount = found.quote.amount_fen or 0
    if isinstance(form, ChosenForm | ManualForm):
        amount = form.amount_yuan.amount_fen or 0
    if isinstance(form, ManualForm):
        given["because"] = (form.because.data or "").strip()
    if sharing is not None:
        given |= sharing.facts(form)

    def reserve(case: Case) -> Case:
        due = rewards.proposal(
            console().store,
            report=report_id,
            policies=console().policies,
            now=console().clock.now(),
            award=meant,
            lifted=lifted,
        )
        policy = console().policies.get(case.policy_id)
        by_hand = due.award is None
        service = rewards.reserve_reward if by_hand else rewards.propose_reward
        kind, facts = (
            "reward.reserved" if by_hand else "reward.proposed",
            due.facts(amount, policy, **given),
        )
        return service(
            console().store,
            act=pen.sign(case, kind, facts),
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


def _decide(report_id: str, award: Award, form: DecisionForm) -> None:
    pen, decision = deed(form.password.data or ""), form.decision.data
    if decision == "approve":
        # What the person saw, not what stands there by now: the rules refuse another binding.
        bound = form.bound.data or "0" * 64
        attempt(report_id, lambda case: _say_yes(pen, case, award, bound))
        return
    facts: dict[str, JSON] = {"award": award.id}
    if decision == "send_back":
        kind, service = "reward.sent_back", rewards.send_back_reward
        facts["reason_code"] = form.back_code.data
    else:
        kind, service = "reward.rejected", rewards.reject_reward
        facts["reason_code"] = form.reason_code.data
    attempt(
        report_id,
        lambda case: service(
            console().store,
            act=pen.sign(case, kind, facts),
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
