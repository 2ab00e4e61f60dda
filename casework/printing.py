"""Papers as PDF, where the machine has Pango and a Chinese font; else it says what is missing.

Every paper is first of all a page that a browser prints; the PDF is the same article under
`printing.css`. Nothing is fetched while it is made: no address, no file, no font but those that
are installed. Whatever a paper holds stands in it as text that a reader program can read aloud
(PDF/UA), with the glyphs that it needs inside the file; it names neither the day nor the machine
on which it was made, so the same paper is the same file.
"""

import ctypes
import io
import threading
from contextlib import redirect_stdout
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import ClassVar, Final

# In this order. One has to be there: else the text would be set in empty boxes.
FAMILIES: Final = (
    "Noto Serif CJK SC",
    "Source Han Serif SC",
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "SimSun",
)
# Pango keeps one table of fonts for the whole process.
_one_at_a_time: Final = threading.Lock()


class Missing(StrEnum):
    """What this machine lacks for PDFs; NOTHING where it can make them."""

    NOTHING = ""
    LIBRARY = "library"
    FONT = "font"


class PdfMissingError(RuntimeError):
    """This machine cannot make a PDF; the printable page serves."""


def pdf_of(page: str) -> bytes:
    """Return a whole HTML page as PDF (A4, PDF/UA-1), its fonts inside.

    Args:
        page: with a title and a language; styles inside it do not count on anything outside.

    Raises:
        PdfMissingError: the machine lacks the library or a Chinese font; see `missing`.
    """
    lacking = missing()
    if lacking is not Missing.NOTHING:
        raise PdfMissingError(lacking)
    return _made(page)


@cache
def missing() -> Missing:
    """Return what this machine lacks; found out once in the life of a process.

    The fonts are asked for first: without any at all Pango ends the whole process.
    """
    try:
        with redirect_stdout(io.StringIO()):  # without Pango it prints advice there
            import weasyprint  # noqa: F401
        fonts = ctypes.CDLL("libfontconfig.so.1")
    except (ImportError, OSError):  # the package; the libraries that it loads
        return Missing.LIBRARY
    is_there = any(_fonts_named(fonts, family) for family in FAMILIES)
    return Missing.NOTHING if is_there else Missing.FONT


class _Fonts(ctypes.Structure):
    _fields_: ClassVar = [("number", ctypes.c_int), ("room", ctypes.c_int)]


def _fonts_named(fontconfig: ctypes.CDLL, family: str) -> int:
    """Return how many installed fonts have this family name; of fontconfig's own counting."""
    for name in ("FcNameParse", "FcObjectSetCreate"):
        getattr(fontconfig, name).restype = ctypes.c_void_p
    fontconfig.FcFontList.restype = ctypes.POINTER(_Fonts)
    fontconfig.FcFontList.argtypes = [ctypes.c_void_p] * 3
    wanted = fontconfig.FcNameParse(family.encode())
    found = fontconfig.FcFontList(None, wanted, fontconfig.FcObjectSetCreate())
    return int(found.contents.number) if found else 0


def _made(page: str) -> bytes:
    with _one_at_a_time:
        from weasyprint import CSS, HTML
        from weasyprint.urls import URLFetcher

        sheet = Path(__file__).with_suffix(".css").read_text(encoding="utf-8")
        families = ", ".join(f'"{one}"' for one in FAMILIES)
        sheet = f"{sheet}\nbody {{ font-family: {families}; }}\n"
        refusing = URLFetcher(allowed_protocols=())
        made: bytes = HTML(string=page, url_fetcher=refusing).write_pdf(
            stylesheets=[CSS(string=sheet, url_fetcher=refusing)], pdf_variant="pdf/ua-1"
        )
    return made
