"""What the pages promise about time and money: always from the policy in force."""

from casework.domain.errors import UnknownClockError, UnknownPolicyError
from portal.config import VERIFICATION_CLOCK, VERIFICATION_DAYS
from portal.extensions import PublicSite

REWARDED_BY_CODE = "code"  # anonymous_mode of a policy that rewards whoever has the code


def verification_days(here: PublicSite, region: str, sector: str) -> int:
    """Return the days that verification may take once a report is accepted."""
    try:
        policy = here.policies.in_force(region, sector, here.clock.today())
        return policy.clock(VERIFICATION_CLOCK).value
    except (UnknownPolicyError, UnknownClockError):
        return VERIFICATION_DAYS


def anonymous_rewarded(here: PublicSite, region: str, sector: str) -> bool:
    """Tell whether somebody who gives no name can get a reward here."""
    try:
        rule = here.policies.in_force(region, sector, here.clock.today()).award
    except UnknownPolicyError:
        return False
    return rule is not None and rule.anonymous_mode == REWARDED_BY_CODE
