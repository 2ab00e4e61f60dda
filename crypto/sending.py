"""The plain values that a sending is composed of, and what comes out."""

from dataclasses import dataclass, field

from crypto.canonical import JSON, canonical
from crypto.context import file_context, item_file_context
from crypto.events import Event
from crypto.objects import new_key
from crypto.padding import IDENTITY_BYTES_MAX
from crypto.records import IdentityItem, IdentityPiece, KeyWrap, SealedFile, SealedObject
from crypto.stream import FileSealer

SHOWS_REPORTER = "shows_reporter"  # voice, handwriting, face
ORIGINAL = "original"  # the uncleaned file, kept because the reporter asked for it


@dataclass(frozen=True, slots=True)
class Sending:
    """One sending being put together; one a request.

    Attributes:
        site: site id.
        report_id: id of the report it opens or adds to.
        sending_id: id of the sending.
        content_key: K, drawn for this sending only.
    """

    site: str
    report_id: str
    sending_id: str
    content_key: bytes = field(repr=False)

    @classmethod
    def begin(cls, *, site: str, report_id: str, sending_id: str) -> "Sending":
        """Start a sending and draw its content key."""
        return cls(site, report_id, sending_id, new_key())

    def file_sealer(self, file_id: str) -> FileSealer:
        """Return a sealer for one file of this sending."""
        context = file_context(self.site, self.report_id, file_id)
        return FileSealer(self.content_key, context)

    def item_file_sealer(self, item_id: str) -> tuple[bytes, FileSealer]:
        """Draw an item key I, and return it with a sealer for a file that only custodians open."""
        key = new_key()
        return key, FileSealer(key, item_file_context(self.site, self.report_id, item_id))


@dataclass(frozen=True, slots=True)
class Facts:
    """Structured facts of a report, which rules need in the clear.

    Attributes:
        region: region code.
        sector: industry.
        matter: matter class.
        about: code of the office that the report accuses, if one.
        channel: "web", "mail", "api", "desk" and so on.
        received_on: civil date, "YYYY-MM-DD".
        case_number: number for mails and papers.
        lead: code of the lead office.
        supervisor: code of its supervising office, "" for none.
        offices: codes of the offices that the sending is sealed to.
        rule: routing rule that chose them.
        urgent_from: hour of an urgent report, "YYYY-MM-DDTHH:00:00Z" (UTC); "" for any other,
            of which nothing but the day is told.
        scope: as what the reporter sorted it, where it is no matter of work safety; "" else.
        co: codes of the offices that should help by that rule; nothing is sealed to them.
        barred: codes of offices that must never have it, though it accuses none of them.
        discipline: code of the body that a report about staff is sealed to as well, "" for none;
            it stands among the offices.
    """

    region: str
    sector: str
    matter: str
    about: str | None
    channel: str
    received_on: str
    case_number: str
    lead: str
    supervisor: str
    offices: tuple[str, ...]
    rule: str = ""
    urgent_from: str = ""
    scope: str = ""
    co: tuple[str, ...] = ()
    barred: tuple[str, ...] = ()
    discipline: str = ""

    def as_json(self) -> dict[str, JSON]:
        """Return the plain form, as manifest and event have it."""
        urgent: dict[str, JSON] = {"urgent": 1, "urgent_from": self.urgent_from}
        return {
            **(urgent if self.urgent_from else {}),
            **({"scope": self.scope} if self.scope else {}),
            "region": self.region,
            "sector": self.sector,
            "matter": self.matter,
            "about": self.about,
            "channel": self.channel,
            "received_on": self.received_on,
            "case_number": self.case_number,
            "lead": self.lead,
            "supervisor": self.supervisor,
            "offices": list(self.offices),
            "rule": self.rule,
            **({"co": list(self.co)} if self.co else {}),
            **({"barred": list(self.barred)} if self.barred else {}),
            **({"discipline": self.discipline} if self.discipline else {}),
        }


