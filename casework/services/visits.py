"""On-site verification: who goes, what they saw, and the signature of the other one (S26).

The record and its photos are sealed under the content key. Which rows belong to them stands in
the signed events, with their digests; the second officer signs the digest of the event that
brought the record, and no photo may have changed by then.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from casework.domain.case import Case
from casework.domain.case_turns import Visit
from casework.domain.checklists import checklist_of
from casework.domain.errors import BadActError, VisitRefusedError
from casework.domain.roles import Role
from casework.domain.visit import FOLLOW_UP, standing
from casework.services.acts import by_officer, record
from casework.services.notices import notify
from casework.services.trust import Trust
from casework.storage.blobs import BlobMissingError, Blobs
from casework.storage.sealed_vault import SealedVault
from casework.storage.unit_of_work import UnitOfWork, query, use_case
from crypto.events import SealedFile, SealedObject, SignedEvent

RECORD: Final = "visit_record"  # kinds of the sealed texts, under the content key
NOTE: Final = "visit_note"
PHOTO_INFO: Final = "photo_info"  # has the id of its photo


_TEXTS: Final = frozenset({"visit.recorded", "visit.returned"})


@dataclass(frozen=True, slots=True)
class VisitText:
    """A sealed record or note of a visit.

    Attributes:
        ordinal, kind, actor, at: of the act that brought it.
        id: of the sealed text.
    """

    ordinal: int
    kind: str
    id: str
    actor: str
    at: str


def officers_for(case: Case, purpose: str, trust: Trust) -> tuple[str, ...]:
    """Return the accounts that may be named for a visit, in order.

    Certified people of the office that leads and of those that help it, officers all of them;
    for a follow-up the supervising office's people as well. Nobody who is recused, and nobody
    of an office that is kept out.
    """
    mine = {case.lead, *case.co_handlers}

    def goes(office: str, roles: frozenset[str]) -> bool:
        above = purpose == FOLLOW_UP and office == case.supervisor
        return (Role.OFFICER in roles and (above or office in mine)) or (
            above and Role.SUPERVISOR in roles
        )

    return tuple(
        sorted(
            one.account
            for one in trust.members.values()
            if goes(one.office, frozenset(one.roles))
            and one.account not in case.recused
            and one.office not in case.kept_out
        )
    )


@use_case
def plan_visit(uow: UnitOfWork, *, act: SignedEvent, trust: Trust, now: datetime) -> Case:
    """Open a visit; the offices of the two are told, content-free, and nobody else.

    Raises:
        VisitRefusedError: one of the two may not go, or for a follow-up neither is of the
            supervising office; or as for visit.plan.
        CaseworkError: as for every act, see `acts.record`.
    """
    by_officer(act, trust, "visit.planned")
    before = uow.reports.lock(act.event.report)
    case = record(uow, act=act, trust=trust, now=now)
    visit = case.visits[-1]
    if not set(visit.officers) <= set(officers_for(before, visit.purpose, trust)):
        raise VisitRefusedError("officers")
    offices = {trust.member(one).office for one in visit.officers}
    if visit.purpose == FOLLOW_UP and case.supervisor not in offices:
        raise VisitRefusedError("officers_above")
    for office in sorted(offices):
        notify(uow, "visit.planned", case=case, office=office, now=now)
    return case


@use_case
def add_photos(
    uow: UnitOfWork,
    *,
    act: SignedEvent,
    files: Sequence[SealedFile],
    infos: Sequence[SealedObject],
    trust: Trust,
    now: datetime,
) -> Case:
    """Add photos that are sealed and durable in the blob store already.

    Raises:
        BadActError: the act names other photos than came with it.
        CaseworkError: as for every act, see `acts.record`.
    """
    by_officer(act, trust, "visit.photographed")
    case = record(uow, act=act, trust=trust, now=now, records=[*files, *infos])
    named = act.event.facts["photos"]
    ids = [one.id for one in files]
    if not isinstance(named, list | tuple) or list(named) != ids:
        raise BadActError("photos", "the ids of the photos that came with it")
    if [one.id for one in infos] != ids or any(one.kind != PHOTO_INFO for one in infos):
        raise BadActError("added", f"one {PHOTO_INFO} for each photo")
    uow.sealed.add_files(case.report_id, files)
    uow.sealed.add_objects(case.report_id, infos)
    return case


@use_case
def record_visit(
    uow: UnitOfWork,
    *,
    act: SignedEvent,
    text: SealedObject,
    blobs: Blobs,
    trust: Trust,
    now: datetime,
) -> Case:
    """Record what was found; the offices of the visit are told that it waits to be signed.

    Raises:
        VisitRefusedError: a photo that it names is not what was added.
        BadActError: another checklist than the one of the matter, or the text is none of its kind.
        CaseworkError: as for every act, see `acts.record`.
    """
    by_officer(act, trust, "visit.recorded")
    case = record(uow, act=act, trust=trust, now=now, records=[text])
    if text.kind != RECORD:
        raise BadActError("added", f"a sealed text of the kind {RECORD}")
    facts, listed = act.event.facts, checklist_of(case.matter)
    if (facts["checklist"], facts["checklist_sha256"]) != (listed.id, listed.sha256):
        raise BadActError("checklist", listed.id)
    visit = case.visits[-1]
    _check_photos(uow, case, visit, blobs)
    uow.sealed.add_objects(case.report_id, [text])
    other = next(one for one in visit.officers if one != visit.recorder)
    notify(uow, "visit.recorded", case=case, office=trust.member(other).office, now=now)
    return case


@use_case
def return_visit(
    uow: UnitOfWork, *, act: SignedEvent, text: SealedObject, trust: Trust, now: datetime
) -> Case:
    """Send the record back to who made it, with words.

    Raises:
        BadActError: the text is none of its kind.
        CaseworkError: as for every act, see `acts.record`.
    """
    by_officer(act, trust, "visit.returned")
    before = uow.reports.lock(act.event.report)
    case = record(uow, act=act, trust=trust, now=now, records=[text])
    if text.kind != NOTE:
        raise BadActError("added", f"a sealed text of the kind {NOTE}")
    uow.sealed.add_objects(case.report_id, [text])
    waiting = standing(before)
    if waiting is not None and waiting.recorder in trust.members:
        office = trust.member(waiting.recorder).office
        notify(uow, "visit.returned", case=case, office=office, now=now)
    return case


@use_case
def sign_visit(
    uow: UnitOfWork, *, act: SignedEvent, blobs: Blobs, trust: Trust, now: datetime
) -> Case:
    """Sign the record that the other officer made: from now on it counts.

    Raises:
        VisitRefusedError: it is not the record that stands, or a photo is not what was added.
        CaseworkError: as for every act, see `acts.record`.
    """
    by_officer(act, trust, "visit.signed")
    case = record(uow, act=act, trust=trust, now=now)
    visit = case.visits[-1]
    if act.event.facts["record"] != _digest_of(uow, case, visit):
        raise VisitRefusedError("another_record")
    _check_photos(uow, case, visit, blobs)
    return case


@use_case
def drop_visit(uow: UnitOfWork, *, act: SignedEvent, trust: Trust, now: datetime) -> Case:
    """Give up the visit that is open."""
    by_officer(act, trust, "visit.dropped")
    return record(uow, act=act, trust=trust, now=now)


@query
def record_digest(uow: UnitOfWork, *, report: str, visit: Visit) -> str:
    """Return the digest of the event that brought the record of a visit, hexadecimal.

    It names the sealed record and, through the acts before it, the photos; who signs the
    record signs this.

    Raises:
        VisitRefusedError: there is no record.
    """
    return _digest_of(uow, uow.reports.get(report), visit)


@query
def texts_of(uow: UnitOfWork, *, report: str, visit: Visit) -> tuple[VisitText, ...]:
    """Return which texts are records and notes of a visit, in order; they stay sealed."""
    return tuple(
        VisitText(
            one.event.ordinal, one.event.kind, one.event.added[0].id, one.event.actor, one.event.at
        )
        for one in uow.events.of_report(report)
        if one.event.kind in _TEXTS and one.event.facts["visit"] == visit.ordinal
    )


@query
def photo_digests(uow: UnitOfWork, *, report: str) -> dict[str, str]:
    """Return the digest of each photo of a case as the act that added it names it, by id."""
    return _named_photos(uow, report)


@query
def changed_photos(uow: UnitOfWork, *, report: str, visit: Visit, blobs: Blobs) -> tuple[str, ...]:
    """Return the ids of the record's photos that are not what was added."""
    return tuple(_changed(uow, uow.reports.get(report), visit.shown, blobs))


