"""The papers of a case for printing: hand-over orders, verification report and dossier.

None of them is stored: each is made from the signed acts when somebody prints it, and its
number names the act that it rests on, so it says nothing of how many papers there were.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from admin import reading
from admin.extensions import console
from admin.extensions import gettext as _
from admin.forms import clock_words, paper_words, rule_words, words
from admin.forms.words import word
from admin.permissions import may, requires
from admin.reading import OpenedReport, Part
from admin.views.acting import shown_case
from admin.views.deadline_panel import due_words, limit_words
from admin.views.timeline import detail, sentences, shown_to_me
from admin.views.visit_text import Record, texts_of_visit
from casework.domain.act_facts import civil_day
from casework.domain.case import Case
from casework.domain.case_turns import Visit
from casework.domain.clock_kinds import KINDS
from casework.domain.errors import PolicyPinError, UnknownPolicyError, UnknownSignerError
from casework.domain.marks import last_mark
from casework.domain.routing import CLAUSE
from casework.domain.routing_table import Rule
from casework.domain.running import ClockState, Running, day_of_moment, moment_of
from casework.queries.papers import OBJECT, Dossier, SealedLine, SignedLine, dossier
from casework.services.clock_working import clocks_of_case

bp = Blueprint("papers", __name__, url_prefix="/cases/<report_id>/papers")

HAND_OVER: Final = "/hand-over/<office>"
REPORT: Final = "/report"
LIMITS: Final = ("urgent", "sign_in", "accept", "verify", "tell_result", "close")
# What the reporter says of the matter; how they stand to the enterprise points to them.
REPORTED: Final = ("narrative", "enterprise", "place", "occurred_on")
ACCOUNT: Final = "account"
HANDED_ON: Final = frozenset({"report.transferred", "cohandlers.named"})
OWN_NAME: Final = "003 "  # what the routing file calls its own source


@dataclass(frozen=True, slots=True)
class Limit:
    """A time limit of the office that leads.

    Attributes:
        counted: how long it is, and from when.
        due: its last day as of now; "" while it has not begun.
    """

    name: str
    counted: str
    due: str


@dataclass(frozen=True, slots=True)
class ClockLine:
    """A time limit of the case and how it went."""

    name: str
    office: str
    due: str
    told: str
    ended: str


@dataclass(frozen=True, slots=True)
class ActLine:
    """One act, in words; *ordinal* is its place among those that are shown."""

    ordinal: int
    at: str
    office: str
    told: str
    event: str


@dataclass(frozen=True, slots=True)
class Document:
    """A paper outside the system that an act names."""

    on: str
    name: str
    number: str


@bp.get(HAND_OVER)
@requires("case.view")
def hand_over(report_id: str, office: str) -> ResponseReturnValue:
    """The order by which an office has the case, without what was reported."""
    return _hand_over(shown_case(report_id), office, ())


@bp.post(f"{HAND_OVER}/open")
@requires("case.open")
def hand_over_opened(report_id: str, office: str) -> ResponseReturnValue:
    """The same with what was reported; that it was opened is recorded first."""
    if office not in handed_to(shown_case(report_id)):
        raise NotFound
    opened = reading.open_report(report_id)
    return _hand_over(opened.case, office, _reported(opened))


@bp.get(REPORT)
@requires("case.view")
def report(report_id: str) -> ResponseReturnValue:
    """What verification found, without the investigator's account."""
    return _report(shown_case(report_id), None)


@bp.post(f"{REPORT}/open")
@requires("case.open")
def report_opened(report_id: str) -> ResponseReturnValue:
    """The same with the account; that the report was opened is recorded first."""
    if shown_case(report_id).finding is None:
        raise NotFound
    opened = reading.open_report(report_id)
    return _report(opened.case, opened)


@bp.get("/dossier")
@requires("case.view")
def contents(report_id: str) -> ResponseReturnValue:
    """Everything that happened in the case, in order."""
    return dossier_page(shown_case(report_id), "cases.show_case")


