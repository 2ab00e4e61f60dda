"""A case: its facts, what happened, and what is done with it on arrival and around it."""

from collections.abc import Mapping
from typing import Final

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin import desk, duplicates, reading
from admin.auth import current
from admin.extensions import console
from admin.forms.base import posted
from admin.forms.cases import AcceptForm, ReplyForm, TemplateReplyForm, TransferForm
from admin.forms.words import PARTS
from admin.permissions import may, open_acts, requires
from admin.reading import Part
from admin.signing import attempt, sign_act
from admin.views.acting import after, carried_out, show, shown_case
from admin.views.attachments import attachment
from admin.views.buttons import buttons
from admin.views.clock_buttons import sees_orders, waits
from admin.views.deadline_panel import clock_views
from admin.views.handing import hand_over, helpers, one_of, receivers
from admin.views.interests import met
from admin.views.merging import may_be_led_by
from admin.views.papers import handed_to
from admin.views.timeline import QUIET, sentences, shown_to_me
from casework.domain import returning
from casework.domain.case import Case
from casework.domain.disclosure import FILE
from casework.domain.errors import BadActError
from casework.domain.merging import standing
from casework.domain.reply_templates import Reply, filled, offered, reply_of
from casework.domain.verification import is_deemed
from casework.queries.cases import timeline
from casework.queries.duplicates import Hint, hints
from casework.services import disclosure, verification
from casework.services.award_papers import papers_of
from casework.services.verification import Acceptance, acceptance
from crypto.canonical import JSON

bp = Blueprint("cases", __name__, url_prefix="/cases/<report_id>")

VERIFY: Final = "verify"
PROPOSE: Final = "propose"


@bp.get("")
@requires("case.view")
def show_case(report_id: str) -> ResponseReturnValue:
    """Everything about a case that is not sealed."""
    case = shown_case(report_id)
    return render_template("cases/show.html", **_facts(case), opened=None)


@bp.post("/open")
@requires("case.open")
def open_report(report_id: str) -> ResponseReturnValue:
    """The same page with the report in the clear; that it was opened is recorded first."""
    shown_case(report_id)
    opened = reading.open_report(report_id)
    facts = _facts(opened.case)
    parts = sorted(opened.parts, key=_place_on_page)
    return render_template("cases/show.html", **facts, opened=opened, parts=parts)


@bp.post("/files/<file_id>")
@requires("case.open")
def download(report_id: str, file_id: str) -> ResponseReturnValue:
    """One file, opened while it is sent; that it was taken out is recorded first."""
    shown_case(report_id)
    opened = reading.open_file(report_id, file_id)
    info = opened.info
    return attachment(
        opened.content, name=info.name or file_id, media_type=info.media_type, size=info.size
    )


@bp.route("/accept", methods=["GET", "POST"])
@requires("case.accept")
def accept(report_id: str) -> ResponseReturnValue:
    """Take the report; the verification clock starts."""
    case = shown_case(report_id)
    form = AcceptForm(posted())
    offered = acceptance(console().store, case=case, now=console().clock.now())

    def act() -> None:
        enterprise = duplicates.mark_for(case)
        attempt(report_id, lambda case: _accept(case, offered, enterprise))

    if carried_out(form, act):
        return after("accepted", "cases.show_case", report_id=report_id)
    return show("cases/accept.html", form, case, policy=offered.policy, due=offered.due)


@bp.route("/transfer", methods=["GET", "POST"])
@requires("case.transfer")
def transfer(report_id: str) -> ResponseReturnValue:
    """Hand the case, with its keys, to another department."""
    case = shown_case(report_id)
    asked = returning.pending(case)
    if asked is not None:
        return redirect(url_for("returning.decide", report_id=report_id, ordinal=asked.ordinal))
    form = TransferForm(posted())
    form.lead.choices, form.co.choices = one_of(receivers(case)), helpers(case)
    if not may("cohandlers.name"):
        del form.co

    def act() -> None:
        co = form.co.data or [] if form.co else []
        hand_over(report_id, form.lead.data, form.reason_code.data, co, {})

    if carried_out(form, act):
        return after("transferred", "worklist.index")
    return show("cases/transfer.html", form, case)


@bp.route("/reply", methods=["GET", "POST"])
@requires("case.reply")
def reply(report_id: str) -> ResponseReturnValue:
    """Write to the reporter, freely or by a template."""
    case = shown_case(report_id)
    asked = request.values.get("template", "")
    template = reply_of(asked, case)
    if asked and template is None and request.method == "GET":
        return redirect(url_for("cases.reply", report_id=report_id))
    if asked:
        return _by_template(case, asked, template)
    form = ReplyForm(posted())
    if case.finding is None:
        del form.is_result

    def act() -> None:
        is_result = bool(form.is_result and form.is_result.data)
        _send(report_id, form.text.data or "", {"about": "result"} if is_result else {})

    if carried_out(form, act):
        return after("sent", "cases.show_case", report_id=report_id)
    return show("cases/reply.html", form, case, offered=offered(case), chosen=None)


