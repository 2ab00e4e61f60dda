"""Referring a case to the police or a discipline body, and recording what they write back."""

from collections.abc import Callable

from flask import Blueprint
from flask.typing import ResponseReturnValue

from admin.extensions import console
from admin.forms.base import posted
from admin.forms.referral import AcknowledgementForm, ReferralForm
from admin.permissions import requires
from admin.signing import attempt, sign_act
from admin.views.acting import after, carried_out, show, shown_case
from casework.domain.case import Case
from casework.domain.errors import UnknownAskError
from casework.domain.referral import of_ordinal
from casework.services import referral
from crypto.canonical import JSON

bp = Blueprint("referral", __name__, url_prefix="/cases/<report_id>/referrals")


@bp.route("/new", methods=["GET", "POST"])
@requires("referral.make")
def make(report_id: str) -> ResponseReturnValue:
    """Refer the case."""
    case = shown_case(report_id)
    form = ReferralForm(posted())

    def act() -> None:
        facts: dict[str, JSON] = {
            "to": form.to.data,
            "document": (form.document.data or "").strip(),
        }
        _carry_out(report_id, "referral.made", facts, referral.make_referral)

    if carried_out(form, act):
        return after("referred", "cases.show_case", report_id=report_id)
    return show("referral/make.html", form, case)


@bp.route("/<int:ordinal>", methods=["GET", "POST"])
@requires("referral.make")
def acknowledge(report_id: str, ordinal: int) -> ResponseReturnValue:
    """Record what came back."""
    case = shown_case(report_id)
    asked = of_ordinal(case, ordinal)
    if asked is None:
        raise UnknownAskError(report=report_id, ordinal=ordinal)
    form = AcknowledgementForm(posted())

    def act() -> None:
        facts: dict[str, JSON] = {
            "asked": ordinal,
            "document": (form.document.data or "").strip(),
        }
        _carry_out(report_id, "referral.acknowledged", facts, referral.acknowledge_referral)

    if carried_out(form, act):
        return after("referral_answered", "cases.show_case", report_id=report_id)
    return show("referral/acknowledge.html", form, case, asked=asked)


def _carry_out(
    report_id: str, kind: str, facts: dict[str, JSON], use_case: Callable[..., Case]
) -> None:
    attempt(
        report_id,
        lambda case: use_case(
            console().store,
            act=sign_act(case, kind, facts),
            trust=console().trust(),
            now=console().clock.now(),
        ),
    )