def dossier_page(case: Case, back: str) -> ResponseReturnValue:
    """The dossier of a case; *back* is the endpoint from which one came."""
    found = dossier(console().store, report=case.report_id)
    told = sentences([one.line for one in found.acts])
    # The auditor sees every act; in the case itself a note of interference is not for everybody.
    # Counted anew, for a number that is missing would tell of it; so would that of the paper.
    audits = may("audit.view")
    seen = [
        (act, words)
        for act, words in zip(found.acts, told, strict=True)
        if audits or shown_to_me(act.line)
    ]
    places = {act.ordinal: place for place, (act, _words) in enumerate(seen, 1)}
    return render_template(
        "papers/dossier.html",
        case=case,
        back=back,
        number=_number(case, seen[-1][0]),
        acts=[replace(_act(*one), ordinal=places[one[0].ordinal]) for one in seen],
        clocks=_clock_lines(case),
        documents=_documents(case),
        sealed=[
            (replace(one, ordinal=places[one.ordinal]), _kind(one))
            for one in found.sealed
            if one.ordinal in places
        ],
        today=console().clock.today(),
    )


def handed_to(case: Case) -> tuple[str, ...]:
    """Codes of the offices to which a hand-over order is made out: the lead's first.

    What waits in the pool has been handed to nobody yet.
    """
    lead = (case.lead,) if last_mark(case, "dispatched") else ()
    return (*lead, *(code for code in case.co_handlers if code != case.lead))


def _hand_over(case: Case, office: str, parts: Sequence[Part]) -> ResponseReturnValue:
    found = dossier(console().store, report=case.report_id)
    handed = _handed(case, office, found) if office in handed_to(case) else None
    if handed is None:
        raise NotFound
    return render_template(
        "papers/hand_over.html",
        case=case,
        office=office,
        is_lead=office == case.lead,
        issuer=_office(handed) or case.supervisor,
        on=_day(handed),
        number=_number(case, handed),
        basis=_basis(case, office, handed, found),
        limits=_limits(case),
        parts=parts,
    )


def _report(case: Case, opened: OpenedReport | None) -> ResponseReturnValue:
    if case.finding is None:
        raise NotFound
    found = dossier(console().store, report=case.report_id)
    concluded = next(one for one in reversed(found.acts) if one.line.kind == "finding.recorded")
    return render_template(
        "papers/report.html",
        case=case,
        number=_number(case, concluded),
        clocks=_clock_lines(case),
        investigators=sorted(console().person(one) for one in case.investigators),
        account=_account(opened, concluded),
        visits=_visits(case, is_opened=opened is not None),
        is_opened=opened is not None,
        on=_day(concluded),
    )


def _visits(case: Case, *, is_opened: bool) -> list[tuple[Visit, Record | None]]:
    """The visits that both officers signed; with what they wrote where the report was opened."""
    signed = [one for one in case.visits if one.signed]
    if not is_opened:
        return [(one, None) for one in signed]
    return [(one, texts_of_visit(case, one).record_of(one)) for one in signed]


def _handed(case: Case, office: str, found: Dossier) -> SignedLine | None:
    """The act by which the office has its part in the case; the newest, if several did."""
    if office == case.lead:
        sent = last_mark(case, "dispatched")
        return found.acts[sent.ordinal - 1] if sent else None
    named = (
        one
        for one in reversed(found.acts)
        if one.line.kind in HANDED_ON and office in _listed(one.line.facts.get("co"))
    )
    return next(named, None)


def _listed(codes: object) -> Sequence[object]:
    return codes if isinstance(codes, list | tuple) else ()


def _basis(case: Case, office: str, handed: SignedLine, found: Dossier) -> str:
    """On what the office has it: the clause of the routing rule, or what people decided."""
    line = handed.line
    # By the table of its day: the same id may stand for another rule by now.
    rule = console().routes().on(case.received_on).rules.get(case.rule)
    is_dispatched = line.kind == "report.received"
    if rule is not None and (is_dispatched or office in case.routed_co):
        return _clause(rule)
    if is_dispatched:
        return _("分派规则 %(rule)s", rule=case.rule)
    proposed, returned = line.facts.get("proposal"), line.facts.get("returned")
    if isinstance(proposed, int):
        code = str(found.acts[proposed - 1].line.facts["basis"])
        return f"{_cited(CLAUSE)}{_('，')}{word(words.LEAD_BASES, code)}"
    if isinstance(returned, int):
        return str(found.acts[returned - 1].line.facts["citation"])
    return detail(line)


def _clause(rule: Rule) -> str:
    """The clause that the rule names, and its reason; the reason alone where there is none."""
    if not rule.clause:
        return rule.reason
    return f"{_cited(rule.clause)}{_('：')}{rule.reason}" if rule.reason else _cited(rule.clause)


def _cited(clause: str) -> str:
    """A clause with the document number for the short name that the table gives its source."""
    name = console().routing.source
    return f"{name} {clause.removeprefix(OWN_NAME)}" if clause.startswith(OWN_NAME) else clause


