"""An award: proposed within what the policy gives, agreed to by others, paid once.

How claims open by themselves: claims.py; reviews: award_reviews.py.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from casework.clock import SHANGHAI
from casework.domain.approval import rungs
from casework.domain.award import beside_fen, quote_facts
from casework.domain.award_approval import APPROVED, FUNDED
from casework.domain.award_values import UNDECIDED, Award, AwardState
from casework.domain.case import Case
from casework.domain.errors import (
    AwardAmountError,
    BadActError,
    BudgetExceededError,
    FundMoveError,
    NoRewardError,
)
from casework.domain.ids import new_id
from casework.domain.ledger import reserve
from casework.domain.paying import payer_of
from casework.domain.policy import Policies
from casework.domain.policy_rules import Policy
from casework.domain.pots import FIRST
from casework.domain.reward import Quote, quote
from casework.domain.roles import Role
from casework.domain.split import read_parts
from casework.services.acts import by_officer, record
from casework.services.fund_pots import pot_for, pots_of
from casework.services.fund_queue import ahead, check_turn, enqueue, is_queued, tell_ready
from casework.services.interests import check_disinterested
from casework.services.notices import notify
from casework.services.splitting import check_split, give_shares, left_of_cap, lock_all
from casework.services.trust import Trust
from casework.storage.sealed_vault import SealedVault
from casework.storage.unit_of_work import UnitOfWork, query, use_case
from crypto.events import JSON, SignedEvent

# Notices to whoever holds a role; the jobs process resolves the name.
NEXT_ON_LADDER: Final[Mapping[str, str]] = {
    Role.APPROVER: "role:approver",
    Role.FINANCE: "role:finance",
}
PAYING: Final = "role:cashier"


@dataclass(frozen=True, slots=True)
class Proposal:
    """What an officer may propose: what the rules give, with its working.

    Attributes:
        award: the claim that is open; None where one is opened by hand.
        pot: of the fund, that it is taken from.
        payer: office whose pots the money is taken from.
        more_fen: what is still to be set aside for the rules' figure, of a range the upper end.
        is_short: no pot has enough for that, or others wait for it.
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
    award: Award | None = None
    more_fen: int = 0
    payer: str = ""

    def ladder(self, policy: Policy, amount_fen: int) -> list[JSON]:
        """Return the roles that must agree to this sum, with what it comes beside, in order."""
        told = amount_fen + beside_fen(self.case, self.award)
        return [str(role) for role in rungs(policy, told)]

    def facts(self, amount_fen: int, policy: Policy, **given: JSON) -> dict[str, JSON]:
        """Return the facts of a proposal of this sum.

        Args:
            amount_fen: above 0; the service refuses what the rules do not give.
            policy: the one pinned at acceptance, for the ladder.
            given: "because" of a sum that no rule gives, "lifted".
        """
        award, facts = self.award, dict(given)
        facts |= {
            "award": award.id if award else new_id(),
            "amount_fen": amount_fen,
            "year": self.year,
            "trace_sha256": self.trace_sha256,
            "outcome": self.quote.outcome,
            "rungs": self.ladder(policy, amount_fen),
        }
        if award is None:
            pinned = {"policy": self.case.policy_id, "policy_sha256": self.case.policy_sha256}
            return {**facts, **pinned, "pot": self.pot, "payer": self.payer}
        more = amount_fen - award.reserved_fen
        return facts | ({"more_fen": more, "pot": self.pot} if more > 0 else {})


@query
def proposal(
    uow: UnitOfWork,
    *,
    report: str,
    policies: Policies,
    now: datetime,
    award: str = "",
    lifted: bool = False,
) -> Proposal:
    """Compute the award of a case under the policy pinned at acceptance.

    Args:
        uow: the transaction.
        report: id of the report.
        policies: the rule sets.
        now: UTC instant.
        award: id of the claim that is meant; "" for the newest that is open.
        lifted: whether the sum may pass the total cap, with the approval that this needs.

    Raises:
        NotSubstantiatedError: there is no finding that earns one.
        MatterNotRewardedError: this kind of matter earns none.
    """
    return _proposal(uow, uow.reports.get(report), policies, now, award=award, lifted=lifted)


