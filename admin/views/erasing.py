"""What is destroyed soon, and destroying a case's contents before their time."""

from datetime import date, timedelta
from typing import Final

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from admin.auth import current
from admin.extensions import console
from admin.forms.base import posted
from admin.forms.erasing import ConfirmForm, DestructionForm
from admin.permissions import requires
from admin.signing import attempt, deed
from admin.views.acting import after, carried_out, show, shown_case
from admin.views.interests import met
from casework.domain.errors import RetentionError
from casework.domain.roles import Role
from casework.services import holds, keeping
from casework.storage.keeping import FIRST

bp = Blueprint("erasing", __name__)
SOON_DAYS: Final = 30
PAGE: Final = 50


@bp.get("/erasing")
@requires("keeping.view")
def index() -> ResponseReturnValue:
    """The cases whose contents go within a month; an auditor sees all, others their own."""
    until = console().clock.today() + timedelta(days=SOON_DAYS)
    found = keeping.ending_soon(console().store, until=until, after=_start(), limit=PAGE + 1)
    lines = found[:PAGE]
    following = lines[-1] if len(found) > PAGE else None
    if Role.AUDITOR not in current().roles:
        mine = current().office
        hidden = met()
        lines = tuple(
            one
            for one in lines
            if mine in (one.lead, one.supervisor) and one.report_id not in hidden
        )
    return render_template("erasing/index.html", lines=lines, until=until, following=following)


def _start() -> tuple[date, str]:
    try:
        return date.fromisoformat(request.args.get("on", "")), request.args.get("report", "")
    except ValueError:
        return FIRST


@bp.route("/cases/<report_id>/destruction", methods=["GET", "POST"])
@requires("destruction.request")
def ask(report_id: str) -> ResponseReturnValue:
    """Ask for the contents to be destroyed before their time."""
    case = shown_case(report_id)
    form = DestructionForm(posted())

    def act() -> None:
        pen = deed(form.password.data or "")
        facts = {"reason_code": form.reason_code.data}
        attempt(
            report_id,
            lambda now: holds.request_destruction(
                console().store,
                act=pen.sign(now, "destruction.requested", facts),
                trust=console().trust(),
                now=console().clock.now(),
            ),
        )

    if carried_out(form, act):
        return after("destruction_asked", "cases.show_case", report_id=report_id)
    return show("erasing/ask.html", form, case)


@bp.route("/cases/<report_id>/destruction/confirmation", methods=["GET", "POST"])
@requires("destruction.confirm")
def confirm(report_id: str) -> ResponseReturnValue:
    """Confirm it as a second person; the jobs process carries it out within a minute."""
    case = shown_case(report_id)
    asked = case.destruction
    if asked is None or asked.confirmer:
        raise RetentionError("not_requested")
    form = ConfirmForm(posted())

    def act() -> None:
        pen = deed(form.password.data or "")
        facts = {"reason_code": asked.reason_code}
        attempt(
            report_id,
            lambda now: holds.confirm_destruction(
                console().store,
                act=pen.sign(now, "destruction.confirmed", facts),
                trust=console().trust(),
                now=console().clock.now(),
            ),
        )

    if carried_out(form, act):
        return after("destruction_confirmed", "cases.show_case", report_id=report_id)
    return show("erasing/confirm.html", form, case, asked=asked)
