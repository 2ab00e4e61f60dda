"""Not accepted: proposed by one person, confirmed by another; only then is the reporter told.

The words for the reporter lie sealed beside the proposal (`services/refusals.py`). The time limit
for acceptance runs on meanwhile.

Source: POLICIES.md (a3) "Not accepted", (c) row 3a.
"""

from dataclasses import replace

from casework.domain.act_facts import day_of, number_of, text_of
from casework.domain.case import Act, Case, State
from casework.domain.case_turns import RefusalProposal
from casework.domain.errors import AlreadyDoneError, BadActError, WrongStateError
from casework.domain.marks import last_mark
from casework.domain.verification import REFUSAL_CODES, RefusalReason

# Why a proposal is sent back to whom it came from.
DECLINE_REASONS: tuple[RefusalReason, ...] = (
    RefusalReason("to_be_accepted", "应当受理", "To be accepted"),
    RefusalReason("other_reason", "理由不当，应当适用其他理由", "Another reason applies"),
    RefusalReason(
        "words_incomplete",
        "说明不完整，未写明依据或者可以向哪里反映",
        "The words lack the basis, or where else to turn",
    ),
    RefusalReason("to_be_transferred", "应当转办", "To be transferred"),
)
DECLINE_CODES = frozenset(reason.code for reason in DECLINE_REASONS)


def propose(case: Case, act: Act) -> Case:
    """Propose not to accept the report, for a coded reason.

    Raises:
        BadActError: the reason is not one of REFUSAL_REASONS, or nothing is given as its basis.
        AlreadyDoneError: another proposal waits.
    """
    code, basis = text_of(act, "reason_code"), text_of(act, "basis").strip()
    if code not in REFUSAL_CODES:
        raise BadActError("reason_code", f"one of {', '.join(sorted(REFUSAL_CODES))}")
    if not basis:
        raise BadActError("basis", "the clause of the law that it rests on")
    if pending(case) is not None:
        raise AlreadyDoneError(step=act.kind)
    asked = RefusalProposal(act.ordinal, code, basis, act.actor)
    return replace(case, refusals=(*case.refusals, asked))


def decline(case: Case, act: Act) -> Case:
    """Send a proposal back: the report stays to be decided on.

    Raises:
        WrongStateError: nothing of this ordinal waits.
        BadActError: the reason is not one of DECLINE_REASONS.
    """
    asked, code = _asked(case, act), text_of(act, "reason_code")
    if code not in DECLINE_CODES:
        raise BadActError("reason_code", f"one of {', '.join(sorted(DECLINE_CODES))}")
    return _with(case, replace(asked, decider=act.actor, declined=code))


def refuse(case: Case, act: Act) -> Case:
    """Decline the report for the reason that was proposed, which the reporter is told.

    Raises:
        WrongStateError: nothing of this ordinal waits.
        BadActError: another reason than the proposed one; refused before it was received.
    """
    asked = _asked(case, act)
    code, refused_on = text_of(act, "reason_code"), day_of(act, "refused_on")
    if code != asked.reason_code:
        raise BadActError("reason_code", asked.reason_code)
    if refused_on < case.received_on:
        raise BadActError("refused_on", f"not before {case.received_on}")
    decided = _with(case, replace(asked, decider=act.actor))
    return replace(decided, state=State.REFUSED, reason_code=code, refused_on=refused_on)


def pending(case: Case) -> RefusalProposal | None:
    """Return the proposal that waits for its answer; None once the case went on or elsewhere.

    What one department proposed falls when the case is transferred to another.
    """
    if case.state is not State.RECEIVED or not case.refusals:
        return None
    last, moved = case.refusals[-1], last_mark(case, "transferred")
    if last.decider or (moved is not None and moved.ordinal > last.ordinal):
        return None
    return last


def is_asked(case: Case) -> bool:
    """Whether a proposal waits for its answer."""
    return pending(case) is not None


def is_not_asked(case: Case) -> bool:
    """Whether one could be made."""
    return pending(case) is None


def proposed_by(case: Case, act: Act) -> bool:
    """Whether who acts made the proposal that waits: nobody decides on their own."""
    asked = pending(case)
    return asked is not None and asked.proposer == act.actor


def _asked(case: Case, act: Act) -> RefusalProposal:
    asked = pending(case)
    if asked is None or asked.ordinal != number_of(act, "asked"):
        raise WrongStateError(kind=act.kind, state="nothing proposed")
    return asked


def _with(case: Case, changed: RefusalProposal) -> Case:
    return replace(case, refusals=(*case.refusals[:-1], changed))
