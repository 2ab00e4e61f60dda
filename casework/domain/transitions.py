"""The one table of what may be done with a case: when, by whom, unless, and what comes of it."""

from collections.abc import Mapping
from dataclasses import replace

from casework.domain import (
    assignment,
    closing,
    co_handling,
    code_change,
    copies,
    cover,
    disclosure,
    drawing,
    extension,
    hold,
    interference,
    malice,
    merging,
    milestone,
    objection,
    order,
    phoning,
    protection,
    rectification,
    recusal,
    referral,
    refusal,
    reply_templates,
    retention,
    returning,
    rewrapping,
    satisfaction,
    seats,
    standstill,
    supervision,
    transfer,
    urging,
    verification,
    visit,
    withdrawal,
)
from casework.domain.award_transitions import NOT_APPROVER, Excluding, award_rows
from casework.domain.case import Act, Case, State
from casework.domain.errors import BadActError
from casework.domain.roles import Role
from casework.domain.transition import Bar, Place, Transition, Who

PARTIES = frozenset({"reporter", "jobs", "nobody"})  # actors that are no account


def _unchanged(case: Case, _act: Act) -> Case:
    return case


def _read(case: Case, _act: Act) -> Case:
    return replace(case, read=True)


def _accept(case: Case, act: Act) -> Case:
    """Who accepts a report after all has nothing more to return."""
    return returning.keep(verification.accept(case, act))


def _transfer(case: Case, act: Act) -> Case:
    """What joined a case stays with its office; so the case stays too."""
    merging.check_stays(case)
    return visit.handed_on(transfer.transfer(case, act))


def _own_side(case: Case, act: Act) -> Case:
    """A message says from which side it comes; that must be the side of its signer."""
    side = "reporter" if act.actor == "reporter" else "office"
    if act.facts["from"] != side:
        raise BadActError("from", side)
    reply_templates.check_pinned(act)
    return merging.note_told(case, act)


NOT_INVESTIGATOR = Bar("investigated", lambda case, act: act.actor in case.investigators)


def _unless_examining(bar: Bar) -> Bar:
    """Who investigates has to look at the evidence; who pays is kept apart from it."""

    def hit(case: Case, act: Act) -> bool:
        asked = case.releases.get(str(act.facts.get("release")))
        named = asked.purpose if asked else act.facts.get("purpose")
        return named != disclosure.EXAMINE and bar.hit(case, act)

    return Bar(bar.rule, hit)


NOT_ACCEPTED_AS_OFFICER = Bar(
    "handled_as_officer",
    lambda case, act: act.actor == case.accepted_by and Role.OFFICER in act.roles,
)
NOT_ACCEPTED = Bar("accepted", lambda case, act: act.actor == case.accepted_by)
NOT_PROPOSER = Bar(
    "proposed", lambda case, act: any(act.actor == one.proposer for one in case.awards)
)
# Nobody refuses a report alone.
NOT_REFUSAL_PROPOSER = Bar("refusal_proposed", refusal.proposed_by)
NOT_CLOSING_PROPOSER = Bar(
    "proposed_closing",
    lambda case, act: (asked := closing.standing(case)) is not None and act.actor == asked.proposer,
)
# "Never the same officers": whoever did something in the case does not review it.
NOT_HANDLED = Bar("handled", lambda case, act: act.actor in objection.handlers(case))
# A supervisor may do the work where the supervising office itself leads (undetermined matters).
NOT_SUPERVISED = Bar(
    "supervised",
    lambda case, act: act.actor in case.supervised_by and case.lead != case.supervisor,
)

# What both named officers do, and nobody else; the office above for a follow-up alone.
OF_VISIT = Bar("not_of_visit", visit.is_no_officer_of)
NOT_RECORDER = Bar("recorded_visit", visit.recorded_by)
NOT_SUPERVISED_BUT_FOLLOWING_UP = Bar(
    "supervised",
    lambda case, act: not visit.is_follow_up(case) and NOT_SUPERVISED.hit(case, act),
)
_OF_VISIT = (OF_VISIT, NOT_SUPERVISED_BUT_FOLLOWING_UP)

# Once, before acceptance; then it asks to return it.
NOT_PASSED_ON = Bar("passed_on", transfer.is_spent)

