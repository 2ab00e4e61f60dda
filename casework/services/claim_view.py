"""What a page of an award shows beside the case: the working, and the conditions one by one."""

from dataclasses import dataclass
from datetime import datetime

from casework.clock import SHANGHAI
from casework.domain.approval import rungs
from casework.domain.award import beside_fen, quote_facts
from casework.domain.award_values import Award
from casework.domain.case import Case
from casework.domain.claim_rules import ClaimRule
from casework.domain.eligibility import Condition, conditions
from casework.domain.errors import MatterNotRewardedError, NotSubstantiatedError
from casework.domain.paying import payer_of
from casework.domain.policy import Policies
from casework.domain.policy_rules import Policy
from casework.domain.reward import CAP_OVERRIDE, Quote, quote
from casework.services.fund_pots import pot_for
from casework.services.rewards import beside, is_named
from casework.storage.unit_of_work import UnitOfWork, query


@dataclass(frozen=True, slots=True)
class ClaimView:
    """One award of a case, explained.

    Attributes:
        worked: what the rules give by the facts of today; None while no finding earns anything.
        is_as_proposed: whether that is the working which the award rests on.
        rungs: roles that agree, in order: of the proposal, or before it those to be expected;
            none for a part of an award, which was agreed to where the whole was.
    """

    award: Award
    worked: Quote | None
    is_as_proposed: bool
    conditions: tuple[Condition, ...]
    rungs: tuple[str, ...]
    claim: ClaimRule


@query
def claim_views(uow: UnitOfWork, *, case: Case, policies: Policies) -> tuple[ClaimView, ...]:
    """Explain each award of a case, the newest first, then those beside it.

    Raises:
        UnknownPolicyError: the one pinned at acceptance is not at hand.
    """
    if not case.awards:
        return ()
    policy, named = policies.get(case.policy_id), is_named(uow, case)
    return tuple(_view(case, policy, one, named=named) for one in case.awards)


def _view(case: Case, policy: Policy, award: Award, *, named: bool) -> ClaimView:
    worked = _worked(case, policy, award, named=named)
    amount, told = award.amount_fen, award.amount_fen + beside_fen(case, award)
    expected = tuple(map(str, rungs(policy, told))) if amount and not award.of else ()
    ladder = award.rungs or expected
    return ClaimView(
        award,
        worked,
        is_as_proposed=worked is not None and worked.sha256 == award.trace_sha256,
        conditions=conditions(case, policy, named=named, worked=worked, award=award),
        rungs=ladder,
        claim=policy.claim,
    )


def _worked(case: Case, policy: Policy, award: Award, *, named: bool) -> Quote | None:
    """What the rules give; with the cap lifted where the award was proposed so."""
    if award in case.shares and award.outcome == "manual":
        return beside(policy, award)
    try:
        plain = quote(policy, quote_facts(case, named=named))
        if CAP_OVERRIDE in plain.needs and plain.sha256 != award.trace_sha256:
            lifted = quote(policy, quote_facts(case, named=named, lifted=True))
            return lifted if lifted.sha256 == award.trace_sha256 else plain
    except (NotSubstantiatedError, MatterNotRewardedError):
        return None
    return plain


@dataclass(frozen=True, slots=True)
class Reopening:
    """From which money a lapsed award would be claimable again."""

    year: int
    pot: str
    more_fen: int


@query
def reopening(
    uow: UnitOfWork, *, case: Case, award: Award, policies: Policies, now: datetime
) -> Reopening:
    """Return the year and the pot that a lapsed award is set aside from anew.

    Raises:
        BudgetExceededError: no pot has enough; it tells how much is missing.
    """
    year = now.astimezone(SHANGHAI).year
    pot = pot_for(
        uow.ledger.parts(year),
        payer_of(case, award, policies.get(case.policy_id)),
        award.amount_fen,
    )
    return Reopening(year, pot, award.amount_fen)
