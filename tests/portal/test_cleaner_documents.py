"""PDF and Office documents keep what they say, and lose who wrote it."""

import re
import shutil
import zipfile
from io import BytesIO

import pikepdf
import pytest
from PIL import Image

import samples
from cleaned import cleaned, reason, told_by_exiftool, told_by_mat2
from cleaning.inspection import DAMAGED, ENCRYPTED, UNKNOWN, Cleaners


@pytest.fixture(scope="module")
def cleaners():
    made = Cleaners()
    yield made
    made.close()


def parts_of(raw):
    with zipfile.ZipFile(BytesIO(raw)) as package:
        assert package.testzip() is None
        return {name: package.read(name) for name in package.namelist()}


def test_a_pdf_keeps_its_pages_and_pictures_and_loses_the_rest(cleaners):
    raw = samples.pdf()
    clean = cleaned(cleaners, raw)

    with pikepdf.open(BytesIO(raw)) as before:
        drawn_at_first = bytes(before.trailer.ID[0])
    with pikepdf.open(BytesIO(clean)) as document:
        assert bytes(document.trailer.ID[0]) != drawn_at_first
        assert pikepdf.Name.Info not in document.trailer
        assert pikepdf.Name.Metadata not in document.Root
        assert pikepdf.Name.OpenAction not in document.Root
        assert not list(document.attachments)
        page = document.pages[0]
        note, link = page.Annots
        assert str(note.Contents) == "Kept"
        assert pikepdf.Name.T not in note
        assert pikepdf.Name.A not in link
        picture = page.Resources.XObject.Im0
        with Image.open(BytesIO(picture.read_raw_bytes())) as shown:
            shown.load()
            assert shown.size == (64, 32)
        document.save(plain := BytesIO(), stream_decode_level=pikepdf.StreamDecodeLevel.all,
                      compress_streams=False,
                      object_stream_mode=pikepdf.ObjectStreamMode.disable)  # fmt: skip
    assert b"Planted" not in clean + plain.getvalue()
    assert b"JavaScript" not in plain.getvalue()


def test_a_pdf_that_needs_a_password_is_left_as_it_is(cleaners):
    assert reason(cleaners, samples.pdf(owner="a", user="b")) == ENCRYPTED


def test_a_pdf_that_only_forbids_copying_is_cleaned(cleaners):
    with pikepdf.open(BytesIO(cleaned(cleaners, samples.pdf(owner="a", user="")))) as document:
        assert len(document.pages) == 1
        assert not document.is_encrypted


def test_two_copies_of_a_pdf_with_different_authors_become_the_same_file(cleaners):
    one = samples.pdf()
    with pikepdf.open(BytesIO(one)) as document:
        document.docinfo["/Author"] = "Another"
        document.save(other := BytesIO())
    assert cleaned(cleaners, other.getvalue()) == cleaned(cleaners, one)


@pytest.mark.parametrize("make", [samples.docx, samples.xlsx, samples.pptx])
def test_an_office_document_loses_every_planted_word_and_keeps_its_own(cleaners, make):
    before = b"".join(parts_of(make()).values())
    assert b"Planted" in before

    parts = parts_of(cleaned(cleaners, make()))

    everything = b"".join(parts.values()) + "".join(parts).encode()
    assert b"lanted" not in everything
    assert b"PLANTED" not in everything
    assert b"2020-02-02" not in everything
    kept = {samples.docx: "新增".encode()}.get(make, b"Kept")
    assert kept in everything


def test_a_letter_stays_a_whole_document(cleaners):
    parts = parts_of(cleaned(cleaners, samples.docx()))
    body = parts["word/document.xml"].decode()
    assert '<w:t xml:space="preserve">第一行 &amp; 内容 </w:t>' in body
    assert '<w:ins w:id="1" w:author="-" w:date="2000-01-01T00:00:00Z">' in body
    for name, links in parts.items():
        if name.endswith(".rels"):
            assert not re.search(rb'Target="[^"]*(docProps|customXml|people)', links), name
    assert b"people" not in parts["[Content_Types].xml"]
    assert b"attachedTemplate" not in parts["word/settings.xml"]
    assert b'w:percent="100"' in parts["word/settings.xml"]
    with Image.open(BytesIO(parts["word/media/image1.jpeg"])) as picture:
        picture.load()
        assert not dict(picture.getexif())


