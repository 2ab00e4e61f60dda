"""The plain values that a sending is composed of, and what comes out."""

from dataclasses import dataclass, field

from crypto.canonical import JSON, canonical
from crypto.context import file_context
from crypto.events import Event
from crypto.objects import new_key
from crypto.records import IdentityItem, IdentityPiece, KeyWrap, SealedFile, SealedObject
from crypto.stream import FileSealer


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

    def as_json(self) -> dict[str, JSON]:
        """Return the plain form, as manifest and event have it."""
        return {
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

    def info(self) -> str:
        """Return what is sealed about the file, as one canonical text."""
        info: JSON = {
            "name": self.name,
            "type": self.media_type,
            "size": self.plain_size,
            "cleaned": self.cleaned,
            "scan": self.scan,
        }
        return canonical(info).decode()


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