@use_case
def reserve_reward(
    uow: UnitOfWork, *, act: SignedEvent, trust: Trust, policies: Policies, now: datetime
) -> Case:
    """Open a claim by hand, propose its sum and set the money aside, all or nothing.

    Raises:
        NoRewardError: the rules give no amount.
        BudgetExceededError: less is left in the fund of this year.
        AwardAmountError: the amount or the working is not what the rules give.
        BadActError: the ladder, the year or the pot is not the one of the policy and the fund.
    """
    by_officer(act, trust, "reward.reserved")
    return _propose(uow, act, trust, policies, now)


@use_case
def propose_reward(
    uow: UnitOfWork, *, act: SignedEvent, trust: Trust, policies: Policies, now: datetime
) -> Case:
    """Propose a sum for the claim that is open; arguments and refusals as for `reserve_reward`."""
    by_officer(act, trust, "reward.proposed")
    return _propose(uow, act, trust, policies, now)


def _propose(
    uow: UnitOfWork, act: SignedEvent, trust: Trust, policies: Policies, now: datetime
) -> Case:
    before, facts = uow.reports.lock(act.event.report), act.event.facts
    meant = "" if act.event.kind == "reward.reserved" else str(facts.get("award", ""))
    lifted = facts.get("lifted") == 1
    due = _proposal(uow, before, policies, now, award=meant, lifted=lifted)
    policy = policies.get(before.policy_id)
    _check_sum(due, facts)
    amount = int(str(facts["amount_fen"]))
    if due.quote.outcome == "manual":
        _check_cap(uow, before, due, amount, policies, lifted=lifted)
    _check_split(uow, before, due, facts, policies)
    if list(_list(facts.get("rungs"))) != (ladder := due.ladder(policy, amount)):
        raise BadActError("rungs", ", ".join(map(str, ladder)))
    if facts.get("year") != due.year:
        raise BadActError("year", str(due.year))
    if due.award is None and facts.get("payer", before.lead) != due.payer:
        raise BadActError("payer", due.payer)
    more = amount - (due.award.reserved_fen if due.award else 0)
    if more > 0:
        _check_money(uow, before, due, more, str(facts.get("pot", FIRST)))
    case = record(uow, act=act, trust=trust, now=now)
    tell_next(uow, case, str(facts["award"]), now)
    return case


def _check_split(
    uow: UnitOfWork,
    case: Case,
    due: Proposal,
    facts: Mapping[str, JSON],
    policies: Policies,
) -> None:
    """Check who gets what of it; what a review adds to a part goes to who has that part."""
    parts = read_parts(facts.get("split"))
    if due.award is None or due.award not in case.shares:
        check_split(uow, case, parts, int(str(facts["amount_fen"])), policies)
    elif parts:
        raise BadActError("split", "nothing beside an award that was given")


def _list(value: JSON) -> Sequence[JSON]:
    return value if isinstance(value, Sequence) and not isinstance(value, str) else ()


def _check_sum(due: Proposal, facts: Mapping[str, JSON]) -> None:
    """Check that a sum is what the rules give: exactly, within the range, or with a reason."""
    worked, amount = due.quote, facts.get("amount_fen")
    if worked.outcome == "none":
        raise NoRewardError(worked.reason or worked.outcome)
    if facts.get("outcome", "amount") != worked.outcome:
        raise BadActError("outcome", worked.outcome)
    if not isinstance(amount, int):
        raise BadActError("amount_fen", "fen, an integer above 0")
    low, high = worked.range_fen or (worked.amount_fen, worked.amount_fen)
    because = str(facts.get("because", "")).strip()
    if worked.outcome == "manual":
        if not because:
            raise BadActError("because", "why this sum, for no rule gives one")
        low = high = amount
    elif because:
        raise BadActError("because", "nothing where the rules give the sum")
    if low is None or high is None or not low <= amount <= high:
        raise AwardAmountError(expected=high, given=amount)
    if facts.get("trace_sha256") != due.trace_sha256:
        raise AwardAmountError(expected=worked.reserve_fen, given=amount)


