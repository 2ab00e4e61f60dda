"""A file in the clear, on its way to the person who may have it: downloaded, never shown."""

from collections.abc import Iterator
from typing import Final
from urllib.parse import quote

from flask import Response

# What a browser may be told a file is; everything else is bytes without a name.
KNOWN_MEDIA: Final = frozenset(
    {
        "image/jpeg", "image/png", "image/gif", "image/webp", "image/tiff", "image/bmp",
        "image/heic", "application/pdf",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "video/mp4", "video/quicktime", "video/3gpp", "video/webm", "video/x-matroska",
        "video/x-msvideo", "video/ogg", "audio/mp4", "audio/mpeg", "audio/aac", "audio/wav",
        "audio/amr", "audio/ogg",
    }
)  # fmt: skip


def attachment(content: Iterator[bytes], *, name: str, media_type: str, size: int) -> Response:
    """Send a file while it is opened; nosniff stands on every answer of this site.

    Args:
        content: the file, in steps.
        name: as the reporter's device had it.
        media_type: by its content.
        size: bytes in all.
    """
    response = Response(
        content,
        mimetype=media_type if media_type in KNOWN_MEDIA else "application/octet-stream",
    )
    named = quote(name, safe="")
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{named}"
    response.headers["Content-Length"] = str(size)
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
