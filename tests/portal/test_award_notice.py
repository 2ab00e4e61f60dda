"""The reporter's own notice of an award: only theirs, once it was agreed to, with no name on it."""

import io
import re

import pikepdf
import pytest

from casework.printing import Missing
from crypto.claim_number import draw_claim_number

ARTICLE = re.compile(r"<article.*</article>", re.DOTALL)


@pytest.fixture
def reporter(visitor):
    """A visitor who gave a name, whose report is filed and whose mailbox is open."""
    visitor.code = visitor.file(anonymous="", name="样本甲", phone="13800138000", consent="y")
    assert visitor.enter(visitor.code).status_code == 303
    return visitor


def report_of(world):
    return world.store.read(lambda uow: uow.reports.ids())[0]


def proposed(world, report):
    """Work the report out up to a proposed award of 60,000 yuan."""
    world.appropriate()
    world.accept(report)
    world.conclude(report)
    world.reserve(report)


@pytest.fixture
def notice(world, reporter):
    """Where the notice of an award is that was agreed to."""
    report = report_of(world)
    proposed(world, report)
    world.approve(report)
    return f"/follow-up/awards/{world.case(report).award.id}/notice"


def test_it_tells_the_sum_twice_the_days_and_the_ways_and_no_name(world, reporter, notice):
    assert notice in reporter.get("/follow-up/reward").text
    answer = reporter.get(notice)
    assert answer.status_code == 200
    [page] = ARTICLE.findall(answer.text)
    for told in (
        "领奖通知书",
        "伊川县应急管理局",
        world.case(report_of(world)).case_number,
        "¥60,000.00",
        "人民币",
        "陆万元整",
        "（含当日）前",
        "到窗口领",
        "30 个工作日内",
    ):
        assert told in page, told
    for never in ("样本甲", "13800138000", "样本化工", "储罐区", reporter.code):
        assert never not in page, never


def test_as_pdf_it_is_asked_for_with_a_button_and_kept_nowhere(reporter, notice):
    assert reporter.get(f"{notice}.pdf").status_code == 405
    assert reporter.post(f"{notice}.pdf", {}).status_code == 422
    answer = reporter.post(f"{notice}.pdf", reporter.form(notice))
    assert answer.content_type == "application/pdf"
    assert answer.headers["Content-Disposition"] == "attachment; filename=notice.pdf"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "ETag" not in answer.headers
    with pikepdf.open(io.BytesIO(answer.data)) as document:
        assert set(document.docinfo) == {"/Title", "/Producer"}
        assert len(document.pages) == 1
        assert all(
            "CJK-SC" in str(one.BaseFont) for one in dict(document.pages[0].Resources.Font).values()
        )


def test_before_it_was_agreed_to_there_is_none(world, reporter):
    report = report_of(world)
    proposed(world, report)
    where = f"/follow-up/awards/{world.case(report).award.id}/notice"
    assert where not in reporter.get("/follow-up/reward").text
    assert reporter.get(where).status_code == 404
    assert reporter.post(f"{where}.pdf", reporter.form("/follow-up/case")).status_code == 404


def test_the_award_of_somebody_else_is_not_there(world, reporter, notice):
    other = world.approved()
    theirs = f"/follow-up/awards/{world.case(other.report).award.id}/notice"
    assert reporter.get(theirs).status_code == 404
    assert reporter.post(f"{theirs}.pdf", reporter.form(notice)).status_code == 404


def test_without_the_code_nobody_sees_it(reporter, notice):
    reporter.cookie = ""
    assert reporter.get(notice).location.endswith("/follow-up?note=ended")
    assert reporter.post(f"{notice}.pdf", {}).status_code == 403


# ---- the voucher ------------------------------------------------------------------------------


def texts_of(pdf):
    """The characters that a PDF shows."""
    found = ""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        for font in dict(document.pages[0].Resources.Font).values():
            for hexed in re.findall(rb"<[0-9a-f]+>\s*<([0-9a-f]+)>", font.ToUnicode.read_bytes()):
                found += bytes.fromhex(hexed.decode()).decode("utf-16-be")
    return set(found)


def claimed(reporter, how="voucher"):
    """The page that shows the numbers of a claim, and the number itself."""
    answer = reporter.post("/follow-up/reward", reporter.form("/follow-up/reward") | {"how": how})
    assert answer.status_code == 200
    [shown] = re.findall(r'code even">(.*?)</p>', answer.text, re.DOTALL)
    return answer, re.sub(r"\D", "", shown)


def test_the_voucher_has_number_and_sum_and_neither_name_nor_confirmation(world, reporter, notice):
    page, number = claimed(reporter)
    where = notice.replace("/notice", "/voucher.pdf")
    assert where in page.text
    assert f'name="number" value="{number}"' in page.text
    answer = reporter.post(where, reporter.tokens(page) | {"number": number})
    assert answer.content_type == "application/pdf"
    assert answer.headers["Cache-Control"] == "no-store"
    told = texts_of(answer.data)
    case = world.case(report_of(world))
    assert set("领奖凭证陆万元整") | set(number) | set(case.case_number) <= told
    assert not set("样甲") & told
    assert len(pikepdf.open(io.BytesIO(answer.data)).pages) == 1


def test_the_voucher_is_for_who_has_its_number_alone(reporter, notice):
    where = notice.replace("/notice", "/voucher.pdf")
    page, number = claimed(reporter)
    form = reporter.tokens(page)
    for wrong in ("", "1", "0" * 16, draw_claim_number()):
        assert reporter.post(where, form | {"number": wrong}).status_code == 404
    assert reporter.post(where, {"number": number}).status_code == 403
    assert reporter.get(where).status_code == 405
    _page, newer = claimed(reporter)
    assert reporter.post(where, form | {"number": number}).status_code == 404
    assert reporter.post(where, form | {"number": newer}).status_code == 200


def test_no_other_way_has_a_voucher(reporter, notice):
    page, number = claimed(reporter, "counter")
    where = notice.replace("/notice", "/voucher.pdf")
    assert where not in page.text
    assert reporter.post(where, reporter.tokens(page) | {"number": number}).status_code == 404


def test_where_no_pdf_can_be_made_the_page_says_so(reporter, notice, monkeypatch):
    form = reporter.form(notice)
    monkeypatch.setattr("portal.views.award_notice.missing", lambda: Missing.FONT)
    page = reporter.get(notice).text
    assert "请用浏览器的打印功能印出" in page
    assert ".pdf" not in page
    assert reporter.post(f"{notice}.pdf", form).status_code == 422
