"""Papers as PDF: whole in themselves, their Chinese glyphs inside, the same tomorrow."""

import http.server
import io
import os
import re
import subprocess
import sys
import tempfile
import threading

import pikepdf
import pytest

from casework.printing import Missing, PdfMissingError, missing, pdf_of

SAID = "壹拾陆万元整，扣缴玖仟零伍拾元叁角"
PAGE = f'<!doctype html><html lang="zh-CN"><title>领奖凭证</title><h1>凭证</h1><p>{SAID}</p></html>'
DOT = "R0lGODlhAQABAIAAAAAAAP///ywAAAAAAQABAAACAUwAOw=="  # one dot, as GIF
BFCHAR = re.compile(rb"<[0-9a-f]+>\s*<([0-9a-f]+)>", re.IGNORECASE)


@pytest.fixture
def forgetful():
    """What was found out of this machine is found out anew, before and after."""
    missing.cache_clear()
    yield
    missing.cache_clear()


def fonts_of(pdf):
    """The names of the fonts of a PDF, and of each whether its glyphs are inside."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        inner = [
            font.DescendantFonts[0]
            for page in document.pages
            for font in dict(page.Resources.Font).values()
        ]
        return {
            str(one.BaseFont).partition("+")[2]: any(
                key.startswith("/FontFile") for key in dict(one.FontDescriptor)
            )
            for one in inner
        }


def signs(pdf):
    """The characters that a reader program can find in a PDF."""
    found = ""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        for page in document.pages:
            for font in dict(page.Resources.Font).values():
                for hexed in BFCHAR.findall(font.ToUnicode.read_bytes()):
                    found += bytes.fromhex(hexed.decode()).decode("utf-16-be")
    return set(found)


def test_every_font_is_inside_and_is_a_chinese_one():
    fonts = fonts_of(pdf_of(PAGE))
    assert fonts
    assert all(fonts.values()), fonts
    assert all("CJK-SC" in one for one in fonts), "never the Japanese forms"


def test_what_it_says_can_be_found_and_read_aloud():
    made = pdf_of(PAGE)
    assert set(SAID) <= signs(made)
    with pikepdf.open(io.BytesIO(made)) as document:
        assert document.Root.MarkInfo.Marked
        assert str(document.Root.Lang) == "zh-CN"
        assert "pdfuaid" in str(document.open_metadata())


def test_it_names_neither_day_nor_machine_and_is_the_same_each_time():
    made = pdf_of(PAGE)
    assert made == pdf_of(PAGE)
    with pikepdf.open(io.BytesIO(made)) as document:
        assert set(document.docinfo) == {"/Title", "/Producer"}
        box = [float(one) for one in document.pages[0].MediaBox]
    assert box == pytest.approx([0, 0, 595.28, 841.89], abs=0.1), "A4"


def test_nothing_is_fetched(tmp_path):
    asked = []

    class Listening(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *_given):
            pass

    secret = tmp_path / "secret.txt"
    secret.write_text("bridge over the moat")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Listening) as server:
        threading.Thread(target=server.serve_forever).start()
        there = f"http://127.0.0.1:{server.server_port}"
        made = pdf_of(
            '<html lang="zh-CN"><title>凭证</title>'
            f'<link rel="stylesheet" href="{there}/a.css"><style>@import "{there}/b.css";'
            f" @font-face {{ font-family: x; src: url({there}/c.woff) }}"
            f' body {{ font-family: x; background: url("{there}/d.png") }}</style>'
            f'<link rel="attachment" href="{secret.as_uri()}">'
            f'<img src="{there}/e.png"><img src="{secret.as_uri()}"><embed src="{there}/f.svg">'
            f'<img src="data:image/gif;base64,{DOT}"><p>凭证</p></html>'
        )
        server.shutdown()
    assert asked == []
    assert b"bridge over the moat" not in made
    with pikepdf.open(io.BytesIO(made)) as document:
        assert "/EmbeddedFiles" not in document.Root.get("/Names", pikepdf.Dictionary())
        assert not document.pages[0].get_images()


def test_nothing_of_it_is_written_to_a_disk(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    assert pdf_of(PAGE).startswith(b"%PDF-")


def test_many_threads_get_the_same_paper():
    wanted, made = pdf_of(PAGE), []
    threads = [threading.Thread(target=lambda: made.append(pdf_of(PAGE))) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert made == [wanted] * 8


@pytest.mark.usefixtures("forgetful")
def test_without_the_package_it_says_so(monkeypatch):
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    assert missing() is Missing.LIBRARY
    with pytest.raises(PdfMissingError):
        pdf_of(PAGE)


@pytest.mark.usefixtures("forgetful")
def test_without_pango_it_says_so_and_prints_nothing(monkeypatch, capsys):
    class Refusing:
        """Loads like weasyprint where a library is not there."""

        def find_spec(self, name, *_given):
            if name == "weasyprint":
                print("advice of weasyprint")
                raise OSError("cannot load library 'libpango-1.0-0'")

    for name in [one for one in sys.modules if one.partition(".")[0] == "weasyprint"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "meta_path", [Refusing(), *sys.meta_path])
    assert missing() is Missing.LIBRARY
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("others", ["/usr/share/fonts/truetype", ""])
def test_without_a_chinese_font_it_says_so(tmp_path, others):
    """In a process of its own: fontconfig reads its file once."""
    told = tmp_path / "fonts.conf"
    told.write_text(
        f"<?xml version='1.0'?><fontconfig><dir>{others or tmp_path}</dir>"
        f"<cachedir>{tmp_path}</cachedir></fontconfig>"
    )
    answer = subprocess.run(
        [sys.executable, "-c", "from casework.printing import missing; print(missing().value)"],
        env={**os.environ, "FONTCONFIG_FILE": str(told)},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert answer.stdout.strip() == "font", answer.stderr
