"""Pictures inside documents: what surrounds the pixels is cut out, the pixels stay untouched."""

import struct
from typing import Final

from cleaning.cleaner.verdict import DAMAGED, RefusedError

JPEG: Final = b"\xff\xd8\xff"
PNG: Final = b"\x89PNG\r\n\x1a\n"
CODE_STREAM: Final = b"\xff\x4f\xff\x51"
NOTES: Final = frozenset({b"uuid", b"xml ", b"uinf", b"jp2i"})
SCAN, RESTARTS, END, ALONE = 0xDA, range(0xD0, 0xD8), 0xD9, 0x01
# Application segments but JFIF (0) and Adobe's (14), which say how to read the colours.
HIDDEN: Final = frozenset({*range(0xE1, 0xEE), 0xEF, 0xFE})
CHUNKS: Final = frozenset(
    {
        b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT",
        b"bKGD", b"pHYs", b"acTL", b"fcTL", b"fdAT",
    }
)  # fmt: skip


def strip_jpeg(raw: bytes) -> bytes:
    """Return the picture without comments, Exif, XMP, profiles, and what follows it.

    Raises:
        RefusedError: not one whole JPEG.
    """
    if not raw.startswith(JPEG):
        raise RefusedError(DAMAGED)
    kept, at = [raw[:2]], 2
    while True:
        while raw[at : at + 2] == b"\xff\xff":
            at += 1
        if at + 2 > len(raw) or raw[at] != 0xFF:
            raise RefusedError(DAMAGED)
        marker = raw[at + 1]
        if marker == END:
            kept.append(raw[at : at + 2])
            return b"".join(kept)
        end = at + 2 if marker == ALONE or marker in RESTARTS else _segment_end(raw, at)
        if marker == SCAN:
            end = _scan_end(raw, end)
        if marker not in HIDDEN:
            kept.append(raw[at:end])
        at = end


def _segment_end(raw: bytes, at: int) -> int:
    if at + 4 > len(raw):
        raise RefusedError(DAMAGED)
    size = int.from_bytes(raw[at + 2 : at + 4], "big")
    if size < 2 or at + 2 + size > len(raw):
        raise RefusedError(DAMAGED)
    return at + 2 + size


def _scan_end(raw: bytes, at: int) -> int:
    """Skip coded pixels: in them, FF is followed by zero or is a restart."""
    while (at := raw.find(b"\xff", at)) >= 0 and at + 1 < len(raw):
        follower = raw[at + 1]
        if follower and follower not in RESTARTS:
            return at
        at += 2
    raise RefusedError(DAMAGED)


def strip_png(raw: bytes) -> bytes:
    """Return the picture without text, times, profiles, and what follows it.

    Raises:
        RefusedError: not one whole PNG.
    """
    if not raw.startswith(PNG):
        raise RefusedError(DAMAGED)
    kept, at = [PNG], len(PNG)
    while at + 12 <= len(raw):
        size, kind = struct.unpack_from(">I4s", raw, at)
        end = at + 12 + size
        if end > len(raw):
            break
        if kind in CHUNKS:
            kept.append(raw[at:end])
        if kind == b"IEND":
            return b"".join(kept)
        at = end
    raise RefusedError(DAMAGED)


def strip_jpeg2000(raw: bytes) -> bytes:
    """Return the picture without the boxes for notes; a bare code stream as it is.

    Raises:
        RefusedError: not one whole JPEG 2000.
    """
    if raw.startswith(CODE_STREAM):
        return raw
    kept, at = [], 0
    while at + 8 <= len(raw):
        size, kind = struct.unpack_from(">I4s", raw, at)
        if size == 1 and at + 16 <= len(raw):
            size = int.from_bytes(raw[at + 8 : at + 16], "big")
        end = at + size if size else len(raw)
        if end <= at or end > len(raw):
            break
        if kind not in NOTES:
            kept.append(raw[at:end])
        at = end
    if at != len(raw) or not kept:
        raise RefusedError(DAMAGED)
    return b"".join(kept)
