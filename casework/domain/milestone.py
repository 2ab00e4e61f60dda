"""Milestones: what starts or ends a clock and is no act of its own, recorded by an officer.

What ends a clock counts from the moment it is recorded: nobody becomes punctual by a date
written in afterwards. What starts one may have happened earlier than it is recorded.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from casework.domain import rectification, visit
from casework.domain.act_facts import civil_day, text_of
from casework.domain.case import Act, Case, Mark
from casework.domain.errors import BadActError, NotPermittedError, WrongStateError
from casework.domain.marks import unanswered

LEAD, SUPERVISOR = "lead", "supervisor"


@dataclass(frozen=True, slots=True)
class Milestone:
    """One kind of milestone.

    Attributes:
        by: whose office records it: "lead" or "supervisor".
        after: mark that it answers, newer than the last of its own kind; "" for a start.
        document: whether it rests on a paper whose number must be given.
    """

    name: str
    zh: str
    en: str
    by: str = LEAD
    after: str = ""
    document: bool = True


MILESTONES: Mapping[str, Milestone] = {
    one.name: one
    for one in (
        Milestone("signed_in", "签收", "Signed for receipt", after="dispatched", document=False),
        Milestone(
            "contacted", "已联系举报人", "Reporter contacted", after="submitted", document=False
        ),
        Milestone("attended", "已到场处置", "On the scene", after="urgent", document=False),
        Milestone("accident_known", "获知事故", "Accident known", document=False),
        Milestone("accident_entered", "事故信息已录入", "Accident entered", after="accident_known"),
        Milestone(
            "accident_completed", "事故信息已完善", "Accident completed", after="accident_known"
        ),
        Milestone("ordered", "责令整改", "Rectification ordered"),
        Milestone("rectified", "整改完成", "Rectified", after="ordered"),
        Milestone("rechecked", "复查完成", "Re-checked", after="rectified"),
        Milestone("referred", "移送公安机关", "Referred to the police"),
        Milestone("police_answered", "公安机关已答复", "Answered by the police", after="referred"),
        Milestone("penalty_decided", "作出处罚决定", "Penalty decided"),
        Milestone("penalty_published", "处罚已公示", "Penalty published", after="penalty_decided"),
        Milestone("decided", "作出对企业的决定", "Decision on the enterprise"),
        Milestone("decision_published", "决定已公布", "Decision published", after="decided"),
        Milestone("retaliation_reported", "举报人反映打击报复", "Retaliation reported"),
        Milestone(
            "retaliation_answered",
            "打击报复已答复",
            "Retaliation answered",
            after="retaliation_reported",
        ),
        Milestone("delisted", "解除挂牌", "Removed from the list", SUPERVISOR, "listed"),
        Milestone("objection_received", "收到异议", "Objection received", SUPERVISOR, "told"),
        Milestone("reviewed", "复核完成", "Reviewed", SUPERVISOR, "objection_received"),
        Milestone("reward_declined", "决定不予奖励", "No reward", after="substantiated"),
        Milestone("award_objected", "对奖励有异议", "Award objected to", SUPERVISOR, "notified"),
        Milestone("award_reviewed", "奖励复核完成", "Award reviewed", SUPERVISOR, "award_objected"),
    )
}


# What a visit has to show first.
_FIRST: Mapping[str, Callable[[Case], None]] = {
    rectification.RECHECKED: visit.check_rechecked,
    "delisted": visit.check_followed_up,
}


def record(case: Case, act: Act) -> Case:
    """Add the milestone to the case; a re-check that found nothing mended orders it anew.

    Raises:
        BadActError: no such milestone; a document is missing; an earlier time where none may
            be given, a time to come, or one before the report was received; an outcome of
            anything but a re-check.
        NotPermittedError: it is for the other office to record.
        VisitRefusedError: a visit for it is missing, or not signed by both officers.
        WrongStateError: what it answers has not happened, or is answered already.
    """
    name = text_of(act, "milestone")
    kind = MILESTONES.get(name)
    if kind is None:
        raise BadActError("milestone", f"one of {', '.join(MILESTONES)}")
    if not _is_office(case, act, kind.by) or _takes_itself_off(case, name):
        raise NotPermittedError(kind=act.kind, milestone=name, office=act.office)
    document = text_of(act, "document").strip()
    if kind.document and not document:
        raise BadActError("document", "the number of the paper that it rests on")
    if kind.after and not is_open(case, kind):
        raise WrongStateError(kind=act.kind, milestone=name, state=f"no open {kind.after}")
    check = _FIRST.get(name)
    if check is not None:
        check(case)
    outcome = text_of(act, "outcome")
    if outcome and name != rectification.RECHECKED:
        raise BadActError("outcome", "none: nothing was looked at again")
    at = _time_of(case, act, kind)
    marks = [Mark(name, act.ordinal, at, document=document)]
    if outcome == rectification.NOT_FIXED:
        marks.append(Mark(rectification.ORDERED, act.ordinal, at, document=document))
    return replace(case, marks=(*case.marks, *marks))


def is_open(case: Case, kind: Milestone) -> bool:
    """Whether what the milestone answers has happened since the last of its kind."""
    begun = unanswered(case, kind.after, kind.name)
    return begun is not None and not _skips_the_review(kind, begun)


def may_record(case: Case, office: str) -> tuple[Milestone, ...]:
    """Return the milestones that somebody of *office* could record now."""
    return tuple(
        kind
        for kind in MILESTONES.values()
        if office == (case.supervisor if kind.by == SUPERVISOR else case.lead)
        and (not kind.after or is_open(case, kind))
        and not _takes_itself_off(case, kind.name)
    )


def _is_office(case: Case, act: Act, by: str) -> bool:
    return act.office == (case.supervisor if by == SUPERVISOR else case.lead)


def _skips_the_review(kind: Milestone, begun: Mark) -> bool:
    """Whether what the reporter asked for online would count as reviewed without a decision.

    A review has bars of its own (objection.py); this milestone is for what came by letter.
    """
    return kind.name == "reviewed" and not begun.document


def _takes_itself_off(case: Case, name: str) -> bool:
    """Whether a department that leads and supervises would take itself off the list."""
    return name == "delisted" and case.lead == case.supervisor


def _time_of(case: Case, act: Act, kind: Milestone) -> str:
    at = text_of(act, "at")
    if not at:
        return act.at
    if kind.after:
        raise BadActError("at", "none: what ends a time limit counts when it is recorded")
    if at > act.at:
        raise BadActError("at", "a time that is not to come")
    if civil_day(at) < case.received_on:
        raise BadActError("at", f"not before {case.received_on}")
    return at