@dataclass(frozen=True, slots=True)
class FileEntry:
    """A file of a sending, sealed already.

    Attributes:
        file_id: id of the file.
        blob_name: name in the blob store.
        name: file name as the reporter's device has it; sealed.
        media_type: sealed.
        plain_size: true size in bytes; sealed.
        cleaned: what was done about metadata; sealed.
        scan: what a virus scanner found; sealed.
        stored_size: bytes in the blob store.
        digest: `FileSealer.digest` of the stored file.
        original: id of the identity item that holds the uncleaned file, "" for none; sealed.
    """

    file_id: str
    blob_name: str
    name: str = field(repr=False)
    media_type: str = field(repr=False)
    plain_size: int = field(repr=False)
    cleaned: str
    stored_size: int
    digest: bytes
    scan: str = "not_scanned"
    original: str = ""

    def info(self) -> str:
        """Return what is sealed about the file, as one canonical text."""
        told = self.as_json() | ({"original": self.original} if self.original else {})
        return canonical(told).decode()

    def as_json(self) -> dict[str, JSON]:
        """Return what is sealed about every file."""
        return {
            "name": self.name,
            "type": self.media_type,
            "size": self.plain_size,
            "cleaned": self.cleaned,
            "scan": self.scan,
        }


@dataclass(frozen=True, slots=True)
class IdentityFile:
    """A file that only custodians open: an identity item of the kind "file", sealed already.

    Attributes:
        key: item key I, 32 bytes, drawn for this file alone.
        entry: the sealed file; its id is the item's.
        what: SHOWS_REPORTER or ORIGINAL.
        of: of an original the id of its cleaned file, else "".
    """

    key: bytes = field(repr=False)
    entry: FileEntry
    what: str
    of: str = ""

    def text(self) -> str:
        """Return what is sealed in the item, as one canonical text of at most 2,047 bytes.

        A longer name keeps its end, which tells what kind of file it is.
        """
        told = self.entry.as_json() | {"what": self.what, "of": self.of}
        name = self.entry.name[-IDENTITY_BYTES_MAX:]
        while len(text := canonical(told | {"name": name})) > IDENTITY_BYTES_MAX and name:
            name = name[max(1, (len(text) - IDENTITY_BYTES_MAX) // 8) :]
        return text.decode()


@dataclass(frozen=True, slots=True)
class Note:
    """A text under a key of its own; see dossier.compose_note.

    Attributes:
        manifest: what the wraps are bound to.
        sealed: the text.
        wraps: its key, for each reader.
    """

    manifest: SealedObject
    sealed: SealedObject
    wraps: tuple[KeyWrap, ...]

    @property
    def records(self) -> tuple[SealedObject | KeyWrap, ...]:
        """Every row, as the event that brings them must name them."""
        return (self.manifest, self.sealed, *self.wraps)


@dataclass(frozen=True, slots=True)
class Dossier:
    """A sealed sending, ready to be stored in one transaction.

    Attributes:
        event: the event that names every record; for a supplement the reporter
            still has to sign it.
        manifest: what the wraps bind; stored like the other objects, not in `objects`.
        objects: sealed texts.
        wraps: wrapped keys.
        items: identity items.
        pieces: their keys' pieces, one row a seat.
        files: sealed files.
    """

    event: Event
    manifest: SealedObject
    objects: tuple[SealedObject, ...]
    wraps: tuple[KeyWrap, ...]
    items: tuple[IdentityItem, ...]
    pieces: tuple[IdentityPiece, ...]
    files: tuple[SealedFile, ...]


def identity_texts(
    *, name: str = "", id_number: str = "", phone: str = "", contact: str = ""
) -> dict[str, str]:
    """Return the identity items of what a reporter typed: "who", "contact" or neither."""
    texts = {}
    if name or id_number:
        texts["who"] = canonical({"name": name, "id_number": id_number}).decode()
    if phone or contact:
        texts["contact"] = canonical({"phone": phone, "contact": contact}).decode()
    return texts