def _by_template(case: Case, asked: str, template: Reply | None) -> ResponseReturnValue:
    form = TemplateReplyForm(posted())
    form.template.data = asked
    form.require_words(bool(template and template.needs_words))
    texts = _texts(case, template) if template else ("", "")

    def act() -> None:
        if template is None:  # the case has gone on since the page was made
            raise BadActError("template", "one that fits the case as it stands")
        english = texts[1:] if form.english.data else ()
        words = [texts[0], (form.text.data or "").strip(), *english]
        facts: dict[str, JSON] = {
            "template": template.code,
            "template_sha256": template.sha256,
            **({"about": "result"} if template.is_result else {}),
        }
        _send(case.report_id, "\n\n".join(one for one in words if one), facts)

    if carried_out(form, act):
        return after("sent", "cases.show_case", report_id=case.report_id)
    return show("cases/reply.html", form, case, offered=offered(case), chosen=template, texts=texts)


def _texts(case: Case, template: Reply) -> tuple[str, str]:
    """What the template tells of this case, in Chinese and in English."""
    policy = console().policies.by_id.get(case.policy_id)
    lead, title = console().office_name(case.lead), policy.title if policy else case.policy_id
    return (
        filled(template, case, lead=lead, policy=title),
        filled(template, case, lead=lead, policy=title, is_english=True),
    )


def _send(report_id: str, text: str, more: Mapping[str, JSON]) -> None:
    facts: dict[str, JSON] = {"from": "office", **more}

    def act(case: Case) -> Case:
        message = desk.seal_message(reading.keys_of(case), text)
        return verification.send_message(
            console().store,
            act=sign_act(case, "message.sent", facts, added=[message]),
            message=message,
            trust=console().trust(),
            now=console().clock.now(),
        )

    attempt(report_id, act)


def _facts(case: Case) -> Mapping[str, object]:
    lines = timeline(console().store, report=case.report_id)
    acts = open_acts(case)
    clocks, ended_clocks = clock_views(case)
    return {
        "case": case,
        "clocks": clocks,
        "ended_clocks": ended_clocks,
        "can_open": "report.read" in acts,
        "buttons": buttons(case, acts),
        "waits": waits(case, acts),
        "sees_orders": sees_orders(case),
        "is_deemed": is_deemed(case),
        "handed_to": handed_to(case),
        "award_papers": papers_of(case, console().policies.by_id.get(case.policy_id)),
        # The matter of the reward begins with the finding, before anybody opens it.
        "can_end_protection": "protection.ended" in acts,
        "can_acknowledge": "referral.acknowledged" in acts,
        "to_propose": next((one for one in clocks if one.key == PROPOSE), None),
        "lines": [
            (line, told, line.kind in QUIET)
            for line, told in zip(reversed(lines), reversed(sentences(lines)), strict=True)
            if shown_to_me(line)
        ],
        "written": {object_id: line for line in lines for object_id in line.objects},
        "mine": [one for one in case.releases.values() if one.requester == current().account],
        "policy": console().policies.by_id.get(case.policy_id),
        "file_items": _file_items(case),
        "sees_merges": current().office == case.lead and may("case.open"),
        "joined": len(standing(case)),
        "can_merge": lambda lead, state: "case.merged" in acts and may_be_led_by(case, lead, state),
        "hints": _hints(case),
    }


def _hints(case: Case) -> tuple[Hint, ...]:
    hidden = met()
    found = hints(console().store, case=case, office=current().office)
    return tuple(one for one in found if one.line.id not in hidden)


def _file_items(case: Case) -> tuple[str, ...]:
    """Ids of the files that only custodians open, for who may ask for one to examine it."""
    if current().office not in (case.lead, case.supervisor) or not may("case.open"):
        return ()
    items = disclosure.items_to_ask_for(console().store, report=case.report_id)
    return tuple(one.id for one in items if one.kind == FILE)


def _place_on_page(part: Part) -> tuple[int, str]:
    """The report first, then what came later, as the words list them."""
    kinds = list(PARTS)
    return kinds.index(part.kind) if part.kind in kinds else len(kinds), part.id


def _accept(case: Case, offered: Acceptance, enterprise: str) -> Case:
    return verification.accept_report(
        console().store,
        act=sign_act(case, "report.accepted", dict(offered.facts)),
        trust=console().trust(),
        now=console().clock.now(),
        enterprise=enterprise,
    )
