"""What finance books outside cases: alone, or proposed by finance and agreed to by another.

Money granted, added or used to cover an overdraft comes with a paper of the treasury and is
booked by finance alone. What moves money that is there already (a virement, an overdraft,
what is clawed back, the end of a year) needs a second, named person. These events belong to
no report.

Source: POLICIES.md (a5), budget and audit; SCENARIOS.md S36, S38.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from casework.domain.act_facts import check_facts, civil_day, number_of, text_of
from casework.domain.case import Act
from casework.domain.errors import BadActError, FundMoveError, NotPermittedError, UnknownActError
from casework.domain.fact_forms import AMOUNT, COUNT, TEXT, TOKEN, YEAR, Form, is_whole
from casework.domain.pots import is_pot
from casework.domain.roles import Role

APPROPRIATED: Final = "fund.appropriated"
SUPPLEMENTED: Final = "fund.supplemented"
COVERED: Final = "fund.covered"
PROPOSED: Final = "fund.proposed"
AGREED: Final = "fund.agreed"
DECLINED: Final = "fund.declined"
QUEUED: Final = "fund.queued"  # an award waits for money; nothing is booked
WARNED: Final = "fund.warned"  # by the jobs process: so much of it is used

POT: Final = Form("a source, with :office or without", is_pot)
POT_IF_ANY: Final = Form(POT.expected, POT.test, optional=True)
DOCUMENT: Final = Form(
    "a document of 1 to 200 characters",
    lambda value: TEXT.test(value) and isinstance(value, str) and bool(value.strip()),
)
DOCUMENT_IF_ANY: Final = Form(DOCUMENT.expected, DOCUMENT.test, optional=True)


class MoveState(StrEnum):
    """Where a proposal stands."""

    PROPOSED = "proposed"
    AGREED = "agreed"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class Move:
    """A way to move money that is there already.

    Attributes:
        more: its facts beside year, pot, amount and document.
        second: who may agree to it, being another person than who proposed it.
    """

    more: Mapping[str, Form]
    second: frozenset[str]


_ANOTHER: Final = frozenset({Role.FINANCE, Role.APPROVER, Role.SUPERVISOR})
# Who lets money be used that is not there answers for more than the books.
_ABOVE: Final = frozenset({Role.APPROVER, Role.SUPERVISOR})
MOVES: Final[Mapping[str, Move]] = {
    "virement": Move({"to_pot": POT}, _ANOTHER),
    "overdraft": Move({}, _ABOVE),
    "clawback": Move({"award": TOKEN, "turn": COUNT}, _ANOTHER),
    "carry": Move({}, _ANOTHER),
    "lapse": Move({}, _ANOTHER),
}
YEAR_END: Final = frozenset({"carry", "lapse"})
_MOVE = Form(f"one of {', '.join(MOVES)}", lambda value: value in MOVES)
_BASE: Mapping[str, Form] = {
    "proposal": TOKEN,
    "move": _MOVE,
    "year": YEAR,
    "pot": POT,
    "amount_fen": AMOUNT,
    "document": DOCUMENT,
}
_MORE: Mapping[str, Form] = {
    name: Form(form.expected, form.test, optional=True)
    for move in MOVES.values()
    for name, form in move.more.items()
}
FORMS: Final[Mapping[str, Mapping[str, Form]]] = {
    APPROPRIATED: {
        "year": YEAR,
        "amount_fen": AMOUNT,
        "pot": POT_IF_ANY,
        "document": DOCUMENT_IF_ANY,
    },
    SUPPLEMENTED: {"year": YEAR, "amount_fen": AMOUNT, "pot": POT, "document": DOCUMENT},
    COVERED: {"year": YEAR, "amount_fen": AMOUNT, "pot": POT, "document": DOCUMENT},
    PROPOSED: {**_BASE, **_MORE},
    AGREED: {**_BASE, **_MORE},
    DECLINED: {"proposal": TOKEN},
    QUEUED: {
        "report": TOKEN,
        "year": YEAR,
        "amount_fen": AMOUNT,
        # How many awards the case had before: with one more, this one waits no longer.
        "spent": Form("0 to 1,000", lambda value: is_whole(value, 0, 1000)),
    },
    WARNED: {
        "year": YEAR,
        "percent": Form("1 to 100", lambda value: is_whole(value, 1, 100)),
        "pot": POT_IF_ANY,
    },
}
ALONE: Final = frozenset({APPROPRIATED, SUPPLEMENTED, COVERED})


@dataclass(frozen=True, slots=True)
class Proposal:
    """A move of money that one person proposed, rebuilt from its signed events alone."""

    proposed: Act
    state: MoveState = MoveState.PROPOSED


def check_fund_facts(kind: str, facts: Mapping[str, object]) -> None:
    """Check that *facts* are exactly those of an event of the fund of this *kind*.

    Raises:
        UnknownActError: no such event of the fund.
        BadActError: a fact is missing, unknown or of the wrong form; it is named.
    """
    if kind not in (PROPOSED, AGREED):
        check_facts(kind, facts, FORMS)
        return
    move = MOVES.get(str(facts.get("move")))
    if move is None:
        raise BadActError("move", _MOVE.expected)
    check_facts(kind, facts, {kind: {**_BASE, **move.more}})


def check_alone(act: Act) -> None:
    """Check an act that finance does alone.

    Raises:
        UnknownActError, BadActError: it is another, or a fact is wrong.
        NotPermittedError: the actor is not of finance.
    """
    if act.kind not in ALONE:
        raise UnknownActError(kind=act.kind)
    if Role.FINANCE not in act.roles:
        raise NotPermittedError(kind=act.kind)
    check_fund_facts(act.kind, act.facts)


def check_warned(act: Act) -> None:
    """Check a warning that the jobs process gave.

    Raises:
        BadActError: a fact is wrong.
        NotPermittedError: somebody else signed it.
    """
    check_fund_facts(WARNED, act.facts)
    if act.actor != "jobs":
        raise NotPermittedError(kind=act.kind)


def check_queued(act: Act) -> None:
    """Check that an officer lets an award wait; whether of that case, the service knows.

    Raises:
        BadActError: a fact is wrong.
        NotPermittedError: the actor is no officer.
    """
    check_fund_facts(QUEUED, act.facts)
    if Role.OFFICER not in act.roles:
        raise NotPermittedError(kind=act.kind)


def propose(act: Act) -> Proposal:
    """Return the proposal that *act* makes.

    Raises:
        UnknownActError, BadActError: it proposes nothing, or a fact is wrong.
        FundMoveError: "role"; "same_pot": nothing would move; "year_open": the year is not over.
    """
    if act.kind != PROPOSED:
        raise UnknownActError(kind=act.kind)
    check_fund_facts(act.kind, act.facts)
    if Role.FINANCE not in act.roles:
        raise FundMoveError("role")
    if act.facts.get("to_pot") == act.facts["pot"]:
        raise FundMoveError("same_pot")
    is_over = number_of(act, "year") < civil_day(act.at).year
    if text_of(act, "move") in YEAR_END and not is_over:
        raise FundMoveError("year_open")
    return Proposal(act)


def check_second(proposal: Proposal, *, actor: str, roles: frozenset[str]) -> None:
    """Check that somebody may agree to *proposal*: another person, in a role that may.

    Raises:
        FundMoveError: "same_person" or "role".
    """
    first = proposal.proposed
    if actor == first.actor:
        raise FundMoveError("same_person")
    if MOVES[text_of(first, "move")].second.isdisjoint(roles):
        raise FundMoveError("role")


def decide(proposal: Proposal, act: Act) -> Proposal:
    """Return *proposal* after a second person agreed, or somebody who may declined it.

    Its proposer may decline it, too: that takes it back.

    Raises:
        UnknownActError, BadActError: the act decides nothing, or a fact is wrong.
        FundMoveError: "not_open", "other_facts", "same_person" or "role".
    """
    if act.kind not in (AGREED, DECLINED):
        raise UnknownActError(kind=act.kind)
    check_fund_facts(act.kind, act.facts)
    first = proposal.proposed
    if act.facts["proposal"] != first.facts["proposal"]:
        raise FundMoveError("other_facts")
    if proposal.state is not MoveState.PROPOSED:
        raise FundMoveError("not_open")
    if act.kind == DECLINED:
        if act.actor != first.actor:
            check_second(proposal, actor=act.actor, roles=act.roles)
        return replace(proposal, state=MoveState.DECLINED)
    check_second(proposal, actor=act.actor, roles=act.roles)
    if dict(act.facts) != dict(first.facts):
        raise FundMoveError("other_facts")
    return replace(proposal, state=MoveState.AGREED)
