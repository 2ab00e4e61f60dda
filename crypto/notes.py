"""C2SP signed notes and tlog checkpoints, and the log key that signs them.

The log key is the only one that casework signs with: checkpoints, receipts and
the events of the jobs process.
"""

import base64
import hmac
import re
import secrets
from dataclasses import dataclass, field
from hashlib import sha256

from nacl import bindings

from crypto.errors import EventError, KeySetError, ProofError
from crypto.merkle import HASH_SIZE
from crypto.public_key import verify

ED25519 = b"\x01"
COSIGNATURE = b"\x04"
COSIGNED_SIZE = 4 + 8 + 64
TIMESTAMP_MAX = 2**63 - 1
SEED_SIZE = 32
DASH = "\u2014"
_NAME = re.compile(r"[^\s+]+\Z")
_SIGNATURE_LINE = re.compile(rf"{DASH} ([^\s+]+) ([A-Za-z0-9+/]+=*)\Z")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")
_SIZE = re.compile(r"(0|[1-9][0-9]*)\Z")


@dataclass(frozen=True, slots=True)
class LogKey:
    """The log's Ed25519 key; only the jobs process has one.

    Attributes:
        seed: 32 bytes.
    """

    seed: bytes = field(repr=False)
    _secret: bytes = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Derive the pair once.

        Raises:
            KeySetError: the seed does not have 32 bytes.
        """
        if len(self.seed) != SEED_SIZE:
            raise KeySetError("a log key has 32 bytes")
        object.__setattr__(self, "_secret", bindings.crypto_sign_seed_keypair(self.seed)[1])

    @classmethod
    def generate(cls) -> "LogKey":
        """Draw a fresh key."""
        return cls(secrets.token_bytes(SEED_SIZE))

    @property
    def public(self) -> bytes:
        """The 32-byte public key, as the key set has it."""
        return self._secret[SEED_SIZE:]

    def sign(self, message: bytes) -> bytes:
        """Return the 64-byte signature of *message*."""
        return bindings.crypto_sign(message, self._secret)[:64]


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The signed head of a tree.

    Attributes:
        origin: name of the log.
        size: number of leaves.
        root: 32 bytes.
        extensions: further lines.
    """

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def text(self) -> str:
        """Return the text of the note."""
        root = base64.b64encode(self.root).decode()
        return "\n".join([self.origin, str(self.size), root, *self.extensions]) + "\n"


def note_key_id(name: str, public: bytes, kind: bytes = ED25519) -> bytes:
    """Return the four bytes that hint at a key in a signature line."""
    return sha256(name.encode() + b"\n" + kind + public).digest()[:4]


def verifier_key(name: str, public: bytes, kind: bytes = ED25519) -> str:
    """Return the form in which ready-made verifiers take a key.

    Args:
        name: name of the key.
        public: 32-byte public key.
        kind: ED25519 for a log, COSIGNATURE for a witness.
    """
    encoded = base64.b64encode(kind + public).decode()
    return f"{name}+{note_key_id(name, public, kind).hex()}+{encoded}"


def parse_verifier_key(text: str) -> tuple[str, bytes, bytes]:
    """Return name, 32-byte public key and kind of what `verifier_key` wrote.

    Raises:
        ProofError: malformed, or the hint is another key's.
    """
    name, _, rest = text.partition("+")
    hint, _, encoded = rest.partition("+")
    raw = _decode(encoded)
    kind, public = raw[:1], raw[1:]
    if kind not in (ED25519, COSIGNATURE) or len(public) != 32 or not _NAME.match(name):
        raise ProofError("not a verifier key")
    if note_key_id(name, public, kind).hex() != hint:
        raise ProofError("not a verifier key")
    return name, public, kind


def sign_note(text: str, *, name: str, key: LogKey) -> str:
    """Return *text* as a note with one signature.

    Args:
        text: lines, the last one ended too.
        name: name of the key, without spaces and plus signs.
        key: the log key.

    Raises:
        ProofError: *text* or *name* cannot stand in a note.
    """
    _check_text(text)
    if not _NAME.match(name):
        raise ProofError("not a key name")
    return f"{text}\n{_signature_line(text, name=name, key=key)}"


def add_signature(note: str, *, name: str, key: LogKey) -> str:
    """Return *note* with one more signature, as a witness adds it.

    Raises:
        ProofError: *note* is malformed.
    """
    text, _ = _split_note(note)
    return note + _signature_line(text, name=name, key=key)


def open_note(note: str, *, name: str, public: bytes) -> str:
    """Return the text of a note that the key of this name signed.

    Raises:
        ProofError: malformed, not signed by this key, or signed wrongly.
    """
    text, lines = _split_note(note)
    hint = note_key_id(name, public)
    found = [raw[4:] for who, raw in lines if who == name and hmac.compare_digest(raw[:4], hint)]
    if len(found) != 1:
        raise ProofError("not signed by this key")
    try:
        verify(public, text.encode(), found[0])
    except EventError as error:
        raise ProofError("wrong signature") from error
    return text


