"""Sharing an award among the reporters of a matter: who may get what, and all of it at once.

Which report came in first, the log of all events says (merging.ranking); how many signed one, its
reporter declares; who gets what, a person proposes and others agree to. With the last yes the
parts are given out in one transaction, each in the stream of its own report.

Source: SCENARIOS.md S14, S35.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from casework.domain import split
from casework.domain.award import quote_facts
from casework.domain.award_rules import AwardRule
from casework.domain.award_sharing import SHARED, others_of, shares_of
from casework.domain.award_values import Award
from casework.domain.case import Case, State
from casework.domain.errors import (
    BadActError,
    NoAwardError,
    NoRewardError,
    SplitRefusedError,
)
from casework.domain.merging import standing
from casework.domain.policy import Policies
from casework.domain.pots import FIRST
from casework.domain.reward import total_cap_fen
from casework.domain.split import Part, Share
from casework.services.acts import by_officer, record
from casework.services.interests import check_disinterested
from casework.services.merging import lock_both
from casework.services.trust import Trust
from casework.storage.sealed_vault import SealedVault
from casework.storage.unit_of_work import UnitOfWork, query
from crypto.events import JSON, SignedEvent


@dataclass(frozen=True, slots=True)
class Matter:
    """The reports among which an award may be shared.

    Attributes:
        reports: ids, the first that came in first.
        signers: how many signed each, by its id.
        rule: how the policy of the leading case shares.
    """

    reports: tuple[str, ...]
    signers: Mapping[str, int]
    rule: AwardRule

    @property
    def is_one(self) -> bool:
        """Whether there is nobody to share with."""
        return len(self.reports) == 1 and self.signers[self.reports[0]] == 1

    @property
    def has_choice(self) -> bool:
        """Whether the rules leave something to a person."""
        return split.has_choice(self.rule, self.reports, self.signers)

    @property
    def usual(self) -> tuple[Part, ...]:
        """What the rules give where nobody chooses; none where one person gets it all."""
        parts = split.given(self.rule, self.reports, self.signers)
        return parts if sum(1 for one in parts[0].signers if one) > 1 else ()


@query
def matter_of(uow: UnitOfWork, *, report: str, policies: Policies) -> Matter:
    """Return the reports among which the award of a case may be shared.

    Raises:
        NoRewardError: its policy has no rule of awards.
    """
    return matter_in(uow, uow.reports.get(report), policies)


def matter_in(uow: UnitOfWork, case: Case, policies: Policies) -> Matter:
    """Return the same, of a case that was read.

    Raises:
        NoRewardError: its policy has no rule of awards.
    """
    rule = policies.get(case.policy_id).award
    if rule is None:
        raise NoRewardError("no_award_rule")
    cases = [case, *(uow.reports.get(one.report) for one in standing(case))]
    signers = {one.report_id: one.declared.signers if one.declared else 1 for one in cases}
    return Matter(tuple(one.report_id for one in cases), signers, rule)


def check_split(
    uow: UnitOfWork, case: Case, parts: Sequence[Part], amount_fen: int, policies: Policies
) -> None:
    """Refuse a proposal that shares what its policy does not share, or not as it does.

    Args:
        uow: the transaction.
        case: the one that leads the matter.
        parts: of the proposal; none where one person gets it all.
        amount_fen: the whole sum.
        policies: the rules.

    Raises:
        SplitRefusedError: the reason is a code of split.REASONS.
    """
    matter = matter_in(uow, case, policies)
    if parts:
        split.check(
            matter.rule,
            parts,
            ranked=matter.reports,
            signers=matter.signers,
            amount_fen=amount_fen,
        )
        for part in parts:
            _check_can_get(uow, uow.reports.get(part.report), matter.rule)
    elif matter.usual:
        raise SplitRefusedError("not_equal")


def _check_can_get(uow: UnitOfWork, case: Case, rule: AwardRule) -> None:
    """Refuse a part for a report whose reporter the rules do not reward, or who has an award."""
    joined = case.state is State.MERGED
    if case.destroyed or (joined and case.live_award is not None):
        raise SplitRefusedError("other_matter")
    items = SealedVault(uow).items(case.report_id)
    if rule.anonymous_mode == "none" and not any(item.kind == "who" for item in items):
        raise SplitRefusedError("anonymous")
    if case.declared is not None and case.declared.relation in rule.ineligible:
        raise SplitRefusedError("ineligible")


def left_of_cap(
    uow: UnitOfWork, case: Case, policies: Policies, *, besides: str = "", lifted: bool = False
) -> int | None:
    """Return what a sum that no rule gives may still come to, whoever of the matter gets it.

    Args:
        uow: the transaction.
        case: in which it is proposed; it may have joined another.
        policies: the rules.
        besides: id of the award that is proposed; the others count.
        lifted: whether the sum may pass the total cap, with the approval that this needs.

    Returns:
        Fen; None where the rules have no cap.

    Raises:
        NotSubstantiatedError, MatterNotRewardedError: nothing was found that earns an award.
    """
    lead = case if case.merged is None else uow.reports.get(case.merged.into)
    cap = total_cap_fen(policies.get(lead.policy_id), quote_facts(lead, lifted=lifted))
    if cap is None:
        return None
    cases = [lead, *(uow.reports.get(one.report) for one in standing(lead))]
    others = (one for found in cases for one in found.awards if one.id != besides)
    return max(cap - sum(one.counted_fen for one in others), 0)


@dataclass(frozen=True, slots=True)
class Line:
    """One part of an award, as who may see all of them reads it.

    Attributes:
        award: the one that is shared.
        rank: of its report in the matter, 0 where it has left it.
        working: how it is worked out, "60,000 × 5/10 × 1/3".
    """

    award: str
    rank: int
    report: str
    case_number: str
    signer: int
    amount_fen: int
    working: str


@query
def lines_of(uow: UnitOfWork, *, report: str, award: str) -> tuple[Line, ...]:
    """Return who gets what of an award, by rank; nothing where it is not shared.

    Args:
        uow: the transaction.
        report: the case that leads the matter.
        award: id of its award.

    Raises:
        NoAwardError: the case has no such award.
    """
    case = uow.reports.get(report)
    found = case.award_called(award)
    if found is None:
        raise NoAwardError(award=award)
    parts = split.from_text(found.split)
    ranked = (report, *(one.report for one in standing(case)))
    return tuple(
        Line(
            award=award,
            rank=ranked.index(one.report) + 1 if one.report in ranked else 0,
            report=one.report,
            case_number=uow.reports.get(one.report).case_number,
            signer=one.signer,
            amount_fen=one.amount_fen,
            working=split.worked(found.whole_fen or found.amount_fen, parts, one),
        )
        for one in shares_of(found)
    )


def share_facts(case: Case, award: Award, share: Share, by: str) -> dict[str, JSON]:
    """Return what `reward.shared` says of one part, all but the id of the new award.

    Args:
        case: the one that leads the matter.
        award: its award, before or after the last yes.
        share: one of `others_of`.
        by: the account that gives the last yes.
    """
    agreed = {one.account for one in award.approvals} | {by}
    facts: dict[str, JSON] = {
        "amount_fen": share.amount_fen,
        "year": award.year,
        "policy": award.policy_id,
        "policy_sha256": award.policy_sha256,
        "trace_sha256": award.trace_sha256,
        "pot": award.pot or FIRST,
        "of": award.id,
        "report": case.report_id,
        "signer": share.signer,
        "proposer": award.proposer,
        "approvers": sorted(agreed),
    }
    if award.payer:
        facts["payer"] = award.payer
    if case.investigators:
        facts["investigators"] = sorted(case.investigators)
    return facts


def lock_all(uow: UnitOfWork, agreed: SignedEvent, shared: Sequence[SignedEvent]) -> None:
    """Lock the cases in which parts are given out, in the order that merges use, too."""
    if shared:
        lock_both(uow, agreed.event.report, *(one.event.report for one in shared))


def give_shares(
    uow: UnitOfWork,
    *,
    case: Case,
    award: Award,
    agreed: SignedEvent,
    shared: Sequence[SignedEvent],
    trust: Trust,
    now: datetime,
) -> Case:
    """Give out the parts of an award that was just agreed to; return the case that leads.

    Args:
        uow: the transaction in which the last yes was recorded.
        case: after it.
        award: after it.
        agreed: the last yes.
        shared: `reward.shared` for each part, in the order of `others_of`, by the same person.
        trust: whose signatures count.
        now: UTC instant.

    Raises:
        BadActError: not exactly the parts that are due are given, or not by the same person.
        CaseworkError: as for every act, see `acts.record`.
    """
    due = others_of(case, award) if award.whole_fen else ()
    if len(due) != len(shared):
        raise BadActError("shared", f"{len(due)} acts, one for each part")
    for share, act in zip(due, shared, strict=True):
        by_officer(act, trust, SHARED)
        event = act.event
        if (event.actor, event.signer) != (agreed.event.actor, agreed.event.signer):
            raise BadActError("actor", "one person for all of it")
        if event.report != share.report:
            raise BadActError("report", share.report)
        expected = share_facts(case, award, share, trust.signer(event.signer).account)
        for name in sorted((event.facts.keys() | expected.keys()) - {"award"}):
            if event.facts.get(name) != expected.get(name):
                raise BadActError(name, "as the award that is shared")
        check_disinterested(uow, act, trust)
        case_of_it = record(uow, act=act, trust=trust, now=now)
        if event.report == case.report_id:
            case = case_of_it
    return case
