"""A case that is not an office's duty: it asks to return it, and whoever dispatched it decides.

No clock of the case stops for it: only the right to ask ends, with two working days (clock
"return" of the policy, which the service checks). After two decisions the head of the
supervising office decides, so that a case does not go round.

Source: 007 row "return"; POLICIES.md (a6); SCENARIOS.md S21.
"""

from dataclasses import replace
from typing import Final

from casework.domain.act_facts import civil_day, number_of, text_of
from casework.domain.case import Act, Case
from casework.domain.case_turns import ReturnAsk
from casework.domain.co_handling import acted_above
from casework.domain.errors import (
    AccusedOfficeError,
    AlreadyDoneError,
    BadActError,
    NotPermittedError,
    SeparationError,
    WrongStateError,
)
from casework.domain.marks import last_mark, runs
from casework.domain.roles import Role

CLOCK: Final = "return"
UPHELD, OVERRULED, KEPT = "upheld", "overruled", "kept"
DECIDED_BY_OTHERS: Final = 2  # returns of one case that supervisors decide; then its head does


def request(case: Case, act: Act) -> Case:
    """Ask to return the case, with the clause that says whose duty it is.

    Raises:
        AlreadyDoneError: the office has asked since it got the case.
        WrongStateError: there is nothing to return any more.
        BadActError: no citation, or to itself.
        AccusedOfficeError: the report is about the office that is named.
        NotPermittedError: nobody stands above who could decide.
    """
    sent = last_mark(case, "dispatched")
    if sent is not None and any(one.since == sent.ordinal for one in case.returns):
        raise AlreadyDoneError(step=act.kind)
    if sent is None or not runs(case, CLOCK, sent.ordinal):
        raise WrongStateError(kind=act.kind, state="nothing to return")
    citation, to = text_of(act, "citation").strip(), text_of(act, "to")
    if not citation:
        raise BadActError("citation", "the clause that says whose duty it is")
    if to == case.lead:
        raise BadActError("to", f"another office than {to}")
    if to in case.kept_out:
        raise AccusedOfficeError(office=to)
    if not case.supervisor:
        raise NotPermittedError(kind=act.kind, office=act.office, roles=tuple(sorted(act.roles)))
    asked = ReturnAsk(
        ordinal=act.ordinal,
        since=sent.ordinal,
        office=case.lead,
        requester=act.actor,
        reason_code=text_of(act, "reason_code"),
        citation=citation,
        to=to,
        asked_on=civil_day(act.at).isoformat(),
        decider_role=decider_role(case),
    )
    return replace(case, returns=(*case.returns, asked))


def decider_role(case: Case) -> Role:
    """Return which role of the supervising office decides on the next return."""
    decided = sum(one.outcome in (UPHELD, OVERRULED) for one in case.returns)
    alone = case.lead == case.supervisor
    return Role.LEADER if alone or decided >= DECIDED_BY_OTHERS else Role.SUPERVISOR


def pending(case: Case) -> ReturnAsk | None:
    """Return the request that waits for its answer."""
    return next((one for one in case.returns if not one.outcome), None)


def is_asked(case: Case) -> bool:
    """Whether a request waits for its answer."""
    return pending(case) is not None


def may_ask(case: Case) -> bool:
    """Whether the office that has the case could ask, as far as the events tell."""
    sent = last_mark(case, "dispatched")
    return sent is not None and bool(case.supervisor) and runs(case, CLOCK, sent.ordinal)


def overrule(case: Case, act: Act) -> Case:
    """Leave the case where it is.

    Raises:
        WrongStateError: nothing of this ordinal waits.
        NotPermittedError, SeparationError: by the wrong role or office, or by who asked.
    """
    asked = pending(case)
    if asked is None or asked.ordinal != number_of(act, "asked"):
        raise WrongStateError(kind=act.kind, state="nothing asked")
    check_decider(case, act, asked)
    return _decided(case, act, asked, OVERRULED)


def settle(case: Case, act: Act) -> Case:
    """Return the case with what a transfer says about a request that waits.

    Raises:
        WrongStateError: the transfer names a request, and none waits.
        BadActError: one waits, and the transfer does not name it.
        NotPermittedError, SeparationError: by the wrong role or office, or by who asked.
    """
    asked, named = pending(case), number_of(act, "returned")
    if asked is None:
        if named:
            raise WrongStateError(kind=act.kind, state="nothing asked")
        return case
    if named != asked.ordinal:
        raise BadActError("returned", str(asked.ordinal))
    check_decider(case, act, asked)
    return _decided(case, act, asked, UPHELD)


def keep(case: Case) -> Case:
    """Return the case as its office accepts it: what it had asked for is done with."""
    asked = pending(case)
    return case if asked is None else _with(case, replace(asked, outcome=KEPT))


def check_decider(case: Case, act: Act, asked: ReturnAsk) -> None:
    """Refuse who may not decide on a request.

    Raises:
        NotPermittedError: another role or office than the one that decides.
        SeparationError: who asked.
    """
    if act.actor == asked.requester:
        raise SeparationError("asked", actor=act.actor, kind=act.kind)
    if asked.decider_role not in act.roles or act.office != case.supervisor:
        raise NotPermittedError(kind=act.kind, office=act.office, roles=tuple(sorted(act.roles)))


def _decided(case: Case, act: Act, asked: ReturnAsk, outcome: str) -> Case:
    done = replace(asked, outcome=outcome, decider=act.actor)
    above = case.supervised_by | acted_above(case, act)
    return _with(replace(case, supervised_by=above), done)


def _with(case: Case, changed: ReturnAsk) -> Case:
    return replace(
        case,
        returns=tuple(changed if one.ordinal == changed.ordinal else one for one in case.returns),
    )
