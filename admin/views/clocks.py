"""Acts on the time limits of a case: sign in, more time, pauses, milestones, steps seen."""

from collections.abc import Callable
from datetime import UTC
from typing import Final

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from admin import desk, reading
from admin.extensions import console
from admin.forms import clock_words
from admin.forms.base import posted
from admin.forms.clocks import (
    AcknowledgeForm,
    EndPauseForm,
    ExtensionDecisionForm,
    ExtensionForm,
    MilestoneForm,
    PauseDecisionForm,
    PauseForm,
    SignInForm,
)
from admin.permissions import requires
from admin.signing import attempt, deed, sign_act
from admin.views.acting import after, carried_out, show, shown_case
from admin.views.clock_buttons import SIGNED_IN, decides, to_record
from casework.domain.case import Case
from casework.domain.deadline import DueDate
from casework.domain.errors import ClockNotRunningError, UnknownAskError
from casework.domain.policy_rules import RUNGS
from casework.services import extensions, milestones, orders, standstills
from crypto.canonical import JSON
from crypto.events import SignedEvent

bp = Blueprint("clocks", __name__, url_prefix="/cases/<report_id>")
ONE: Final = "/clocks/<key>/<int:since>"


@bp.route("/sign-in", methods=["GET", "POST"])
@requires("milestone.record")
def sign_in(report_id: str) -> ResponseReturnValue:
    """Sign for a case that was dispatched here; that clock ends, no other."""
    case = shown_case(report_id)
    form = SignInForm(posted())
    facts: dict[str, JSON] = {"milestone": SIGNED_IN, "document": ""}
    if carried_out(form, lambda: _record(report_id, facts)):
        return after("signed_in", "cases.show_case", report_id=report_id)
    return show("clocks/sign_in.html", form, case)


@bp.route("/milestones", methods=["GET", "POST"])
@requires("milestone.record")
def record_milestone(report_id: str) -> ResponseReturnValue:
    """Record what starts or ends a time limit and is no other act."""
    case = shown_case(report_id)
    form = MilestoneForm(posted())
    form.offer(to_record(case), case.received_on, console().clock.now())

    def act() -> None:
        name, _dot, outcome = str(form.milestone.data).partition(".")
        document = (form.document.data or "").strip()
        facts: dict[str, JSON] = {"milestone": name, "document": document}
        if outcome:
            facts["outcome"] = outcome
        if form.instant is not None:
            facts["at"] = form.instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        _record(report_id, facts)

    if carried_out(form, act):
        return after("milestone", "cases.show_case", report_id=report_id)
    return show("clocks/milestones.html", form, case)


@bp.route(f"{ONE}/extend", methods=["GET", "POST"])
@requires("extension.request")
def extend(report_id: str, key: str, since: int) -> ResponseReturnValue:
    """Ask for more time on a clock."""
    case = shown_case(report_id)
    form = ExtensionForm(posted())
    room = extensions.extension_room(
        console().store, report=report_id, clock=key, since=since, now=console().clock.now()
    )
    form.offer(room)

    def act() -> None:
        value = int(str(form.value.data))
        facts: dict[str, JSON] = {
            "clock": key,
            "since": since,
            "value": value,
            "unit": str(room.rule.unit),
            "reason_code": form.reason_code.data,
            "approver_role": room.rule.role_for(value, room.times),
            "was": form.was.data or "",
        }
        _carry_out(report_id, lambda case: sign_act(case, "extension.requested", facts))

    if carried_out(form, act):
        return after("extension_asked", "cases.show_case", report_id=report_id)
    form.was.data = room.clock.due.due_on.isoformat()
    limit = _limit_of(room.clock.due)
    return show("clocks/extend.html", form, case, clock=room.clock, limit=limit)


@bp.route("/extensions/<int:ordinal>", methods=["GET", "POST"])
@requires("extension.decide")
def decide_extension(report_id: str, ordinal: int) -> ResponseReturnValue:
    """Grant or refuse more time; the reporter is told why."""
    case = shown_case(report_id)
    form = ExtensionDecisionForm(posted())
    found = extensions.extension_proposal(
        console().store, report=report_id, ordinal=ordinal, now=console().clock.now()
    )
    form.must_tell = form.note.flags.required = found.must_tell

    def act() -> None:
        pen, is_yes = deed(form.password.data or ""), form.decision.data == "grant"
        text = (form.note.data or "").strip()
        message = desk.seal_reason(reading.keys_of(case), text) if text else None
        facts: dict[str, JSON] = {"asked": ordinal}
        if is_yes:
            facts["due_on"] = form.due_on.data or ""
        kind = "extension.granted" if is_yes else "extension.refused"
        attempt(
            report_id,
            lambda case: extensions.decide_extension(
                console().store,
                act=pen.sign(case, kind, facts, added=[message] if message else []),
                message=message,
                trust=console().trust(),
                now=console().clock.now(),
            ),
        )

    if carried_out(form, act):
        done = "extension_granted" if form.decision.data == "grant" else "extension_refused"
        return after(done, "cases.show_case", report_id=report_id)
    form.due_on.data = found.new.due_on.isoformat()
    return show(
        "clocks/decide_extension.html",
        form,
        case,
        found=found,
        may=decides(case, found.asked),
        limit=_limit_of(found.new),
    )


