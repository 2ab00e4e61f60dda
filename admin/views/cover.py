"""Leaves of officers: who covers, and cases that the head hands over for that time."""

from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import Forbidden, NotFound

from admin.auth import current
from admin.errors import Refusal, explain
from admin.extensions import console
from admin.forms.base import posted, submitted
from admin.forms.cover import CoverForm, HandForm, LeaveForm
from admin.permissions import may, requires
from admin.signing import attempt, sign_act
from admin.views.acting import after, carried_out, show, shown_case
from admin.views.interests import met
from casework.domain.case import Case
from casework.domain.cover import BACK, HANDED, ON_LEAVE, Cover, assigned
from casework.domain.drawing import drawn
from casework.services import cover
from crypto.canonical import JSON

bp = Blueprint("cover", __name__)


@dataclass(frozen=True, slots=True)
class Line:
    """A leave, with how many cases are assigned to who is away; those the person may see."""

    cover: Cover
    is_on: bool
    number: int
    is_more: bool
    form: LeaveForm
    may_end: bool


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one case; *why* is "" where it was handed over."""

    report_id: str
    case_number: str
    why: str


@bp.route("/cover", methods=["GET", "POST"])
@requires("cover.view")
def index() -> ResponseReturnValue:
    """The leaves of the office that are not over, and one more."""
    here, form = console(), CoverForm(posted())
    form.account.choices = _people(own=not may("assignment.hand"))
    form.deputy.choices = [("", ""), *_people()]

    def act() -> None:
        assert form.first.data is not None
        assert form.last.data is not None
        new = Cover(
            current().office, form.account.data, form.deputy.data, form.first.data, form.last.data
        )
        cover.note_cover(
            here.store,
            new=new,
            by=current().account,
            trust=here.trust(),
            today=here.clock.today(),
        )

    if carried_out(form, act):
        return after("cover_noted", "cover.index")
    return show("cover/index.html", form, lines=_lines(), can_note=bool(form.account.choices))


@bp.post("/cover/end")
@requires("cover.view")
def end() -> ResponseReturnValue:
    """Somebody is back before the last day."""
    here, form = console(), LeaveForm(posted())
    first = form.first_day
    if first is None:
        raise NotFound
    if not submitted(form):
        return redirect(url_for("cover.index"))
    cover.end_cover(
        here.store,
        account=form.account.data or "",
        first=first,
        by=current().account,
        trust=here.trust(),
        today=here.clock.today(),
    )
    return after("cover_ended", "cover.index")


@bp.post("/cover/hand")
@requires("assignment.hand")
def hand_all() -> ResponseReturnValue:
    """Hand over what is assigned to who is away, case by case; a page of them at a time."""
    form = LeaveForm(posted())
    known = [one for one in _covers() if one.account == form.account.data]
    found = next((one for one in known if one.first == form.first_day), None)
    if found is None:
        raise NotFound
    if not submitted(form):
        return redirect(url_for("cover.index"))
    hidden = met()
    page = cover.assigned_to(console().store, office=current().office, accounts=[found.account])
    results = [
        _tried(line.report.id, line.report.case_number, found.deputy)
        for line in page.lines
        if line.report.id not in hidden
    ]
    return render_template(
        "cover/result.html", cover=found, results=results, is_more=page.next is not None
    )


@bp.route("/cases/<report_id>/hand", methods=["GET", "POST"])
@requires("assignment.hand")
def hand(report_id: str) -> ResponseReturnValue:
    """Hand one case to who covers, or back to whom the draw chose."""
    case = shown_case(report_id)
    if current().office != case.lead:
        raise Forbidden
    form, (taker, reason) = HandForm(posted()), _next(case)
    if taker and carried_out(form, lambda: _hand(report_id, taker, reason)):
        return after("handed", "cases.show_case", report_id=report_id)
    return show("cover/hand.html", form, case, giver=assigned(case), taker=taker, reason=reason)


def _next(case: Case) -> tuple[str, str]:
    """Who would take the case and why; "" while nobody would."""
    here, first = console(), drawn(case)
    on = cover.cover_for(here.store, case=case, today=here.clock.today())
    if on is not None:
        return on.deputy, ON_LEAVE
    if first is None or assigned(case) == first.officer:
        return "", ""
    away = [one.account for one in _covers() if one.is_on(here.clock.today())]
    return ("", "") if first.officer in away else (first.officer, BACK)


def _hand(report_id: str, taker: str, reason: str) -> None:
    def act(case: Case) -> Case:
        facts: dict[str, JSON] = {"from": assigned(case), "to": taker, "reason_code": reason}
        return cover.hand_over(
            console().store,
            act=sign_act(case, HANDED, facts),
            trust=console().trust(),
            now=console().clock.now(),
        )

    attempt(report_id, act)


def _tried(report_id: str, case_number: str, taker: str) -> Result:
    """Try one case; whatever refuses it stands beside it, and the next one is tried."""
    try:
        _hand(report_id, taker, ON_LEAVE)
    except Refusal as refusal:
        return Result(report_id, case_number, explain(refusal))
    return Result(report_id, case_number, "")


def _people(*, own: bool = False) -> list[tuple[str, str]]:
    """The officers of the office to choose from; only oneself, if *own*."""
    here, me = console(), current()
    found = cover.officers_of(me.office, here.trust())
    return [
        (one.account, here.person(one.account))
        for one in found
        if not own or one.account == me.account
    ]


def _covers() -> tuple[Cover, ...]:
    here = console()
    return cover.covers(here.store, office=current().office, today=here.clock.today())


def _lines() -> list[Line]:
    here, hidden = console(), met()
    found = []
    for one in _covers():
        page = cover.assigned_to(here.store, office=one.office, accounts=[one.account])
        form = LeaveForm(data={"account": one.account, "first": one.first.isoformat()})
        found.append(
            Line(
                one,
                one.is_on(here.clock.today()),
                sum(line.report.id not in hidden for line in page.lines),
                page.next is not None,
                form,
                one.account == current().account or may("assignment.hand"),
            )
        )
    return found
