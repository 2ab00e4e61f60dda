"""Until when an award can be claimed: for the jobs process, and for the pages that say so."""

from datetime import date, datetime

from casework.domain.case import Case
from casework.services.rulebook import Rulebook


def claim_until(rules: Rulebook, case: Case, now: datetime) -> date | None:
    """Return the last day on which the award that was told last may be claimed; None: no end."""
    mine = [one for one in rules.clocks(case, now) if one.key == "claim"]
    return mine[-1].due.due_on if mine else None
