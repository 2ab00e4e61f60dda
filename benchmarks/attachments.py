"""What the benchmark attaches: bytes of no known kind, or a photograph."""

import io
import secrets
from collections.abc import Sequence
from typing import Final

from PIL import Image

from benchmarks.pages import Form

KINDS: Final = ("random", "photo")
BYTES: Final = 100 * 1024
DIFFERENT: Final = 8  # so that no two requests at once carry the same


def forms(kind: str) -> Sequence[Form]:
    """Return several forms with different attachments of about 100 KB."""
    if kind == "photo":
        return [Form(photo(seed), "现场.jpg", "image/jpeg") for seed in range(DIFFERENT)]
    unknown = "application/octet-stream"
    return [Form(secrets.token_bytes(BYTES), "附件.bin", unknown) for _ in range(DIFFERENT)]


def photo(seed: int) -> bytes:
    """Return a JPEG that names place and device, as one from a telephone does."""
    picture = Image.effect_noise((1280, 960), 48 + seed).convert("RGB")
    exif = Image.Exif()
    exif[0x010F] = "Specimen"  # maker
    exif.get_ifd(0x8825).update({1: "N", 2: (34.0, 25.0, 0.0), 3: "E", 4: (112.0, 25.0, 0.0)})
    for quality in range(60, 0, -5):
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=quality, exif=exif)
        if out.tell() <= BYTES:
            break
    # Bytes after the end of the picture are ignored by every decoder, and fill up to size.
    return out.getvalue() + bytes(max(0, BYTES - out.tell()))
