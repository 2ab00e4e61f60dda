"""A legal hold: k custodians agree that nothing of a case is erased until a day.

Like a release it is asked for by one person and agreed to by seats of different
offices; unlike one it opens nothing.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from casework.domain.act_facts import HOLD_REASONS, civil_day, day_of, number_of, text_of
from casework.domain.case import Act, Approval, Case, Hold, HoldState, Matter
from casework.domain.disclosure import THRESHOLD_DEFAULT, check_new_approval
from casework.domain.errors import (
    AlreadyDoneError,
    BadActError,
    HeldError,
    NotPermittedError,
    UnknownHoldError,
    WrongStateError,
)
from casework.domain.roles import Role

DAYS_MAX: Final = 183  # half a year; whoever needs longer asks again


@dataclass(frozen=True, slots=True)
class HoldReason:
    """Why erasing may be stopped: from a fixed list, each with its legal basis.

    Attributes:
        basis: document and clause, read in a public copy.
    """

    code: str
    zh: str
    en: str
    basis: str


REASONS: tuple[HoldReason, ...] = (
    HoldReason(
        "criminal_case",
        "司法机关已立案，须保全证据",
        "A criminal case: evidence is preserved",
        "《刑事诉讼法》第五十四条",
    ),
    HoldReason(
        "discipline_case",
        "纪检监察机关已立案，须保全证据",
        "A discipline case: evidence is preserved",
        "《监察法》第十八条",
    ),
    HoldReason(
        "retaliation_case",
        "正在查处打击报复举报人",
        "Retaliation against the reporter is being investigated",
        "《安全生产法》第五十四条；《信访工作条例》（2022）第十八条",
    ),
    HoldReason(
        "reward_fraud",
        "正在核查骗取奖励",
        "A fraudulent claim for a reward is being investigated",
        "《刑法》第二百六十六条",
    ),
)
assert tuple(reason.code for reason in REASONS) == HOLD_REASONS


def request(case: Case, act: Act) -> Case:
    """Ask the custodians for a hold until a day, half a year ahead at most.

    Raises:
        NotPermittedError: a leader asks, and the case is not the discipline office's.
        AlreadyDoneError: the id was used.
        BadActError: the day is past, or too far off.
    """
    if Role.SUPERVISOR not in act.roles and case.matter != Matter.STAFF_MISCONDUCT:
        raise NotPermittedError(kind=act.kind, office=act.office)
    hold_id, today = text_of(act, "hold"), civil_day(act.at)
    if hold_id in case.holds:
        raise AlreadyDoneError(hold=hold_id)
    latest = today + timedelta(days=DAYS_MAX)
    if not today <= day_of(act, "until") <= latest:
        raise BadActError("until", f"a day from {today} to {latest}")
    asked = Hold(
        id=hold_id,
        state=HoldState.REQUESTED,
        reason_code=text_of(act, "reason_code"),
        requester=act.actor,
        office=act.office,
        until=text_of(act, "until"),
        threshold=number_of(act, "threshold", THRESHOLD_DEFAULT),
        requested_at=act.at,
    )
    return _with(case, asked)


def approve(case: Case, act: Act) -> Case:
    """Add one custodian's agreement; with the threshold's number of them the hold stands.

    Raises:
        UnknownHoldError, WrongStateError: nothing to approve.
        SeparationError: the requester, or the same person, seat or office a second time.
        BadActError: its last day is past.
    """
    asked = _hold_in(case, act, HoldState.REQUESTED)
    if civil_day(act.at).isoformat() > asked.until:
        raise BadActError("at", f"a time until {asked.until}")
    seat = number_of(act, "seat")
    check_new_approval(act, seat, asked.requester, asked.approvals)
    approvals = (*asked.approvals, Approval(seat, act.actor, act.office))
    state = HoldState.ACTIVE if len(approvals) >= asked.threshold else HoldState.REQUESTED
    return _with(case, replace(asked, approvals=approvals, state=state))


def lift(case: Case, act: Act) -> Case:
    """End a hold before its day, or turn one down that was only asked for.

    The office that asked for it may, and custodians; never the department that handles
    the case, which could be the one to gain from what is then destroyed.

    Raises:
        UnknownHoldError, WrongStateError: nothing to lift.
        NotPermittedError: the hold is another office's.
    """
    standing = _hold_in(case, act, HoldState.REQUESTED, HoldState.ACTIVE)
    own = act.office == standing.office
    if not own and (Role.CUSTODIAN not in act.roles or act.office == case.lead):
        raise NotPermittedError(kind=act.kind, office=act.office)
    return _with(case, replace(standing, state=HoldState.LIFTED, lifted_by=act.actor))


def is_asked_for(case: Case) -> bool:
    """Tell whether a hold waits for custodians."""
    return any(one.state is HoldState.REQUESTED for one in case.holds.values())


def is_asked_for_or_stands(case: Case) -> bool:
    """Tell whether there is a hold that could be lifted."""
    return any(one.state is not HoldState.LIFTED for one in case.holds.values())


def standing_on(case: Case, on: date) -> Hold | None:
    """Return the hold that stands on this day, the one with the latest last day; or None."""
    found = [
        one
        for one in case.holds.values()
        if one.state is HoldState.ACTIVE and on.isoformat() <= one.until
    ]
    return max(found, key=lambda one: one.until, default=None)


def check_free(case: Case, act: Act) -> None:
    """Refuse an act that erases while a hold stands.

    Raises:
        HeldError: a hold stands; its last day is told.
    """
    standing = standing_on(case, civil_day(act.at))
    if standing is not None:
        raise HeldError(hold=standing.id, until=standing.until)


def _hold_in(case: Case, act: Act, *states: HoldState) -> Hold:
    found = case.holds.get(text_of(act, "hold"))
    if found is None:
        raise UnknownHoldError(hold=text_of(act, "hold"))
    if found.state not in states:
        raise WrongStateError(kind=act.kind, hold=found.id, state=found.state)
    return found


def _with(case: Case, hold: Hold) -> Case:
    return replace(case, holds={**case.holds, hold.id: hold})
