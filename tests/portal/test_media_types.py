"""What a file is told to be: by its content, from a short list."""

import shutil
import subprocess

import pytest

import samples
from browsing import photograph
from cleaning.media_types import ARCHIVE, HEAD_BYTES, UNKNOWN_TYPE, media_type


@pytest.mark.parametrize(
    "head",
    [
        b"<!DOCTYPE html><script>alert(1)</script>",
        b"<html><body>",
        b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>',
        b"<svg onload=alert(1)>",
        b"MZ\x90\0\x03\0\0\0 an executable of Windows",
        b"\x7fELF\x02\x01\x01 an executable of Linux",
        b"#!/bin/sh\nrm -rf /",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 an old Word document",
        b"Rar!\x1a\x07\x01\x00 an archive",
        b"7z\xbc\xaf\x27\x1c an archive",
        b"\x1f\x8b\x08 an archive",
        b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd",
        b"ffconcat version 1.0\nfile /etc/passwd",
        b"\0\0\0\x18ftypavif",
        b"BM is how this sentence begins, and it is no picture",
        b"RIFF\x10\0\0\0CDR9 a drawing",
        b" %PDF-1.4 after a blank",
        b"plain words",
        b"",
    ],
)
def test_what_is_not_on_the_list_is_bytes_without_a_name(head):
    assert media_type(head) == UNKNOWN_TYPE


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"\0\0\0\x18ftypheic", "image/heic"),
        (b"\0\0\0\x18ftypmif1", "image/heic"),
        (b"\0\0\0\x14ftypqt  ", "video/quicktime"),
        (b"\0\0\0\x18ftypisom", "video/mp4"),
        (b"\0\0\0\x18ftyp3gp5", "video/3gpp"),
        (b"\0\0\0\x18ftypM4A ", "audio/mp4"),
        (b"#!AMR\n<", "audio/amr"),
        (b"#!AMR-WB\n<", "audio/amr"),
        (b"\xff\xfb\x90\x64", "audio/mpeg"),
        (b"\xff\xf1\x50\x80", "audio/aac"),
        (b"PK\x03\x04", ARCHIVE),
        (b"%PDF-1.7", "application/pdf"),
    ],
)
def test_the_first_bytes_tell(head, name):
    assert media_type(head) == name


@pytest.mark.skipif(not shutil.which("file"), reason="file(1) is not installed")
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "GIF", "BMP", "PDF"])
def test_another_program_sees_the_same_kind(kind, tmp_path):
    from io import BytesIO

    from PIL import Image

    if kind == "PDF":
        raw = samples.pdf()
    elif kind in ("GIF", "BMP"):
        Image.new("RGB", (9, 9)).save(out := BytesIO(), kind)
        raw = out.getvalue()
    else:
        raw = photograph(kind)
    path = tmp_path / "asked"
    path.write_bytes(raw)
    said = subprocess.run(
        ["file", "--brief", "--mime-type", str(path)], capture_output=True, text=True, check=True
    )
    told = said.stdout.strip().replace("image/x-ms-bmp", "image/bmp")
    assert media_type(raw) == told


def test_what_follows_the_head_does_not_matter():
    raw = photograph()
    assert media_type(raw[:HEAD_BYTES]) == media_type(raw) == media_type(bytearray(raw))