def note_text(note: str) -> str:
    """Return the text of a note, signed by whomever.

    Raises:
        ProofError: malformed.
    """
    return _split_note(note)[0]


def cosign(note: str, *, name: str, key: LogKey, at: int) -> str:
    """Return a witness's signature line for a checkpoint (C2SP tlog-cosignature, v1).

    Args:
        note: the checkpoint, signed by its log.
        name: name of the witness.
        key: the witness's key, used for nothing else.
        at: POSIX seconds.

    Raises:
        ProofError: *note* is malformed or *name* cannot stand in it.
    """
    if not _NAME.match(name):
        raise ProofError("not a key name")
    message = _cosigned(_split_note(note)[0], at)
    raw = note_key_id(name, key.public, COSIGNATURE) + at.to_bytes(8, "big") + key.sign(message)
    return f"{DASH} {name} {base64.b64encode(raw).decode()}\n"


def check_cosignature(note: str, *, name: str, public: bytes) -> int:
    """Return when the witness of this name cosigned the checkpoint, in POSIX seconds.

    Raises:
        ProofError: malformed, not cosigned by this witness, or wrongly.
    """
    text, lines = _split_note(note)
    hint = note_key_id(name, public, COSIGNATURE)
    found = [raw for who, raw in lines if who == name and hmac.compare_digest(raw[:4], hint)]
    if len(found) != 1 or len(found[0]) != COSIGNED_SIZE:
        raise ProofError("not cosigned by this witness")
    at = int.from_bytes(found[0][4:12], "big")
    if at > TIMESTAMP_MAX:
        raise ProofError("malformed cosignature")
    try:
        verify(public, _cosigned(text, at), found[0][12:])
    except EventError as error:
        raise ProofError("wrong cosignature") from error
    return at


def merge_signatures(note: str, other: str) -> str:
    """Return *note* with the signature lines of *other*, a copy of it, that it lacks.

    A line of the same name and key replaces the older one.

    Raises:
        ProofError: malformed, or *other* has another text.
    """
    text, lines = _split_note(note)
    told, more = _split_note(other)
    if told != text:
        raise ProofError("signatures of another note")
    first, *rest = lines
    # The log's own line stays first; a hint is four bytes at the head of each signature.
    kept = {(who, raw[:4]): raw for who, raw in rest}
    kept |= {(who, raw[:4]): raw for who, raw in more if (who, raw[:4]) != (first[0], first[1][:4])}
    written = [first, *((who, raw) for (who, _hint), raw in kept.items())]
    shown = [f"{DASH} {who} {base64.b64encode(raw).decode()}\n" for who, raw in written]
    return f"{text}\n{''.join(shown)}"


def parse_checkpoint(text: str) -> Checkpoint:
    """Read the text of a checkpoint.

    Raises:
        ProofError: malformed.
    """
    lines = text.split("\n")
    if len(lines) < 4 or lines[-1] or not lines[0] or not _SIZE.match(lines[1]):
        raise ProofError("malformed checkpoint")
    root = _decode(lines[2])
    if len(root) != HASH_SIZE or not all(lines[3:-1]):
        raise ProofError("malformed checkpoint")
    return Checkpoint(lines[0], int(lines[1]), root, tuple(lines[3:-1]))


def open_checkpoint(note: str, *, origin: str, public: bytes) -> Checkpoint:
    """Return the checkpoint of a log whose key has the log's name, as ours do.

    Raises:
        ProofError: malformed, not signed by this key, or of another log.
    """
    head = parse_checkpoint(open_note(note, name=origin, public=public))
    if head.origin != origin:
        raise ProofError("a checkpoint of another log")
    return head


def _signature_line(text: str, *, name: str, key: LogKey) -> str:
    signed = note_key_id(name, key.public) + key.sign(text.encode())
    return f"{DASH} {name} {base64.b64encode(signed).decode()}\n"


def _split_note(note: str) -> tuple[str, list[tuple[str, bytes]]]:
    head, gap, tail = note.rpartition("\n\n")
    if not gap or not tail.endswith("\n"):
        raise ProofError("malformed note")
    text = head + "\n"
    _check_text(text)
    lines = []
    for line in tail[:-1].split("\n"):
        match = _SIGNATURE_LINE.match(line)
        if match is None:
            raise ProofError("malformed signature line")
        raw = _decode(match[2])
        if len(raw) <= 4:
            raise ProofError("malformed signature line")
        lines.append((match[1], raw))
    return text, lines


def _cosigned(text: str, at: int) -> bytes:
    return f"cosignature/v1\ntime {at}\n{text}".encode()


def _check_text(text: str) -> None:
    if not text.endswith("\n") or _CONTROL.search(text):
        raise ProofError("not the text of a note")


def _decode(text: str) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise ProofError("malformed base64") from error
    if base64.b64encode(raw).decode() != text:
        raise ProofError("base64 is not canonical")
    return raw
