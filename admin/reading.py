"""A department reads its case. Each reading is signed and stored before anything is shown."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from admin import auth
from admin.desk import HeldKeys, OpenedKey
from admin.extensions import console
from admin.signing import attempt, sign_act
from casework.domain.case import Case
from casework.domain.errors import TamperedError
from casework.domain.interference import READ
from casework.services import keysets, orders, reading, refusals, visits
from casework.services.interference import INTERFERENCE, NOTE
from casework.services.reading import CaseFile
from crypto.canonical import parse_canonical
from crypto.context import digest, file_context, office_wrap_context, part_context, wrap_context
from crypto.errors import CryptoError
from crypto.events import SealedObject
from crypto.manifest import MANIFEST
from crypto.objects import object_key_id
from crypto.private_key import PrivateKey
from crypto.unseal import open_stream, unseal_text, unwrap_key

FILE_INFO = "file_info"
THREAD_KINDS = frozenset({"message", "reason"})
# What has a page of its own, or is no text.
NO_PARTS = frozenset(
    {MANIFEST, FILE_INFO, orders.ORDER, orders.ANSWER, refusals.WORDS, INTERFERENCE}
    | {visits.RECORD, visits.NOTE, visits.PHOTO_INFO}
)


class UnreadableError(Exception):
    """What is stored cannot be opened with this person's keys, or is not what was sealed."""


@dataclass(frozen=True, slots=True)
class Part:
    """A text of the case."""

    id: str
    kind: str
    text: str = field(repr=False)
    is_readable: bool = True


@dataclass(frozen=True, slots=True)
class FileInfo:
    """What the reporter's device said about a file."""

    id: str
    name: str = field(repr=False)
    media_type: str = field(repr=False)
    size: int = field(repr=False)
    cleaned: str
    scan: str
    original: str = ""  # id of the identity item that holds the file as it came, if it is kept


@dataclass(frozen=True, slots=True)
class OpenedReport:
    """A report in the clear, for one answer."""

    case: Case
    parts: tuple[Part, ...]
    messages: tuple[Part, ...]
    files: tuple[FileInfo, ...]


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """A file in the clear, streamed as it is opened."""

    info: FileInfo
    content: Iterator[bytes] = field(repr=False)


def keys_of(case: Case) -> HeldKeys:
    """Open the keys of a case in order to write into it or to pass it on; nothing is read.

    Raises:
        UnreadableError: this person's office does not hold them.
    """
    found = reading.keys_of(console().store, report_id=case.report_id, office=auth.current().office)
    return _opened_keys(found)


def open_note(report_id: str, ordinal: int) -> str:
    """Record that a note of interference is read, then open it.

    Raises:
        UnreadableError: this person's office is no reader, or the text is damaged.
        CaseworkError: the rules do not allow it.
    """
    found = attempt(
        report_id,
        lambda case: reading.open_note(
            console().store,
            act=sign_act(case, READ, {"asked": ordinal}),
            trust=console().trust(),
            now=console().clock.now(),
        ),
    )
    keys = {one.wrap.key_id: one.key for one in _opened_keys(found, needs=frozenset({NOTE})).keys}
    notes = [one for one in found.objects if one.kind == INTERFERENCE]
    if len(notes) != 1:
        raise UnreadableError
    return _part(found.case, notes[0], keys).text


def open_report(report_id: str) -> OpenedReport:
    """Record that the report is read, then open narrative, messages and the list of files.

    Raises:
        UnreadableError: it cannot be opened.
        CaseworkError: the rules do not allow it.
    """
    found = attempt(report_id, _read)
    keys = _keys_by_id(found)
    texts = [one for one in found.objects if one.kind not in NO_PARTS]
    parts = [_part_or_not(found.case, one, keys) for one in texts]
    files = [one for one in found.objects if one.kind == FILE_INFO]
    return OpenedReport(
        case=found.case,
        parts=tuple(part for part in parts if part.kind not in THREAD_KINDS),
        messages=tuple(part for part in parts if part.kind in THREAD_KINDS),
        files=tuple(_file_info(found.case, one, keys) for one in files),
    )


def open_texts(found: CaseFile) -> dict[str, str]:
    """Open what offices wrote to each other, by the ids of the sealed texts.

    Raises:
        UnreadableError: this person's office does not hold the keys, or a text is damaged.
    """
    keys = _keys_by_id(found)
    texts = [one for one in found.objects if one.kind != MANIFEST]
    return {one.id: _part(found.case, one, keys).text for one in texts}


