"""A report is held to be malicious: proposed on a legal basis, and confirmed by somebody above.

It opens nothing, unseals nothing and tells nobody who the reporter is: it is the precondition
for whatever the law then allows, and without a second person there is none.

Source: SCENARIOS.md S29.
"""

from dataclasses import replace

from casework.domain import objection
from casework.domain.act_facts import number_of, text_of
from casework.domain.case import Act, Case, Finding
from casework.domain.case_turns import Malice
from casework.domain.errors import AlreadyDoneError, BadActError, SeparationError, WrongStateError

CONFIRMED, DECLINED = "confirmed", "declined"


def may_be_proposed(case: Case) -> bool:
    """Whether the case was found untrue and nobody has proposed this, or it was declined.

    That something cannot be verified proves no malice; and while the reporter's objection is
    open nothing is held against them.
    """
    open_still = case.malice is not None and case.malice.answer != DECLINED
    untrue = case.finding is Finding.UNSUBSTANTIATED
    return untrue and not open_still and not objection.is_pending(case)


def waits(case: Case) -> bool:
    """Whether a proposal waits for the second person."""
    return case.malice is not None and not case.malice.answer


def propose(case: Case, act: Act) -> Case:
    """Propose to hold the report for malicious.

    Raises:
        WrongStateError: not found untrue, or an objection is open.
        AlreadyDoneError: it is proposed or confirmed already.
        BadActError: no legal basis.
    """
    if case.malice is not None and case.malice.answer != DECLINED:
        raise AlreadyDoneError(kind=act.kind)
    if not may_be_proposed(case):
        raise WrongStateError(kind=act.kind, state=str(case.finding))
    basis = text_of(act, "basis").strip()
    if not basis:
        raise BadActError("basis", "law and article")
    return replace(case, malice=Malice(act.ordinal, act.actor, basis))


def confirm(case: Case, act: Act) -> Case:
    """Confirm it as a second person.

    Raises:
        WrongStateError: no proposal of this ordinal waits, or an objection is open.
        SeparationError: who proposed it.
    """
    if objection.is_pending(case):
        raise WrongStateError(kind=act.kind, state="an objection is open")
    return _decided(case, act, answer=CONFIRMED)


def decline(case: Case, act: Act) -> Case:
    """Turn it down as a second person.

    Raises:
        WrongStateError: no proposal of this ordinal waits.
        SeparationError: who proposed it.
    """
    return _decided(case, act, answer=DECLINED)


def _decided(case: Case, act: Act, *, answer: str) -> Case:
    asked = case.malice
    if asked is None or asked.answer or asked.ordinal != number_of(act, "asked"):
        raise WrongStateError(kind=act.kind, state="nothing proposed")
    if asked.proposer == act.actor:
        raise SeparationError("proposed_malice", actor=act.actor, kind=act.kind)
    return replace(case, malice=replace(asked, decider=act.actor, answer=answer))
