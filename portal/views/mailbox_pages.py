"""Pages of the reporter's own side, made from what the mailbox returns."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from flask import Response, g, make_response, render_template, request
from flask_babel import gettext as _

from casework.clock import SHANGHAI
from casework.domain.case import AwardState, Case, Release, State
from casework.domain.clock_kinds import KINDS
from casework.domain.money import shown
from casework.domain.objection import REDO
from casework.domain.reward_facts import REWARD_MATTERS
from casework.domain.transitions import TRANSITIONS
from casework.domain.urging import next_urge_on
from casework.services.erasing import hold_on
from casework.services.mailbox import MailboxEntry, MailboxView, openings
from portal import mailbox
from portal.errors import MIB
from portal.extensions import PublicSite, public_site
from portal.forms.mailbox import ButtonForm, EvidenceForm, MessageForm
from portal.sealing import department_name
from portal.uploads import FILES_MAX, SealingRequest
from portal.views import award_wording, wording
from portal.views.limits import Limit, limits_of
from portal.views.remedy import further_ways, is_unverified, question_of, remedy_of

# What the reporter may do for a time: nobody else is reminded of it.
RIGHTS: Final = frozenset(key for key, kind in KINDS.items() if kind.is_right)
ABOUT_OTHERS: Final = ("merge.joined", "merge.left")
# What concerns everybody who reported a matter; an award is its own reporter's.
OF_THE_WORK: Final = frozenset({"verify"})


@dataclass(frozen=True, slots=True)
class Line:
    """One step of the timeline, or one message."""

    at: str
    words: str
    text: str = ""
    mine: bool = False


def case_page(form: MessageForm, status: int = 200, trouble: Any = None) -> Response:
    """Show where the case stands."""
    here = public_site()
    view = mailbox.view_of(here, g.session)
    texts = mailbox.texts_of(here, g.session, view)
    case, work = view.case, view.lead or view.case
    today, limits = here.clock.today(), _limits(here, view)
    state, meaning = wording.STATES[work.state]
    return mailbox_page(
        "mailbox/case.html", status,
        form=form, trouble=trouble, case=case, state=state, meaning=meaning,
        finding=wording.FINDINGS.get(work.finding or ""), rank=view.rank,
        merged=wording.STATES["merged"][1] if view.lead else "",
        takes_more=work.state not in (State.REFUSED, State.CLOSED),
        lead=department_name(here, case.lead),
        supervisor=department_name(here, case.supervisor),
        limits=[one for one in limits if one.running],
        past_limits=[one for one in limits if not one.running],
        late=any(one.is_late for one in limits), awards=_awards(case),
        timeline=_timeline(here, view, texts), messages=_messages(here, view, texts),
        claimable=_unclaimed(case), rewarded=case.matter in REWARD_MATTERS,
        urging=_urging(case, work, today),
        button_form=ButtonForm(session_token=g.session.token),
        openings=openings_of(here, case), unopened=ended_unopened(here, case),
        held=held_words(here, case), gone=not g.session.threads,
        question="" if not g.session.threads else question_of(case, view.lead),
        remedy=remedy_of(here, case) if g.session.threads else None,
        unverified=is_unverified(case), routes=further_ways(), measures=wording.MEASURES,
        done=wording.DONE.get(request.args.get("done", "")),
    )  # fmt: skip


def evidence_page(form: EvidenceForm, status: int = 200, trouble: Any = None) -> Response:
    """Ask for more evidence."""
    return mailbox_page(
        "mailbox/evidence.html", status,
        form=form, trouble=trouble, files_max=FILES_MAX,
        files_lost=status != 200 and isinstance(request, SealingRequest) and request.had_files,
        megabytes_max=public_site().settings.upload_bytes_max // MIB,
    )  # fmt: skip


def mailbox_page(template: str, status: int, **values: Any) -> Response:
    """Show a page of the mailbox; each has the way out on it."""
    leave_form = ButtonForm(session_token=g.session.token)
    return make_response(render_template(template, leave_form=leave_form, **values), status)


def when(at: str) -> str:
    """Write an event's time as people of the county read it."""
    if len(at) == len("2026-01-01"):
        return at
    instant = datetime.fromisoformat(at.replace("Z", "+00:00"))
    return instant.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


def _awards(case: Case) -> list[dict[str, Any]]:
    """Say how each award stands; a sum only once everybody on the ladder has agreed."""
    return [
        {
            "state": wording.AWARDS[one.state],
            "amount": shown(one.amount_fen) if one.state.value in wording.AMOUNT_SHOWN else "",
        }
        for one in case.awards
    ]


def _limits(here: PublicSite, view: MailboxView) -> list[Limit]:
    """Return the limits that count: those of the work too where it goes on in another case."""
    own = limits_of(here, view.case)
    return own if view.lead is None else [*own, *limits_of(here, view.lead, only=OF_THE_WORK)]


def _urging(case: Case, work: Case, today: date) -> dict[str, Any] | None:
    """Say whether the case may be urged, and from which day on; None once it is decided."""
    states = TRANSITIONS["report.urged"].states
    if case.state not in states or work.state not in states:
        return None
    again_on = next_urge_on(case)
    return {"now": again_on is None or today >= again_on, "on": again_on}


def _unclaimed(case: Case) -> bool:
    return any(one.state is AwardState.NOTIFIED for one in case.awards)


