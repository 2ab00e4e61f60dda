"""Content-free notices to offices, written in the transaction that gives cause for them."""

from datetime import date, datetime

from casework.domain.case import Case
from casework.storage.unit_of_work import UnitOfWork

NOTICE = "notice"


def notify(
    uow: UnitOfWork,
    kind: str,
    *,
    case: Case,
    office: str,
    now: datetime,
    on: date | None = None,
) -> None:
    """Queue one notice to *office*: the case number and a day, nothing else."""
    payload = {
        "notice": kind,
        "office": office,
        "case_number": case.case_number,
        "on": on.isoformat() if on else "",
    }
    uow.outbox.add(NOTICE, payload, due_at=now)
