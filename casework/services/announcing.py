"""The public list of awards that nobody could be told of otherwise, and of those that lapsed.

An award is put up by its case number, which the reporter alone knows besides the offices: no
name, no sum, no matter. A lapsed one stays for half a year, so that who was away or ill sees
what became of it and can ask for it for cause.

Source: 安监总财〔2018〕19号 第十四条 [M] (60 days to claim); issue 6, "announced by case code
when unreachable"; SCENARIOS.md S38, "a posted notice by code". How long it stays: ours.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from casework.domain.award_values import Award, AwardState
from casework.domain.case import Case
from casework.register import TRIAL
from casework.services.claim_time import claim_until
from casework.services.rulebook import Rulebook, rulebook_of
from casework.storage.unit_of_work import UnitOfWork, query

KEPT_UP: Final = timedelta(days=180)
ANNOUNCED: Final = "announced"


@dataclass(frozen=True, slots=True)
class PutUp:
    """One line of the list.

    Attributes:
        claim_by: last day to claim it; None of a lapsed one, and where no policy says.
    """

    case_number: str
    claim_by: date | None
    lapsed: bool


@query
def put_up(uow: UnitOfWork, *, now: datetime) -> tuple[PutUp, ...]:
    """Return what the list shows, by case number, which tells neither day nor order."""
    rules = rulebook_of(uow)
    found = set()
    for report, award_id in uow.awards.put_up(since=_text(now - KEPT_UP)):
        case = uow.reports.get(report)
        award = case.award_called(award_id)
        if award is not None and _is_shown(rules, case, award):
            lapsed = award.state is AwardState.LAPSED
            until = None if lapsed else claim_until(rules, case, now)
            found.add(PutUp(case.case_number, until, lapsed))
    return tuple(sorted(found, key=lambda one: (one.case_number, one.lapsed)))


def _is_shown(rules: Rulebook, case: Case, award: Award) -> bool:
    if case.channel == TRIAL or not rules.policy_of(case).claim.announce:
        return False
    return award.state is AwardState.LAPSED or award.notified_how == ANNOUNCED


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
