"""Which office pays an award: who accepted the report, who imposed the fine, or who found it true.

Source: POLICIES.md (a3), who pays: 谁受理、谁奖励 (receiver), 谁处罚、谁奖励 (penaliser), and the
mines' rules (finder). Whose pots these are: services/fund_pots.py.
"""

from casework.domain.award_values import Award
from casework.domain.case import Case
from casework.domain.policy_rules import Policy


def payer_of(case: Case, award: Award | None, policy: Policy) -> str:
    """Return the office whose money an award is taken from.

    It is settled when the claim opens, so that no later transfer moves the debt. An office that
    did nothing of what the policy names, say because the report counts as accepted, leaves it to
    the one that leads the case.

    Args:
        case: the case.
        award: the claim; None before it opens.
        policy: the one that the case pinned at acceptance.
    """
    if award is not None:
        return award.payer or case.lead
    who = {
        "receiver": case.accepted_in,
        "penaliser": case.fined_in,
        "finder": case.found_in,
    }
    return (who[policy.award.principle] if policy.award else "") or case.lead
