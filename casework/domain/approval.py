"""Who must agree to an award, in which order: the rungs of a policy for one amount."""

from casework.domain.policy_rules import Policy
from casework.domain.roles import Role


def rungs(policy: Policy, amount_fen: int) -> tuple[Role, ...]:
    """Return the roles that agree to an award of *amount_fen*, the first of them first.

    The tiers are read in the order of the file: each that the amount is over adds its roles,
    a role once; a tier that stands instead of those before it begins anew. Where no tier
    begins at 0, the approver comes first. Nobody's agreement is never enough: an amount that
    no tier asks anything for needs the approver.

    Args:
        policy: the rule set that the case was accepted under.
        amount_fen: the award as proposed, in fen, 0 or more.
    """
    found = [Role.APPROVER] if asks_approver(policy) else []
    for tier in policy.approval:
        if amount_fen > tier.over_fen:
            found = [*([] if tier.instead else found), *map(Role, tier.needs)]
    return tuple(dict.fromkeys(found)) or (Role.APPROVER,)


def asks_approver(policy: Policy) -> bool:
    """Whether the approver comes first, because no tier of the policy begins at 0."""
    return not any(tier.over_fen == 0 for tier in policy.approval)
