"""The reporter objects to a result; other people one level up review it, and may have it redone.

How long the right lasts, and the new last day of verification, depend on the policy and the
calendar: the service checks both (`services/objections.py`). An objection that came by letter
is a milestone of the supervising office and is reviewed in the same way.

A reporter whose case joined another one objects in their own thread to what they were told of
it. The review is of their case; has it something redone, that is the case that they joined: a
second act of the same person, `case.redone`.

Source: POLICIES.md (c), rows 10 and 11: 应急〔2023〕106号 [S], within 10 days of being told;
reviewed within 30 days by the level above, never by the same officers. SCENARIOS.md S09.
"""

from dataclasses import replace
from datetime import date

from casework.domain import closing
from casework.domain.act_facts import civil_day, day_of, number_of, text_of
from casework.domain.award import award_to_redo
from casework.domain.award_values import AGREED, UNDECIDED
from casework.domain.case import Act, Case, Extension, Standstill, State
from casework.domain.case_turns import Closing, RefusalProposal, Review
from casework.domain.errors import (
    BadActError,
    ObjectionOpenError,
    ObjectionTooLateError,
    RedoBlockedError,
    WrongStateError,
)
from casework.domain.marks import last_mark, runs, unanswered

OBJECT, VERIFY = "object", "verify"
TOLD, RECEIVED, REVIEWED = "told", "objection_received", "reviewed"
KEPT, REDO = "kept", "redo"


def pending(case: Case) -> int | None:
    """Return the ordinal of the act that opened the review that is still to be decided."""
    opened = unanswered(case, RECEIVED, REVIEWED)
    return opened.ordinal if opened else None


def is_pending(case: Case) -> bool:
    """Whether a review waits for its decision."""
    return pending(case) is not None


def may_be_filed(case: Case) -> bool:
    """Whether the reporter was told a result that nobody has objected to yet."""
    told = last_mark(case, TOLD)
    return told is not None and runs(case, OBJECT, told.ordinal) and not is_pending(case)


def file(case: Case, act: Act) -> Case:
    """Note that the reporter objects to the result.

    Told on 2 March with ten days, it may be filed until the end of 12 March in China.

    Args:
        case: the case before the act.
        act: the reporter's; `since` is the act that told the result, `until` the last day of
            the right by the policy.

    Raises:
        ObjectionOpenError: one waits for its review already.
        WrongStateError: that act told no result, or it was objected to before.
        ObjectionTooLateError: the right has lapsed; it names the last day.
    """
    if is_pending(case):
        raise ObjectionOpenError(report=case.report_id)
    since, until = number_of(act, "since"), day_of(act, "until")
    told = any((mark.name, mark.ordinal) == (TOLD, since) for mark in case.marks)
    if not told or not runs(case, OBJECT, since):
        raise WrongStateError(kind=act.kind, state="no result to object to")
    if civil_day(act.at) > until:
        raise ObjectionTooLateError(until)
    return case


def handlers(case: Case) -> frozenset[str]:
    """Return who did something in the case that a review would judge, reading aside.

    An earlier review is not among it: where few people are, nobody would be left.
    """
    of_award = [
        who
        for award in case.awards
        for who in (award.proposer, award.cashier, award.witness, *award.approvers)
    ]
    asked: tuple[Extension | Standstill, ...] = (*case.extensions, *case.standstills)
    second: tuple[RefusalProposal | Closing, ...] = (*case.refusals, *case.closings)
    found = {
        case.accepted_by,
        case.closed_by,
        *case.investigators,
        *case.supervised_by,
        *of_award,
        *(who for one in asked for who in (one.requester, one.decider)),
        *(who for one in second for who in (one.proposer, one.decider)),
        *(who for one in case.orders for who in (one.issuer, one.answered_by)),
        *(one.officer for one in case.rectifications),
    }
    return frozenset(found - {""})


def decide(case: Case, act: Act) -> Case:
    """Keep the result, or have the case verified anew.

    Redone, it is an accepted case again: the old finding stays in its events and a new one is
    needed before it can be closed. Policy and day of acceptance stay.

    Raises:
        WrongStateError: no review of this ordinal waits.
        BadActError: a new last day of verification where nothing is redone, none where it is,
            or one before today.
        RedoBlockedError: an award that was promised or paid rests on the finding.
    """
    if pending(case) != number_of(act, "asked"):
        raise WrongStateError(kind=act.kind, state="nothing to review")
    outcome, joined = text_of(act, "outcome"), case.state is State.MERGED
    if ("verify_due_on" in act.facts) != (outcome == REDO and not joined):
        raise BadActError("verify_due_on", "a day if the case is redone, else nothing")
    if "into" in act.facts and (outcome != REDO or not joined):
        raise BadActError("into", "only where the case that it joined is redone")
    today = civil_day(act.at)
    review = Review(
        asked=number_of(act, "asked"),
        outcome=outcome,
        decider=act.actor,
        ordinal=act.ordinal,
        decided_on=today.isoformat(),
    )
    decided = replace(case, reviews=(*case.reviews, review))
    return _redone(decided, act, today) if outcome == REDO and not joined else decided


def redo(case: Case, act: Act) -> Case:
    """Have a case verified anew because a reporter who joined it objected, and was right.

    Raises:
        WrongStateError: that case has not joined this one.
        ObjectionOpenError: an objection of its own waits; that review decides.
        RedoBlockedError: an award that is under way or paid rests on the finding.
        BadActError: a last day before today.
    """
    report = text_of(act, "report")
    if not any(one.report == report and not one.left for one in case.joined):
        raise WrongStateError(kind=act.kind, state="not joined")
    if is_pending(case):
        raise ObjectionOpenError(report=case.report_id)
    today = civil_day(act.at)
    review = Review(
        asked=act.ordinal,
        outcome=REDO,
        decider=act.actor,
        ordinal=act.ordinal,
        decided_on=today.isoformat(),
    )
    return _redone(replace(case, reviews=(*case.reviews, review)), act, today)


def times_redone(case: Case) -> int:
    """Return how often the case was verified anew."""
    return sum(one.outcome == REDO for one in case.reviews)


def is_promised(case: Case) -> bool:
    """Whether the reporter was told of an award, so that the finding it rests on stays."""
    live = case.live_award
    return live is not None and live.state not in UNDECIDED | AGREED


def _redone(case: Case, act: Act, today: date) -> Case:
    if is_promised(case):
        raise RedoBlockedError(report=case.report_id)
    due_on = day_of(act, "verify_due_on")
    if due_on < today:
        raise BadActError("verify_due_on", f"not before {today}")
    return replace(
        award_to_redo(case),
        state=State.ACCEPTED,
        verify_due_on=due_on,
        finding=None,
        finding_facts="{}",
        found_at=act.ordinal,
        penalty_no="",
        penalty_on="",
        penalty_by="",
        found_in="",
        fined_in="",
        fines_fen=(),
        concluded_on=None,
        closed_on=None,
        closings=closing.overtaken(case),
        malice=None,
    )