def _check_cap(
    uow: UnitOfWork, case: Case, due: Proposal, amount: int, policies: Policies, *, lifted: bool
) -> None:
    """Check that a sum that no rule gives stays, with all else of the matter, below the cap."""
    besides = due.award.id if due.award else ""
    uow.ledger.lock_balance(due.year)  # or two of one matter, at once, would both find room
    left = left_of_cap(uow, case, policies, besides=besides, lifted=lifted)
    if left is not None and amount > left:
        raise AwardAmountError(expected=left, given=amount)


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


def _check_money(uow: UnitOfWork, case: Case, due: Proposal, more: int, pot: str) -> None:
    """Check that the pot is one of the office's, that it has enough, and that nobody waits.

    The year is locked until the commit, so that two officers cannot both take the last yuan.
    """
    uow.ledger.lock_balance(due.year)
    parts = uow.ledger.parts(due.year)
    allowed = pots_of(parts, due.payer)
    if due.award is not None and due.award.reserved_fen:
        allowed = (due.award.pot or FIRST,)
    if pot not in allowed:
        raise BudgetExceededError(more) if not allowed else BadActError("pot", ", ".join(allowed))
    if due.award is None:
        check_turn(uow, case, due.year)
    reserve(parts[pot], more)


@use_case
def approve_reward(
    uow: UnitOfWork,
    *,
    act: SignedEvent,
    trust: Trust,
    now: datetime,
    shared: Sequence[SignedEvent] = (),
) -> Case:
    """Agree to exactly what was proposed, as the next on the ladder.

    With the last yes the reporter sees it in the mailbox; before, the next is told.

    Args:
        uow: the transaction.
        act: the yes.
        trust: whose signatures count.
        now: UTC instant.
        shared: with the last yes to an award that is shared, the parts of the others.

    Raises:
        BadActError: other parts than the award gives, or by somebody else.
        CaseworkError: as for every act, see `acts.record`.
    """
    by_officer(act, trust, APPROVED, FUNDED)
    check_disinterested(uow, act, trust)
    lock_all(uow, act, shared)
    case = record(uow, act=act, trust=trust, now=now)
    award = case.award_called(act.event.facts.get("award"))
    assert award is not None
    case = give_shares(uow, case=case, award=award, agreed=act, shared=shared, trust=trust, now=now)
    if award.state is AwardState.PROPOSED:
        tell_next(uow, case, award.id, now)
        return case
    notify(uow, APPROVED, case=case, office=case.lead, now=now)
    if act.event.facts.get("less_fen"):
        tell_ready(uow, award.year, now)
    return case


def tell_next(uow: UnitOfWork, case: Case, award_id: str, now: datetime) -> None:
    """Tell whoever is next on the ladder that an award waits for them."""
    award = case.award_called(award_id)
    rung = award.next_rung if award else ""
    if rung:
        above = case.supervisor if rung == Role.SUPERVISOR else case.lead
        office = NEXT_ON_LADDER.get(rung, above)
        notify(uow, "reward.reserved", case=case, office=office, now=now)


@use_case
def send_back_reward(uow: UnitOfWork, *, act: SignedEvent, trust: Trust, now: datetime) -> Case:
    """Send a proposal back to its office; the money stays set aside."""
    by_officer(act, trust, "reward.sent_back")
    check_disinterested(uow, act, trust)
    case = record(uow, act=act, trust=trust, now=now)
    notify(uow, "reward.sent_back", case=case, office=case.lead, now=now)
    return case


@use_case
def reject_reward(uow: UnitOfWork, *, act: SignedEvent, trust: Trust, now: datetime) -> Case:
    """Refuse an award; its money goes back into the fund."""
    by_officer(act, trust, "reward.rejected")
    check_disinterested(uow, act, trust)
    before = uow.reports.get(act.event.report)
    case = record(uow, act=act, trust=trust, now=now)
    refused = before.award_called(act.event.facts.get("award"))
    if refused is not None:
        tell_ready(uow, refused.year, now)
    return case


