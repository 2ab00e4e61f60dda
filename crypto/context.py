"""What every sealed byte is bound to (SEALING.md 4), and the names of every hash.

A name is used for one purpose only; all of them stand in crypto/SPEC.md.
"""

import hashlib
from dataclasses import dataclass

SUITE = 0x01
KEY_SIZE = 32
KEY_ID_SIZE = 32
DIGEST_SIZE = 32


def lp(*parts: bytes) -> bytes:
    """Join *parts*, each behind its length as an unsigned 32-bit big-endian number."""
    return b"".join([len(part).to_bytes(4, "big") + part for part in parts])


def u32(number: int) -> bytes:
    """Encode *number* in four bytes, big-endian."""
    return number.to_bytes(4, "big")


def named_hash(name: str, data: bytes, *, key: bytes = b"", size: int = 32) -> bytes:
    """Return BLAKE2b of *data* under *name*.

    Args:
        name: 1 to 16 ASCII characters, the personalisation; one name a use.
        data: what is hashed.
        key: up to 64 bytes; empty for an unkeyed hash.
        size: bytes of output, 1 to 64.
    """
    return hashlib.blake2b(data, digest_size=size, key=key, person=name.encode("ascii")).digest()


def digest(stored: bytes) -> bytes:
    """Return the 32-byte digest by which stored bytes are named elsewhere."""
    return hashlib.blake2b(stored, digest_size=DIGEST_SIZE, person=b"tg-digest").digest()


def digest_state() -> "hashlib.blake2b":
    """Return a running hash whose result is `digest` of all that was fed to it."""
    return hashlib.blake2b(digest_size=DIGEST_SIZE, person=b"tg-digest")


def key_id(key: bytes) -> bytes:
    """Return the 32-byte name of a secret key; it heads what is sealed under it."""
    return hashlib.blake2b(key, digest_size=KEY_ID_SIZE, person=b"tg-key-id").digest()


def signing_input(name: str, body: bytes) -> bytes:
    """Return what is signed for a document: suite, purpose and the document itself."""
    return lp(bytes([SUITE]), name.encode("ascii"), body)


@dataclass(frozen=True, slots=True)
class Context:
    """Where a sealed object belongs; it opens nowhere else.

    Attributes:
        site: site id.
        report: report id, "" for what belongs to no report.
        kind: kind of the object, for example "narrative".
        object_id: id of the object.
        version: version of the object, from 1.
        binding: further bytes it is bound to, for example the digest of a manifest.
    """

    site: str
    report: str
    kind: str
    object_id: str
    version: int = 1
    binding: bytes = b""

    def encode(self, key_id: bytes) -> bytes:
        """Return the canonical bytes of this context for the key named *key_id*."""
        parts = (
            bytes([SUITE]),
            self.site.encode(),
            self.report.encode(),
            self.kind.encode(),
            self.object_id.encode(),
            u32(self.version),
            key_id,
        )
        return lp(*parts, self.binding) if self.binding else lp(*parts)


def part_context(site: str, report: str, kind: str, object_id: str, version: int = 1) -> Context:
    """Return the context of a text of a case: narrative, message, file_info and so on."""
    return Context(site, report, kind, object_id, version)


def file_context(site: str, report: str, file_id: str) -> Context:
    """Return the context of a file's stream."""
    return Context(site, report, "file", file_id)


def wrap_context(
    site: str, report: str, sending: str, key_kind: str, manifest: bytes = b""
) -> Context:
    """Return the context of a wrapped content or thread key.

    Args:
        site: site id.
        report: report id.
        sending: id of the sending that the key came with.
        key_kind: "content", "thread" or "note".
        manifest: `digest` of the body of that sending's manifest.
    """
    return Context(site, report, f"wrap:{key_kind}", sending, binding=manifest)


def item_context(site: str, report: str, kind: str, item: str, version: int = 1) -> Context:
    """Return the context of an identity item of this *kind*, see `records.IdentityItem`."""
    return Context(site, report, f"item:{kind}", item, version)


def item_file_context(site: str, report: str, item: str) -> Context:
    """Return the context of the stream of an identity item that is a file."""
    return Context(site, report, "item_file", item)


def piece_context(site: str, report: str, item: str, seat: int, version: int = 1) -> Context:
    """Return the context of the box that gives one seat its pieces of an item key."""
    return Context(site, report, f"piece:{seat}", item, version)


def contribution_context(
    site: str, report: str, item: str, seat: int, giver: int, version: int = 1
) -> Context:
    """Return the context of the box in which seat *giver* helps to rebuild a lost *seat*."""
    return Context(site, report, f"contribution:{seat}:{giver}", item, version)


def reason_context(site: str, report: str, release: str, seat: int) -> Context:
    """Return the context of the box that tells one seat why a release is asked for."""
    return Context(site, report, f"release_reason:{seat}", release)


def approval_context(item: str, seat: int, request_digest: bytes) -> Context:
    """Return the context of a custodian's approval; the request names site and report."""
    return Context("", "", f"approval:{seat}", item, binding=request_digest)


def office_wrap_context(site: str, office: str) -> Context:
    """Return the context of an office key wrapped to a member or to the recovery key."""
    return Context(site, "", "wrap:office", office)


def seat_wrap_context(site: str, seat: int) -> Context:
    """Return the context of a seat key wrapped to its holder or deputy."""
    return Context(site, "", "wrap:seat", str(seat))


def account_context(site: str, account: str, what: str) -> Context:
    """Return the context of an account's own secret: "day", "deed" or "totp"."""
    return Context(site, "", f"account:{what}", account)
