"""An award: computed from the policy, reserved in the fund, approved by another, paid once."""

from dataclasses import dataclass
from datetime import datetime

from casework.clock import SHANGHAI
from casework.domain.award import quote_facts
from casework.domain.case import Case
from casework.domain.errors import (
    AwardAmountError,
    BadActError,
    BudgetExceededError,
    FundMoveError,
    NoRewardError,
)
from casework.domain.ledger import reserve
from casework.domain.policy import Policies
from casework.domain.pots import FIRST
from casework.domain.reward import Quote, quote
from casework.services.acts import by_officer, record
from casework.services.fund_pots import pot_for, pots_of
from casework.services.fund_queue import ahead, check_turn, enqueue, is_queued, tell_ready
from casework.services.interests import check_disinterested
from casework.services.notices import notify
from casework.services.trust import Trust
from casework.storage.sealed_vault import SealedVault
from casework.storage.unit_of_work import UnitOfWork, query, use_case
from crypto.events import SignedEvent


@dataclass(frozen=True, slots=True)
class Proposal:
    """What an officer may propose: the rules' own figure, with its working.

    Attributes:
        pot: of the fund, that it is taken from.
        is_short: no pot has enough, or others wait for it.
        queues: it is short, and the policy lets it wait.
        waits: it is in the queue already.
    """

    case: Case
    quote: Quote
    trace_sha256: str
    year: int
    pot: str
    is_short: bool = False
    queues: bool = False
    waits: bool = False


@query
def proposal(uow: UnitOfWork, *, report: str, policies: Policies, now: datetime) -> Proposal:
    """Compute the award of a case under the policy pinned at acceptance.

    Raises:
        NotSubstantiatedError: there is no finding that earns one.
        MatterNotRewardedError: this kind of matter earns none.
    """
    return _proposal(uow, uow.reports.get(report), policies, now)


@use_case
def reserve_reward(
    uow: UnitOfWork, *, act: SignedEvent, trust: Trust, policies: Policies, now: datetime
) -> Case:
    """Propose the computed award and set its money aside, both or neither.

    Raises:
        NoRewardError: the rules give no amount.
        BudgetExceededError: less is left in the fund of this year.
        AwardAmountError: the amount or the working is not what the rules give.
    """
    by_officer(act, trust, "reward.reserved")
    before = uow.reports.lock(act.event.report)
    due = _proposal(uow, before, policies, now)
    if due.quote.outcome != "amount" or not due.quote.amount_fen:
        raise NoRewardError(due.quote.reason or due.quote.outcome)
    facts = act.event.facts
    if (facts.get("amount_fen"), facts.get("trace_sha256")) != (
        due.quote.amount_fen,
        due.trace_sha256,
    ):
        raise AwardAmountError(expected=due.quote.amount_fen, given=facts.get("amount_fen"))
    if facts.get("year") != due.year:
        raise BadActError("year", str(due.year))
    _check_money(uow, before, due, str(facts.get("pot", FIRST)))
    case = record(uow, act=act, trust=trust, now=now)
    notify(uow, "reward.reserved", case=case, office=APPROVING, now=now)
    return case


@use_case
def queue_reward(
    uow: UnitOfWork, *, act: SignedEvent, trust: Trust, policies: Policies, now: datetime
) -> Case:
    """Let the computed award wait for money, where the policy says so and there is none.

    Raises:
        FundMoveError: "no_queue": the policy has none; "not_short": there is money;
            "queued_already".
        AwardAmountError: the amount is not what the rules give.
        CaseworkError: as for `fund_queue.enqueue`.
    """
    case = uow.reports.lock(str(act.event.facts.get("report")))
    due = _proposal(uow, case, policies, now)
    facts = act.event.facts
    if (facts.get("amount_fen"), facts.get("year")) != (due.quote.amount_fen, due.year):
        raise AwardAmountError(expected=due.quote.amount_fen, given=facts.get("amount_fen"))
    budget = policies.get(case.policy_id).budget
    if budget is None or budget.on_exhausted != "queue":
        raise FundMoveError("no_queue")
    uow.ledger.lock_balance(due.year)
    if not due.is_short:
        raise FundMoveError("not_short")
    enqueue(uow, act=act, case=case, trust=trust, now=now)
    return case


def _check_money(uow: UnitOfWork, case: Case, due: Proposal, pot: str) -> None:
    """Check that the pot is one of the office's, that it has enough, and that nobody waits.

    The year is locked until the commit, so that two officers cannot both take the last yuan.
    """
    uow.ledger.lock_balance(due.year)
    parts = uow.ledger.parts(due.year)
    amount = due.quote.amount_fen or 0
    allowed = pots_of(parts, case.lead)
    if pot not in allowed:
        raise BudgetExceededError(amount) if not allowed else BadActError("pot", ", ".join(allowed))
    check_turn(uow, case, due.year)
    reserve(parts[pot], amount)


@use_case
def approve_reward(uow: UnitOfWork, *, act: SignedEvent, trust: Trust, now: datetime) -> Case:
    """Approve exactly what was proposed; the reporter sees it in the mailbox."""
    by_officer(act, trust, "reward.approved")
    check_disinterested(uow, act, trust)
    case = record(uow, act=act, trust=trust, now=now)
    notify(uow, "reward.approved", case=case, office=case.lead, now=now)
    return case


@use_case
def reject_reward(uow: UnitOfWork, *, act: SignedEvent, trust: Trust, now: datetime) -> Case:
    """Turn a proposed award down; its money goes back into the fund."""
    by_officer(act, trust, "reward.rejected")
    check_disinterested(uow, act, trust)
    before = uow.reports.get(act.event.report)
    case = record(uow, act=act, trust=trust, now=now)
    if before.award is not None:
        tell_ready(uow, before.award.year, now)
    return case


@use_case
def pay_reward(uow: UnitOfWork, *, act: SignedEvent, trust: Trust, now: datetime) -> Case:
    """Book the payment: reserved becomes paid, exactly once."""
    by_officer(act, trust, "reward.paid")
    check_disinterested(uow, act, trust)
    return record(uow, act=act, trust=trust, now=now)


# Notices to whoever holds a role; the jobs process resolves the name.
APPROVING = "role:approver"


def _proposal(uow: UnitOfWork, case: Case, policies: Policies, now: datetime) -> Proposal:
    named = any(item.kind == "who" for item in SealedVault(uow).items(case.report_id))
    facts = quote_facts(case, reporter={"named": named})
    worked = quote(policies.get(case.policy_id), facts)
    year = now.astimezone(SHANGHAI).year
    parts, amount = uow.ledger.parts(year), worked.amount_fen or 0
    budget = policies.get(case.policy_id).budget
    is_short = ahead(uow, case, year) > 0
    try:
        pot = pot_for(parts, case.lead, amount)
    except BudgetExceededError:
        # Reserving tells how much is short.
        is_short, pot = True, next(iter(pots_of(parts, case.lead)), FIRST)
    return Proposal(
        case,
        worked,
        worked.sha256,
        year,
        pot,
        is_short=is_short,
        queues=is_short and budget is not None and budget.on_exhausted == "queue",
        waits=is_queued(uow, case, year),
    )
