"""The release of an identity item: asked for, decided on in the seats, opened once."""

from datetime import UTC, timedelta

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from admin import custody
from admin.auth import current
from admin.extensions import console
from admin.forms.base import posted
from admin.forms.releases import DecideForm, OpenForm, RequestForm
from admin.permissions import requires
from admin.signing import deed
from admin.views.acting import after, carried_out, show, shown_case
from casework.domain.case import Case, Release
from casework.domain.disclosure import PURPOSES
from casework.domain.ids import new_id
from casework.queries.cases import case as find_case

bp = Blueprint("releases", __name__, url_prefix="/cases/<report_id>/releases")


@bp.route("", methods=["GET", "POST"])
@requires("release.request")
def ask(report_id: str) -> ResponseReturnValue:
    """Ask the custodians for the payee item of a claimed award."""
    case = shown_case(report_id)
    form = RequestForm(posted())
    release_id = new_id()

    def act() -> None:
        pen = deed(form.password.data or "")
        hours = int(form.valid_hours.data)
        until = (console().clock.now() + timedelta(hours=hours)).astimezone(UTC)
        custody.request(report_id, release_id, until.strftime("%Y-%m-%dT%H:%M:%SZ"), pen)

    if carried_out(form, act):
        return after("asked", "cases.show_case", report_id=report_id)
    return show("releases/ask.html", form, case, purpose=_purpose("pay_award"))


@bp.route("/<release_id>/decision", methods=["GET", "POST"])
@requires("release.decide")
def decide(report_id: str, release_id: str) -> ResponseReturnValue:
    """A custodian sees exactly what is asked for, by whom and why, and decides."""
    # A custodian sees no more of the case than the request.
    case = find_case(console().store, report=report_id)
    release = custody.release_in(case, release_id)
    form = DecideForm(posted())

    def act() -> None:
        pen = deed(form.password.data or "")
        choose = custody.approve if form.decision.data == "approve" else custody.refuse
        choose(report_id, release_id, pen)

    if carried_out(form, act):
        is_yes = form.decision.data == "approve"
        return after("agreed" if is_yes else "declined", "worklist.index")
    return show(
        "releases/decide.html",
        form,
        case,
        release=release,
        purpose=_purpose(release.purpose),
        seat=custody.my_seat(),
    )


@bp.route("/<release_id>/opening", methods=["GET", "POST"])
@requires("release.open")
def open_once(report_id: str, release_id: str) -> ResponseReturnValue:
    """The one look: the item stands in this answer and nowhere else."""
    case = shown_case(report_id)
    release = _mine(case, release_id)
    form = OpenForm(posted())
    seen: list[custody.Disclosed] = []

    def act() -> None:
        seen.append(custody.open_once(report_id, release_id, deed(form.password.data or "")))

    if carried_out(form, act):
        return render_template("releases/opened.html", case=case, disclosed=seen[0])
    return show(
        "releases/open.html", form, case, release=release, purpose=_purpose(release.purpose)
    )


def _mine(case: Case, release_id: str) -> Release:
    release = custody.release_in(case, release_id)
    if release.requester != current().account:
        raise NotFound
    return release


def _purpose(code: str) -> object:
    return next(one for one in PURPOSES if one.code == code)