def _limits(case: Case) -> list[Limit]:
    """The limits of the office that leads, as long as its policy has them; begun or not."""
    try:
        policy = console().rules().policy_of(case)
    except (UnknownPolicyError, PolicyPinError):
        return []
    newest = {one.key: one for one in _clocks(case)}
    rules = [policy.clocks[key] for key in LIMITS if key in policy.clocks]
    return [
        Limit(
            name=word(clock_words.CLOCKS, rule.key),
            counted=_(
                "自%(begun)s起 %(limit)s",
                begun=word(rule_words.BEGINNINGS, rule.from_event),
                limit=limit_words(rule),
            ),
            due=due_words(newest[rule.key]) if rule.key in newest else "",
        )
        for rule in rules
        if rule.key != "urgent" or case.urgent
    ]


def _clocks(case: Case) -> tuple[Running, ...]:
    return clocks_of_case(console().store, report=case.report_id, now=console().clock.now())


def _clock_lines(case: Case) -> list[ClockLine]:
    """The duties among the limits of a case; a right that was not used is nobody's delay."""
    return [
        ClockLine(
            name=word(clock_words.CLOCKS, one.key),
            office=console().office_name(one.office) if one.office else "",
            due=due_words(one),
            told=_standing(one),
            ended=day_of_moment(moment_of(one.ended.at)).isoformat() if one.ended else "",
        )
        for one in _clocks(case)
        if not KINDS[one.key].is_right
    ]


def _standing(clock: Running) -> str:
    if not clock.running:
        return word(clock_words.CLOCK_ENDS, clock.state)
    if clock.state is ClockState.RUNNING:
        return _("正在计算")
    return word(clock_words.LEVELS, clock.state)


def _act(one: SignedLine, told: str) -> ActLine:
    code = _office(one)
    name = console().office_name(code) if code else ""
    return ActLine(one.ordinal, one.line.at, name, told, one.line.event)


def _office(one: SignedLine) -> str:
    """The office for which an act was signed; "" for reporters, the jobs and what came in."""
    try:
        return console().trust().signer_at(one.signer, one.line.at).office if one.signer else ""
    except UnknownSignerError:
        return ""


def _documents(case: Case) -> list[Document]:
    """Papers outside the system that the case names, by their day."""
    found = [
        *(
            Document(one.issued_on, word(clock_words.ORDER_KINDS, one.kind), one.number)
            for one in case.orders
        ),
        *(
            Document(_civil(one.at), word(clock_words.MILESTONES, one.name), one.document)
            for one in case.marks
        ),
        *(Document("", _("责令整改"), one.document) for one in case.rectifications),
        *(Document(one.first, _("暂停计时"), one.document) for one in case.standstills),
        *(
            Document(one.made_on, _("移送%(to)s", to=_body(one.to)), one.document)
            for one in case.referrals
        ),
        *(
            Document(one.answered_on, _("%(to)s回执", to=_body(one.to)), one.answer)
            for one in case.referrals
        ),
        *(
            Document(one.ordered_on, word(words.MEASURES, one.measure), one.document)
            for one in case.protections
        ),
        Document(case.penalty_on, _("处罚决定"), case.penalty_no),
    ]
    return sorted((one for one in found if one.number), key=lambda one: one.on or "9")


def _body(code: str) -> str:
    return word(words.REFERRED_TO, code)


def _kind(one: SealedLine) -> str:
    if one.record == OBJECT and one.kind:
        return word(paper_words.TEXTS, one.kind)
    return word(paper_words.RECORDS, one.record)


def _reported(opened: OpenedReport) -> list[Part]:
    parts = [one for one in opened.parts if one.kind in REPORTED]
    return sorted(parts, key=lambda one: REPORTED.index(one.kind))


def _account(opened: OpenedReport | None, concluded: SignedLine) -> Part | None:
    """The account that came with the finding as it stands, not an earlier one."""
    parts = opened.parts if opened else ()
    mine = (one for one in parts if one.kind == ACCOUNT and one.id in concluded.line.objects)
    return next(mine, None)


def _number(case: Case, act: SignedLine) -> str:
    """A number that names the act on which the paper rests; no counter."""
    return f"{case.case_number}-{act.line.event[:8].upper()}"


def _day(act: SignedLine) -> date:
    return date.fromisoformat(_civil(act.line.at))


def _civil(at: str) -> str:
    return civil_day(at).isoformat() if "T" in at else at