_OFFICER = Who(Role.OFFICER, Place.LEAD)
_LEADER = Who(Role.LEADER, Place.LEAD)
_SUPERVISOR_LEADS = Who(Role.SUPERVISOR, Place.LEAD)
_SUPERVISOR = Who(Role.SUPERVISOR, Place.SUPERVISOR)
_LEAD_OFFICE = (_OFFICER, _LEADER, _SUPERVISOR_LEADS)
_HEAD_ABOVE = Who(Role.LEADER, Place.SUPERVISOR)
_HELPERS = tuple(Who(role, Place.HELPS) for role in (Role.OFFICER, Role.LEADER, Role.SUPERVISOR))
_DISCIPLINE = tuple(
    Who(role, Place.DISCIPLINE) for role in (Role.OFFICER, Role.LEADER, Role.SUPERVISOR)
)
_NOTED = tuple(Who(role, Place.NOTED) for role in (Role.OFFICER, Role.LEADER, Role.SUPERVISOR))
_COPIED = tuple(Who(role, Place.COPIED) for role in (Role.OFFICER, Role.LEADER, Role.SUPERVISOR))
_READERS = tuple(Who(role, Place.OFFICES) for role in (Role.OFFICER, Role.LEADER, Role.SUPERVISOR))
_VISITORS = (
    *(Who(Role.OFFICER, place) for place in (Place.LEAD, Place.HELPS, Place.SUPERVISOR)),
    *(Who(Role.SUPERVISOR, place) for place in (Place.SUPERVISOR, Place.LEAD)),
)
_ABOVE = (Who(Role.LEADER, Place.ABOVE), Who(Role.SUPERVISOR, Place.ABOVE))
# Of these the pinned policy names one (extension.check_decider).
_DECIDERS = (_LEADER, _SUPERVISOR)
_REPORTER = (Who("reporter"),)
_JOBS = (Who("jobs"),)
_CUSTODIANS = (Who(Role.CUSTODIAN),)
# The purposes of disclosure.py narrow this further.
_REQUESTERS = tuple(
    Who(role) for role in (Role.CASHIER, Role.OPERATOR, Role.SUPERVISOR, Role.OFFICER, Role.LEADER)
)

# Supervisors, and in complaints about staff the head of the discipline office that leads them.
_HOLDERS = (Who(Role.SUPERVISOR, Place.IN_CHARGE), Who(Role.LEADER, Place.LEAD))

# Who holds the office key: all but those whose roles read no case.
_KEY_HOLDERS = tuple(
    Who(role, Place.KEYS)
    for role in (Role.OFFICER, Role.LEADER, Role.SUPERVISOR, Role.OPERATOR, Role.APPROVER)
)

# Of the two offices that a case has; who helps (co-handlers) closes nothing.
_CLOSERS = (
    _LEADER,
    Who(Role.LEADER, Place.SUPERVISOR),
    _SUPERVISOR_LEADS,
    _SUPERVISOR,
)
_SECOND_PERSON = (NOT_INVESTIGATOR, NOT_ACCEPTED_AS_OFFICER, NOT_CLOSING_PROPOSER)

_ANY = frozenset(State)
_ENDED = frozenset({State.REFUSED, State.CLOSED, State.MERGED})
_OPEN = frozenset({State.RECEIVED, State.ACCEPTED, State.CONCLUDED})
_NOT_DECIDED = frozenset({State.RECEIVED, State.ACCEPTED})
_OPEN_OR_MERGED = _OPEN | {State.MERGED}
_NOT_REFUSED = _OPEN_OR_MERGED | {State.CLOSED}
_NOT_MERGED = _ANY - {State.MERGED}
_AFTER_FINDING = frozenset({State.CONCLUDED, State.CLOSED})
_TOLD = _AFTER_FINDING | {State.MERGED}  # a reporter whose case joined another has the rights too
_ASKED = frozenset({State.CLOSED, State.MERGED})
_AFTER_ACCEPTANCE = frozenset({State.ACCEPTED, *_AFTER_FINDING})

