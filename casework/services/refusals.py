"""Not accepted, by two people: proposed with words for the reporter, confirmed or sent back.

The words lie under the content key, which the reporter's code does not open, until somebody else
confirms them: that person's session seals them anew under the thread key (`report.refused`).

Source: POLICIES.md (a3) "Not accepted", (c) row 3a.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime

from casework.domain.act_facts import civil_day
from casework.domain.case import Case
from casework.domain.case_turns import RefusalProposal
from casework.domain.errors import BadActError, UnknownAskError
from casework.domain.refusal_templates import template_of
from casework.services.acts import by_officer, record
from casework.services.clock_asks import day_in_china, must_be
from casework.services.notices import notify
from casework.services.reading import CaseFile, texts_of
from casework.services.trust import Trust
from casework.storage.unit_of_work import UnitOfWork, query, use_case
from crypto.events import SealedObject, SignedEvent

WORDS, REASON, MANIFEST = "refusal", "reason", "manifest"  # kinds of sealed objects


@dataclass(frozen=True, slots=True)
class RefusalView:
    """A proposal not to accept, with its sealed words.

    Attributes:
        asked: who proposed what, and what became of it.
        proposed_on: civil day in China.
        file: the office's keys of the case, with the sealed words.
        text_id: which of its objects they are.
    """

    asked: RefusalProposal
    proposed_on: date
    file: CaseFile
    text_id: str


@use_case
def propose_refusal(
    uow: UnitOfWork, *, act: SignedEvent, words: SealedObject, trust: Trust, now: datetime
) -> Case:
    """Propose not to accept a report; both who may confirm it are told.

    Raises:
        BadActError: the basis is not the clause of the reason's template, or the words are not
            sealed as such.
        CaseworkError: as for every act, see `acts.record`.
    """
    by_officer(act, trust, "refusal.proposed")
    case = record(uow, act=act, trust=trust, now=now, records=[words])
    facts = act.event.facts
    template = template_of(str(facts["reason_code"]), scope=case.scope)
    if template is not None:
        must_be(facts, "basis", template.cite)
    _must_be(words, WORDS)
    uow.sealed.add_objects(case.report_id, [words])
    for office in dict.fromkeys((case.lead, case.supervisor)):
        if office:
            notify(uow, "refusal.proposed", case=case, office=office, now=now)
    return case


@use_case
def decline_refusal(uow: UnitOfWork, *, act: SignedEvent, trust: Trust, now: datetime) -> Case:
    """Send a proposal back to the lead office, which is told; the reporter learns nothing.

    Raises:
        CaseworkError: as for every act, see `acts.record`.
    """
    by_officer(act, trust, "refusal.declined")
    case = record(uow, act=act, trust=trust, now=now)
    notify(uow, "refusal.declined", case=case, office=case.lead, now=now)
    return case


@use_case
def refuse_report(
    uow: UnitOfWork, *, act: SignedEvent, reason: SealedObject, trust: Trust, now: datetime
) -> Case:
    """Confirm a proposal: the report is refused, with words that the reporter can read.

    Raises:
        BadActError: on another day than today, or the words are no reason.
        CaseworkError: as for every act, see `acts.record`.
    """
    by_officer(act, trust, "report.refused")
    case = record(uow, act=act, trust=trust, now=now, records=[reason])
    must_be(act.event.facts, "refused_on", day_in_china(now).isoformat())
    _must_be(reason, REASON)
    uow.sealed.add_objects(case.report_id, [reason])
    return case


@query
def refusal_view(uow: UnitOfWork, *, report_id: str, ordinal: int, office: str) -> RefusalView:
    """Return a proposal by the ordinal of its act, and what *office* can open of it.

    Raises:
        UnknownAskError: the case has none such.
        TamperedError: a row is not the one that an event names.
    """
    file = texts_of(uow, report_id=report_id, office=office, kinds=frozenset({WORDS}))
    asked = next((one for one in file.case.refusals if one.ordinal == ordinal), None)
    if asked is None:
        raise UnknownAskError(report=report_id, ordinal=ordinal)
    event = uow.events.of_report(report_id)[ordinal - 1].event
    named = {one.id for one in event.added}
    mine = tuple(one for one in file.objects if one.id in named or one.kind == MANIFEST)
    text_id = next((one.id for one in mine if one.kind == WORDS), "")
    return RefusalView(asked, civil_day(event.at), replace(file, objects=mine), text_id)


def _must_be(sealed: SealedObject, kind: str) -> None:
    if sealed.kind != kind:
        raise BadActError("added", f"a sealed text of the kind {kind}")
