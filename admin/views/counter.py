"""The counter: an award is found by its claim number, confirmed by a second officer, paid once.

The second officer confirms in a session of their own, by the digits that the payee tells; who
lost the code comes by identity card, which the cashier compares with the released item. Neither
page shows who it is.
"""

from collections.abc import Sequence

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound
from wtforms import StringField

from admin import auth
from admin.extensions import console
from admin.extensions import gettext as _
from admin.forms.base import BaseForm, posted, submitted
from admin.forms.counter import CardWitnessForm, IdentifyForm, ReturnForm, WitnessForm
from admin.forms.rewards import ClaimForm, CounterPayForm, DeedForm, PayForm
from admin.permissions import is_kept_from, requires
from admin.signing import Deed, attempt, deed
from admin.views.acting import after, carried_out, show, shown_case
from casework.domain.award import AT_COUNTER, MEANS_OF
from casework.domain.award_claim import COMPARE
from casework.domain.award_values import PAID_OUT, Award, AwardState
from casework.domain.case import Case, Release, ReleaseState
from casework.domain.disbursement import Disbursement, disbursement_of
from casework.domain.errors import NoAwardError, NotOpenedError
from casework.queries.cases import case as find_case
from casework.queries.rewards import at_counter, find_claim
from casework.services import payments
from crypto.canonical import JSON
from crypto.claim_number import claim_hash, confirm_hash, read_claim_number, read_confirmation
from crypto.errors import CodeError

bp = Blueprint("counter", __name__)
_WAITS = (AwardState.CLAIMED, AwardState.ORDERED)


@bp.route("/counter", methods=["GET", "POST"])
@requires("reward.pay")
def find() -> ResponseReturnValue:
    """Find the award whose claim number somebody shows at the counter."""
    form = ClaimForm(posted())
    if submitted(form):
        digest = _claim_hash(form.claim_number)
        found = find_claim(console().store, claim_hash=digest) if digest else None
        if found is not None:
            case = shown_case(found.report_id)
            ask = CounterPayForm(data={"claim_number": form.claim_number.data})
            return _pay_page(ask, case, _award(case, found.id, *_WAITS))
        form.claim_number.errors = [_("没有等待领取的这个领奖号。请核对后再输入。")]
    return show("counter/find.html", form)


@bp.route("/cases/<report_id>/reward/payment", methods=["GET", "POST"])
@requires("reward.pay")
def pay(report_id: str) -> ResponseReturnValue:
    """Book the payment: by transfer to the account opened before, or at the counter."""
    case = shown_case(report_id)
    award = _award(case, request.args.get("award", ""), *_WAITS)
    form = (CounterPayForm if award.claim_hash else PayForm)(posted())
    if carried_out(form, lambda: _pay(report_id, award, form)):
        return after("paid", "cases.show_case", report_id=report_id)
    return _pay_page(form, case, award)


@bp.get("/counter/waiting")
@requires("reward.witness")
def waiting() -> ResponseReturnValue:
    """What is claimed at the counter: the second officer takes it from here."""
    return show("counter/waiting.html", BaseForm(), lines=_waiting())


@bp.route("/cases/<report_id>/reward/confirmation", methods=["GET", "POST"])
@requires("reward.witness")
def witness(report_id: str) -> ResponseReturnValue:
    """Confirm who came, as the second officer; nothing of the case but number and sum is shown."""
    case = find_case(console().store, report=report_id)
    if is_kept_from(case):
        raise NotFound
    award = _award(case, request.args.get("award", ""), AwardState.CLAIMED)
    if award.how not in AT_COUNTER:
        raise NotFound
    form = (WitnessForm if award.confirm_hash else CardWitnessForm)(posted())
    if carried_out(form, lambda: _witness(report_id, award, form)):
        return after("witnessed", "counter.waiting")
    return show("counter/witness.html", form, case, award=award, sums=_sums(case, award))


@bp.route("/cases/<report_id>/reward/card", methods=["GET", "POST"])
@requires("reward.pay")
def identify(report_id: str) -> ResponseReturnValue:
    """Note that who came by identity card is the one whose name was released."""
    case = shown_case(report_id)
    award = _award(case, request.args.get("award", ""), AwardState.NOTIFIED, AwardState.CLAIMED)
    release, form = _compared(case), IdentifyForm(posted())
    if release is None:
        form.refuse(_("请先申请查看举报人身份信息（用途：核对凭身份证领奖的人），查看后再登记。"))
    elif carried_out(form, lambda: _identify(report_id, award, release, form)):
        return after("identified", "cases.show_case", report_id=report_id)
    return show(
        "counter/identify.html",
        form,
        case,
        award=award,
        release=release,
        sums=_sums(case, award),
    )


