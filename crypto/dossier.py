"""Composes a whole sending from plain values and public keys.

The web form, the mail gateway, the API and the hotline desk are thin callers of
this. Content key K and thread key M are drawn here, wrapped, and forgotten with
the request; nothing here can open what it sealed.
"""

from collections.abc import Iterable, Mapping, Sequence

from crypto.canonical import JSON
from crypto.context import digest, key_id, part_context, wrap_context
from crypto.errors import KeySetError
from crypto.events import NOBODY, RECEIVED, REPORTER, Event
from crypto.identity_item import NewId
from crypto.identity_item import seal_item as seal_item
from crypto.keyset import KeySet, Office
from crypto.manifest import MANIFEST, Manifest
from crypto.public_key import PublicKey
from crypto.records import IdentityItem, IdentityPiece, KeyWrap, Named, SealedFile, SealedObject
from crypto.seal import new_key, seal_text, wrap_key
from crypto.sending import Dossier as Dossier
from crypto.sending import Facts as Facts
from crypto.sending import FileEntry as FileEntry
from crypto.sending import IdentityFile as IdentityFile
from crypto.sending import Note as Note
from crypto.sending import Sending as Sending
from crypto.sending import identity_texts as identity_texts

ADDED = "evidence.added"
FILE_INFO = "file_info"
FILE_ITEM = "file"


def compose(
    sending: Sending,
    *,
    facts: Facts,
    parts: Mapping[str, str],
    identity: Mapping[str, str],
    files: Iterable[FileEntry],
    keyset: KeySet,
    reporter: PublicKey,
    new_id: NewId,
    identity_files: Sequence[IdentityFile] = (),
) -> Dossier:
    """Compose the sending that opens a report.

    Args:
        sending: from `Sending.begin`; its files are sealed already.
        facts: structured facts.
        parts: kind to text: "narrative", "enterprise", "place" and so on.
        identity: kind to text, from `identity_texts`; each under its own item key.
        files: entries of the sealed files.
        keyset: the key set in force.
        reporter: public half of the reporter's key.
        new_id: draws a random id.
        identity_files: files that only custodians open, each an item of the kind "file".

    Raises:
        KeySetError: an office outside the key set, the accused one, or none.
        SizeError: a text is longer than its largest bucket.
    """
    if not {facts.about, *facts.barred}.isdisjoint(facts.offices):
        raise KeySetError("a report is never sealed to the office it accuses, nor to a barred one")
    offices = _offices(keyset, facts.offices)
    objects, sealed_files = _content(sending, parts, files, new_id)
    sealed_files += _files(sending, (one.entry for one in identity_files))
    items, pieces = _identity(sending, identity, identity_files, keyset, new_id)
    stated = facts.as_json()
    names = _named((*objects, *items, *pieces, *sealed_files))
    manifest = _manifest(sending, stated, names, reporter, new_id)
    bound = digest(manifest.body)
    content = _wraps(sending, "content", sending.content_key, offices, None, bound, new_id)
    thread = _wraps(sending, "thread", new_key(), offices, reporter, bound, new_id)
    event = Event(
        site=sending.site,
        report=sending.report_id,
        kind=RECEIVED,
        ordinal=1,
        at=facts.received_on,
        actor=NOBODY,
        signer="",
        facts={
            **stated,
            "sending": sending.sending_id,
            "manifest": bound.hex(),
            "reporter_box": reporter.box.hex(),
            "reporter_sign": reporter.sign.hex(),
        },
        added=(manifest.named, *names, *_named(content + thread)),
    )
    return Dossier(event, manifest, objects, content + thread, items, pieces, sealed_files)


def compose_supplement(
    sending: Sending,
    *,
    ordinal: int,
    at: str,
    offices: Iterable[str],
    parts: Mapping[str, str],
    files: Iterable[FileEntry],
    keyset: KeySet,
    reporter: PublicKey,
    new_id: NewId,
    identity_files: Sequence[IdentityFile] = (),
) -> Dossier:
    """Compose later evidence: its own K, wrapped to the offices of the case.

    Args:
        sending: from `Sending.begin` with the id of the report it adds to.
        ordinal: of the event in the report.
        at: civil day or instant of the event.
        offices: codes of the offices that handle the case now.
        parts: kind to text.
        files: entries of the sealed files.
        keyset: the key set in force.
        reporter: public half of the reporter's key; the reporter signs the event.
        new_id: draws a random id.
        identity_files: files that only custodians open, each an item of the kind "file".

    Raises:
        KeySetError: an office outside the key set, or none.
        SizeError: a text is longer than its largest bucket.
    """
    chosen = _offices(keyset, offices)
    objects, sealed_files = _content(sending, parts, files, new_id)
    sealed_files += _files(sending, (one.entry for one in identity_files))
    items, pieces = _identity(sending, {}, identity_files, keyset, new_id)
    names = _named((*objects, *items, *pieces, *sealed_files))
    manifest = _manifest(sending, {}, names, reporter, new_id)
    bound = digest(manifest.body)
    wraps = _wraps(sending, "content", sending.content_key, chosen, None, bound, new_id)
    event = Event(
        site=sending.site,
        report=sending.report_id,
        kind=ADDED,
        ordinal=ordinal,
        at=at,
        actor=REPORTER,
        signer=reporter.sign.hex(),
        facts={"sending": sending.sending_id, "manifest": bound.hex()},
        added=(manifest.named, *names, *_named(wraps)),
    )
    return Dossier(event, manifest, objects, wraps, items, pieces, sealed_files)


