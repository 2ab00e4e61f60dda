"""A payment is stopped by who opened an item and saw that something is not so."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from admin.extensions import console
from admin.forms.base import posted
from admin.forms.stopping import StopForm
from admin.permissions import requires
from admin.signing import attempt, deed
from admin.views.acting import after, carried_out, show, shown_case
from casework.domain.award_values import Award, AwardState
from casework.domain.case import Case
from casework.domain.errors import NoAwardError
from casework.services import payments
from crypto.canonical import JSON

bp = Blueprint("stopping", __name__)


@bp.route("/cases/<report_id>/reward/stop", methods=["GET", "POST"])
@requires("reward.pay")
def stop(report_id: str) -> ResponseReturnValue:
    """Stop the payment for a listed reason, without a word of what the item says."""
    case = shown_case(report_id)
    award = _claimed(case, request.args.get("award", ""))
    form = StopForm(posted())

    def act() -> None:
        pen = deed(form.password.data or "")
        facts: dict[str, JSON] = {"award": award.id, "reason_code": form.reason_code.data}
        attempt(
            report_id,
            lambda case: payments.stop_payment(
                console().store,
                act=pen.sign(case, "reward.stopped", facts),
                trust=console().trust(),
                now=console().clock.now(),
            ),
        )

    if carried_out(form, act):
        return after("stopped", "cases.show_case", report_id=report_id)
    return show("stopping/stop.html", form, case, award=award)


def _claimed(case: Case, named: str) -> Award:
    """The award that the address names; the first that waits to be paid, if it names none.

    Raises:
        NoAwardError: none does.
    """
    waiting = [one for one in case.awards if one.state is AwardState.CLAIMED]
    found = next((one for one in waiting if not named or one.id == named), None)
    if found is None:
        raise NoAwardError(award=named)
    return found
