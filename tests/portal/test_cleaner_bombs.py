"""Files that were made to do harm: each costs bounded memory and time, and the next is cleaned."""

import functools
import resource
import struct
import threading
import time
import zipfile
import zlib
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

import samples
from browsing import photograph
from cleaned import cleaned, reason
from cleaning.inspection import CLEANED, DAMAGED, ENCRYPTED, TIMED_OUT, TOO_LARGE, UNKNOWN, Cleaners
from cleaning.media_types import media_type

MIB = 1024 * 1024
# What one file may cost, the loaded programs included.
MEMORY_MIB_MAX = 1100


@pytest.fixture(scope="module")
def cleaners():
    made = Cleaners()
    yield made
    made.close()


def png_of(width, height, packed):
    """A PNG whose header says *width* by *height*."""

    def chunk(kind, body):
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    signature = b"\x89PNG\r\n\x1a\n"
    return signature + chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


@functools.cache
def zeros(megabytes):
    """Zeros, packed a thousand to one."""
    packer = zlib.compressobj(9)
    return b"".join(packer.compress(bytes(MIB)) for _ in range(megabytes)) + packer.flush()


def png_of_huge_sides():
    return png_of(2_000_000_000, 2_000_000_000, zeros(1))


def png_that_unpacks_without_end():
    return png_of(7000, 7000, zeros(2000))


def png_with_an_endless_text():
    raw = photograph("PNG")
    body = b"Comment\0\0" + zeros(2000)
    text = struct.pack(">I", len(body)) + b"zTXt" + body
    return raw[:33] + text + struct.pack(">I", zlib.crc32(b"zTXt" + body)) + raw[33:]


def gif_of_many_frames():
    head = b"GIF89a" + struct.pack("<HHBBB", 4000, 4000, 0x80, 0, 0) + bytes(6)
    frame = b"\x2c" + struct.pack("<HHHHB", 0, 0, 4000, 4000, 0) + b"\x02\x02\x44\x01\x00"
    return head + frame * 20_000 + b"\x3b"


def gif_of_a_few_large_frames():
    frames = [Image.new("P", (4000, 4000), colour) for colour in range(5)]
    frames[0].save(out := BytesIO(), "GIF", save_all=True, append_images=frames[1:])
    return out.getvalue()


def archive_that_unpacks_without_end():
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        with package.open("word/document.xml", "w", force_zip64=True) as part:
            for _ in range(2000):
                part.write(bytes(MIB))
    return out.getvalue()


def archive_whose_directory_lies():
    """The directory says that the part is small."""
    raw = bytearray(archive_that_unpacks_without_end())
    at = raw.rfind(b"PK\x01\x02")
    raw[at + 24 : at + 28] = struct.pack("<I", 100)
    return bytes(raw)


def archive_of_many_parts():
    return samples.package({f"word/{number}.xml": "<a/>" for number in range(6000)})


def archive_in_archive_in_archive():
    inner = samples.docx()
    for _ in range(5):
        inner = samples.docx(**{"word/embeddings/a.docx": inner})
    return inner


def letter_of_deep_elements():
    return samples.docx(**{"word/footer.xml": "<a>" * 500_000})


def letter_that_laughs():
    lines = '<!ENTITY a0 "ha">' + "".join(
        f'<!ENTITY a{level} "{f"&a{level - 1};" * 10}">' for level in range(1, 20)
    )
    return samples.docx(**{"word/footer.xml": f"<!DOCTYPE a [{lines}]><a>&a19;</a>"})


def letter_with_a_file_of_the_server():
    entity = '<!DOCTYPE a [<!ENTITY f SYSTEM "file:///etc/passwd">]><a>&f;</a>'
    return samples.docx(**{"word/footer.xml": entity})


def archive_that_points_outside():
    return samples.package({"[Content_Types].xml": "<Types/>", "../../etc/cron.d/a": "x"})


def archive_with_a_symbolic_link():
    out = BytesIO(samples.docx())
    with zipfile.ZipFile(out, "a") as package:
        link = zipfile.ZipInfo("word/media/link.png")
        link.create_system = 3
        link.external_attr = 0o120777 << 16
        package.writestr(link, "/etc/passwd")
    return out.getvalue()


def archive_under_a_password():
    raw = bytearray(samples.docx())
    at = -1
    while (at := raw.find(b"PK\x01\x02", at + 1)) >= 0:
        raw[at + 8] |= 1
    return bytes(raw)


