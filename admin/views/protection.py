"""Measures that protect a reporter from retaliation."""

from collections.abc import Callable

from flask import Blueprint
from flask.typing import ResponseReturnValue

from admin import desk, reading
from admin.extensions import console
from admin.forms.base import posted
from admin.forms.protection import EndForm, NoProtectionForm, ProtectionForm
from admin.permissions import requires
from admin.signing import attempt, sign_act
from admin.views.acting import after, carried_out, show, shown_case
from casework.domain.case import Case
from casework.domain.errors import UnknownAskError
from casework.services import protection
from crypto.canonical import JSON

bp = Blueprint("protection", __name__, url_prefix="/cases/<report_id>/protection")


@bp.route("", methods=["GET", "POST"])
@requires("protection.order")
def order(report_id: str) -> ResponseReturnValue:
    """Order a measure."""
    case = shown_case(report_id)
    form = ProtectionForm(posted())
    form.today = console().clock.today()

    def act() -> None:
        facts: dict[str, JSON] = {
            "measure": form.measure.data,
            "document": (form.document.data or "").strip(),
        }
        if form.until.data:
            facts["until"] = form.until.data.isoformat()
        _carry_out(report_id, "protection.ordered", facts, protection.order_protection)

    if carried_out(form, act):
        return after("protection_ordered", "cases.show_case", report_id=report_id)
    return show("protection/order.html", form, case)


@bp.route("/none", methods=["GET", "POST"])
@requires("protection.decline")
def decline(report_id: str) -> ResponseReturnValue:
    """Decide that none is needed, with a reason for the reporter."""
    case = shown_case(report_id)
    form = NoProtectionForm(posted())

    def act() -> None:
        reason = desk.seal_reason(reading.keys_of(case), form.note.data or "")
        attempt(
            report_id,
            lambda case: protection.decline_protection(
                console().store,
                act=sign_act(case, "protection.declined", {}, added=[reason]),
                reason=reason,
                trust=console().trust(),
                now=console().clock.now(),
            ),
        )

    if carried_out(form, act):
        return after("protection_declined", "cases.show_case", report_id=report_id)
    return show("protection/decline.html", form, case)


@bp.route("/<int:ordinal>/end", methods=["GET", "POST"])
@requires("protection.end")
def end(report_id: str, ordinal: int) -> ResponseReturnValue:
    """End a measure."""
    case = shown_case(report_id)
    measure = next((one for one in case.protections if one.ordinal == ordinal), None)
    if measure is None:
        raise UnknownAskError(report=report_id, ordinal=ordinal)
    form = EndForm(posted())

    def act() -> None:
        facts: dict[str, JSON] = {"asked": ordinal}
        _carry_out(report_id, "protection.ended", facts, protection.end_protection)

    if carried_out(form, act):
        return after("protection_ended", "cases.show_case", report_id=report_id)
    return show("protection/end.html", form, case, measure=measure)


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
