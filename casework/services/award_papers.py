"""What stands on the papers of an award, for both sites: facts and no words, nothing opened."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from casework.domain.act_facts import civil_day
from casework.domain.case import Award, AwardState, Case
from casework.domain.disbursement import Disbursement, disbursement_of
from casework.domain.errors import PolicyPinError, UnknownPolicyError
from casework.domain.policy import Policy
from casework.domain.policy_rules import ClockRule
from casework.services.rulebook import rulebook_of
from casework.storage.unit_of_work import UnitOfWork, query

NOTICE: Final = "notice"
ANNOUNCEMENT: Final = "announcement"
VOUCHER: Final = "voucher"

_TOLD: Final = frozenset({AwardState.APPROVED, AwardState.CLAIMED, AwardState.PAID})
_CLAIMED: Final = frozenset({AwardState.CLAIMED, AwardState.PAID})
_STATES: Final = {NOTICE: _TOLD, ANNOUNCEMENT: _TOLD, VOUCHER: _CLAIMED}
_AGREED_BY: Final = frozenset({"reward.approved", "reward.funded"})
# On which acts each rests; of those that name the award, the newest.
_RESTS_ON: Final = {
    NOTICE: _AGREED_BY,
    ANNOUNCEMENT: _AGREED_BY,
    VOUCHER: frozenset({"reward.claimed", "reward.identified"}),
}


@dataclass(frozen=True, slots=True)
class AwardPaper:
    """One paper of one award.

    Attributes:
        kind: NOTICE, ANNOUNCEMENT or VOUCHER.
        number: names the act on which it rests; no counter, which would tell of others.
        on: the civil day of that act, by which the paper is dated.
        sums: what of it reaches the reporter.
        claim_by: last day to claim it; None while the reporter was not told.
    """

    kind: str
    case: Case
    award: Award
    policy: Policy
    number: str
    on: date
    sums: Disbursement
    claim_by: date | None

    @property
    def award_number(self) -> str:
        """What the papers call the award."""
        return self.award.id[:8].upper()

    @property
    def claim_rule(self) -> ClockRule | None:
        """How long it can be claimed."""
        return self.policy.clocks.get("claim")

    @property
    def objection_rule(self) -> ClockRule | None:
        """How long its reporter may object to it."""
        return self.policy.clocks.get("reward_object")

    @property
    def forfeits(self) -> bool:
        """Whether it is given up when it is not claimed in time."""
        return self.claim_rule is not None and self.claim_rule.on_breach == "forfeit"


def awards_of(case: Case) -> tuple[Award, ...]:
    """Return the awards of a report."""
    return (case.award,) if case.award else ()


def papers_of(case: Case) -> list[tuple[str, str]]:
    """Return which papers a case has by now: the id of the award, and the kind."""
    return [
        (award.id, kind)
        for award in awards_of(case)
        for kind, states in _STATES.items()
        if award.state in states
    ]


@query
def award_paper(
    uow: UnitOfWork, *, report: str, award: str, kind: str, now: datetime
) -> AwardPaper | None:
    """Return a paper of an award; None where it has none of that kind, or none any more can cite.

    Args:
        uow: the transaction.
        report: id of the report.
        award: id of one of its awards.
        kind: of the paper.
        now: UTC instant.

    Raises:
        UnknownReportError: there is no such case.
    """
    case = uow.reports.get(report)
    if (award, kind) not in papers_of(case):
        return None
    acts = [
        one
        for one in uow.events.of_report(report)
        if one.event.kind in _RESTS_ON[kind] and one.event.facts.get("award") == award
    ]
    book = rulebook_of(uow)
    try:
        policy = book.policy_of(case)
    except (UnknownPolicyError, PolicyPinError):
        return None
    if not acts:
        return None
    found = next(one for one in awards_of(case) if one.id == award)
    claims = [one for one in book.clocks(case, now) if one.key == "claim"]
    return AwardPaper(
        kind=kind,
        case=case,
        award=found,
        policy=policy,
        number=f"{case.case_number}-{acts[-1].event.digest().hex()[:8].upper()}",
        on=civil_day(acts[-1].event.at),
        sums=disbursement_of(policy.claim, found.amount_fen),
        claim_by=claims[-1].due.due_on if claims else None,
    )
