"""What an officer is told about a file before it is taken out."""

from dataclasses import replace

import pytest

from admin.forms import words
from admin.views.attachments import KNOWN_MEDIA
from cleaning.inspection import BYTES_MAX, CLEANED, REASONS
from cleaning.media_types import ARCHIVE, OFFICE
from portal.forms.files import NOT_CLEANED


def page_with(world, sign_in, monkeypatch, **told):
    """The opened case of a report with one file of which *told* is true."""
    make = world._file
    monkeypatch.setattr(type(world), "_file", lambda _self, *args: replace(make(*args), **told))
    filed = world.file_report(files=[("a.jpg", b"x" * 100)])
    path = f"/cases/{filed.report}"
    return sign_in("yjj-officer").post(f"{path}/open", page=path).text


@pytest.mark.parametrize("reason", [CLEANED, *REASONS])
def test_an_officer_reads_whether_a_file_was_cleaned_and_why_not(
    world, sign_in, monkeypatch, reason
):
    page = page_with(world, sign_in, monkeypatch, cleaned=reason)
    assert str(words.CLEANED[reason]) in page
    assert ("未清理：" in page) == (reason != CLEANED)


def test_an_officer_is_warned_of_a_virus_by_name(world, sign_in, monkeypatch):
    page = page_with(world, sign_in, monkeypatch, scan="found:Planted.Marker")
    assert "发现病毒：Planted.Marker。不要打开" in page


@pytest.mark.parametrize(
    ("scan", "words_shown"), [("clean", "未发现病毒"), ("not_scanned", "未扫描")]
)
def test_an_officer_reads_whether_a_file_was_scanned(
    world, sign_in, monkeypatch, scan, words_shown
):
    page = page_with(world, sign_in, monkeypatch, scan=scan)
    assert f">{words_shown}" in page.replace("\n", "").replace("  ", "")
    assert "发现病毒：" not in page


def test_both_sites_have_words_for_every_reason_and_know_the_same_types():
    assert set(NOT_CLEANED) == set(REASONS)
    assert set(REASONS) < set(words.CLEANED)
    assert (set(BYTES_MAX) | OFFICE) - {ARCHIVE} == KNOWN_MEDIA
