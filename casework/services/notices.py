"""Content-free notices to offices, written in the transaction that gives cause for them."""

from datetime import date, datetime

from casework.domain.case import Case
from casework.domain.trial import is_trial
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
    clock: str = "",
    rung: str = "",
    is_covered: bool = False,
) -> None:
    """Queue one notice to *office*: the case number, a day, which clock and rung; nothing else.

    *is_covered* tells that whoever handles the case is away, and the rest of the office covers.

    A trial report gives cause for none: whoever takes part in a trial is in the room.
    """
    if is_trial(case):
        return
    payload = {
        "notice": kind,
        "office": office,
        "case_number": case.case_number,
        "on": on.isoformat() if on else "",
        **({"clock": clock} if clock else {}),
        **({"rung": rung} if rung else {}),
        **({"covered": True} if is_covered else {}),
    }
    uow.outbox.add(NOTICE, payload, due_at=now)


def notify_of_keys(uow: UnitOfWork, kind: str, *, office: str, now: datetime) -> None:
    """Queue one notice to *office* that belongs to no case, such as the use of recovery."""
    payload = {"notice": kind, "office": office, "case_number": "", "on": ""}
    uow.outbox.add(NOTICE, payload, due_at=now)