TRANSITIONS: Mapping[str, Transition] = {
    "report.read": Transition(_ANY, _READERS, _read),
    "file.read": Transition(_ANY, _READERS, _unchanged),
    "report.accepted": Transition(
        frozenset({State.RECEIVED}), _LEAD_OFFICE, _accept, (NOT_SUPERVISED,)
    ),
    "refusal.proposed": Transition(
        frozenset({State.RECEIVED}),
        _LEAD_OFFICE,
        refusal.propose,
        (NOT_SUPERVISED,),
        refusal.is_not_asked,
    ),
    "refusal.declined": Transition(
        frozenset({State.RECEIVED}),
        _DECIDERS,
        refusal.decline,
        (NOT_REFUSAL_PROPOSER,),
        refusal.is_asked,
    ),
    "report.refused": Transition(
        frozenset({State.RECEIVED}),
        _DECIDERS,
        refusal.refuse,
        (NOT_REFUSAL_PROPOSER,),
        refusal.is_asked,
    ),
    "report.deemed_accepted": Transition(frozenset({State.RECEIVED}), _JOBS, verification.accept),
    "report.transferred": Transition(
        _NOT_DECIDED,
        (*_LEAD_OFFICE, _SUPERVISOR, _HEAD_ABOVE),
        _transfer,
        (NOT_PASSED_ON,),
    ),
    "assignment.proposed": Transition(
        frozenset({State.RECEIVED}),
        (_OFFICER, Who(Role.OPERATOR, Place.LEAD)),
        assignment.propose,
        ready=assignment.in_pool,
    ),
    "assignment.drawn": Transition(_NOT_DECIDED, (_LEADER, _SUPERVISOR_LEADS), drawing.record),
    cover.HANDED: Transition(
        _OPEN, (_LEADER, _SUPERVISOR_LEADS), cover.hand, ready=cover.is_assigned
    ),
    "return.requested": Transition(
        frozenset({State.RECEIVED}),
        (_OFFICER, _LEADER),
        returning.request,
        (NOT_SUPERVISED,),
        returning.may_ask,
    ),
    "return.overruled": Transition(
        _NOT_DECIDED, (_SUPERVISOR, _HEAD_ABOVE), returning.overrule, ready=returning.is_asked
    ),
    "cohandlers.named": Transition(
        _OPEN, (_LEADER, _SUPERVISOR_LEADS, _SUPERVISOR), co_handling.name
    ),
    "case.merged": Transition(
        _NOT_DECIDED, _LEAD_OFFICE, merging.merge, (NOT_SUPERVISED,), merging.may_merge
    ),
    # In any state, so that each is refused by what is wrong with it.
    # Both go with an act in the other case: never a button of one.
    "merge.joined": Transition(
        _ANY, _LEAD_OFFICE, merging.join, (NOT_SUPERVISED,), lambda _case: False
    ),
    "merge.undone": Transition(
        frozenset({State.MERGED}), (_LEADER, _SUPERVISOR_LEADS), merging.undo
    ),
    "merge.left": Transition(
        _ANY, (_LEADER, _SUPERVISOR_LEADS), merging.part, ready=lambda _case: False
    ),
    recusal.NOTED: Transition(_ANY, (*_READERS, *_JOBS), recusal.note),
    "opinion.given": Transition(_OPEN, _HELPERS, _unchanged),
    "copy.sent": Transition(
        _OPEN, (*_LEAD_OFFICE, _SUPERVISOR), copies.send, ready=copies.may_be_sent
    ),
    "copy.acknowledged": Transition(
        _ANY, _COPIED, copies.acknowledge, ready=copies.waits_for_receipt
    ),
    "observation.given": Transition(_OPEN, _COPIED, copies.observe, ready=copies.has_copies),
    interference.NOTED: Transition(_ANY, _READERS, interference.note),
    interference.READ: Transition(_ANY, _NOTED, interference.read, ready=interference.is_noted),
    "discipline.answered": Transition(_ANY, _DISCIPLINE, copies.answer),
    "finding.recorded": Transition(
        frozenset({State.ACCEPTED, State.CONCLUDED}),
        (_OFFICER,),
        verification.record_finding,
        (NOT_SUPERVISED,),
    ),
    # Whether the state gives an occasion is for its purpose to say.
    "visit.planned": Transition(
        _NOT_MERGED, (*_LEAD_OFFICE, _SUPERVISOR), visit.plan, ready=visit.may_plan
    ),
    "visit.photographed": Transition(
        _NOT_MERGED, _VISITORS, visit.photograph, _OF_VISIT, visit.may_record
    ),
    "visit.recorded": Transition(_NOT_MERGED, _VISITORS, visit.record, _OF_VISIT, visit.may_record),
    "visit.returned": Transition(
        _NOT_MERGED, _VISITORS, visit.send_back, (*_OF_VISIT, NOT_RECORDER), visit.waits
    ),
    "visit.signed": Transition(
        _NOT_MERGED, _VISITORS, visit.sign, (*_OF_VISIT, NOT_RECORDER), visit.waits
    ),
    "visit.dropped": Transition(
        _NOT_MERGED,
        (_LEADER, _SUPERVISOR_LEADS, _SUPERVISOR),
        visit.drop,
        ready=visit.is_open,
    ),
    "message.sent": Transition(_ANY, (*_LEAD_OFFICE, *_REPORTER), _own_side),
    "evidence.added": Transition(_OPEN_OR_MERGED, _REPORTER, _unchanged),
    "case.closed": Transition(
        # Any open state, so that a missing finding is refused as what it is.
        _OPEN,
        _CLOSERS,
        closing.close,
        _SECOND_PERSON,
        closing.may_decide,
    ),
    "closing.proposed": Transition(
        _OPEN, _LEAD_OFFICE, closing.propose, (NOT_SUPERVISED,), closing.may_propose
    ),
    "closing.declined": Transition(
        _OPEN, _CLOSERS, closing.decline, _SECOND_PERSON, closing.may_decide
    ),
    "referral.made": Transition(_AFTER_ACCEPTANCE, _LEAD_OFFICE, referral.make, (NOT_SUPERVISED,)),
    "referral.acknowledged": Transition(
        _ANY, (*_LEAD_OFFICE, *_DISCIPLINE), referral.acknowledge, (NOT_SUPERVISED,), referral.waits
    ),
    "rectification.ordered": Transition(
        frozenset({State.CONCLUDED}),
        _LEAD_OFFICE,
        rectification.order,
        (NOT_SUPERVISED,),
        rectification.may_order,
    ),
    "milestone.recorded": Transition(_NOT_MERGED, (*_LEAD_OFFICE, _SUPERVISOR), milestone.record),
    "clock.reminded": Transition(_ANY, _JOBS, supervision.remind),
    "clock.overdue": Transition(_ANY, _JOBS, supervision.mark_overdue),
    "clock.recomputed": Transition(_ANY, _JOBS, supervision.recompute),
    "case.escalated": Transition(_ANY, _JOBS, supervision.escalate),
    "step.acknowledged": Transition(
        _ANY,
        (_LEADER, _SUPERVISOR),
        supervision.acknowledge,
        ready=lambda case: bool(case.escalated),
    ),
    "extension.requested": Transition(
        _NOT_REFUSED, _LEAD_OFFICE, extension.request, (NOT_SUPERVISED,)
    ),
    "extension.granted": Transition(
        _NOT_REFUSED, _DECIDERS, extension.grant, ready=extension.is_asked
    ),
    "extension.refused": Transition(
        _NOT_REFUSED, _DECIDERS, extension.refuse, ready=extension.is_asked
    ),
    "pause.requested": Transition(_OPEN, _LEAD_OFFICE, standstill.request, (NOT_SUPERVISED,)),
    "pause.granted": Transition(_OPEN, _DECIDERS, standstill.grant, ready=standstill.is_asked),
    "pause.refused": Transition(_OPEN, _DECIDERS, standstill.refuse, ready=standstill.is_asked),
    "pause.ended": Transition(
        _ANY,
        (*_LEAD_OFFICE, _SUPERVISOR, *_JOBS),
        standstill.end,
        ready=standstill.lasts,
    ),
    "order.issued": Transition(_NOT_MERGED, (_SUPERVISOR,), order.issue),
    "order.answered": Transition(_ANY, (_LEADER,), order.answer, ready=order.is_open),
    **award_rows(
        _OFFICER,
        Excluding(NOT_SUPERVISED, NOT_INVESTIGATOR, NOT_ACCEPTED, NOT_PROPOSER, NOT_HANDLED),
    ),
    "report.urged": Transition(_OPEN_OR_MERGED, _REPORTER, urging.urge),
    "objection.filed": Transition(_TOLD, _REPORTER, objection.file, ready=objection.may_be_filed),
    "review.decided": Transition(
        _TOLD, _ABOVE, objection.decide, (NOT_HANDLED,), objection.is_pending
    ),
    # It goes with the review of a case that joined: never a button of this one.
    "case.redone": Transition(
        _AFTER_FINDING, _ABOVE, objection.redo, (NOT_HANDLED,), lambda _case: False
    ),
    "callback.asked": Transition(_ASKED, _JOBS, satisfaction.ask),
    "satisfaction.given": Transition(
        _ASKED, _REPORTER, satisfaction.answer, ready=satisfaction.is_asked
    ),
    phoning.PHONED: Transition(
        _ASKED,
        (Who(Role.OPERATOR), Who(Role.SUPERVISOR)),
        phoning.phone,
        ready=phoning.may_phone,
    ),
    "protection.ordered": Transition(
        _ANY, _LEAD_OFFICE, protection.order, (NOT_SUPERVISED,), protection.was_reported
    ),
    "protection.declined": Transition(
        _ANY, _DECIDERS, protection.decline, ready=protection.is_open
    ),
    "protection.ended": Transition(
        _ANY, (*_LEAD_OFFICE, _SUPERVISOR), protection.end, ready=protection.lasts
    ),
    "malice.proposed": Transition(
        frozenset({State.CLOSED}),
        (_LEADER,),
        malice.propose,
        (NOT_INVESTIGATOR,),
        malice.may_be_proposed,
    ),
    "malice.confirmed": Transition(
        frozenset({State.CLOSED}),
        (Who(Role.SUPERVISOR, Place.ABOVE),),
        malice.confirm,
        (NOT_INVESTIGATOR,),
        malice.waits,
    ),
    "malice.declined": Transition(
        frozenset({State.CLOSED}),
        (Who(Role.SUPERVISOR, Place.ABOVE),),
        malice.decline,
        (NOT_INVESTIGATOR,),
        malice.waits,
    ),
    "code.changed": Transition(_ANY, _REPORTER, code_change.change),
    "keys.resealed": Transition(_ANY, _CUSTODIANS, seats.reseal, seals_anew=True),
    "keys.contributed": Transition(_ANY, _CUSTODIANS, seats.contribute, seals_anew=True),
    "keys.rebuilt": Transition(_ANY, _CUSTODIANS, _unchanged, seals_anew=True),
    # Done for all cases at once, on the page of keys: never a button of one case.
    "keys.rewrapped": Transition(
        _ANY, _KEY_HOLDERS, rewrapping.rewrap, ready=lambda _case: False, seals_anew=True
    ),
    "release.requested": Transition(
        _ANY,
        _REQUESTERS,
        disclosure.request,
        tuple(map(_unless_examining, (NOT_APPROVER, NOT_PROPOSER, NOT_INVESTIGATOR))),
    ),
    "release.approved": Transition(_ANY, _CUSTODIANS, disclosure.approve),
    "release.refused": Transition(_ANY, _CUSTODIANS, disclosure.refuse),
    # The same bars as for asking: who asked may have acted in the case since.
    "release.opened": Transition(
        _ANY,
        _REQUESTERS,
        disclosure.open_once,
        tuple(map(_unless_examining, (NOT_APPROVER, NOT_PROPOSER, NOT_INVESTIGATOR))),
    ),
    "release.expired": Transition(_ANY, _JOBS, disclosure.expire),
    "release.voided": Transition(_ANY, _JOBS, disclosure.void),
    # Whoever tried: that it was refused is what is recorded.
    "release.attempted": Transition(
        _ANY,
        tuple(Who(role) for role in Role),
        disclosure.note_attempt,
        ready=lambda _case: False,
    ),
    "hold.requested": Transition(_ANY, _HOLDERS, hold.request),
    "hold.approved": Transition(_ANY, _CUSTODIANS, hold.approve, ready=hold.is_asked_for),
    "hold.lifted": Transition(
        _ANY, (*_HOLDERS, *_CUSTODIANS), hold.lift, ready=hold.is_asked_for_or_stands
    ),
    "identity.withdrawn": Transition(_ANY, _REPORTER, withdrawal.withdraw),
    "identity.erased": Transition(_ANY, _JOBS, withdrawal.erase),
    "identity.forgotten": Transition(_ANY, _JOBS, withdrawal.forget),
    "destruction.requested": Transition(
        _ENDED, (_LEADER,), retention.request, ready=retention.may_be_asked
    ),
    "destruction.confirmed": Transition(
        _ENDED, (_SUPERVISOR, _SUPERVISOR_LEADS), retention.confirm, ready=retention.waits
    ),
    "case.destroyed": Transition(_ANY, _JOBS, retention.destroy),
}
