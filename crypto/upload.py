"""Uploads that are taken up again (SEALING.md 7): parts under a key that the browser alone finds.

The browser draws a token T of 32 bytes. The row is found by one hash of it; what
the server notes about the upload is sealed under another; each request's part is
a sealed file of its own, under the upload's key, bound to upload and number.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from crypto.canonical import JSON, canonical
from crypto.context import KEY_SIZE, Context, named_hash
from crypto.errors import UnsealError
from crypto.objects import open_object
from crypto.padding import unpad_text
from crypto.seal import new_key, seal_text
from crypto.stream import FileSealer, read_stream

TOKEN_SIZE = 32


@dataclass(frozen=True, slots=True)
class UploadState:
    """What the server notes about one upload, sealed under its token.

    Attributes:
        key: the upload's key, 32 bytes.
        name: file name as the sender's device has it.
        size: bytes that the whole file has, as the sender said at the start.
        received: bytes of it in whole parts so far.
        parts: how many parts that is.
        last_offset: where the last part began, 0 before the first.
        last_digest: digest of the last part's content, in hexadecimal; "" before the first.
        used: whether a form that named the upload was stored.
    """

    key: bytes = field(repr=False)
    name: str = field(repr=False)
    size: int
    received: int = 0
    parts: int = 0
    last_offset: int = 0
    last_digest: str = ""
    used: bool = False

    @classmethod
    def begin(cls, *, name: str, size: int) -> "UploadState":
        """Start an upload and draw its key."""
        return cls(new_key(), name, size)

    @property
    def whole(self) -> bool:
        """Whether every byte has come."""
        return self.received == self.size


def upload_id(token: bytes) -> bytes:
    """Return the 32 bytes by which an upload's row is found."""
    return named_hash("tg-upload-id", token)


def seal_state(state: UploadState, token: bytes, *, site: str) -> bytes:
    """Seal what is noted about an upload, padded like a text.

    Args:
        state: the notes.
        token: T.
        site: site id.

    Raises:
        SizeError: the file name is longer than 64 KiB of text allow.
    """
    key, context = _place(token, site)
    noted: JSON = {
        "key": state.key.hex(),
        "name": state.name,
        "size": state.size,
        "received": state.received,
        "parts": state.parts,
        "last_offset": state.last_offset,
        "last_digest": state.last_digest,
        "used": state.used,
    }
    return seal_text(canonical(noted).decode(), key=key, context=context)


def open_state(box: bytes, token: bytes, *, site: str) -> UploadState:
    """Return the notes that `seal_state` sealed.

    Raises:
        UnsealError: not the notes of this token.
    """
    key, context = _place(token, site)
    noted = json.loads(unpad_text(open_object(box, key=key, context=context)))
    secret = bytes.fromhex(noted.pop("key"))
    if len(secret) != KEY_SIZE:
        raise UnsealError
    return UploadState(secret, **noted)


def part_sealer(state: UploadState, token: bytes, *, site: str) -> FileSealer:
    """Return a sealer for the next part of an upload."""
    return FileSealer(state.key, _part_context(token, site, state.parts + 1))


def open_part(
    chunks: Iterable[bytes], state: UploadState, token: bytes, *, site: str, number: int
) -> Iterator[bytes]:
    """Yield the content of one stored part.

    Args:
        chunks: the stored bytes, cut anywhere.
        state: the notes of its upload.
        token: T.
        site: site id.
        number: of the part, from 1.

    Raises:
        UnsealError: for every failure.
    """
    return read_stream(chunks, key=state.key, context=_part_context(token, site, number))


def _place(token: bytes, site: str) -> tuple[bytes, Context]:
    key = named_hash("tg-upload-key", token)
    return key, Context(site, "", "upload", upload_id(token).hex())


def _part_context(token: bytes, site: str, number: int) -> Context:
    return Context(site, "", "upload-part", upload_id(token).hex(), number)
