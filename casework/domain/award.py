"""The one award of a case: reserved, approved or rejected, claimed, paid.

Money itself is in ledger.py; what an award may be worth, in reward.py.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace

from casework.domain import disclosure
from casework.domain.act_facts import number_of, text_of
from casework.domain.case import Act, Award, AwardState, Case, ReleaseState
from casework.domain.errors import (
    AlreadyDoneError,
    ApprovalVoidError,
    AwardExistsError,
    BadActError,
    ClaimNumberError,
    ClaimWayError,
    ItemWithdrawnError,
    MatterNotRewardedError,
    NoAwardError,
    NotOpenedError,
    NotSubstantiatedError,
    PolicyPinError,
    WrongStateError,
)
from casework.domain.reward_facts import REWARD_MATTERS

MEANS_OF = {"account": "transfer", "counter": "cash"}


def quote_facts(case: Case, *, reporter: Mapping[str, object] | None = None) -> dict[str, object]:
    """Return the facts for `reward.quote`, from the case's events and what the reporter declared.

    Args:
        case: a case with a finding.
        reporter: the "reporter" object of issue 6 (named, relation, relation_proved);
            None leaves it out.

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
    if reporter is not None:
        facts["reporter"] = dict(reporter)
    return facts


def binding(case: Case, award: Award) -> str:
    """Return what an approval is bound to: SHA-256 over amount, facts, policy and working.

    Whatever of these changes voids the approval.
    """
    bound = {
        "report": case.report_id,
        "award": award.id,
        "amount_fen": award.amount_fen,
        "year": award.year,
        "policy": award.policy_id,
        "policy_sha256": award.policy_sha256,
        "trace_sha256": award.trace_sha256,
        "finding": str(case.finding or ""),
        "finding_facts": case.finding_facts,
        "fines_fen": list(case.fines_fen),
        "penalty_no": case.penalty_no,
    }
    encoded = json.dumps(bound, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(encoded.encode()).hexdigest()


def reserve(case: Case, act: Act) -> Case:
    """Propose an award; its money is set aside in the same transaction.

    Raises:
        NotSubstantiatedError: no finding, or not a true one.
        AwardExistsError: an award is under way or paid.
        AlreadyDoneError: the id was used before.
        PolicyPinError: another policy than the one pinned at acceptance.
    """
    if not case.rewarded:
        raise NotSubstantiatedError(report=case.report_id, finding=case.finding)
    if case.live_award is not None:
        raise AwardExistsError(award=case.live_award.id)
    award_id = text_of(act, "award")
    if award_id in case.spent:
        raise AlreadyDoneError(award=award_id)
    pinned = (case.policy_id, case.policy_sha256)
    if (text_of(act, "policy"), text_of(act, "policy_sha256")) != pinned:
        raise PolicyPinError(pinned=case.policy_id, given=text_of(act, "policy"))
    award = Award(
        id=award_id,
        state=AwardState.RESERVED,
        amount_fen=number_of(act, "amount_fen"),
        year=number_of(act, "year"),
        policy_id=case.policy_id,
        policy_sha256=case.policy_sha256,
        trace_sha256=text_of(act, "trace_sha256"),
        proposer=act.actor,
        pot=text_of(act, "pot"),
    )
    return replace(case, award=award, spent=case.spent | {award_id})


def approve(case: Case, act: Act) -> Case:
    """Approve exactly the amount, facts, policy and working that were proposed.

    Raises:
        NoAwardError, WrongStateError: no such award, or it is not waiting for approval.
        ApprovalVoidError: the binding or the amount is another.
    """
    award = _award_in(case, act, AwardState.RESERVED)
    bound = binding(case, award)
    if number_of(act, "amount_fen") != award.amount_fen or text_of(act, "binding") != bound:
        raise ApprovalVoidError(award=award.id)
    approved = replace(award, state=AwardState.APPROVED, approver=act.actor, binding=bound)
    return replace(case, award=approved)


def reject(case: Case, act: Act) -> Case:
    """Turn a proposed award down; its money is free again, another may be proposed.

    Raises:
        NoAwardError, WrongStateError: no such award, or it is not waiting for approval.
    """
    award = _award_in(case, act, AwardState.RESERVED)
    return replace(case, award=replace(award, state=AwardState.REJECTED, approver=act.actor))


def claim(case: Case, act: Act) -> Case:
    """The reporter asks for the money: to an account (a sealed item) or at the counter.

    Until it is paid the reporter may claim anew, say with a corrected account;
    what would have released the earlier item dies with it.

    Raises:
        NoAwardError, WrongStateError: no such award, or not approved, or paid already.
        BadActError: facts of the other way of payment, or an older item version.
        ItemWithdrawnError: the item was taken back before.
    """
    award = _award_in(case, act, AwardState.APPROVED, AwardState.CLAIMED)
    how = text_of(act, "how")
    _check_way(act, how)
    item, version = text_of(act, "item"), number_of(act, "version")
    if how == "account" and item == case.payee_item and version < case.payee_version:
        raise BadActError("version", f"at least {case.payee_version}")
    if item in (*case.withdrawn, *case.erased):
        raise ItemWithdrawnError(item=item)
    if case.payee_item and (how, item, version) != ("account", case.payee_item, award.version):
        case = disclosure.void_of_items(case, [case.payee_item], disclosure.NEW_VERSION)
    claimed = replace(
        award,
        state=AwardState.CLAIMED,
        how=how,
        item=item,
        version=version,
        claim_hash=text_of(act, "claim_hash"),
    )
    if how == "counter":
        return replace(case, award=claimed)
    return replace(case, award=claimed, payee_item=item, payee_version=version)


def _check_way(act: Act, how: str) -> None:
    needed = ("item", "version") if how == "account" else ("claim_hash",)
    for name in ("item", "version", "claim_hash"):
        if (name in act.facts) != (name in needed):
            raise BadActError(name, f"{'a value' if name in needed else 'nothing'} for {how}")


def pay(case: Case, act: Act) -> Case:
    """Book the payment, once.

    Raises:
        NoAwardError, WrongStateError: no such award, or not claimed, or paid already.
        BadActError: another amount or budget year than reserved.
        ClaimWayError: transfer for a counter claim, or cash for an account claim.
        ClaimNumberError: not the claim number that the reporter was given for the counter.
        NotOpenedError: this cashier has not opened the payee item in its present version.
    """
    award = _award_in(case, act, AwardState.CLAIMED)
    if number_of(act, "amount_fen") != award.amount_fen:
        raise BadActError("amount_fen", str(award.amount_fen))
    if number_of(act, "year") != award.year:
        raise BadActError("year", str(award.year))
    means = text_of(act, "means")
    if means != MEANS_OF[award.how]:
        raise ClaimWayError(how=award.how, means=means)
    if text_of(act, "claim_hash") != award.claim_hash:
        raise ClaimNumberError(award=award.id)
    if award.how == "account" and not _opened_by(case, award, act.actor):
        raise NotOpenedError(item=award.item, version=award.version)
    paid = replace(award, state=AwardState.PAID, cashier=act.actor, means=means, paid_at=act.at)
    return replace(case, award=paid)


def _opened_by(case: Case, award: Award, cashier: str) -> bool:
    return any(
        release.state is ReleaseState.OPENED
        and (release.item, release.version) == (award.item, award.version)
        and release.requester == cashier
        for release in case.releases.values()
    )


def _award_in(case: Case, act: Act, *states: AwardState) -> Award:
    """Return the award that the act names, which must be in one of *states*."""
    award = case.award
    if award is None or award.id != text_of(act, "award"):
        raise NoAwardError(award=text_of(act, "award"))
    if award.state not in states:
        raise WrongStateError(kind=act.kind, award=award.id, state=award.state)
    return award
