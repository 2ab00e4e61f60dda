"""Hints that other reports may be about the same matter: for staff alone."""

from dataclasses import dataclass

from casework.domain.case import Case
from casework.domain.protection import APART
from casework.storage.reports import ReportLine
from casework.storage.unit_of_work import UnitOfWork, query

SHOWN_MAX = 20


@dataclass(frozen=True, slots=True)
class Hint:
    """Another accepted report that names the same enterprise.

    Attributes:
        line: that report.
        days: between the days of receipt.
        same_region, same_sector, same_matter: what else agrees.
    """

    line: ReportLine
    days: int
    same_region: bool
    same_sector: bool
    same_matter: bool


@query
def hints(uow: UnitOfWork, *, case: Case, office: str) -> tuple[Hint, ...]:
    """Return hints for a case from what *office* leads or supervises, the closest first.

    Closest: of the same matter, region and sector, then received within the fewest days. Hints
    decide nothing; a report that nobody has accepted yet has no mark and gives none. Nor do
    reports that accuse staff or tell of retaliation, and no other hints at one of these: it
    could lead from there to the reporter.
    """
    if case.matter in APART:
        return ()
    found = uow.duplicates.same(case.report_id, office=office, limit=SHOWN_MAX)
    return tuple(sorted((_hint(case, one) for one in found), key=_closest))


def _hint(case: Case, other: ReportLine) -> Hint:
    return Hint(
        line=other,
        days=abs((case.received_on - other.received_on).days),
        same_region=case.region == other.region,
        same_sector=case.sector == other.sector,
        same_matter=case.matter == other.matter,
    )


def _closest(hint: Hint) -> tuple[int, int]:
    agreeing = hint.same_matter + hint.same_region + hint.same_sector
    return -agreeing, hint.days
