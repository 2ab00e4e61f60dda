"""Re-wrapping: after an office key was replaced, its members wrap the open cases' keys anew."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from casework.domain.case import Case
from casework.domain.errors import AlreadyDoneError, BadActError
from casework.services.acts import by_officer, record
from casework.services.trust import Trust
from casework.storage.rewraps import Rewraps
from casework.storage.sealed_vault import SealedVault
from casework.storage.unit_of_work import UnitOfWork, query, use_case
from crypto.events import KeyWrap, SealedObject, SignedEvent, check_named, names_in

REWRAPPED = "keys.rewrapped"


@dataclass(frozen=True, slots=True)
class Progress:
    """How many open cases of an office are still wrapped to an earlier key, and of how many."""

    left: int
    total: int


@dataclass(frozen=True, slots=True)
class StaleCase:
    """One case with wraps to an earlier key of the office, and the manifests they are bound to."""

    case: Case
    wraps: tuple[KeyWrap, ...]
    manifests: tuple[SealedObject, ...]


@query
def progress(uow: UnitOfWork, *, office: str, trust: Trust) -> Progress:
    """Return how far the re-wrapping of an office's open cases is."""
    return Progress(*Rewraps(uow).count(office, _key(trust, office)))


@query
def stale_cases(
    uow: UnitOfWork, *, office: str, trust: Trust, after: str = "", limit: int = 50
) -> tuple[str, ...]:
    """Return ids of open reports with wraps to an earlier key of the office."""
    return Rewraps(uow).cases(office, _key(trust, office), after=after, limit=limit)


@query
def stale_case(uow: UnitOfWork, *, report: str, office: str, trust: Trust) -> StaleCase:
    """Return what has to be wrapped anew in one case.

    Raises:
        TamperedError: never; what no event names is left out, and not wrapped.
    """
    wraps = Rewraps(uow).stale(report, office, _key(trust, office))
    standing = names_in(one.event for one in uow.events.of_report(report))
    manifests = tuple(one for one in SealedVault(uow).objects(report) if one.kind == "manifest")
    named = tuple(one for one in wraps if standing.get(("wrap", one.id)) == one.named.digest)
    check_named(manifests, standing)
    return StaleCase(uow.reports.get(report), named, manifests)


@use_case
def rewrap_case(
    uow: UnitOfWork, *, act: SignedEvent, wraps: Sequence[KeyWrap], trust: Trust, now: datetime
) -> Case:
    """Replace the wraps to an earlier key of an office by wraps of the same keys to the new one.

    Raises:
        AlreadyDoneError: a colleague was faster; nothing is left to do.
        BadActError: other keys, or other rows, than those that have to be replaced.
        CaseworkError: as for every act, see `acts.record`.
    """
    by_officer(act, trust, REWRAPPED)
    event, stale_rows = act.event, Rewraps(uow)
    office = str(event.facts.get("office", ""))
    key = _key(trust, office) if trust.keyset.has_office(office) else ""
    if event.facts.get("key_id") != key:
        raise BadActError("key_id", "the office key in force")
    # Wraps that no event names are not replaced: verification names them.
    standing = names_in(one.event for one in uow.events.of_report(event.report))
    stale = [
        one
        for one in stale_rows.stale(event.report, office, key)
        if standing.get(("wrap", one.id)) == one.named.digest
    ]
    if not stale:
        raise AlreadyDoneError(report=event.report)
    if Counter(event.removed) != Counter(one.named for one in stale):
        raise BadActError("removed", "the wraps to earlier keys of the office")
    if not _replaces(stale, wraps, key):
        raise BadActError("added", "the same keys, wrapped to the office key in force")
    case = record(uow, act=act, trust=trust, now=now, records=wraps)
    stale_rows.drop(event.report, stale)
    uow.sealed.add_wraps(event.report, wraps)
    return case


def _replaces(old: Sequence[KeyWrap], new: Sequence[KeyWrap], key: str) -> bool:
    def of(wraps: Sequence[KeyWrap]) -> Counter[tuple[str, str, str, bytes]]:
        return Counter((one.sending, one.key_kind, one.recipient, one.key_id) for one in wraps)

    return of(old) == of(new) and all(one.recipient_key == key for one in new)


def _key(trust: Trust, office: str) -> str:
    return trust.keyset.office(office).key.box.hex()
