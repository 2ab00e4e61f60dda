"""Moves of the fund's money that one person of finance proposes and another person agrees to."""

from dataclasses import dataclass
from datetime import date, datetime

from casework.domain.act_facts import number_of, text_of
from casework.domain.case import Act
from casework.domain.errors import (
    FundMoveError,
    NotPermittedError,
    TamperedError,
    UnknownPolicyError,
)
from casework.domain.fund_moves import (
    AGREED,
    DECLINED,
    PROPOSED,
    YEAR_END,
    MoveState,
    Proposal,
    decide,
    propose,
)
from casework.domain.ledger import Balance, Line, LineKind, apply
from casework.domain.ledger_lines import lines_of
from casework.domain.policy import Policies
from casework.domain.policy_rules import Budget
from casework.domain.roles import Role
from casework.services.acts import act_of, check_act
from casework.services.fund_queue import tell_ready
from casework.services.notices import notify_of_keys
from casework.services.trust import Trust
from casework.storage.fund_proposals import FundProposal
from casework.storage.unit_of_work import UnitOfWork, query, use_case
from crypto.errors import EventError
from crypto.events import SignedEvent, check_signature


@dataclass(frozen=True, slots=True)
class Proposed:
    """A proposal with what its signed event says of it."""

    row: FundProposal
    proposal: Proposal


@use_case
def propose_move(
    uow: UnitOfWork, *, act: SignedEvent, budget: Budget | None, trust: Trust, now: datetime
) -> None:
    """Keep a proposal to move money; nothing moves before a second person agrees.

    Args:
        uow: the transaction.
        act: fund.proposed, signed with the deed key of somebody of finance.
        budget: what the policy in force says of the fund; None where it says nothing.
        trust: whose signatures count.
        now: UTC instant.

    Raises:
        FundMoveError: it makes no sense, or the policy does not allow it; a code says why.
        BudgetExceededError: less is available.
        CaseworkError: as for every act, see `acts.record`.
    """
    signed = _signed(uow, act, trust, now, PROPOSED)
    propose(signed)
    _check_sense(uow, signed, budget)
    uow.fund_proposals.add(
        FundProposal(
            text_of(signed, "proposal"),
            number_of(signed, "year"),
            act.event.digest().hex(),
            str(MoveState.PROPOSED),
        )
    )
    uow.events.append(act)
    for role in (Role.APPROVER, Role.SUPERVISOR):
        notify_of_keys(uow, PROPOSED, office=f"role:{role}", now=now)


@use_case
def agree_to_move(
    uow: UnitOfWork, *, act: SignedEvent, budget: Budget | None, trust: Trust, now: datetime
) -> Balance:
    """Move money that somebody else proposed to move; arguments as for `propose_move`.

    Raises:
        FundMoveError: the same person, other facts, not open any more, or no sense any more.
        BudgetExceededError: less is available by now.
        CaseworkError: as for every act, see `acts.record`.
    """
    signed = _signed(uow, act, trust, now, AGREED)
    row = _locked(uow, signed)
    decide(_proposal(uow, row, trust), signed)
    _check_sense(uow, signed, budget)
    event = act.event.digest().hex()
    lines = lines_of(AGREED, signed.facts, event)
    uow.events.append(act)
    uow.ledger.append(lines)
    uow.fund_proposals.decide(row.id, MoveState.AGREED, event)
    for year in sorted({line.year for line in lines}):
        tell_ready(uow, year, now)
    return uow.ledger.balance(row.year)


@use_case
def decline_move(uow: UnitOfWork, *, act: SignedEvent, trust: Trust, now: datetime) -> None:
    """Turn a proposal down, or take back one's own.

    Raises:
        FundMoveError: not open any more, or not this person's to decline.
    """
    signed = _signed(uow, act, trust, now, DECLINED)
    row = _locked(uow, signed)
    decide(_proposal(uow, row, trust), signed)
    uow.events.append(act)
    uow.fund_proposals.decide(row.id, MoveState.DECLINED, act.event.digest().hex())