def _timeline(here: PublicSite, view: MailboxView, texts: dict[str, str]) -> list[Line]:
    return [
        Line(when(entry.at), _words(here, entry), text=_text(entry, texts))
        for entry in view.entries
        if entry.kind != "message.sent" and not _is_between_offices(entry)
    ]


def _is_between_offices(entry: MailboxEntry) -> bool:
    """Reminders of limits that the reporter sees nowhere are no news; that one ran out is.

    That a refusal is proposed is none either: nobody has decided anything. Nobody learns here
    that somebody else reported the same.
    """
    if entry.kind in (
        "refusal.proposed",
        "refusal.declined",
        *ABOUT_OTHERS,
        *wording.SILENT,
    ):
        return True
    return entry.kind == "clock.reminded" and entry.facts["clock"] not in wording.CLOCKS


def _messages(here: PublicSite, view: MailboxView, texts: dict[str, str]) -> list[Line]:
    return [
        Line(
            when(entry.at), _words(here, entry), text=_text(entry, texts),
            mine=entry.actor == "reporter",
        )
        for entry in view.entries
        if entry.kind == "message.sent"
    ]  # fmt: skip


def _text(entry: MailboxEntry, texts: dict[str, str]) -> str:
    return "\n".join(texts[one] for one in entry.objects if one in texts)


def _words(here: PublicSite, entry: MailboxEntry) -> str:
    facts = entry.facts
    values = {
        "office": department_name(here, entry.office) if entry.office else _("受理单位"),
        "lead": department_name(here, str(facts.get("lead", ""))),
        "to": department_name(here, str(facts.get("to", ""))),
        "verify_due_on": facts.get("verify_due_on", ""),
        "reason": _reason(entry),
        "clock": wording.CLOCKS.get(str(facts.get("clock", "")), wording.OTHER_CLOCK),
        "was": facts.get("was", ""),
        "outcome": _outcome(facts),
        "answer": wording.ANSWERS.get(str(facts.get("answer", "")), ""),
        "month": facts.get("month", ""),
        "measure": wording.MEASURES.get(str(facts.get("measure", "")), ""),
        "due_on": facts.get("due_on", ""),
        "finding": wording.FINDINGS.get(str(facts.get("finding", "")), ""),
        "purpose": wording.PURPOSE_WORDS.get(str(facts.get("purpose", "")), ""),
        "amount": shown(amount) if isinstance(amount := facts.get("amount_fen"), int) else "",
    }
    if entry.kind == "message.sent":
        words = wording.FROM_REPORTER if entry.actor == "reporter" else wording.FROM_OFFICE
    elif entry.kind == "milestone.recorded":
        words = wording.MILESTONES.get(str(facts["milestone"]), wording.OTHER_MILESTONE)
    elif entry.kind == "clock.reminded" and facts["clock"] in RIGHTS:
        words = wording.RIGHT_ENDS
    elif entry.kind == "case.escalated" and facts["rung"] in wording.RUNGS:
        words = wording.RUNGS[str(facts["rung"])]
    else:
        words = wording.EVENTS.get(entry.kind, _("有新的办理记录"))
    return str(words) % values


def _outcome(facts: Mapping[str, object]) -> str:
    """What came of a review; the new last day is the leading case's where theirs has joined one."""
    code = str(facts.get("outcome", ""))
    if "award" in facts:
        return str(award_wording.OUTCOMES.get(code, ""))
    if code == REDO and "verify_due_on" not in facts:
        code = "redo_joined"
    return str(wording.OUTCOMES.get(code, "")) % facts


def _reason(entry: MailboxEntry) -> Any:
    """What a coded reason says: each kind of act has codes of its own."""
    known = {
        "extension.requested": wording.EXTENSION_WORDS,
        "pause.requested": wording.PAUSE_WORDS,
        **award_wording.REASONS,
    }.get(entry.kind, wording.REASONS)
    return known.get(str(entry.facts.get("reason_code", "")), _("理由见下"))


def openings_of(here: PublicSite, case: Case) -> list[dict[str, str]]:
    """Tell when, by which office and why identity items were opened."""
    return [
        {
            "at": when(at),
            "office": department_name(here, office),
            "purpose": wording.PURPOSE_WORDS.get(purpose, purpose),
            "basis": wording.PURPOSE_BASES.get(purpose, ""),
        }
        for at, office, purpose in openings(case)
    ]


def ended_unopened(here: PublicSite, case: Case) -> list[dict[str, str]]:
    """Tell of the requests for identity items that led to no opening, and how each ended."""
    return [
        {
            "at": when(release.requested_at),
            "office": department_name(here, release.office),
            "purpose": wording.PURPOSE_WORDS.get(release.purpose, release.purpose),
            "ended": _ending(release),
        }
        for release in case.releases.values()
        if release.state in wording.UNOPENED
    ]


def _ending(release: Release) -> str:
    words = str(wording.UNOPENED[release.state])
    reason = wording.UNOPENED_REASONS.get(release.reason_code)
    return str(_("%(what)s（%(told)s）", what=words, told=reason)) if reason else words


def held_words(here: PublicSite, case: Case) -> dict[str, Any] | None:
    """Tell until when and why nothing of the case may be erased; None while it may."""
    hold = hold_on(case, here.clock.today())
    if hold is None:
        return None
    reason = wording.HOLD_REASONS.get(hold.reason_code, hold.reason_code)
    return {"until": hold.until, "reason": reason}
