"""Cleans a sample of every kind, so that whatever loads itself late is loaded now.

Later, in the process of one file, nothing can be opened any more.
"""

import zipfile
from io import BytesIO

import pikepdf
from PIL import Image

from cleaning.cleaner import office, pdf, pictures


def warm_up() -> None:
    """Clean one of each."""
    for kind in ("JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP"):
        pictures.clean(_picture(kind))
    pdf.clean(_document())
    office.clean(_package())


def _picture(kind: str) -> bytes:
    out = BytesIO()
    Image.new("RGB", (8, 8)).save(out, kind)
    return out.getvalue()


def _document() -> bytes:
    out = BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        # A guard that opens without a password: its own code is loaded then, too.
        document.save(out, encryption=pikepdf.Encryption(owner="a", user=""))
    return out.getvalue()


def _package() -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr("word/document.xml", "<d/>")
        package.writestr("word/media/a.png", _picture("PNG"))
        package.writestr("word/旧.xml", "<d/>")
    return out.getvalue()