@bp.route("/cases/<report_id>/reward/returned", methods=["GET", "POST"])
@requires("reward.pay")
def returned(report_id: str) -> ResponseReturnValue:
    """Note that the bank sent a transfer back; the reporter may claim it anew."""
    case = shown_case(report_id)
    award = _award(case, request.args.get("award", ""), *sorted(PAID_OUT))
    form = ReturnForm(posted())
    if carried_out(form, lambda: _return(report_id, award, form)):
        return after("returned", "cases.show_case", report_id=report_id)
    return show("counter/returned.html", form, case, award=award)


def _pay_page(form: BaseForm, case: Case, award: Award) -> ResponseReturnValue:
    me = auth.current().account
    is_seen = award.witnessed > award.claimed and award.witness != me
    return show(
        "counter/pay.html",
        form,
        case,
        award=award,
        sums=_sums(case, award),
        action=url_for("counter.pay", report_id=case.report_id, award=award.id),
        has_to_wait=award.how in AT_COUNTER and not is_seen,
    )


def _sums(case: Case, award: Award) -> Disbursement:
    """What is handed over, and what the rules cut or tax before."""
    return disbursement_of(console().policies.get(case.policy_id).claim, award.amount_fen)


def _award(case: Case, asked: str, *states: AwardState) -> Award:
    """Return the award that the address names; the first that stands there, if it names none.

    Raises:
        NoAwardError: there is none.
    """
    named = [one for one in case.awards if not asked or one.id == asked]
    fits = [one for one in named if one.state in states]
    if not named:
        raise NoAwardError(award=asked)
    # What has been paid meanwhile is shown as such, and the rules refuse it once more.
    return (fits or named)[0]


def _waiting() -> Sequence[object]:
    """Lines of the list, without what the signed-in person is to learn nothing of."""
    found = []
    for line in at_counter(console().store):
        case = find_case(console().store, report=line.report_id)
        award = case.award_called(line.id)
        if award is not None and award.how in AT_COUNTER and not is_kept_from(case):
            found.append((case, award, _sums(case, award)))
    return found


def _compared(case: Case) -> Release | None:
    """Return the release by which this cashier has seen who the reporter is; None for none."""
    me = auth.current().account
    opened = [
        one
        for one in case.releases.values()
        if (one.state, one.purpose, one.requester) == (ReleaseState.OPENED, COMPARE, me)
    ]
    return opened[-1] if opened else None


# ---- acts -----------------------------------------------------------------------------------


def _pay(report_id: str, award: Award, form: DeedForm) -> None:
    facts: dict[str, JSON] = {
        "award": award.id,
        "amount_fen": award.amount_fen,
        "year": award.year,
        "means": MEANS_OF.get(award.how, ""),
    }
    if isinstance(form, CounterPayForm):
        facts["claim_hash"] = _claim_hash(form.claim_number) or "00" * 32
    if award.reference:
        facts["reference"] = award.reference
    _sign(report_id, "reward.paid", facts, form)


def _witness(report_id: str, award: Award, form: DeedForm) -> None:
    facts: dict[str, JSON] = {"award": award.id}
    if award.claim_hash:
        facts["claim_hash"] = award.claim_hash
    if isinstance(form, WitnessForm):
        facts["confirm_hash"] = _confirm_hash(form.confirmation, award)
    _sign(report_id, "reward.witnessed", facts, form)


def _identify(report_id: str, award: Award, release: Release | None, form: DeedForm) -> None:
    if release is None:
        raise NotOpenedError(award=award.id)
    _sign(report_id, "reward.identified", {"award": award.id, "release": release.id}, form)


def _return(report_id: str, award: Award, form: ReturnForm) -> None:
    facts: dict[str, JSON] = {
        "award": award.id,
        "amount_fen": award.amount_fen,
        "year": award.year,
        "reason_code": form.reason_code.data,
    }
    _sign(report_id, "reward.returned", facts, form)


_SERVICES = {
    "reward.paid": payments.pay_reward,
    "reward.witnessed": payments.witness_claim,
    "reward.identified": payments.identify_claimant,
    "reward.returned": payments.note_return,
}


def _sign(report_id: str, kind: str, facts: dict[str, JSON], form: DeedForm) -> None:
    pen: Deed = deed(form.password.data or "")
    attempt(
        report_id,
        lambda case: _SERVICES[kind](
            console().store,
            act=pen.sign(case, kind, facts),
            trust=console().trust(),
            now=console().clock.now(),
        ),
    )


def _claim_hash(field: StringField) -> str:
    """The hash of the number typed; "" for what cannot be one."""
    try:
        number = read_claim_number(field.data or "")
    except CodeError:
        return ""
    return claim_hash(number, pepper=console().secrets.receipt_pepper)


def _confirm_hash(field: StringField, award: Award) -> str:
    """The hash of the digits typed; one that fits nothing for what cannot be any."""
    try:
        digits = read_confirmation(field.data or "")
    except CodeError:
        return "00" * 32
    return confirm_hash(digits, award.claim_hash, pepper=console().secrets.receipt_pepper)
