"""Closing a case: proposed by its office, agreed to or sent back by somebody else.

Nobody closes what they proposed to close, investigated, or accepted as an officer: those bars
stand in transitions.py. Here stands what must be done before, both when the close is proposed
and when it is agreed to, because something may have come in between.

Source: SCENARIOS.md S27, S28; FEATURES.md, four eyes.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from casework.domain import order, protection, rectification, visit
from casework.domain.act_facts import civil_day, day_of, number_of
from casework.domain.case import Act, AskState, Case, State
from casework.domain.case_turns import Closing
from casework.domain.errors import (
    AlreadyDoneError,
    BadActError,
    ClosingRefusedError,
    NoFindingError,
    WrongStateError,
)
from casework.domain.marks import last_mark
from casework.domain.roles import Role

AGREED, DECLINED, OVERTAKEN = "agreed", "declined", "overtaken"
# A letter may come without a way back: its writer was never given a receipt code.
WITHOUT_A_WAY_BACK = frozenset({"letter"})


def propose(case: Case, act: Act) -> Case:
    """Propose that the case be closed.

    Raises:
        NoFindingError: there is no finding, or the case is being verified anew.
        ClosingRefusedError: something is still to be done; the reason is its code.
        AlreadyDoneError: a proposal waits already.
    """
    check_ready(case)
    if standing(case) is not None:
        raise AlreadyDoneError(step=act.kind)
    role = Role.SUPERVISOR if Role.LEADER in act.roles else Role.LEADER
    new = Closing(
        ordinal=act.ordinal,
        proposer=act.actor,
        decider_role=str(role),
        proposed_on=civil_day(act.at).isoformat(),
    )
    return replace(case, closings=(*case.closings, new))


def decline(case: Case, act: Act) -> Case:
    """Send the proposal back to who made it.

    Raises:
        ClosingRefusedError: none waits.
        WrongStateError: another one waits.
    """
    return _answered(case, act, DECLINED)


def close(case: Case, act: Act) -> Case:
    """Agree to the proposal that waits, and close the case.

    Raises:
        NoFindingError, ClosingRefusedError: as for `propose`, as something may have come since;
            or no proposal waits.
        WrongStateError: another one waits.
        BadActError: closed before it was concluded.
    """
    check_ready(case)
    agreed = _answered(case, act, AGREED)
    closed_on = day_of(act, "closed_on")
    if case.concluded_on is None or closed_on < case.concluded_on:
        raise BadActError("closed_on", f"not before {case.concluded_on}")
    return replace(agreed, state=State.CLOSED, closed_on=closed_on, closed_by=act.actor)


def standing(case: Case) -> Closing | None:
    """Return the proposal that waits for its answer; None when there is none."""
    last = case.closings[-1] if case.closings else None
    return last if last is not None and not last.answer else None


def overtaken(case: Case) -> tuple[Closing, ...]:
    """Return the proposals after a new finding: one that waited rested on the old one."""
    return tuple(one if one.answer else replace(one, answer=OVERTAKEN) for one in case.closings)


def check_ready(case: Case) -> None:
    """Refuse a case in which something is still to be done before it may be closed.

    Raises:
        NoFindingError: there is no finding, or the case is being verified anew.
        ClosingRefusedError: the first of `missing`.
    """
    if case.finding is None or case.state is not State.CONCLUDED:
        raise NoFindingError(report=case.report_id)
    for reason in missing(case):
        raise ClosingRefusedError(reason)


def missing(case: Case) -> tuple[str, ...]:
    """Return the codes of all that is still to be done in a case that has a finding."""
    return tuple(code for code, still in _STILL.items() if still(case))


def may_propose(case: Case) -> bool:
    """Whether proposing it now would come to something."""
    return case.state is State.CONCLUDED and standing(case) is None and not missing(case)


def may_decide(case: Case) -> bool:
    """Whether a proposal waits."""
    return case.state is State.CONCLUDED and standing(case) is not None


def _untold(case: Case) -> bool:
    """Whether the reporter has not been told what was found last."""
    if case.channel in WITHOUT_A_WAY_BACK:
        return False
    told = last_mark(case, "told")
    return told is None or told.ordinal < case.found_at


def _review_is_open(case: Case) -> bool:
    asked, done = last_mark(case, "objection_received"), last_mark(case, "reviewed")
    return asked is not None and (done is None or done.ordinal < asked.ordinal)


_STILL: Mapping[str, Callable[[Case], bool]] = {
    "not_told": _untold,
    "rectification_missing": rectification.is_missing,
    "rectification_open": rectification.is_open,
    "order_open": order.is_open,
    "visit_open": visit.is_open,
    "protection_open": protection.is_open,
    "extension_waits": lambda case: any(one.state is AskState.REQUESTED for one in case.extensions),
    "pause_waits": lambda case: any(one.state is AskState.REQUESTED for one in case.standstills),
    "review_open": _review_is_open,
}
# The last one the service finds out: it is about other cases.
REASONS = (*_STILL, "not_proposed", "merged_not_told")


def _answered(case: Case, act: Act, answer: str) -> Case:
    asked = standing(case)
    if asked is None:
        raise ClosingRefusedError("not_proposed")
    if asked.ordinal != number_of(act, "asked"):
        raise WrongStateError(kind=act.kind, state="another proposal")
    done = replace(asked, answer=answer, decider=act.actor)
    return replace(case, closings=(*case.closings[:-1], done))