def open_file(report_id: str, file_id: str) -> OpenedFile:
    """Record that a file is taken out, then open it while it is sent.

    Raises:
        UnreadableError: it cannot be opened.
        CaseworkError: the rules do not allow it.
    """
    store, office = console().store, auth.current().office
    stored, told = attempt(
        report_id,
        lambda case: reading.open_file(
            store,
            act=sign_act(case, "file.read", {"file": file_id}),
            trust=console().trust(),
            now=console().clock.now(),
        ),
    )
    whole = reading.keys_of(store, report_id=report_id, office=office)
    keys = _keys_by_id(whole)
    info = _file_info(whole.case, told, keys)
    stream = open_stream(
        console().blobs.read(stored.blob_name),
        key=keys[object_key_id(told.body)],
        context=file_context(store.site, report_id, file_id),
    )
    return OpenedFile(info, stream)


def _read(case: Case) -> CaseFile:
    known = reading.keys_of(console().store, report_id=case.report_id, office=auth.current().office)
    return reading.open_case_file(
        console().store,
        act=sign_act(case, "report.read", {"sending": _own_manifest(known).sending}),
        trust=console().trust(),
        now=console().clock.now(),
    )


def _own_manifest(found: CaseFile) -> SealedObject:
    """The manifest that the report's first event names, by its digest."""
    for one in found.objects:
        if one.kind == MANIFEST and one.digest.hex() == found.case.manifest:
            return one
    raise TamperedError(report=found.case.report_id)


def _opened_keys(
    found: CaseFile, *, needs: frozenset[str] = frozenset({"content", "thread"})
) -> HeldKeys:
    manifests = {one.sending: one for one in found.objects if one.kind == MANIFEST}
    try:
        held = office_keys()
        opened = tuple(
            OpenedKey(wrap, manifests[wrap.sending], key)
            for wrap in found.wraps
            for key in [
                unwrap_key(
                    wrap.body,
                    context=wrap_context(
                        console().store.site,
                        found.case.report_id,
                        wrap.sending,
                        wrap.key_kind,
                        digest(manifests[wrap.sending].body),
                    ),
                    holder=held[wrap.recipient_key],
                    key_id=wrap.key_id,
                )
            ]
        )
    except (CryptoError, KeyError) as problem:
        raise UnreadableError from problem
    if not needs <= {one.wrap.key_kind for one in opened}:
        raise UnreadableError
    return HeldKeys(found.case, opened)


def office_keys() -> dict[str, PrivateKey]:
    """Open the office's keys, present and replaced, by the hex of their public box key."""
    session = auth.current()
    context = office_wrap_context(console().store.site, session.office)
    wraps = keysets.member_wraps(
        console().store, account=session.account, kind="office", owner=session.office
    )
    opened = [
        PrivateKey(
            unwrap_key(
                wrap.body, context=context, holder=session.day, key_id=bytes.fromhex(wrap.key_id)
            )
        )
        for wrap in wraps
    ]
    return {key.public.box.hex(): key for key in opened}


def _keys_by_id(found: CaseFile) -> dict[bytes, bytes]:
    return {one.wrap.key_id: one.key for one in _opened_keys(found).keys}


def _part_or_not(case: Case, sealed: SealedObject, keys: dict[bytes, bytes]) -> Part:
    """One text that does not open must not keep the others from being read."""
    try:
        return _part(case, sealed, keys)
    except UnreadableError:
        return Part(sealed.id, sealed.kind, "", is_readable=False)


def _part(case: Case, sealed: SealedObject, keys: dict[bytes, bytes]) -> Part:
    context = part_context(
        console().store.site, case.report_id, sealed.kind, sealed.id, sealed.version
    )
    try:
        key = keys[object_key_id(sealed.body)]
        return Part(sealed.id, sealed.kind, unseal_text(sealed.body, key=key, context=context))
    except (CryptoError, KeyError) as problem:
        raise UnreadableError from problem


def _file_info(case: Case, sealed: SealedObject, keys: dict[bytes, bytes]) -> FileInfo:
    try:
        told = parse_canonical(_part(case, sealed, keys).text.encode())
    except CryptoError as problem:
        raise UnreadableError from problem
    if not isinstance(told, dict):
        raise UnreadableError
    return FileInfo(
        id=sealed.id,
        name=str(told.get("name", "")),
        media_type=str(told.get("type", "")),
        size=int(str(told.get("size", 0))),
        cleaned=str(told.get("cleaned", "")),
        scan=str(told.get("scan", "")),
        original=str(told.get("original", "")),
    )
