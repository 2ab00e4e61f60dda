"""The XML of office documents, rewritten event by event: names, times and places go.

Prefixes stay as they were written (Word reads lists of them), and no tree is
built, so the size of a part does not multiply in memory.
"""

import posixpath
import re
from collections.abc import Callable
from io import StringIO
from typing import Final
from urllib.parse import unquote
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from cleaning.cleaner.verdict import DAMAGED, UNKNOWN_TYPE, RefusedError

NOBODY: Final = "-"
SOME_DAY: Final = "2000-01-01T00:00:00Z"
DEPTH_MAX: Final = 2_000
# Elements that go, with all inside. Local names: the prefix is the writer's choice.
DROPPED_ELEMENTS: Final = frozenset(
    {
        "rsids", "docVars", "attachedTemplate", "absPath", "revisionPtr", "fileSharing",
        "printerSettings", "webPublishing", "documentProtection", "writeProtection",
        "modifyVerifier", "custDataLst", "changesInfoLst", "mailMerge", "docId",
    }
)  # fmt: skip
# Elements whose words name a person.
BLANKED_ELEMENTS: Final = frozenset({"author"})
DROPPED_ATTRIBUTES: Final = re.compile(
    r"(\w+:)?(rsid\w*|dateUtc|userId|providerId|lastEdited\w*|documentId|sourceFile|odcFile"
    r"|dT|creationDateTime|codeName)$"
)
BLANKED_ATTRIBUTES: Final = frozenset(
    {"author", "initials", "displayName", "userName", "lastModifiedBy", "creator", "refreshedBy"}
)
DROPPED_FROM_DRAWINGS: Final = frozenset({"metadata", "script", "foreignObject"})
DRAWING_PROGRAMS: Final = ("inkscape:", "sodipodi:")
PERSONS: Final = frozenset({"cmAuthor", "author", "person", "presenceInfo"})
PRINTER: Final = re.compile(r"(\w+:)?id$")
TIMES: Final = frozenset({"date", "dt", "created"})
PICTURE_WORDS: Final = frozenset({"descr", "title", "name"})
PATH_SIGNS: Final = re.compile(r"[\\/]|^[A-Za-z]:")
LOCAL_TARGET: Final = re.compile(r"file:|[A-Za-z]:|\\\\|.*\\", re.IGNORECASE)

Attributes = list[tuple[str, str]]
Change = Callable[[str, Attributes], Attributes | None]


def local(name: str) -> str:
    """Return *name* without its prefix."""
    return name.rpartition(":")[2]


def scrubbed(body: bytes) -> bytes:
    """Return the part without authors, times of edits, numbers of sessions and paths."""
    return _rewritten(body, _scrub)


def scrubbed_drawing(body: bytes) -> bytes:
    """Return an SVG drawing without what its program noted about it.

    Raises:
        RefusedError: another picture is inside, which could not be cleaned.
    """
    if b"data:" in body:
        raise RefusedError(UNKNOWN_TYPE)

    def change(name: str, attributes: Attributes) -> Attributes | None:
        if local(name) in DROPPED_FROM_DRAWINGS or name.startswith(DRAWING_PROGRAMS):
            return None
        return [pair for pair in attributes if not pair[0].startswith(DRAWING_PROGRAMS)]

    return _rewritten(body, change)


def without_types_of(body: bytes, dropped: re.Pattern[str]) -> bytes:
    """Return the list of content types without the parts that *dropped* matches."""

    def change(name: str, attributes: Attributes) -> Attributes | None:
        part = dict(attributes).get("PartName", "").lstrip("/")
        return None if dropped.match(part) else attributes

    return _rewritten(body, change)


def without_links_to(body: bytes, own: str, dropped: re.Pattern[str]) -> bytes:
    """Return the relations of a part without those to parts that *dropped* matches.

    Args:
        body: the relations.
        own: name of their part, such as word/_rels/document.xml.rels.
        dropped: matches names of parts.
    """
    folder = posixpath.dirname(posixpath.dirname(own))

    def change(name: str, attributes: Attributes) -> Attributes | None:
        told = dict(attributes)
        target = told.get("Target", "")
        if told.get("TargetMode") == "External":
            is_local = LOCAL_TARGET.match(target)
            return [
                (key, "about:blank" if key == "Target" and is_local else value)
                for key, value in attributes
            ]
        path = posixpath.normpath(posixpath.join("/", folder, unquote(target))).lstrip("/")
        return None if target and dropped.match(path) else attributes

    return _rewritten(body, change)


def _scrub(name: str, attributes: Attributes) -> Attributes | None:
    plain = local(name)
    if plain in DROPPED_ELEMENTS:
        return None
    names = {local(key) for key, _ in attributes}
    is_signed = bool(names & BLANKED_ATTRIBUTES)
    kept = []
    for key, value in attributes:
        short = local(key)
        if DROPPED_ATTRIBUTES.match(key) or (plain == "pageSetup" and PRINTER.match(key)):
            continue
        if short in BLANKED_ATTRIBUTES or (plain in PERSONS and short == "name"):
            value = NOBODY
        elif short in TIMES and (is_signed or short != "date"):
            value = SOME_DAY
        elif plain in ("docPr", "cNvPr") and short in PICTURE_WORDS and PATH_SIGNS.search(value):
            value = ""
        kept.append((key, value))
    return kept


class _Writer:
    """Writes again what the parser reads, changed on the way."""

    def __init__(self, change: Change) -> None:
        self.out = StringIO()
        self._change = change
        self._depth = 0
        self._skipped_from: int | None = None
        self._blank_from: int | None = None
        self._is_open = False  # the start tag still lacks its end

    def start(self, name: str, flat: list[str]) -> None:
        self._depth += 1
        if self._depth > DEPTH_MAX:
            raise RefusedError(DAMAGED)
        if self._skipped_from is not None:
            return
        attributes = self._change(name, list(zip(flat[::2], flat[1::2], strict=True)))
        if attributes is None:
            self._skipped_from = self._depth
            return
        if local(name) in BLANKED_ELEMENTS and self._blank_from is None:
            self._blank_from = self._depth
        self._close_tag()
        self.out.write("<" + name)
        for key, value in attributes:
            self.out.write(f" {key}={quoteattr(value)}")
        self._is_open = True

    def end(self, name: str) -> None:
        if self._skipped_from is None:
            if self._is_open:
                self.out.write("/>")
                self._is_open = False
            else:
                self.out.write(f"</{name}>")
            if self._blank_from == self._depth:
                self._blank_from = None
        elif self._skipped_from == self._depth:
            self._skipped_from = None
        self._depth -= 1

    def text(self, data: str) -> None:
        if self._skipped_from is None and self._blank_from is None:
            self._close_tag()
            self.out.write(escape(data, {"\r": "&#13;"}))

    def _close_tag(self) -> None:
        if self._is_open:
            self.out.write(">")
            self._is_open = False


def _refuse(*_: object) -> None:
    raise RefusedError(DAMAGED)


def _rewritten(body: bytes, change: Change) -> bytes:
    """Parse and write again; comments and instructions to programs are left out."""
    writer = _Writer(change)
    parser = expat.ParserCreate()
    parser.ordered_attributes = True
    parser.buffer_text = True
    parser.StartElementHandler = writer.start
    parser.EndElementHandler = writer.end
    parser.CharacterDataHandler = writer.text
    parser.StartDoctypeDeclHandler = _refuse  # entities multiply; no office program writes any
    try:
        parser.Parse(body, True)
    except expat.ExpatError:
        raise RefusedError(DAMAGED) from None
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    return (head + writer.out.getvalue()).encode()
