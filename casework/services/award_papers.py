"""What stands on the papers of an award, for both sites: facts and no words, nothing opened."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from casework.domain.act_facts import civil_day
from casework.domain.award_values import AGREED, PAID_OUT, Award, AwardState
from casework.domain.case import Case
from casework.domain.closing import WITHOUT_A_WAY_BACK
from casework.domain.disbursement import Disbursement, disbursement_of
from casework.domain.errors import PolicyPinError, UnknownPolicyError
from casework.domain.policy import Policy
from casework.domain.policy_rules import ClockRule
from casework.services.claim_time import claim_until
from casework.services.rulebook import rulebook_of
from casework.storage.unit_of_work import UnitOfWork, query

NOTICE: Final = "notice"
ANNOUNCEMENT: Final = "announcement"
VOUCHER: Final = "voucher"

LAPSED: Final = "lapsed"

_CLAIMED: Final = frozenset({AwardState.CLAIMED, AwardState.ORDERED}) | PAID_OUT
_STATES: Final = {
    NOTICE: AGREED | {AwardState.NOTIFIED} | _CLAIMED,
    ANNOUNCEMENT: AGREED | {AwardState.NOTIFIED},
    VOUCHER: _CLAIMED,
    LAPSED: frozenset({AwardState.LAPSED}),
}
_AGREED_BY: Final = frozenset({"reward.approved", "reward.funded", "reward.shared"})
# On which acts each rests; of those that name the award, the newest.
_RESTS_ON: Final = {
    NOTICE: _AGREED_BY,
    ANNOUNCEMENT: _AGREED_BY,
    VOUCHER: frozenset({"reward.claimed", "reward.identified"}),
    LAPSED: frozenset({"reward.lapsed"}),
}


@dataclass(frozen=True, slots=True)
class AwardPaper:
    """One paper of one award.

    Attributes:
        kind: NOTICE, ANNOUNCEMENT, VOUCHER or LAPSED.
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
    def has_mailbox(self) -> bool:
        """Whether the reporter has a code to come back with."""
        return self.case.channel not in WITHOUT_A_WAY_BACK

    @property
    def payer(self) -> str:
        """Code of the office that pays it."""
        return self.award.payer or self.case.lead

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


def papers_of(case: Case, policy: Policy | None = None) -> list[tuple[str, str]]:
    """Return which papers a case has by now: the id of the award, and the kind.

    Args:
        case: the case.
        policy: the one that it pins; it may leave no place for announcements. None: not at hand.
    """
    announces = policy is None or policy.claim.announce
    return [
        (award.id, kind)
        for award in case.awards
        for kind, states in _STATES.items()
        if award.state in states
        and (kind != ANNOUNCEMENT or (announces and not _is_told(case, award)))
    ]


def _is_told(case: Case, award: Award) -> bool:
    """Whether the reporter is told in another way than by a posted notice."""
    return case.channel not in WITHOUT_A_WAY_BACK or award.notified_how not in ("", "announced")


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
    case, book = uow.reports.get(report), rulebook_of(uow)
    try:
        policy = book.policy_of(case)
    except (UnknownPolicyError, PolicyPinError):
        return None
    if (award, kind) not in papers_of(case, policy):
        return None
    acts = [
        one
        for one in uow.events.of_report(report)
        if one.event.kind in _RESTS_ON[kind] and one.event.facts.get("award") == award
    ]
    if not acts:
        return None
    found = next(one for one in case.awards if one.id == award)
    return AwardPaper(
        kind=kind,
        case=case,
        award=found,
        policy=policy,
        number=f"{case.case_number}-{acts[-1].event.digest().hex()[:8].upper()}",
        on=civil_day(acts[-1].event.at),
        sums=disbursement_of(policy.claim, found.amount_fen),
        claim_by=claim_until(book, case, now),
    )
