"""A reporter takes identity items back, and what the certificate of their erasure says.

Erasing itself is the work of the jobs process (`casework.services.keeping`): the public
site can delete no sealed row.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from casework.domain.case import Case, Hold
from casework.domain.errors import BadActError
from casework.domain.hold import standing_on
from casework.services.acts import by_officer, record
from casework.services.trust import Trust
from casework.storage.unit_of_work import UnitOfWork, use_case
from crypto.events import SignedEvent, names_in

WITHDRAWN = "identity.withdrawn"
ERASED = "identity.erased"
FORGOTTEN = "identity.forgotten"
DESTROYED = "case.destroyed"
FILE_ITEM = "file"  # an identity item whose file lies under the item's own id


@dataclass(frozen=True, slots=True)
class ErasureCertificate:
    """What became of one withdrawal, with honest days.

    Attributes:
        items: ids of the identity items taken back.
        asked_at: UTC instant of the withdrawal, as the reporter signed it.
        erased_at: UTC instant at which the rows were deleted, "" while they wait.
        forgotten_on: day on which the running database was sure to hold them no more, or None.
        backups_until: day on which the last backup that may hold them ends, or None.
        digest: of the signed erasure, in hexadecimal; "" while there is none.
        signature: of the jobs process over it, in hexadecimal.
    """

    items: tuple[str, ...]
    asked_at: str
    erased_at: str = ""
    forgotten_on: date | None = None
    backups_until: date | None = None
    digest: str = ""
    signature: str = ""


@use_case
def withdraw_identity(uow: UnitOfWork, *, act: SignedEvent, trust: Trust, now: datetime) -> Case:
    """Take identity items back; releases of them die at once, the jobs process erases them.

    Args:
        uow: the transaction.
        act: "identity.withdrawn", signed by the reporter; its fact `items` lists their ids.
        trust: whose signatures count.
        now: UTC instant.

    Raises:
        BadActError: the report has no such item.
        AlreadyDoneError: one of them was withdrawn before.
        CaseworkError: as for every act, see `acts.record`.
    """
    by_officer(act, trust, WITHDRAWN)
    there = items_of(uow.events.of_report(act.event.report))
    case = record(uow, act=act, trust=trust, now=now)
    items = act.event.facts["items"]
    assert isinstance(items, list | tuple)
    if not there.issuperset(map(str, items)):
        raise BadActError("items", "identity items of this report")
    return case


def items_of(events: Iterable[SignedEvent]) -> frozenset[str]:
    """Return the ids of the identity items that the events of a report leave standing."""
    return frozenset(
        row_id for kind, row_id in names_in(one.event for one in events) if kind == "item"
    )


def hold_on(case: Case, today: date) -> Hold | None:
    """Return the hold that stops erasing on this day, or None."""
    return standing_on(case, today)


def certificate_of(events: Iterable[SignedEvent], asked: str = "") -> ErasureCertificate | None:
    """Return the certificate of one withdrawal.

    Args:
        events: the events of one report in their order, checked by the caller.
        asked: digest of the withdrawal, in hexadecimal; empty for the last one.

    Returns:
        None when the reporter withdrew nothing, or the digest names no withdrawal.
    """
    found = certificates_of(events)
    return found.get(asked) if asked else next(reversed(found.values()), None)


def certificates_of(events: Iterable[SignedEvent]) -> dict[str, ErasureCertificate]:
    """Return every withdrawal's certificate by the withdrawal's digest, oldest first."""
    asked: dict[str, SignedEvent] = {}
    erased: dict[str, SignedEvent] = {}
    forgotten: dict[str, SignedEvent] = {}
    for one in events:
        event = one.event
        if event.kind == WITHDRAWN:
            asked[event.digest().hex()] = one
        elif event.kind == ERASED:
            erased[str(event.facts["asked"])] = one
        elif event.kind == FORGOTTEN:
            forgotten[str(event.facts["erased"])] = one
    return {
        digest: _certificate(one, erased.get(digest), forgotten) for digest, one in asked.items()
    }


def _certificate(
    asked: SignedEvent, erased: SignedEvent | None, forgotten: dict[str, SignedEvent]
) -> ErasureCertificate:
    items = asked.event.facts["items"]
    assert isinstance(items, list | tuple)
    named = tuple(map(str, items))
    if erased is None:
        return ErasureCertificate(named, asked.event.at)
    digest = erased.event.digest().hex()
    last = forgotten.get(digest)
    return ErasureCertificate(
        items=named,
        asked_at=asked.event.at,
        erased_at=erased.event.at,
        forgotten_on=_day(last, "forgotten_on") if last else None,
        backups_until=_day(erased, "backups_until"),
        digest=digest,
        signature=erased.signature.hex(),
    )


def _day(signed: SignedEvent, name: str) -> date:
    return date.fromisoformat(str(signed.event.facts[name]))