def _digest_of(uow: UnitOfWork, case: Case, visit: Visit) -> str:
    for one in uow.events.of_report(case.report_id):
        if one.event.kind == "visit.recorded" and one.event.ordinal == visit.recorded:
            return one.event.digest().hex()
    raise VisitRefusedError("another_record")


def _check_photos(uow: UnitOfWork, case: Case, visit: Visit, blobs: Blobs) -> None:
    if any(_changed(uow, case, visit.shown, blobs)):
        raise VisitRefusedError("photo_changed")


def _changed(uow: UnitOfWork, case: Case, photos: Iterable[str], blobs: Blobs) -> Iterable[str]:
    """Yield the photos whose row no event names, or whose stored bytes are not those."""
    named, vault = _named_photos(uow, case.report_id), SealedVault(uow)
    for photo in photos:
        found = vault.file(case.report_id, photo)
        if found is None or found.named.digest != named.get(photo) or not _holds(found, blobs):
            yield photo


def _named_photos(uow: UnitOfWork, report: str) -> dict[str, str]:
    return {
        row.id: row.digest
        for one in uow.events.of_report(report)
        if one.event.kind == "visit.photographed"
        for row in one.event.added
        if row.kind == "file"
    }


def _holds(file: SealedFile, blobs: Blobs) -> bool:
    try:
        return file.holds(blobs.read(file.blob_name))
    except (BlobMissingError, ValueError):
        return False