def compose_note(
    sending: Sending,
    *,
    kind: str,
    text: str,
    key_kind: str,
    offices: Iterable[str],
    keyset: KeySet,
    reporter: PublicKey,
    new_id: NewId,
) -> Note:
    """Compose a text under a key of its own, for offices that its writer chooses.

    So whoever holds no key of a case can write into it, and whoever does can write past some of
    those who hold them. A sending like later evidence, but that an officer signs its event.

    Args:
        sending: from `Sending.begin` with the id of the report it belongs to.
        kind: of the text.
        text: up to 65,535 bytes.
        key_kind: "content", which goes on to every office that gets the case's keys, or "note",
            which stays with *offices*.
        offices: codes of the readers.
        keyset: the key set in force.
        reporter: public half of the reporter's key, as the case has it; nothing is sealed to it.
        new_id: draws a random id.

    Raises:
        KeySetError: an office outside the key set, or none.
        SizeError: the text is longer than its largest bucket.
    """
    chosen = _offices(keyset, offices)
    sealed = _part(sending, kind, new_id(), text)
    manifest = _manifest(sending, {}, _named([sealed]), reporter, new_id)
    bound = digest(manifest.body)
    wraps = _wraps(sending, key_kind, sending.content_key, chosen, None, bound, new_id)
    return Note(manifest, sealed, wraps)


def _offices(keyset: KeySet, codes: Iterable[str]) -> tuple[Office, ...]:
    offices = tuple(keyset.office(code) for code in dict.fromkeys(codes))
    if not offices:
        raise KeySetError("no office to seal to")
    return offices


def _content(
    sending: Sending, parts: Mapping[str, str], files: Iterable[FileEntry], new_id: NewId
) -> tuple[tuple[SealedObject, ...], tuple[SealedFile, ...]]:
    entries = tuple(files)
    objects = [_part(sending, kind, new_id(), text) for kind, text in parts.items()]
    objects += [_part(sending, FILE_INFO, one.file_id, one.info()) for one in entries]
    return tuple(objects), _files(sending, entries)


def _files(sending: Sending, entries: Iterable[FileEntry]) -> tuple[SealedFile, ...]:
    return tuple(
        SealedFile(one.file_id, sending.sending_id, one.blob_name, one.stored_size, one.digest)
        for one in entries
    )


def _part(sending: Sending, kind: str, object_id: str, text: str) -> SealedObject:
    context = part_context(sending.site, sending.report_id, kind, object_id)
    body = seal_text(text, key=sending.content_key, context=context)
    return SealedObject(object_id, sending.sending_id, kind, 1, body)


def _identity(
    sending: Sending,
    identity: Mapping[str, str],
    files: Iterable[IdentityFile],
    keyset: KeySet,
    new_id: NewId,
) -> tuple[tuple[IdentityItem, ...], tuple[IdentityPiece, ...]]:
    items: list[IdentityItem] = []
    pieces: list[IdentityPiece] = []
    told: list[tuple[str, str, str, bytes | None]] = [
        (new_id(), kind, text, None) for kind, text in identity.items()
    ]
    told += [(one.entry.file_id, FILE_ITEM, one.text(), one.key) for one in files]
    for item_id, kind, text, key in told:
        item, its_pieces = seal_item(
            text,
            site=sending.site,
            report=sending.report_id,
            kind=kind,
            item_id=item_id,
            keyset=keyset,
            new_id=new_id,
            key=key,
        )
        items.append(item)
        pieces += its_pieces
    return tuple(items), tuple(pieces)


Stored = SealedObject | KeyWrap | IdentityItem | IdentityPiece | SealedFile


def _named(records: Iterable[Stored]) -> tuple[Named, ...]:
    return tuple(one.named for one in records)


def _manifest(
    sending: Sending,
    facts: Mapping[str, JSON],
    names: tuple[Named, ...],
    reporter: PublicKey,
    new_id: NewId,
) -> SealedObject:
    manifest = Manifest(
        sending.site,
        sending.report_id,
        sending.sending_id,
        facts,
        names,
        reporter,
    )
    return SealedObject(new_id(), sending.sending_id, MANIFEST, 1, manifest.encode())


def _wraps(
    sending: Sending,
    key_kind: str,
    key: bytes,
    offices: Iterable[Office],
    reporter: PublicKey | None,
    manifest_digest: bytes,
    new_id: NewId,
) -> tuple[KeyWrap, ...]:
    context = wrap_context(
        sending.site, sending.report_id, sending.sending_id, key_kind, manifest_digest
    )
    name = key_id(key)
    recipients = [(f"office:{one.code}", one.key) for one in offices]
    if reporter is not None:
        recipients.append(("reporter", reporter))
    return tuple(
        KeyWrap(
            new_id(),
            sending.sending_id,
            key_kind,
            recipient,
            name,
            public.box.hex(),
            wrap_key(key, context=context, recipient=public),
        )
        for recipient, public in recipients
    )