def test_a_table_keeps_no_link_to_the_printer_that_was_taken_out(cleaners):
    parts = parts_of(cleaned(cleaners, samples.xlsx()))
    assert not [name for name in parts if "printer" in name.lower()]
    assert b'<pageSetup paperSize="9"/>' in parts["xl/worksheets/sheet1.xml"]
    assert b"<Relationship " not in parts["xl/worksheets/_rels/sheet1.xml.rels"]


def test_a_document_in_the_document_is_cleaned_too(cleaners):
    parts = parts_of(cleaned(cleaners, samples.docx(**{"word/embeddings/a.xlsx": samples.xlsx()})))
    inner = b"".join(parts_of(parts["word/embeddings/a.xlsx"]).values())
    assert b"Planted" not in inner
    assert b"Kept" in inner


@pytest.mark.parametrize("part", ["word/embeddings/oleObject1.bin", "word/vbaProject.bin"])
def test_a_part_that_nobody_can_clean_leaves_the_document_uncleaned(cleaners, part):
    assert reason(cleaners, samples.docx(**{part: b"PlantedAuthor"})) == UNKNOWN


def test_an_archive_that_is_no_document_is_of_unknown_type(cleaners):
    assert reason(cleaners, samples.package({"a.txt": "text"})) == UNKNOWN


def test_a_drawing_in_a_document_loses_what_its_program_noted(cleaners):
    drawing = (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:inkscape="http://i" '
        'inkscape:export-filename="/home/PlantedAuthor/a.png"><!-- PlantedAuthor -->'
        '<metadata>PlantedAuthor</metadata><path d="M0 0"/></svg>'
    )
    parts = parts_of(cleaned(cleaners, samples.docx(**{"word/media/a.svg": drawing})))
    assert b"Planted" not in parts["word/media/a.svg"]
    assert b'<path d="M0 0"/>' in parts["word/media/a.svg"]
    with_picture = drawing.replace("M0 0", "data:image/png;base64,AAAA")
    assert reason(cleaners, samples.docx(**{"word/media/a.svg": with_picture})) == UNKNOWN


def test_notes_beside_a_jpeg_2000_in_a_pdf_go_and_its_pixels_stay(cleaners):
    Image.new("RGB", (16, 16), "red").save(plain := BytesIO(), "JPEG2000")
    picture = plain.getvalue()
    note = b"PlantedNote"
    box = (len(note) + 8).to_bytes(4, "big") + b"xml " + note
    with pikepdf.new() as document:
        page = document.add_blank_page()
        stream = document.make_stream(b"")
        stream.write(picture[:12] + box + picture[12:], filter=pikepdf.Name.JPXDecode)
        page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=stream))
        document.save(out := BytesIO())
    with pikepdf.open(BytesIO(cleaned(cleaners, out.getvalue()))) as document:
        kept = document.pages[0].Resources.XObject.Im0.read_raw_bytes()
    assert kept == picture


def test_a_document_with_entities_is_refused(cleaners):
    bomb = '<!DOCTYPE a [<!ENTITY b "bbbb">]><a>&b;</a>'
    assert reason(cleaners, samples.docx(**{"word/footer.xml": bomb})) == DAMAGED


@pytest.mark.skipif(not shutil.which("exiftool"), reason="exiftool is not installed")
def test_exiftool_finds_the_author_of_a_pdf_before_and_nobody_after(cleaners, tmp_path):
    raw = samples.pdf()
    assert "PlantedAuthor" in told_by_exiftool(raw, tmp_path)
    after = told_by_exiftool(cleaned(cleaners, raw), tmp_path)
    for word in ("lanted", "Author", "Creator", "2020", "Exif", "GPS", "XMP"):
        assert word not in after, after


@pytest.mark.skipif(not shutil.which("mat2"), reason="mat2 is not installed")
@pytest.mark.parametrize("ending", ["docx", "xlsx", "pptx"])
def test_mat2_finds_the_author_of_a_document_before_and_nothing_after(cleaners, ending, tmp_path):
    raw = getattr(samples, ending)()
    assert "No metadata" not in told_by_mat2(raw, ending, tmp_path)
    assert "No metadata found" in told_by_mat2(cleaned(cleaners, raw), ending, tmp_path)