@bp.route(f"{ONE}/pause", methods=["GET", "POST"])
@requires("pause.request")
def pause(report_id: str, key: str, since: int) -> ResponseReturnValue:
    """Ask the office above for a clock to stand still."""
    case = shown_case(report_id)
    form, today = PauseForm(posted()), console().clock.today()
    room = standstills.pause_room(
        console().store, report=report_id, clock=key, since=since, now=console().clock.now()
    )
    form.offer(room, today)
    if request.method == "GET":
        form.first.data, form.until.data = today, room.latest(today)

    def act() -> None:
        facts: dict[str, JSON] = {
            "clock": key,
            "since": since,
            "reason_code": form.reason_code.data,
            "document": (form.document.data or "").strip(),
            "approver_role": room.rule.approver_role,
            "first": str(form.first.data),
            "until": str(form.until.data),
        }
        _carry_out(report_id, lambda case: sign_act(case, "pause.requested", facts))

    if carried_out(form, act):
        return after("pause_asked", "cases.show_case", report_id=report_id)
    limit = _limit_of(room.clock.due)
    return show("clocks/pause.html", form, case, room=room, clock=room.clock, limit=limit)


@bp.route("/pauses/<int:ordinal>", methods=["GET", "POST"])
@requires("pause.decide")
def decide_pause(report_id: str, ordinal: int) -> ResponseReturnValue:
    """Grant or refuse a pause as the office above."""
    case = shown_case(report_id)
    form = PauseDecisionForm(posted())
    found = standstills.pause_proposal(
        console().store, report=report_id, ordinal=ordinal, now=console().clock.now()
    )

    def act() -> None:
        pen = deed(form.password.data or "")
        kind = "pause.granted" if form.decision.data == "grant" else "pause.refused"
        _carry_out(report_id, lambda case: pen.sign(case, kind, {"asked": ordinal}))

    if carried_out(form, act):
        done = "pause_granted" if form.decision.data == "grant" else "pause_refused"
        return after(done, "cases.show_case", report_id=report_id)
    may = decides(case, found.asked)
    return show("clocks/decide_pause.html", form, case, found=found, may=may)


@bp.route("/pauses/<int:ordinal>/end", methods=["GET", "POST"])
@requires("pause.end")
def end_pause(report_id: str, ordinal: int) -> ResponseReturnValue:
    """Let a clock run on from today."""
    case = shown_case(report_id)
    form = EndPauseForm(posted())
    found = standstills.pause_proposal(
        console().store, report=report_id, ordinal=ordinal, now=console().clock.now()
    )

    def act() -> None:
        facts: dict[str, JSON] = {
            "asked": ordinal,
            "on": console().clock.today().isoformat(),
            "due_on": form.due_on.data or "",
        }
        _carry_out(report_id, lambda case: sign_act(case, "pause.ended", facts))

    if carried_out(form, act):
        return after("pause_ended", "cases.show_case", report_id=report_id)
    form.due_on.data = found.due_if_ended.isoformat()
    return show("clocks/end_pause.html", form, case, found=found)


@bp.route("/steps/<key>/<int:since>/<rung>/acknowledge", methods=["GET", "POST"])
@requires("step.acknowledge")
def acknowledge(report_id: str, key: str, since: int, rung: str) -> ResponseReturnValue:
    """Note that one has seen what an overdue clock was brought up for."""
    case = shown_case(report_id)
    form = AcknowledgeForm(posted())
    if key not in clock_words.CLOCKS or rung not in RUNGS:
        raise ClockNotRunningError(clock=key, since=since)
    facts: dict[str, JSON] = {"clock": key, "since": since, "rung": rung}
    if f"{key}.{since}/{rung}" not in case.escalated:
        raise UnknownAskError(report=report_id, clock=key, since=since)
    if carried_out(
        form,
        lambda: _carry_out(report_id, lambda case: sign_act(case, "step.acknowledged", facts)),
    ):
        return after("acknowledged", "cases.show_case", report_id=report_id)
    return show("clocks/acknowledge.html", form, case, key=key, rung=rung)


_SERVICES: Final[dict[str, Callable[..., Case]]] = {
    "milestone.recorded": milestones.record_milestone,
    "extension.requested": extensions.request_extension,
    "pause.requested": standstills.request_pause,
    "pause.granted": standstills.decide_pause,
    "pause.refused": standstills.decide_pause,
    "pause.ended": standstills.end_pause,
    "step.acknowledged": orders.acknowledge_step,
}


def _limit_of(due: DueDate) -> str:
    """What the rule is called that cuts a time limit short; "" where none does."""
    rule = console().policies.by_id.get(due.limited_by or "")
    return rule.title if rule else due.limited_by or ""


def _carry_out(report_id: str, sign: Callable[[Case], SignedEvent]) -> None:
    """Sign an act without sealed rows on the case as it stands, and have it checked and stored."""

    def act(case: Case) -> Case:
        signed = sign(case)
        return _SERVICES[signed.event.kind](
            console().store,
            act=signed,
            trust=console().trust(),
            now=console().clock.now(),
        )

    attempt(report_id, act)


def _record(report_id: str, facts: dict[str, JSON]) -> None:
    _carry_out(report_id, lambda case: sign_act(case, "milestone.recorded", facts))
