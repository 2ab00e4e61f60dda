"""Pictures: the pixels alone, upright, encoded anew."""

from collections.abc import Iterator
from io import BytesIO
from typing import Final

import pillow_heif
from PIL import Image, ImageCms, ImageOps

from cleaning.cleaner.verdict import TOO_LARGE, UNKNOWN_TYPE, Clean, RefusedError

PIXELS_MAX: Final = 64_000_000  # of all frames together
FRAMES_MAX: Final = 500
JPEG_QUALITY: Final = 90
FORMATS: Final = ("JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP", "HEIF")
# Two pictures in one file (a depth map, a film of a second) become the first;
# few office computers can show HEIC.
KINDS: Final = {"MPO": "JPEG", "HEIF": "JPEG"}
MODES: Final = {
    "JPEG": ("RGB", "L"),
    "PNG": ("RGB", "RGBA", "L", "LA", "1"),
    "WEBP": ("RGB", "RGBA"),
    "GIF": ("RGB", "RGBA", "L"),
    "TIFF": ("RGB", "RGBA", "L", "1"),
    "BMP": ("RGB", "L", "1"),
}
DEEP: Final = ("I", "F")  # more than eight bits a colour: scientific, not from a telephone


def prepare() -> None:
    """Load every decoder: later, no file can be opened."""
    pillow_heif.options.DECODE_THREADS = 1
    pillow_heif.register_heif_opener()
    Image.MAX_IMAGE_PIXELS = PIXELS_MAX
    Image.init()


def clean(raw: bytes) -> Clean:
    """Decode, turn upright, and encode the pixels alone.

    Raises:
        RefusedError: more pixels than allowed, or colours that would suffer.
        OSError, ValueError, SyntaxError: no whole picture of a known format.
    """
    try:
        with Image.open(BytesIO(raw), formats=FORMATS) as picture:
            kind = KINDS.get(picture.format or "", picture.format or "")
            durations: list[int] = []
            frames = list(_frames(picture, kind, durations))
    except Image.DecompressionBombError:
        raise RefusedError(TOO_LARGE) from None
    return Clean(_encoded(frames, kind, durations), Image.MIME[kind])


def _frames(picture: Image.Image, kind: str, durations: list[int]) -> Iterator[Image.Image]:
    count = 1 if kind == "JPEG" else getattr(picture, "n_frames", 1)
    if count > FRAMES_MAX:
        raise RefusedError(TOO_LARGE)
    pixels = 0
    for number in range(count):
        if count > 1:
            picture.seek(number)
        pixels += picture.width * picture.height
        if pixels > PIXELS_MAX:
            raise RefusedError(TOO_LARGE)
        if picture.mode.startswith(DEEP):
            raise RefusedError(UNKNOWN_TYPE)
        durations.append(int(picture.info.get("duration", 0)))
        yield _bare(picture, kind)


def _bare(picture: Image.Image, kind: str) -> Image.Image:
    upright = _plain_colours(ImageOps.exif_transpose(picture))
    if upright.mode not in MODES[kind]:
        has_alpha = "A" in upright.mode or "transparency" in upright.info
        keeps_alpha = has_alpha and "RGBA" in MODES[kind]
        upright = upright.convert("RGBA" if keeps_alpha else "RGB")
    # Saving copies what `info` holds (comments, profiles, text chunks): start bare.
    bare = Image.new(upright.mode, upright.size)
    bare.paste(upright)
    return bare


def _plain_colours(picture: Image.Image) -> Image.Image:
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


def _encoded(frames: list[Image.Image], kind: str, durations: list[int]) -> bytes:
    out = BytesIO()
    first, rest = frames[0], frames[1:]
    if kind == "TIFF":
        packing = "group4" if all(one.mode == "1" for one in frames) else "tiff_deflate"
        first.save(out, kind, save_all=True, append_images=rest, compression=packing)
    elif rest:
        first.save(out, kind, save_all=True, append_images=rest, duration=durations, loop=0)
    elif kind in ("JPEG", "WEBP"):
        first.save(out, kind, quality=JPEG_QUALITY)
    else:
        first.save(out, kind)
    return out.getvalue()