def pdf_whose_objects_unpack_without_end():
    with pikepdf.new() as document:
        document.add_blank_page()
        packed = document.make_stream(b"")
        packed.write(zeros(3000), filter=pikepdf.Name.FlateDecode)
        packed.Type, packed.N, packed.First = pikepdf.Name.ObjStm, 1, 10
        document.Root.Bomb = packed
        document.save(out := BytesIO(), object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return out.getvalue()


def pdf_with_a_picture_that_unpacks_without_end():
    with pikepdf.new() as document:
        document.add_blank_page()
        picture = document.make_stream(b"")
        picture.write(
            zeros(2000), filter=pikepdf.Array([pikepdf.Name.FlateDecode, pikepdf.Name.DCTDecode])
        )
        document.Root.Bomb = picture
        document.save(out := BytesIO())
    return out.getvalue()


def pdf_of_nested_arrays():
    body = b"[" * 200_000 + b"]" * 200_000
    return b"%PDF-1.4\n1 0 obj\n" + body + b"\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF"


def pdf_whose_pages_run_in_a_circle():
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Count 1/Kids[2 0 R]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
    )


BOMBS = {
    png_of_huge_sides: {TOO_LARGE, DAMAGED},
    png_that_unpacks_without_end: {CLEANED, DAMAGED, TOO_LARGE},
    png_with_an_endless_text: {CLEANED, DAMAGED},
    gif_of_many_frames: {TOO_LARGE},
    gif_of_a_few_large_frames: {TOO_LARGE},
    archive_that_unpacks_without_end: {TOO_LARGE},
    archive_whose_directory_lies: {DAMAGED, TOO_LARGE},
    archive_of_many_parts: {TOO_LARGE},
    archive_in_archive_in_archive: {UNKNOWN},
    letter_of_deep_elements: {DAMAGED},
    letter_that_laughs: {DAMAGED},
    letter_with_a_file_of_the_server: {DAMAGED},
    archive_that_points_outside: {DAMAGED},
    archive_with_a_symbolic_link: {DAMAGED},
    archive_under_a_password: {ENCRYPTED},
    pdf_whose_objects_unpack_without_end: {CLEANED, DAMAGED, TOO_LARGE},
    pdf_with_a_picture_that_unpacks_without_end: {TOO_LARGE},
    pdf_of_nested_arrays: {DAMAGED},
    pdf_whose_pages_run_in_a_circle: {DAMAGED},
}


class Watch:
    """Looks how much memory the processes of a Cleaners take."""

    def __init__(self, cleaners):
        self.most = 0
        self._server = cleaners._warm.pid
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look)

    def _look(self):
        children = Path(f"/proc/{self._server}/task/{self._server}/children")
        while not self._over.wait(0.02):
            for number in children.read_text().split():
                try:
                    pages = int(Path(f"/proc/{number}/statm").read_text().split()[1])
                except (OSError, IndexError):
                    continue
                self.most = max(self.most, pages * resource.getpagesize())

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self._thread.join()


@pytest.mark.parametrize("make", BOMBS)
def test_a_bomb_costs_bounded_memory_and_time_and_the_next_file_is_cleaned(cleaners, make):
    raw = make()
    assert cleaned(cleaners, photograph())
    server, begun = cleaners._warm.pid, time.monotonic()

    with Watch(cleaners) as watch:
        done = cleaners.clean(raw, media_type(raw))

    assert done.reason in BOMBS[make], done.reason
    assert time.monotonic() - begun < 30
    assert watch.most < MEMORY_MIB_MAX * MIB
    assert b"root:" not in (done.data or b"")[:]
    assert cleaned(cleaners, photograph())
    assert cleaners._warm.pid == server


def test_a_hundred_thousand_pages_are_cleaned_or_said_to_be_too_much(cleaners):
    with pikepdf.new() as document:
        document.add_blank_page()
        page = document.pages[0].obj
        kids = [
            document.make_indirect(pikepdf.Dictionary(dict(page.items()))) for _ in range(100_000)
        ]
        document.Root.Pages.Kids = pikepdf.Array(kids)
        document.Root.Pages.Count = len(kids)
        document.save(out := BytesIO())
    done = cleaners.clean(out.getvalue(), "application/pdf")
    assert done.reason in (CLEANED, TIMED_OUT, TOO_LARGE)
    assert cleaned(cleaners, photograph())


@pytest.mark.parametrize("make", [samples.pdf, samples.docx, photograph, samples.heic])
def test_a_file_cut_anywhere_never_hurts_the_next(cleaners, make):
    raw = make()
    for part in range(1, 10):
        done = cleaners.clean(raw[: len(raw) * part // 10], media_type(raw))
        assert done.reason in (CLEANED, DAMAGED, UNKNOWN)
    assert cleaned(cleaners, raw)


def test_a_file_that_is_two_kinds_at_once_comes_out_as_one(cleaners):
    page = b"<script>PlantedScript</script>"
    archive = samples.package({"a.txt": "PlantedArchive"})
    both = photograph() + page + archive
    clean = cleaned(cleaners, both)
    assert b"Planted" not in clean
    assert clean.startswith(b"\xff\xd8\xff")
    pdf = samples.pdf()
    assert b"PlantedScript" not in cleaned(cleaners, pdf + page)
    assert reason(cleaners, b"PK\x03\x04" + pdf) in (DAMAGED, UNKNOWN)
