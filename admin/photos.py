"""Photos that officers take on site: in memory until they are clean, then sealed.

The framework would spool what is large to a disk in the clear; here nothing of a request is
written anywhere. Only a picture that could be cleaned of hidden information is kept: where and
with which device it was taken is nobody's business, and the record says the place.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from mmap import mmap
from typing import IO, Final

from flask import Request, request

from admin import desk
from admin.desk import HeldKeys
from admin.extensions import console
from casework.domain.ids import new_id
from cleaning.inspection import CLEANED, Inspection
from crypto.canonical import canonical
from crypto.events import SealedFile, SealedObject

TAKES_FILES: Final = frozenset({"visit.photos"})
PHOTOS_BYTES_MAX: Final = 40 * 1024 * 1024  # of one form
AT_ONCE_MAX: Final = 10
NAME_LENGTH_MAX: Final = 120  # characters; the end tells what kind of file it is
STEP: Final = 64 * 1024


class ConsoleRequest(Request):
    """A request whose files stay in memory; app.py bounds how large it may be."""

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        return BytesIO()


def admit_photos(*, is_signed_in: bool) -> None:
    """Let more come where photos are taken in, before the form is read; nobody else's."""
    if is_signed_in and request.endpoint in TAKES_FILES:
        request.max_content_length = PHOTOS_BYTES_MAX


class PhotoRefusedError(Exception):
    """A file is no picture that can be cleaned; *reason* is a code of words.CLEANED or "virus"."""

    def __init__(self, name: str, reason: str) -> None:
        """Name the file as the device had it, and why it is refused."""
        super().__init__(reason)
        self.name = name
        self.reason = reason


@dataclass(frozen=True, slots=True)
class CleanPhoto:
    """A picture without its hidden information, in memory."""

    name: str = field(repr=False)
    media_type: str
    scan: str
    content: bytes | bytearray | mmap = field(repr=False)


@dataclass(frozen=True, slots=True)
class SealedPhoto:
    """A photo that is durable in the blob store, and what is sealed about it."""

    file: SealedFile
    info: SealedObject


def clean(name: str, content: bytes) -> CleanPhoto:
    """Return a picture without its hidden information.

    Raises:
        PhotoRefusedError: it is no picture, holds a virus, or cannot be cleaned.
    """
    short = name[-NAME_LENGTH_MAX:]
    inspection = Inspection(console().cleaner, console().scanner)
    passed = inspection.feed(content)
    cleaned = inspection.finish()
    if inspection.scan.startswith("found:"):
        raise PhotoRefusedError(short, "virus")
    if passed or inspection.cleaned != CLEANED:
        raise PhotoRefusedError(short, inspection.cleaned)
    if not inspection.media_type.startswith("image/"):
        raise PhotoRefusedError(short, "unknown_type")
    return CleanPhoto(short + inspection.suffix, inspection.media_type, inspection.scan, cleaned)


def seal(keys: HeldKeys, photo: CleanPhoto) -> SealedPhoto:
    """Seal a photo under the content key of the case and have it durable on disk.

    Raises:
        StorageUnavailableError: it could not be kept; nothing is left of it.
    """
    photo_id, blobs = new_id(), console().blobs
    blob_name, sealer = blobs.new_name(), desk.photo_sealer(keys, photo_id)
    with blobs.writer(blob_name) as writer:
        writer.write(sealer.header)
        for step in _steps(photo.content):
            writer.write(sealer.push(step))
        for ciphertext in sealer.finish():
            writer.write(ciphertext)
        writer.flush_durable()
    told = canonical(
        {
            "name": photo.name,
            "type": photo.media_type,
            "size": sealer.plain_size,
            "cleaned": CLEANED,
            "scan": photo.scan,
        }
    ).decode()
    file = SealedFile(photo_id, "", blob_name, sealer.stored_size, sealer.digest())
    return SealedPhoto(file, desk.seal_photo_info(keys, photo_id, told))


def discard(photos: list[SealedPhoto]) -> None:
    """Throw away photos that no act names."""
    for one in photos:
        console().blobs.delete(one.file.blob_name)


def _steps(content: bytes | bytearray | mmap) -> Iterator[bytes]:
    for at in range(0, len(content), STEP):
        yield bytes(content[at : at + STEP])
