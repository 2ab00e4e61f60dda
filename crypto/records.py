"""Stored rows of reports and of members' keys, and the digests by which events name them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, Protocol

from crypto.context import digest, digest_state, lp, u32

OwnerKind = Literal["office", "seat"]
MEMBER_WRAP = "member_wrap"
TO_RECOVERY = "recovery"  # stands in the place of an account


@dataclass(frozen=True, slots=True)
class Named:
    """A stored record as an event names it.

    Attributes:
        kind: table of the record: "object", "wrap", "item", "piece", "file" or "member_wrap".
        id: id of the record.
        digest: hex of `digest` over the whole row, so that no column can be swapped.
    """

    kind: str
    id: str
    digest: str

    def as_json(self) -> list[str]:
        """Return the canonical list form."""
        return [self.kind, self.id, self.digest]


class Record(Protocol):
    """Any stored row that events name."""

    @property
    def named(self) -> Named:
        """The row as an event names it."""


def _named(kind: str, record_id: str, *columns: bytes) -> Named:
    return Named(kind, record_id, digest(lp(kind.encode(), record_id.encode(), *columns)).hex())


@dataclass(frozen=True, slots=True)
class SealedObject:
    """A sealed text of a case, or a manifest (canonical JSON, not secret).

    Attributes:
        id: id; a "file_info" has the id of its file.
        sending: id of the sending it came with, "" for what an office wrote.
        kind: "narrative", "message", "file_info", "manifest" and so on.
        version: from 1.
        body: the stored bytes.
    """

    id: str
    sending: str
    kind: str
    version: int
    body: bytes = field(repr=False)

    @property
    def digest(self) -> bytes:
        """Digest of the stored bytes alone."""
        return digest(self.body)

    @property
    def named(self) -> Named:
        """The row as an event names it."""
        return _named(
            "object", self.id, self.sending.encode(), self.kind.encode(), u32(self.version),
            self.body,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class KeyWrap:
    """A content or thread key wrapped to an office or to the reporter.

    Attributes:
        id: id of the row.
        sending: id of the sending the key came with.
        key_kind: "content", "thread", or "note" of a text for its readers alone.
        recipient: "office:CODE" or "reporter".
        key_id: 32 bytes, `key_id` of the wrapped key.
        recipient_key: hex of the recipient's box key, 64 characters.
        body: the stored bytes.
    """

    id: str
    sending: str
    key_kind: str
    recipient: str
    key_id: bytes
    recipient_key: str
    body: bytes = field(repr=False)

    @property
    def digest(self) -> bytes:
        """Digest of the stored bytes alone."""
        return digest(self.body)

    @property
    def named(self) -> Named:
        """The row as an event names it."""
        return _named(
            "wrap", self.id, self.sending.encode(), self.key_kind.encode(),
            self.recipient.encode(), self.key_id, self.recipient_key.encode(), self.body,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class IdentityItem:
    """One sealed identity item.

    Attributes:
        id: id of the item; a later version keeps it.
        kind: "who", "contact", "payee", "mandate" or "file".
        version: from 1.
        body: the stored bytes, sealed under the item key I.
    """

    id: str
    kind: str
    version: int
    body: bytes = field(repr=False)

    @property
    def digest(self) -> bytes:
        """Digest of the stored bytes alone."""
        return digest(self.body)

    @property
    def named(self) -> Named:
        """The row as an event names it."""
        return _named("item", self.id, self.kind.encode(), u32(self.version), self.body)


@dataclass(frozen=True, slots=True)
class IdentityPiece:
    """The pieces of one item key that one seat holds, in one sealed box.

    Attributes:
        id: id of the row.
        item: id of the identity item.
        seat: number of the seat, from 1.
        seat_key: hex of the seat's box key, 64 characters.
        body: the stored bytes.
    """

    id: str
    item: str
    seat: int
    seat_key: str
    body: bytes = field(repr=False)

    @property
    def digest(self) -> bytes:
        """Digest of the stored bytes alone."""
        return digest(self.body)

    @property
    def named(self) -> Named:
        """The row as an event names it."""
        return _named(
            "piece", self.id, self.item.encode(), u32(self.seat), self.seat_key.encode(), self.body
        )


@dataclass(frozen=True, slots=True)
class SealedFile:
    """A sealed file in the blob store.

    Attributes:
        id: id of the file; of the identity item, where the item is a file.
        sending: id of the sending it came with.
        blob_name: name in the blob store.
        stored_size: bytes in the blob store.
        digest: `digest` of the whole stored file.
    """

    id: str
    sending: str
    blob_name: str
    stored_size: int
    digest: bytes

    def holds(self, chunks: Iterable[bytes]) -> bool:
        """Tell whether the stored bytes are the ones this row names, whole and unchanged."""
        state, size = digest_state(), 0
        for chunk in chunks:
            state.update(chunk)
            size += len(chunk)
        return size == self.stored_size and state.digest() == self.digest

    @property
    def named(self) -> Named:
        """The row as an event names it."""
        return _named(
            "file", self.id, self.sending.encode(), self.blob_name.encode(),
            self.stored_size.to_bytes(8, "big"), self.digest,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class MemberWrap:
    """The secret of an office or a seat, wrapped to one member or to the recovery key.

    Attributes:
        owner_kind: "office" or "seat".
        owner: code of the office, or number of the seat as text.
        key_id: hex of `key_id` of the wrapped secret, 64 characters.
        account: account id of the recipient, or "recovery".
        body: the stored bytes.
    """

    owner_kind: OwnerKind
    owner: str
    key_id: str
    account: str
    body: bytes = field(repr=False)

    @property
    def id(self) -> str:
        """What an event calls the row: at most one stands under it."""
        return f"{self.owner_kind}/{self.owner}/{self.key_id}/{self.account}"

    @property
    def named(self) -> Named:
        """The row as an event names it."""
        # The key id as its text: whatever somebody wrote there can be digested.
        columns = (self.owner_kind, self.owner, self.key_id, self.account)
        return _named(MEMBER_WRAP, self.id, *(one.encode() for one in columns), self.body)


def wrapped_by(name: Named) -> tuple[str, str, str, str] | None:
    """Return owner's kind, owner, key id and account of the member wrap that *name* names.

    Returns:
        None when it names another record.
    """
    parts = name.id.split("/")
    if name.kind != MEMBER_WRAP or len(parts) != 4:
        return None
    return parts[0], parts[1], parts[2], parts[3]
