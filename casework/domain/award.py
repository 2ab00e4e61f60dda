"""What every act on an award needs: the facts it rests on, what an approval binds, its lines.

Money itself is in ledger.py; what an award may be worth, in reward.py; the acts, in
award_opening.py, award_approval.py, award_claim.py, award_payment.py and award_review.py.
"""

import hashlib
import json
from dataclasses import replace

from casework.domain.act_facts import text_of
from casework.domain.award_values import AGREED, GIVEN_UP, UNDECIDED, Award, AwardState
from casework.domain.case import Act, Case
from casework.domain.errors import (
    AlreadyDoneError,
    MatterNotRewardedError,
    NoAwardError,
    NotSubstantiatedError,
    WrongStateError,
)
from casework.domain.ledger import LineKind
from casework.domain.reward import CAP_OVERRIDE
from casework.domain.reward_facts import REWARD_MATTERS

# How the reporter asked for it, and as what it is paid.
MEANS_OF = {
    "account": "transfer",
    "counter": "cash",
    "voucher": "voucher",
    "agent": "agent",
    "card": "cash",
}
# Handed over by two officers.
AT_COUNTER = frozenset({"counter", "voucher", "agent", "card"})


def quote_facts(
    case: Case, *, named: bool | None = None, lifted: bool = False
) -> dict[str, object]:
    """Return the facts for `reward.quote`, from the case's events and what the reporter declared.

    Args:
        case: a case with a finding.
        named: whether the reporter gave a name; None where that is not known.
        lifted: whether the sum may pass the total cap, with the approval that this needs.

    Raises:
        NotSubstantiatedError: the finding is missing, or not one that a reward follows.
        MatterNotRewardedError: complaints about staff and reports of retaliation earn nothing.
    """
    if not case.rewarded or case.accepted_on is None or case.concluded_on is None:
        raise NotSubstantiatedError(report=case.report_id, finding=case.finding)
    facts: dict[str, object] = {
        "matter": case.matter,
        **json.loads(case.finding_facts),
        "accepted_on": case.accepted_on.isoformat(),
        "decided_on": case.concluded_on.isoformat(),
        "penalties_fen": list(case.fines_fen),
    }
    if facts["matter"] not in REWARD_MATTERS:
        raise MatterNotRewardedError(matter=facts["matter"])
    reporter: dict[str, object] = {} if named is None else {"named": named}
    if case.declared is not None:
        reporter["relation"] = case.declared.relation
        facts["prior_awards"] = json.loads(case.declared.prior)
        facts["signers"] = case.declared.signers
    if reporter:
        facts["reporter"] = reporter
    if lifted:
        facts["approved"] = [CAP_OVERRIDE]
    return facts


def facts_sha256(case: Case) -> str:
    """Return the digest of all in a case on which its award depends, without its award."""
    said = case.declared
    return _digest(
        {
            "finding": str(case.finding or ""),
            "finding_facts": case.finding_facts,
            "fines_fen": list(case.fines_fen),
            "penalty_no": case.penalty_no,
            "accepted_on": str(case.accepted_on),
            "concluded_on": str(case.concluded_on),
            "declared": [said.relation, said.prior, said.signers] if said else [],
        }
    )


def binding(case: Case, award: Award) -> str:
    """Return what an approval is bound to: SHA-256 over amount, facts, policy and working.

    Whatever of these changes voids the approvals.
    """
    return _digest(
        {
            "report": case.report_id,
            "award": award.id,
            "amount_fen": award.amount_fen,
            "year": award.year,
            "policy": award.policy_id,
            "policy_sha256": award.policy_sha256,
            "trace_sha256": award.trace_sha256,
            "proposed": award.proposed,
            "because": award.because,
            "rungs": list(award.rungs),
            "facts": facts_sha256(case),
            **({"split": award.split} if award.split else {}),
        }
    )


def _digest(value: object) -> str:
    encoded = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(encoded.encode()).hexdigest()


def award_in(case: Case, act: Act, *states: AwardState) -> Award:
    """Return the award that the act names, which must be in one of *states*.

    Raises:
        NoAwardError: the case has none of this id.
        WrongStateError: it stands elsewhere.
    """
    award = case.award_called(text_of(act, "award"))
    if award is None:
        raise NoAwardError(award=text_of(act, "award"))
    if award.state not in states:
        raise WrongStateError(kind=act.kind, award=award.id, state=award.state)
    return award


def with_award(case: Case, award: Award) -> Case:
    """Return the case with this award in the place of the one of its id."""
    if case.award is not None and case.award.id == award.id:
        return replace(case, award=award)
    shares = tuple(award if one.id == award.id else one for one in case.shares)
    return replace(case, shares=shares)


def opened(case: Case, award: Award) -> Case:
    """Return the case with a new award; its id is spent for good.

    Raises:
        AlreadyDoneError: the id was used before.
    """
    if award.id in case.spent:
        raise AlreadyDoneError(award=award.id)
    return replace(case, award=award, spent=case.spent | {award.id})


def booked(award: Award, kind: LineKind) -> Award:
    """Return the award with one more line of this kind in the fund's books."""
    counts = dict(one.split(":") for one in award.booked)
    counts[kind] = str(award.times(kind) + 1)
    return replace(award, booked=tuple(f"{name}:{counts[name]}" for name in sorted(counts)))


def stale(award: Award) -> Award:
    """Return an award that has to be worked out anew: who agreed, agreed to something else."""
    state = AwardState.COMPUTED if award.reserved_fen else AwardState.ELIGIBILITY
    return replace(award, state=state, approvals=(), approver="", binding="", rungs=(), split="")


def beside_fen(case: Case, award: Award | None) -> int:
    """Return what the report was awarded already, where a review adds *award* to that.

    The ladder goes by both together: a sum is not split so that fewer have to agree.
    """
    if award is None or award not in case.shares or award.of:
        return 0
    return sum(
        one.amount_fen for one in case.awards if one.id != award.id and one.state not in GIVEN_UP
    )


def award_to_redo(case: Case) -> Case:
    """Return the case with an award that nobody was promised yet to be worked out anew."""
    award = case.award
    if award is None or award.whole_fen or award.state not in UNDECIDED | AGREED:
        return case
    return with_award(case, stale(award))
