"""Events, the stored records they name, and the checking of signatures.

Every change and every read of a case is an event: structured facts, the
digests of the records it added or removed, a salt, and the signature of who
did it (SEALING.md 8). Only the first event of a report may have no signature.
The records are re-exported here, for casework imports of crypto this module,
`keyset`, `merkle` and `notes` only.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from crypto.canonical import JSON as JSON
from crypto.canonical import canonical as canonical
from crypto.canonical import parse_canonical as parse_canonical
from crypto.canonical import parse_object
from crypto.context import named_hash, signing_input
from crypto.errors import EventError
from crypto.fields import Fields
from crypto.public_key import check_sign_key, verify
from crypto.randomness import random_bytes
from crypto.records import MEMBER_WRAP as MEMBER_WRAP
from crypto.records import TO_RECOVERY as TO_RECOVERY
from crypto.records import IdentityItem as IdentityItem
from crypto.records import IdentityPiece as IdentityPiece
from crypto.records import KeyWrap as KeyWrap
from crypto.records import MemberWrap as MemberWrap
from crypto.records import Named as Named
from crypto.records import OwnerKind as OwnerKind
from crypto.records import Record as Record
from crypto.records import SealedFile as SealedFile
from crypto.records import SealedObject as SealedObject
from crypto.records import wrapped_by as wrapped_by

SALT_SIZE = 16
RECEIVED = "report.received"
NOBODY = "nobody"
REPORTER = "reporter"
JOBS = "jobs"
RECOVERY = "recovery"  # whoever typed k paper parts; outside reports only
OFFICER = "officer:"

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z\Z")
_KIND = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)+\Z")
_DIGEST = re.compile(r"[0-9a-f]{64}\Z")
_SALT = re.compile(r"[0-9a-f]{32}\Z")


@dataclass(frozen=True, slots=True)
class Event:
    """What was done, as it is signed and logged.

    Attributes:
        site: site id.
        report: report id, "" outside a report.
        kind: "report.received", "report.accepted" and so on.
        ordinal: 1, 2, 3 ... within a report, 0 outside.
        at: "YYYY-MM-DD" for report.received, else "YYYY-MM-DDTHH:MM:SSZ" or a day.
        actor: "officer:<account id>", "reporter", "jobs", "recovery" or "nobody".
        signer: hex of the actor's Ed25519 public key; "" for the first event of a report.
        facts: structured facts, no free text.
        added: records that came with it.
        removed: records that went with it.
        salt: hex of 16 random bytes, so that a digest tells nothing.
    """

    site: str
    report: str
    kind: str
    ordinal: int
    at: str
    actor: str
    signer: str
    facts: Mapping[str, JSON]
    added: tuple[Named, ...] = ()
    removed: tuple[Named, ...] = ()
    salt: str = field(default_factory=lambda: random_bytes(SALT_SIZE).hex())
    _body: bytes = field(default=b"", init=False, repr=False, compare=False)

    def encode(self) -> bytes:
        """Return the canonical bytes; they are made once.

        Raises:
            EventError: *facts* cannot be written canonically.
        """
        if not self._body:
            object.__setattr__(self, "_body", self._encoded())
        return self._body

    def _encoded(self) -> bytes:
        return canonical(
            {
                "site": self.site,
                "report": self.report,
                "kind": self.kind,
                "ordinal": self.ordinal,
                "at": self.at,
                "actor": self.actor,
                "signer": self.signer,
                "facts": self.facts,
                "added": [one.as_json() for one in self.added],
                "removed": [one.as_json() for one in self.removed],
                "salt": self.salt,
            }
        )

    def digest(self) -> bytes:
        """Return the 32 bytes by which the event is named elsewhere."""
        return event_digest(self.encode())


@dataclass(frozen=True, slots=True)
class SignedEvent:
    """An event with its signature: 64 bytes, or none for the first event of a report."""

    event: Event
    signature: bytes


def event_digest(body: bytes) -> bytes:
    """Return the digest of an encoded event."""
    return named_hash("tg-event", body)


def signing_bytes(event: Event) -> bytes:
    """Return the bytes that the actor signs."""
    return signing_input("tg-event", event.encode())


def check_signature(signed: SignedEvent) -> None:
    """Check that the key named in the event signed it, or that none was due.

    Whether that key belongs to the actor is for the caller to look up: the
    key set and certificates for officers, the manifest for reporters.

    Raises:
        EventError: missing, wrong or unexpected signature.
    """
    event = signed.event
    check_form(event)
    if event.actor == NOBODY:
        if signed.signature:
            raise EventError("nobody's event is signed")
        return
    verify(bytes.fromhex(event.signer), signing_bytes(event), signed.signature)


def check_form(event: Event) -> None:
    """Check that every field of *event* has its form.

    Raises:
        EventError: one has not.
    """
    first = event.kind == RECEIVED
    when = _DAY.match(event.at) or (not first and _INSTANT.match(event.at))
    if not (_KIND.match(event.kind) and when and _SALT.match(event.salt) and event.site):
        raise EventError("malformed event")
    try:
        datetime.fromisoformat(event.at)
    except ValueError as error:
        raise EventError("no such day or time") from error
    if (event.ordinal >= 1) != bool(event.report) or event.ordinal < 0:
        raise EventError("ordinal does not fit")
    if first != (event.ordinal == 1):
        raise EventError("ordinal does not fit")
    # Only the sending that opens a report may be unsigned: nobody has a key yet.
    if event.actor == NOBODY and not first:
        raise EventError("actor does not fit")
    _check_actor(event)
    for one in (*event.added, *event.removed):
        if not (one.kind and one.id and _DIGEST.match(one.digest)):
            raise EventError("malformed record name")


def _check_actor(event: Event) -> None:
    if event.actor == NOBODY:
        if event.signer:
            raise EventError("nobody has no key")
        return
    officer = event.actor.startswith(OFFICER) and len(event.actor) > len(OFFICER)
    recovery = event.actor == RECOVERY and not event.report
    if not (officer or recovery or event.actor in (REPORTER, JOBS)):
        raise EventError("unknown actor")
    check_sign_key(event.signer)


_FIELDS = frozenset(
    {
        "site", "report", "kind", "ordinal", "at", "actor", "signer", "facts", "added",
        "removed", "salt",
    }
)  # fmt: skip


def parse_event(body: bytes) -> Event:
    """Return the event in canonical *body*.

    Raises:
        EventError: not canonical, or a field is malformed.
    """
    read = Fields(parse_object(body, _FIELDS))
    event = Event(
        site=read.text("site"),
        report=read.text("report"),
        kind=read.text("kind"),
        ordinal=read.integer("ordinal"),
        at=read.text("at"),
        actor=read.text("actor"),
        signer=read.text("signer"),
        facts=read.mapping("facts"),
        added=read.names("added"),
        removed=read.names("removed"),
        salt=read.text("salt"),
    )
    check_form(event)
    # What was read is the one canonical form of these fields, and has no others.
    object.__setattr__(event, "_body", body)
    return event


def names_in(events: Iterable[Event]) -> dict[tuple[str, str], str]:
    """Return what the events of a report leave standing: (kind, id) to digest.

    Args:
        events: the events of one report in the order of their ordinals.

    Raises:
        EventError: an event adds what stands already; a new version of a record
            comes with the removal of the old one.
    """
    standing: dict[tuple[str, str], str] = {}
    for event in events:
        for gone in event.removed:
            standing.pop((gone.kind, gone.id), None)
        for one in event.added:
            if (one.kind, one.id) in standing:
                raise EventError(f"{one.kind} stands already: {one.id}")
            standing[one.kind, one.id] = one.digest
    return standing


def check_named(records: Iterable[Record], standing: Mapping[tuple[str, str], str]) -> None:
    """Check that an event names each of *records* as it is stored.

    Raises:
        EventError: a record that no event names, or that was changed or put back.
    """
    for record in records:
        named = record.named
        if standing.get((named.kind, named.id)) != named.digest:
            raise EventError(f"no event names this {named.kind}: {named.id}")
