"""What a reporter may still do once the result is told."""

from dataclasses import dataclass
from typing import Any, Final

from flask_babel import gettext as _

from casework.domain import satisfaction
from casework.domain.appeal import ROUTES as APPEAL_ROUTES
from casework.domain.case import Case, State
from casework.domain.deadline import Unit
from casework.domain.marks import last_mark
from casework.domain.objection import TOLD, is_pending, may_be_filed
from casework.domain.policy_rules import Policy
from casework.services.objections import right_of
from portal.extensions import PublicSite
from portal.language import cited, in_words
from portal.sealing import department_name

REVIEW: Final = "review"


@dataclass(frozen=True, slots=True)
class Remedy:
    """The right to object to what was told.

    Attributes:
        may: whether an objection may be filed now.
        is_open: whether one waits for its review.
        until: last day of the right, "YYYY-MM-DD".
        office: that reviews it.
        days: within how many days it is reviewed, by the policy; 0 where it gives none.
        source: of the rule that gives the right.
    """

    may: bool
    is_open: bool
    until: str
    office: str
    days: int
    source: str


def further_ways() -> list[str]:
    """The ways that the law leaves beside the objection, each with its article."""
    return [_("%(way)s（%(cite)s）。", way=in_words(one), cite=one.cite) for one in APPEAL_ROUTES]


def remedy_of(here: PublicSite, case: Case) -> Remedy | None:
    """Return the right to object; None before the result is told, or where no rule gives it."""
    now = here.clock.now()
    right = right_of(here.rules.current(), case, now)
    if right is None:
        return None
    return Remedy(
        may=may_be_filed(case) and here.clock.today() <= right.until,
        is_open=is_pending(case),
        until=right.until.isoformat(),
        office=department_name(here, case.supervisor or case.lead),
        days=_days_of_review(here.rules.current().policy_of(case)),
        source=cited(right.rule.cite.shown),
    )


def _days_of_review(policy: Policy) -> int:
    rule = policy.clocks.get(REVIEW)
    return rule.value if rule is not None and rule.unit is Unit.DAY else 0


def asked_month(case: Case, lead: Case | None) -> int | None:
    """Return the month of the question that waits for the reporter; None where none does.

    Args:
        case: the reporter's.
        lead: the case that it has joined, which has to be closed first; None where it has not.
    """
    if lead is not None and lead.state is not State.CLOSED:
        return None
    return satisfaction.question(case)


def question_of(case: Case, lead: Case | None) -> Any:
    """Return the question that waits for the reporter, in words; "" where none does."""
    month = asked_month(case, lead)
    if month is None:
        return ""
    if month == satisfaction.AT_ONCE:
        return _("这件举报已经办结，问题解决了吗？")
    return _("办结已经满 %(n)d 个月，问题解决了吗？", n=month)


def is_unverified(case: Case) -> bool:
    """Whether the reporter was told that nothing was found, or that it cannot be verified."""
    told = last_mark(case, TOLD)
    return case.finding is not None and not case.rewarded and told is not None
