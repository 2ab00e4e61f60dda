"""What is destroyed soon, and destroying a case's contents before their time."""

from collections.abc import Sequence
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
from admin.views.interests import page_for_me
from casework.domain.errors import RetentionError
from casework.domain.roles import Role
from casework.services import holds, keeping
from casework.storage.keeping import FIRST, Ending

bp = Blueprint("erasing", __name__)
SOON_DAYS: Final = 30
PAGE: Final = 50


@bp.get("/erasing")
@requires("keeping.view")
def index() -> ResponseReturnValue:
    """The cases whose contents go within a month; an auditor sees all, others their own."""
    until = console().clock.today() + timedelta(days=SOON_DAYS)
    office = "" if Role.AUDITOR in current().roles else current().office

    def load(after: str, limit: int) -> tuple[Sequence[Ending], str]:
        found = keeping.ending_soon(
            console().store, until=until, office=office, after=_start(after), limit=limit + 1
        )
        lines = found[:limit]
        last = f"{lines[-1].destroy_on}.{lines[-1].report_id}" if len(found) > limit else ""
        return lines, last

    at = request.args.get("after", "")
    if office:
        lines, following = page_for_me(load, at, lambda one: one.report_id, PAGE)
    else:
        lines, following = load(at, PAGE)
    return render_template("erasing/index.html", lines=lines, until=until, following=following)


def _start(after: str) -> tuple[date, str]:
    on, _dot, report = after.partition(".")
    try:
        return date.fromisoformat(on), report
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
