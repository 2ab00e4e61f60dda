"""The pool of cases that no routing rule matched: who should lead, proposed and carried out.

The office that has the pool decides within a working day. An operator or officer of it may
propose who leads and who helps by one of the three rules of clause 8; a supervisor carries
the proposal out, or chooses otherwise (`transfer.transfer`).

Source: 003 clause 8 (谁主管谁牵头、谁为主谁牵头、谁靠近谁牵头); SCENARIOS.md S19.
"""

from dataclasses import dataclass, replace

from casework.domain.act_facts import LEAD_BASES, number_of, text_of
from casework.domain.case import Act, Case, State
from casework.domain.case_turns import LeadProposal
from casework.domain.co_handling import check, named_in
from casework.domain.errors import (
    AccusedOfficeError,
    BadActError,
    SeparationError,
    WrongStateError,
)


@dataclass(frozen=True, slots=True)
class Basis:
    """One of the three rules by which a lead is found where duties are unclear."""

    code: str
    zh: str
    en: str


BASES: tuple[Basis, ...] = (
    Basis("who_governs", "谁主管谁牵头", "Whoever governs the trade leads"),
    Basis("who_is_main", "谁为主谁牵头", "Whoever has the main part leads"),
    Basis("who_is_near", "谁靠近谁牵头", "Whoever is nearest leads"),
)
assert tuple(one.code for one in BASES) == LEAD_BASES


def in_pool(case: Case) -> bool:
    """Whether no rule matched and nobody has been put in charge yet."""
    return not case.rule and case.state is State.RECEIVED


def propose(case: Case, act: Act) -> Case:
    """Propose who should lead and who should help; a newer proposal takes the older one's place.

    Raises:
        WrongStateError: the case is not in the pool.
        BadActError: the office that has it, or who would lead and help at once.
        AccusedOfficeError: the report is about one of them.
    """
    if not in_pool(case):
        raise WrongStateError(kind=act.kind, state="not in the pool")
    lead, co = text_of(act, "lead"), named_in(act)
    if lead == case.lead:
        raise BadActError("lead", f"another office than {lead}")
    if lead in case.kept_out:
        raise AccusedOfficeError(office=lead)
    check(co, lead=lead, kept_out=case.kept_out)
    made = LeadProposal(act.ordinal, lead, co, text_of(act, "basis"), act.actor)
    return replace(case, proposals=(*case.proposals, made))


def newest(case: Case) -> LeadProposal | None:
    """Return the proposal that stands; None where there is none, or it is done with."""
    return case.proposals[-1] if case.proposals and in_pool(case) else None


def check_carried_out(case: Case, act: Act) -> None:
    """Check a transfer that says it carries a proposal out.

    Raises:
        BadActError: not the proposal that stands, or not what it says.
        SeparationError: by who proposed it.
    """
    ordinal = number_of(act, "proposal")
    if not ordinal:
        return
    found = newest(case)
    if found is None or found.ordinal != ordinal:
        raise BadActError("proposal", "the proposal that stands")
    if act.actor == found.proposer:
        raise SeparationError("proposed_lead", actor=act.actor, kind=act.kind)
    if (text_of(act, "lead"), named_in(act)) != (found.lead, found.co):
        raise BadActError("lead", "lead and co-handlers of the proposal")