@query
def open_moves(uow: UnitOfWork, *, trust: Trust) -> tuple[Proposed, ...]:
    """Return the proposals that nobody decided yet.

    Raises:
        TamperedError: an event is gone, or not signed rightly.
    """
    return tuple(Proposed(row, _proposal(uow, row, trust)) for row in uow.fund_proposals.open())


@query
def move(uow: UnitOfWork, *, proposal: str, trust: Trust) -> Proposed | None:
    """Return a proposal; None when there is none of this id; raises as `open_moves`."""
    row = uow.fund_proposals.get(proposal)
    return None if row is None else Proposed(row, _proposal(uow, row, trust))


@query
def next_clawback(uow: UnitOfWork, *, award: str) -> int:
    """Return which clawback of an award the next one is, from 1."""
    lines = uow.ledger.of_award(award)
    return 1 + sum(line.kind is LineKind.CLAWBACK for line in lines)


def budget_of(policies: Policies, region: str, on: date) -> Budget | None:
    """Return what the policy in force for a region says of the fund; None where none does."""
    try:
        return policies.in_force(region, "", on).budget
    except UnknownPolicyError:
        return None


def _signed(uow: UnitOfWork, act: SignedEvent, trust: Trust, now: datetime, kind: str) -> Act:
    check_act(act, site=uow.site, now=now)
    if act.event.report or act.event.kind != kind:
        raise NotPermittedError(kind=act.event.kind)
    return act_of(act.event, None, trust)


def _locked(uow: UnitOfWork, signed: Act) -> FundProposal:
    row = uow.fund_proposals.get(str(signed.facts.get("proposal")), lock=True)
    if row is None or row.state != MoveState.PROPOSED:
        raise FundMoveError("not_open")
    return row


def _proposal(uow: UnitOfWork, row: FundProposal, trust: Trust) -> Proposal:
    found = uow.events.get(row.event)
    if found is None or found.event.site != uow.site:
        raise TamperedError(event=row.event)
    try:
        check_signature(found)
    except EventError as problem:
        raise TamperedError(event=row.event) from problem
    return propose(act_of(found.event, None, trust, past=True))


def _check_sense(uow: UnitOfWork, act: Act, budget: Budget | None) -> None:
    """Check a move against the books as they stand and the policy's rules for the fund."""
    kind, year, pot = text_of(act, "move"), number_of(act, "year"), text_of(act, "pot")
    amount = number_of(act, "amount_fen")
    uow.ledger.lock_balance(year)
    part = uow.ledger.parts(year).get(pot)
    if part is None:
        raise FundMoveError("no_such_pot")
    if kind == "overdraft" and (budget is None or budget.on_exhausted != "overdraw"):
        raise FundMoveError("no_overdraft")
    if kind in YEAR_END:
        if budget is None or budget.year_end != kind:
            raise FundMoveError("other_year_end")
        if part.overdrawn_fen:
            raise FundMoveError("overdrawn")
        if part.available_fen != amount:
            raise FundMoveError("not_the_rest")
    if kind == "clawback":
        _check_clawback(uow.ledger.of_award(text_of(act, "award")), act)
    first = lines_of(AGREED, act.facts, "")[0]
    apply(part, first)


def _check_clawback(lines: tuple[Line, ...], act: Act) -> None:
    """Check that so much of the award was paid out of this pot and not taken back before."""
    place = number_of(act, "year"), text_of(act, "pot")
    paid = {LineKind.DISBURSEMENT: 1, LineKind.RETURN: -1, LineKind.CLAWBACK: -1}
    # One that lapsed and was reopened was set aside elsewhere before.
    here = [one for one in lines if one.kind in paid and (one.year, one.pot) == place]
    left = sum(paid[line.kind] * line.amount_fen for line in here)
    before = sum(line.kind is LineKind.CLAWBACK for line in lines)
    if not here:
        raise FundMoveError("not_this_award")
    if number_of(act, "amount_fen") > left:
        raise FundMoveError("more_than_paid")
    if number_of(act, "turn") != before + 1:
        raise FundMoveError("other_facts")
