"""Office documents (docx, xlsx, pptx): the package is written anew, part by part.

A part that nobody here knows how to clean makes the whole document "not
cleaned": a document inside the document would carry its own author.
"""

import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Final

from cleaning.cleaner import pictures, segments, wording
from cleaning.cleaner.verdict import (
    DAMAGED,
    ENCRYPTED,
    TOO_LARGE,
    UNKNOWN_TYPE,
    Clean,
    RefusedError,
)

PARTS_MAX: Final = 5_000
UNPACKED_BYTES_MAX: Final = 256 * 1024 * 1024
NESTED_MAX: Final = 2
TYPES_PART: Final = "[Content_Types].xml"
TYPE_START: Final = "application/vnd.openxmlformats-officedocument."
# The part that says which program a package belongs to.
MAIN_PARTS: Final = {
    "word/document.xml": TYPE_START + "wordprocessingml.document",
    "xl/workbook.xml": TYPE_START + "spreadsheetml.sheet",
    "ppt/presentation.xml": TYPE_START + "presentationml.presentation",
}
# Left out, with every line that refers to them.
DROPPED: Final = re.compile(
    r"docProps/|customXml/|.*/printerSettings/|.*/thumbnail\.|word/people\.xml|xl/revisions/"
    r"|ppt/(changesInfos|revisionInfo|tags)|xl/calcChain\.xml|.*/customProperty/|_xmlsignatures/",
    re.IGNORECASE,
)
PICTURES: Final = {
    "jpg": segments.strip_jpeg, "jpeg": segments.strip_jpeg, "jfif": segments.strip_jpeg,
    "png": segments.strip_png,
}  # fmt: skip
PICTURES_ANEW: Final = frozenset({"gif", "bmp", "tif", "tiff", "webp"})
NESTED: Final = frozenset({"docx", "xlsx", "pptx"})
# Fonts and drawings of old Windows: shapes only, no words about anybody.
AS_THEY_ARE: Final = frozenset({"odttf", "fntdata", "wmf"})
MARKUP: Final = frozenset({"xml", "rels", "vml"})
ENCRYPTED_FLAG: Final = 0x1
EARLIEST: Final = (1980, 1, 1, 0, 0, 0)


def clean(raw: bytes, depth: int = 0) -> Clean:
    """Write the package anew, without what tells about people, places and programs.

    Raises:
        RefusedError: encrypted, damaged, too large, or no document of a known kind.
    """
    try:
        with zipfile.ZipFile(BytesIO(raw)) as package:
            parts = dict(_parts(package))
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError):
        raise RefusedError(DAMAGED) from None
    media_type = next((MAIN_PARTS[name] for name in MAIN_PARTS if name in parts), None)
    if media_type is None or TYPES_PART not in parts:
        raise RefusedError(UNKNOWN_TYPE)
    kept = {name: body for name, body in parts.items() if not DROPPED.match(name)}
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name in sorted(kept, key=lambda name: (name != TYPES_PART, name)):
            entry = zipfile.ZipInfo(name, EARLIEST)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            entry.create_system = 3  # as everybody else who cleans
            package.writestr(entry, _clean_part(name, kept, depth))
    return Clean(out.getvalue(), media_type)


def _parts(package: zipfile.ZipFile) -> Iterator[tuple[str, bytes]]:
    """Unpack, counting what really comes out: sizes in the directory may lie."""
    entries = package.infolist()
    if len(entries) > PARTS_MAX:
        raise RefusedError(TOO_LARGE)
    left, seen = UNPACKED_BYTES_MAX, set()
    for entry in entries:
        if entry.flag_bits & ENCRYPTED_FLAG:
            raise RefusedError(ENCRYPTED)
        name = entry.filename
        if name in seen or name.startswith("/") or "\\" in name or ".." in name.split("/"):
            raise RefusedError(DAMAGED)
        seen.add(name)
        if entry.is_dir():
            continue
        with package.open(entry) as packed:
            body = packed.read(left + 1)
        left -= len(body)
        if left < 0:
            raise RefusedError(TOO_LARGE)
        yield name, body


def _clean_part(name: str, kept: dict[str, bytes], depth: int) -> bytes:
    body, ending = kept[name], name.rpartition(".")[2].lower()
    if name == TYPES_PART:
        return wording.without_types_of(body, DROPPED)
    if ending == "rels":
        return wording.without_links_to(body, name, DROPPED)
    if ending in MARKUP:
        return wording.scrubbed(body)
    if ending == "svg":
        return wording.scrubbed_drawing(body)
    if ending in PICTURES:
        return _clean_picture(body, PICTURES[ending])
    if ending in PICTURES_ANEW:
        return _clean_picture(body, None)
    if ending == "emf":
        return _without_description(body)
    if ending in AS_THEY_ARE:
        return body
    if ending in NESTED and depth < NESTED_MAX:
        return clean(body, depth + 1).data
    raise RefusedError(UNKNOWN_TYPE)


def _clean_picture(body: bytes, strip: Callable[[bytes], bytes] | None) -> bytes:
    # The ending is the sender's word; programs go by the content, and so do we.
    if body.startswith(segments.JPEG):
        return segments.strip_jpeg(body)
    if body.startswith(segments.PNG):
        return segments.strip_png(body)
    return strip(body) if strip else pictures.clean(body).data


def _without_description(body: bytes) -> bytes:
    """Blank the words in the header of an EMF drawing: program and title."""
    length = int.from_bytes(body[60:64], "little") * 2
    start = int.from_bytes(body[64:68], "little")
    if len(body) < 88 or (length and start + length > len(body)):
        raise RefusedError(DAMAGED)
    return body[:start] + bytes(length) + body[start + length :] if length else body
