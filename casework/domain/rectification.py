"""Rectification: ordered with a document, put right, looked at again; if not mended, ordered anew.

The order starts the clock `rectify`, the milestone "rectified" ends it and starts `recheck`,
the milestone "rechecked" ends that. Found not to be mended, the re-check starts `rectify` again.

Source: SCENARIOS.md S27; FEATURES.md 59 (check, penalty, re-check); GLOSSARY.md, rectification.
"""

from dataclasses import replace
from datetime import date

from casework.domain.act_facts import civil_day, text_of
from casework.domain.case import Act, Case, Matter
from casework.domain.case_turns import Rectification
from casework.domain.errors import AlreadyDoneError, BadActError, NothingToMendError

RECTIFY = "rectify"  # the clock
ORDERED, RECTIFIED, RECHECKED = "ordered", "rectified", "rechecked"
FIXED, NOT_FIXED = "fixed", "not_fixed"
OUTCOMES = (FIXED, NOT_FIXED)


def order(case: Case, act: Act) -> Case:
    """Order the reported entity to put right what was found.

    Raises:
        NothingToMendError: nothing was found that could be put right.
        AlreadyDoneError: one that was ordered is not re-checked yet.
        BadActError: without the document's number, or by a day that is over.
    """
    if not case.rewarded:
        raise NothingToMendError(report=case.report_id)
    if is_open(case):
        raise AlreadyDoneError(step=act.kind)
    document = text_of(act, "document").strip()
    if not document:
        raise BadActError("document", "the number of the order's document")
    due_on = text_of(act, "due_on")
    if due_on and due_on < civil_day(act.at).isoformat():
        raise BadActError("due_on", "not a day that is over")
    new = Rectification(act.ordinal, document, officer=act.actor, due_on=due_on)
    return replace(case, rectifications=(*case.rectifications, new))


def is_open(case: Case) -> bool:
    """Whether something was ordered and no re-check since has found it mended.

    An order that stands in the case as a milestone alone counts as well.
    """
    names = [one.name for one in case.marks if one.name in (ORDERED, RECHECKED)]
    return bool(names) and names[-1] == ORDERED


def is_missing(case: Case) -> bool:
    """Whether a major hazard was found and nobody has ordered that it be put right.

    Whatever else is found may be mended on the spot, or be nothing that can be mended.
    """
    found = case.rewarded and case.matter == Matter.MAJOR_HAZARD
    return found and not any(one.name == ORDERED for one in case.marks)


def paper_day(case: Case, key: str, since: int) -> date | None:
    """Return the last day that the served paper gives for a clock; None where it gives none.

    The papers that order a rectification say by when; only where one does not, the policy's
    limit counts. What a re-check orders anew has no paper of its own here.
    """
    if key != RECTIFY:
        return None
    given = (one.due_on for one in case.rectifications if one.ordinal == since and one.due_on)
    return next(map(date.fromisoformat, given), None)


def may_order(case: Case) -> bool:
    """Whether ordering something now would come to something."""
    return case.rewarded and not is_open(case)