@use_case
def note_notice(uow: UnitOfWork, *, act: SignedEvent, trust: Trust, now: datetime) -> Case:
    """Note how a reporter without a mailbox was told of an award."""
    by_officer(act, trust, "reward.notified")
    return record(uow, act=act, trust=trust, now=now)


@use_case
def reopen_reward(
    uow: UnitOfWork, *, act: SignedEvent, trust: Trust, policies: Policies, now: datetime
) -> Case:
    """Let a lapsed award be claimed after all, from the money of this year.

    Raises:
        BudgetExceededError: the pot has not enough.
        BadActError: another year or pot than the fund has now.
    """
    by_officer(act, trust, "reward.reopened")
    check_disinterested(uow, act, trust)
    before, facts = uow.reports.lock(act.event.report), act.event.facts
    year = now.astimezone(SHANGHAI).year
    if facts.get("year") != year:
        raise BadActError("year", str(year))
    award = before.award_called(facts.get("award"))
    uow.ledger.lock_balance(year)
    parts = uow.ledger.parts(year)
    payer = payer_of(before, award, policies.get(before.policy_id))
    pot = pot_for(parts, payer, award.amount_fen if award else 0)
    if facts.get("pot") != pot:
        raise BadActError("pot", pot)
    return record(uow, act=act, trust=trust, now=now)


@use_case
def recall_reward(uow: UnitOfWork, *, act: SignedEvent, trust: Trust, now: datetime) -> Case:
    """Decide that a paid award must be paid back; finance books the money when it comes."""
    by_officer(act, trust, "reward.recalled")
    check_disinterested(uow, act, trust)
    case = record(uow, act=act, trust=trust, now=now)
    notify(uow, "reward.recalled", case=case, office="role:finance", now=now)
    return case


def _proposal(
    uow: UnitOfWork,
    case: Case,
    policies: Policies,
    now: datetime,
    *,
    award: str = "",
    lifted: bool = False,
) -> Proposal:
    policy = policies.get(case.policy_id)
    standing = _open_claim(case, award)
    worked = (
        beside(policy, standing)
        if standing is not None and standing in case.shares
        else quote(policy, quote_facts(case, named=is_named(uow, case), lifted=lifted))
    )
    held = standing is not None and standing.reserved_fen > 0
    year = standing.year if standing and held else now.astimezone(SHANGHAI).year
    parts = uow.ledger.parts(year)
    more = max(worked.reserve_fen - (standing.reserved_fen if standing else 0), 0)
    is_short = standing is None and ahead(uow, case, year) > 0
    payer = payer_of(case, standing, policy)
    try:
        pot = (standing.pot if held and standing else "") or pot_for(parts, payer, more)
    except BudgetExceededError:
        # Reserving tells how much is short.
        is_short, pot = True, next(iter(pots_of(parts, payer)), FIRST)
    return Proposal(
        case,
        worked,
        worked.sha256,
        year,
        pot,
        is_short=is_short,
        queues=is_short
        and standing is None
        and policy.budget is not None
        and policy.budget.on_exhausted == "queue",
        waits=is_queued(uow, case, year),
        award=standing,
        more_fen=more,
        payer=payer,
    )


def _open_claim(case: Case, award: str) -> Award | None:
    """Return the claim that a proposal is about; None where one has to be opened by hand."""
    if award:
        return case.award_called(award)
    return next((one for one in case.awards if one.state in UNDECIDED), None)


def beside(policy: Policy, award: Award) -> Quote:
    """Return the quote of an award beside a paid one: a review gives it, and no rule its sum."""
    needs = ("approver", "reason")
    return Quote(policy.id, award.policy_sha256, "manual", None, needs=needs)


def is_named(uow: UnitOfWork, case: Case) -> bool:
    """Tell whether the reporter of a case gave a name."""
    return any(item.kind == "who" for item in SealedVault(uow).items(case.report_id))
