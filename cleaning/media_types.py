"""What a file is, by its first bytes: a sender's word for it is worth nothing.

The list is short on purpose. Whatever is not on it (pages, scripts, programs)
is bytes without a name, and no browser is told otherwise.
"""

from typing import Final

HEAD_BYTES: Final = 64  # enough to tell
UNKNOWN_TYPE: Final = "application/octet-stream"
ARCHIVE: Final = "application/zip"
OFFICE_START: Final = "application/vnd.openxmlformats-officedocument."
# What an archive may turn out to be, once it was read.
OFFICE: Final = frozenset(
    OFFICE_START + kind
    for kind in ("wordprocessingml.document", "spreadsheetml.sheet", "presentationml.presentation")
)
MAGIC: Final = (
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (0, b"II*\0", "image/tiff"),
    (0, b"MM\0*", "image/tiff"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"PK\x03\x04", ARCHIVE),
    (0, b"ID3", "audio/mpeg"),
    (0, b"#!AMR\n", "audio/amr"),
    (0, b"#!AMR-WB\n", "audio/amr"),
)
RIFF: Final = {b"WEBP": "image/webp", b"AVI ": "video/x-msvideo", b"WAVE": "audio/wav"}
# By the main brand of an ISO media file; any other brand is a video.
BRANDS: Final = {
    b"heic": "image/heic", b"heix": "image/heic", b"heim": "image/heic", b"heis": "image/heic",
    b"mif1": "image/heic", b"qt  ": "video/quicktime", b"M4A ": "audio/mp4",
    b"M4B ": "audio/mp4",
}  # fmt: skip
UNKNOWN_BRANDS: Final = (b"avif", b"avis", b"crx ")
MPEG_AUDIO: Final = frozenset({0xFA, 0xFB, 0xF2, 0xF3, 0xE2, 0xE3})
ADTS: Final = frozenset({0xF0, 0xF1, 0xF8, 0xF9})


def media_type(head: bytes | bytearray) -> str:
    """Name the kind of file that begins with *head*."""
    head = bytes(head[:HEAD_BYTES])
    for offset, magic, name in MAGIC:
        if head.startswith(magic, offset):
            return name
    return _iso(head) or _container(head) or _sound(head) or UNKNOWN_TYPE


def _iso(head: bytes) -> str | None:
    if head[4:8] != b"ftyp":
        return None
    brand = head[8:12]
    if brand in UNKNOWN_BRANDS:
        return UNKNOWN_TYPE
    if brand.startswith(b"3g"):
        return "video/3gpp"
    return BRANDS.get(brand, "video/mp4")


def _container(head: bytes) -> str | None:
    if head.startswith(b"RIFF"):
        return RIFF.get(head[8:12])
    if head.startswith(b"\x1aE\xdf\xa3"):
        return "video/webm" if b"webm" in head else "video/x-matroska"
    if head.startswith(b"OggS"):
        return "video/ogg" if b"theora" in head else "audio/ogg"
    if head.startswith(b"BM") and head[6:10] == bytes(4) and head[14:18] == b"\x28\0\0\0":
        return "image/bmp"
    return None


def _sound(head: bytes) -> str | None:
    if len(head) < 2 or head[0] != 0xFF:
        return None
    if head[1] in ADTS:
        return "audio/aac"
    return "audio/mpeg" if head[1] in MPEG_AUDIO else None
