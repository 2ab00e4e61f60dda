"""An award from its opening to its end: the page that shows all of it, and the rarer decisions."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from admin import desk, reading
from admin.errors import explain
from admin.extensions import console
from admin.forms.base import posted
from admin.forms.claims import AwardReviewForm, NotifyForm, RecallForm, RefuseForm, ReopenForm
from admin.permissions import open_acts, requires
from admin.signing import Deed, attempt, deed, sign_act
from admin.views.acting import after, carried_out, show, shown_case
from admin.views.claim_lines import is_mine, prior_of, shown_award, shown_awards, the_award
from admin.views.splitting import lines_of
from casework.domain.award_review import REDO
from casework.domain.award_values import PAID_OUT, Award, AwardState
from casework.domain.case import Case
from casework.domain.errors import BudgetExceededError
from casework.domain.ids import new_id
from casework.domain.money import plain
from casework.domain.policy import Policy
from casework.services import award_reviews, rewards
from casework.services.award_papers import papers_of
from casework.services.claim_view import Reopening, reopening
from crypto.canonical import JSON
from crypto.events import SealedObject

bp = Blueprint("claims", __name__, url_prefix="/cases/<report_id>/reward")


@bp.get("/claim")
@requires("case.view")
def show_claims(report_id: str) -> ResponseReturnValue:
    """Each award of the case: conditions, working, who agreed, what happened, what may be done."""
    case = shown_case(report_id)
    if not case.awards:
        raise NotFound
    return render_template(
        "claims/show.html",
        case=case,
        awards=shown_awards(case, open_acts(case)),
        award_papers=papers_of(case, _policy(case)),
        lines_of=lines_of,
        prior=prior_of(case),
    )


@bp.route("/refusal", methods=["GET", "POST"])
@requires("reward.approve")
def refuse(report_id: str) -> ResponseReturnValue:
    """Refuse an award with the reason that the reporter reads; its money is free again."""
    case, award = _asked(report_id, "reward.rejected")
    form = RefuseForm(posted())

    def act() -> None:
        facts: dict[str, JSON] = {"award": award.id, "reason_code": form.reason_code.data}
        _signed(report_id, "reward.rejected", facts, form.password.data, rewards.reject_reward)

    if carried_out(form, act):
        return after("rejected", "claims.show_claims", report_id=report_id)
    return _page("claims/refuse.html", "reward.rejected", form, case, award)


@bp.route("/notice", methods=["GET", "POST"])
@requires("reward.notify")
def notify(report_id: str) -> ResponseReturnValue:
    """Note how somebody without a mailbox was told of the award."""
    case, award = _asked(report_id, "reward.notified")
    form = NotifyForm(posted())
    policy = _policy(case)
    form.offers(announce=policy is None or policy.claim.announce)

    def act() -> None:
        facts: dict[str, JSON] = {
            "award": award.id,
            "how": form.how.data,
            "document": (form.document.data or "").strip(),
        }
        attempt(
            report_id,
            lambda case: rewards.note_notice(
                console().store,
                act=sign_act(case, "reward.notified", facts),
                trust=console().trust(),
                now=console().clock.now(),
            ),
        )

    if carried_out(form, act):
        return after("notified", "claims.show_claims", report_id=report_id)
    return _page("claims/notify.html", "reward.notified", form, case, award)


@bp.route("/reopening", methods=["GET", "POST"])
@requires("reward.decide")
def reopen(report_id: str) -> ResponseReturnValue:
    """Let a lapsed award be claimed after all, from the money of this year."""
    case, award = _asked(report_id, "reward.reopened")
    form = ReopenForm(posted())
    money = _money(form, case, award)

    def act() -> None:
        found = _reopening(case, award)
        facts: dict[str, JSON] = {
            "award": award.id,
            "reason_code": form.reason_code.data,
            "year": found.year,
            "pot": found.pot,
            "more_fen": found.more_fen,
        }
        pen = deed(form.password.data or "")
        attempt(report_id, lambda case: _reopen(case, pen, facts))

    if carried_out(form, act):
        return after("reopened", "claims.show_claims", report_id=report_id)
    return _page("claims/reopen.html", "reward.reopened", form, case, award, money=money)


@bp.route("/recall", methods=["GET", "POST"])
@requires("reward.decide")
def recall(report_id: str) -> ResponseReturnValue:
    """Decide that a paid award must be paid back; finance books the money when it comes."""
    case, award = _asked(report_id, "reward.recalled")
    form = RecallForm(posted())
    form.paid_fen = award.amount_fen if award.state in PAID_OUT else 0
    if request.method == "GET":
        form.amount_yuan.data = plain(award.amount_fen).replace(",", "")

    def act() -> None:
        facts: dict[str, JSON] = {
            "award": award.id,
            "amount_fen": form.amount_yuan.amount_fen,
            "reason_code": form.reason_code.data,
            "document": (form.document.data or "").strip(),
        }
        _signed(report_id, "reward.recalled", facts, form.password.data, rewards.recall_reward)

    if carried_out(form, act):
        return after("recalled", "claims.show_claims", report_id=report_id)
    return _page("claims/recall.html", "reward.recalled", form, case, award)


@bp.route("/review", methods=["GET", "POST"])
@requires("reward.review")
def review(report_id: str) -> ResponseReturnValue:
    """Keep an award to which the reporter objects, or have it decided anew, with a reason."""
    case, award = _asked(report_id, "reward.reviewed")
    form = AwardReviewForm(posted())

    def act() -> None:
        pen = deed(form.password.data or "")
        reason = desk.seal_reason(reading.keys_of(case), form.note.data or "")
        attempt(report_id, lambda case: _decide(case, award, form, pen, reason))

    if carried_out(form, act):
        done = "award_redone" if form.outcome.data == REDO else "award_kept"
        return after(done, "claims.show_claims", report_id=report_id)
    form.asked.data = str(award.objected or "")
    return _page(
        "claims/review.html", "reward.reviewed", form, case, award, is_beside=_is_beside(award)
    )


def _asked(report_id: str, kind: str) -> tuple[Case, Award]:
    case = shown_case(report_id)
    return case, the_award(case, request.args.get("award", ""), kind)


def _policy(case: Case) -> Policy | None:
    """The policy that the case goes by; None where it is not at hand."""
    return console().policies.by_id.get(case.policy_id)


def _page(
    template: str,
    kind: str,
    form: RefuseForm | NotifyForm | ReopenForm | RecallForm | AwardReviewForm,
    case: Case,
    award: Award,
    **more: object,
) -> ResponseReturnValue:
    return show(
        template,
        form,
        case,
        award=award,
        award_papers=papers_of(case, _policy(case)),
        shown=shown_award(case, award),
        prior=prior_of(case),
        fits=is_mine(kind, case, award),
        **more,
    )


def _signed(
    report_id: str, kind: str, facts: dict[str, JSON], password: str | None, service: object
) -> None:
    pen = deed(password or "")
    assert callable(service)
    attempt(
        report_id,
        lambda case: service(
            console().store,
            act=pen.sign(case, kind, facts),
            trust=console().trust(),
            now=console().clock.now(),
        ),
    )


def _money(form: ReopenForm, case: Case, award: Award) -> Reopening | None:
    """The year and the pot; None, with what is missing on the form, where the fund is short."""
    if award.state is not AwardState.LAPSED:
        return None
    try:
        return _reopening(case, award)
    except BudgetExceededError as refusal:
        if request.method == "GET":
            form.refuse(explain(refusal))
        return None


def _reopening(case: Case, award: Award) -> Reopening:
    here = console()
    return reopening(
        here.store, case=case, award=award, policies=here.policies, now=here.clock.now()
    )


def _reopen(case: Case, pen: Deed, facts: dict[str, JSON]) -> Case:
    return rewards.reopen_reward(
        console().store,
        act=pen.sign(case, "reward.reopened", facts),
        trust=console().trust(),
        policies=console().policies,
        now=console().clock.now(),
    )


def _is_beside(award: Award) -> bool:
    """Whether what a review adds comes beside it: nothing is taken back of what others have."""
    return award.is_shared or award.state in (*PAID_OUT, AwardState.ORDERED)


def _decide(
    case: Case, award: Award, form: AwardReviewForm, pen: Deed, reason: SealedObject
) -> Case:
    facts: dict[str, JSON] = {
        "award": award.id,
        "asked": form.asked_ordinal,
        "outcome": form.outcome.data,
    }
    now = case.award_called(award.id)
    if form.outcome.data == REDO and now is not None and _is_beside(now):
        facts["beside"] = new_id()
    return award_reviews.decide_award_review(
        console().store,
        act=pen.sign(case, "reward.reviewed", facts, added=[reason]),
        reason=reason,
        trust=console().trust(),
        now=console().clock.now(),
    )
