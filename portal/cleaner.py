"""Takes the metadata out of photographs, in a process that has nothing to lose.

Run as a program of its own, never imported: it reads one frame (length as
unsigned 32 bits, big-endian, then the bytes of one picture) from stdin and
writes one frame to stdout, over and over. The first byte of an answer says
what happened: OK followed by the clean picture, or REFUSED.

Pictures come from strangers, and decoders have holes. So this process gets an
empty environment, no files to write, little memory, no children, and dies
with its parent's end of the pipe. It imports nothing of ours.
"""

import resource
import struct
import sys
from io import BytesIO
from typing import BinaryIO

from PIL import Image, ImageCms, ImageOps

OK = b"\x01"
REFUSED = b"\x00"
LENGTH = struct.Struct(">I")
FRAME_BYTES_MAX = 64 * 1024 * 1024
PIXELS_MAX = 64_000_000
MEMORY_BYTES_MAX = 1024 * 1024 * 1024
JPEG_QUALITY = 90
FORMATS = ("JPEG", "PNG", "WEBP")
MODES = {
    "JPEG": ("RGB", "L"),
    "PNG": ("RGB", "RGBA", "L", "LA"),
    "WEBP": ("RGB", "RGBA"),
}


def confine() -> None:
    """Give up whatever decoding a picture does not need."""
    for name, limit in (
        (resource.RLIMIT_AS, MEMORY_BYTES_MAX),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_NOFILE, 16),
    ):
        resource.setrlimit(name, (limit, limit))


def plain_colours(picture: Image.Image) -> Image.Image:
    """Turn a phone's own colour space into sRGB: its profile can name the maker."""
    profile = picture.info.get("icc_profile")
    if not profile or picture.mode not in ("RGB", "RGBA"):
        return picture
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        converted = ImageCms.profileToProfile(
            picture, source, ImageCms.createProfile("sRGB"), outputMode=picture.mode
        )
    except (ImageCms.PyCMSError, OSError, ValueError):
        return picture
    return converted or picture


def clean(raw: bytes) -> bytes:
    """Decode, turn upright, and encode the pixels alone.

    Raises:
        ValueError: not one still picture of a known format and a sane size.
    """
    with Image.open(BytesIO(raw), formats=FORMATS) as picture:
        kind = picture.format or ""
        width, height = picture.size
        if width * height > PIXELS_MAX or getattr(picture, "n_frames", 1) > 1:
            raise ValueError
        upright = plain_colours(ImageOps.exif_transpose(picture))
    if upright.mode not in MODES[kind]:
        has_alpha = "A" in upright.mode or "transparency" in upright.info
        upright = upright.convert("RGBA" if has_alpha and kind != "JPEG" else "RGB")
    # Saving copies what `info` holds (comments, profiles, text chunks): start bare.
    bare = Image.new(upright.mode, upright.size)
    bare.paste(upright)
    out = BytesIO()
    if kind == "PNG":
        bare.save(out, "PNG")
    else:
        bare.save(out, kind, quality=JPEG_QUALITY)
    return out.getvalue()


def read_exactly(stream: BinaryIO, size: int) -> bytes | None:
    """Read *size* bytes; None when the other side has gone."""
    data = stream.read(size)
    return data if len(data) == size else None


def answer(raw: bytes) -> bytes:
    """Clean one picture, or say that it cannot be done; never why."""
    try:
        return OK + clean(raw)
    except Exception:  # a decoder may raise anything on a crafted file
        return REFUSED


def serve(source: BinaryIO, sink: BinaryIO) -> None:
    """Answer frames until the parent hangs up."""
    while (head := read_exactly(source, LENGTH.size)) is not None:
        size = LENGTH.unpack(head)[0]
        if size > FRAME_BYTES_MAX:
            return
        raw = read_exactly(source, size)
        if raw is None:
            return
        reply = answer(raw)
        sink.write(LENGTH.pack(len(reply)) + reply)
        sink.flush()


def main() -> None:
    """Confine this process, load the decoders, then serve."""
    Image.MAX_IMAGE_PIXELS = PIXELS_MAX
    Image.init()
    confine()
    serve(sys.stdin.buffer, sys.stdout.buffer)


if __name__ == "__main__":
    main()
