"""Reading what was reported. Every reading is a signed event, stored before anything is shown."""

from dataclasses import dataclass
from datetime import datetime

from casework.domain.act_facts import number_of
from casework.domain.case import Case
from casework.domain.errors import TamperedError, UnknownReportError
from casework.domain.interference import READ
from casework.services.acts import act_of, by_officer, record
from casework.services.trust import Trust
from casework.services.visits import PHOTO_INFO
from casework.storage.sealed_vault import SealedVault
from casework.storage.unit_of_work import UnitOfWork, query, use_case
from crypto.errors import EventError
from crypto.events import (
    KeyWrap,
    SealedFile,
    SealedObject,
    SignedEvent,
    check_named,
    names_in,
)

FILE_INFO = "file_info"
INFOS = frozenset({FILE_INFO, PHOTO_INFO})


@dataclass(frozen=True, slots=True)
class CaseFile:
    """What an office can open of a case: every row checked against the events.

    Attributes:
        case: where the case stands.
        objects: sealed texts, messages and manifests.
        wraps: the content and thread keys, wrapped to this office.
        files: where the sealed files lie.
    """

    case: Case
    objects: tuple[SealedObject, ...]
    wraps: tuple[KeyWrap, ...]
    files: tuple[SealedFile, ...]


@use_case
def open_case_file(uow: UnitOfWork, *, act: SignedEvent, trust: Trust, now: datetime) -> CaseFile:
    """Record that an officer reads the report, and hand over what that office can open.

    Raises:
        TamperedError: a row is not the one an event names.
        CaseworkError: as for every act, see `acts.record`.
    """
    by_officer(act, trust, "report.read")
    case = record(uow, act=act, trust=trust, now=now)
    return _case_file(uow, case, trust.signer(act.event.signer).office)


@query
def keys_of(uow: UnitOfWork, *, report_id: str, office: str) -> CaseFile:
    """Return what an office needs to write into a case or to pass it on; shows nothing readable.

    The manifests and wraps alone: the keys they carry are needed to seal a reply.
    """
    case = uow.reports.get(report_id)
    whole = _case_file(uow, case, office)
    manifests = tuple(one for one in whole.objects if one.kind == "manifest")
    return CaseFile(case, manifests, whole.wraps, ())


@query
def texts_of(uow: UnitOfWork, *, report_id: str, office: str, kinds: frozenset[str]) -> CaseFile:
    """Return what the offices wrote to each other, of these *kinds*, beside the keys to open it.

    No reading of the report is recorded: of what the reporter wrote only the enterprise's name may
    be asked for, which becomes a mark at once and is shown to nobody (admin/duplicates.py).
    """
    case = uow.reports.get(report_id)
    whole = _case_file(uow, case, office)
    texts = tuple(one for one in whole.objects if one.kind in kinds | {"manifest"})
    return CaseFile(case, texts, whole.wraps, ())


@use_case
def open_note(uow: UnitOfWork, *, act: SignedEvent, trust: Trust, now: datetime) -> CaseFile:
    """Record that a reader opens a note of interference, and hand over that note alone.

    Raises:
        UnknownAskError: there is no such note.
        NotPermittedError: it was not sealed to the reader's office.
        TamperedError: a row is not the one an event names.
    """
    by_officer(act, trust, READ)
    case = record(uow, act=act, trust=trust, now=now)
    whole = _case_file(uow, case, trust.signer(act.event.signer).office)
    asked = number_of(act_of(act.event, case, trust), "asked")
    added = {one.id for one in uow.events.of_report(case.report_id)[asked - 1].event.added}
    objects = tuple(one for one in whole.objects if one.id in added)
    sendings = {one.sending for one in objects}
    wraps = tuple(one for one in whole.wraps if one.sending in sendings)
    return CaseFile(case, objects, wraps, ())


@use_case
def open_file(
    uow: UnitOfWork, *, act: SignedEvent, trust: Trust, now: datetime
) -> tuple[SealedFile, SealedObject]:
    """Record that an officer takes out one file; tell where it lies and what is sealed about it.

    Raises:
        UnknownReportError: no such file in this report.
        TamperedError: a row is not the one an event names.
    """
    by_officer(act, trust, "file.read")
    vault, report, file_id = SealedVault(uow), act.event.report, str(act.event.facts["file"])
    found, info = vault.file(report, file_id), vault.one_object(report, file_id)
    case = record(uow, act=act, trust=trust, now=now)
    if found is None or info is None or info.kind not in INFOS:
        raise UnknownReportError(report=case.report_id)
    _check(uow, case.report_id, [found, info])
    return found, info


def _case_file(uow: UnitOfWork, case: Case, office: str) -> CaseFile:
    vault = SealedVault(uow)
    objects = vault.objects(case.report_id)
    wraps = vault.office_wraps(case.report_id, office)
    files = vault.files(case.report_id)
    _check(uow, case.report_id, [*objects, *wraps, *files])
    return CaseFile(case, objects, wraps, files)


def _check(
    uow: UnitOfWork, report_id: str, records: list[SealedObject | KeyWrap | SealedFile]
) -> None:
    standing = names_in(one.event for one in uow.events.of_report(report_id))
    try:
        check_named(records, standing)
    except EventError as problem:
        raise TamperedError(report=report_id) from problem
