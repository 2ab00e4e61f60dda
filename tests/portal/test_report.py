"""From the questions to the code: one form, one report, whatever happens on the way."""

import re
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pytest

from browsing import FORM, Visitor, code_of, problems
from portal.forms.base import tidy_line
from portal.forms.report import NARRATIVE_BYTES_MAX


def reports(world):
    return world.store.read(lambda uow: uow.reports.ids())


def only_case(world):
    [report] = reports(world)
    return world.case(report)


# ---- the questions --------------------------------------------------------------------------


def test_the_questions_come_one_at_a_time_and_emergencies_first(visitor):
    first = visitor.get("/report").text
    body = first.partition("<main")[2]
    assert body.index("119") < body.index("您要反映的是哪一种情况")
    second = visitor.get("/report?kind=work_safety").text
    assert "事情发生在哪里" in second
    assert 'value="work_safety"' in second
    assert "属于哪个行业" in visitor.get("/report?region=410329001000").text
    third = visitor.get("/report?region=410329001000&sector=other").text
    assert "您要举报什么" in third
    assert 'value="410329001000"' in third
    assert "填写举报" in visitor.get(FORM).text


def test_who_is_accused_is_asked_for_staff_alone_and_may_stay_unknown(visitor):
    asked = "/report?region=410329&sector=other&matter=staff_misconduct"
    assert "在哪个部门" in visitor.get(asked).text
    assert "填写举报" in visitor.get(f"{asked}&about=unsure").text
    named = visitor.get(f"{asked}&about=410329-yjj").text
    assert "伊川县应急管理局" in named
    assert "伊川县纪律检查委员会监察委员会" in named


def test_a_step_without_a_choice_says_so(visitor):
    page = visitor.get("/report?asked=region").text
    assert "<title>错误：" in page
    assert 'href="#question"' in page
    assert "请选择事情发生在哪个乡镇" in visitor.get("/report?region=999999").text


def test_the_questions_store_nothing_and_set_no_cookie(world, visitor):
    for path in ("/report", "/report?region=410329001000", FORM):
        assert "Set-Cookie" not in visitor.get(path).headers
    assert reports(world) == ()


def test_text_in_the_address_never_gets_into_the_form(visitor):
    assert "planted" not in visitor.get(f"{FORM}&narrative=planted&name=planted").text


def test_who_can_read_what_is_said_before_anything_is_typed(visitor):
    page = visitor.get(FORM).text
    assert page.index("谁能看到什么") < page.index('name="enterprise"')
    assert "只有伊川县应急管理局和监督它的伊川县安全生产委员会办公室" in page


# ---- filing ---------------------------------------------------------------------------------


def test_a_report_is_answered_with_code_number_and_what_comes_next(world, visitor):
    answer = visitor.post("/report", visitor.report())
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert len(code_of(answer)) == 24
    case = only_case(world)
    assert case.case_number in answer.text
    assert "30 日内完成核查" in answer.text
    assert (case.region, case.lead, case.channel) == ("410329001000", "410329-yjj", "web")


def test_what_names_the_reporter_becomes_two_items_and_nothing_else(world, visitor):
    visitor.file(
        anonymous="", name="样本甲", phone="13800138000", id_number="11010519491231002x",
        contact="微信 样本", consent="y",
    )  # fmt: skip
    kinds = world.store.read(
        lambda uow: uow.connection.exec_driver_sql("SELECT kind FROM identity_item").fetchall()
    )
    assert sorted(kind for (kind,) in kinds) == ["contact", "who"]


def test_nothing_that_was_typed_is_stored_in_the_clear(world, visitor):
    code = visitor.file(
        enterprise="planted-enterprise", place="planted-place", narrative="planted-narrative",
        name="planted-name", contact="planted-contact", anonymous="", phone="13800138000",
        consent="y", relation="family",
    )  # fmt: skip
    world.store.close()
    stored = b"".join(p.read_bytes() for p in world.settings.home.rglob("*") if p.is_file())
    assert b"planted" not in stored
    assert b"13800138000" not in stored
    assert code.encode() not in stored
    assert b"family" not in stored.replace(b"font-family", b"")


def test_a_report_about_staff_never_reaches_their_department(world, visitor):
    visitor.file(matter="staff_misconduct", about="410329-jw")
    case = only_case(world)
    assert case.about == "410329-jw"
    assert "410329-jw" not in case.offices


def test_about_counts_for_staff_alone(world, visitor):
    visitor.file(about="410329-yjj")
    assert only_case(world).about is None
    assert only_case(world).lead == "410329-yjj"


def test_what_no_rule_matches_goes_to_the_safety_committee_office(world, visitor):
    visitor.file(sector="other", matter="general_hazard")
    assert only_case(world).lead == "410329-awb"


def test_a_department_without_keys_hands_over_to_its_supervisor(world, visitor):
    visitor.file(sector="schools")
    assert only_case(world).lead == "410329-awb"


# ---- the same form again --------------------------------------------------------------------


def test_the_same_form_sent_again_shows_the_same_code_and_files_nothing(world, visitor):
    form = visitor.report()
    first = visitor.post("/report", form)
    second = visitor.post("/report", form)
    assert code_of(first) == code_of(second)
    number = only_case(world).case_number
    assert number in first.text
    assert number in second.text


def test_eight_at_once_are_one_report_and_one_code(app, world):
    visitor = Visitor(app)
    form = visitor.report()

    def send(_):
        sent = form | {"files": (BytesIO(b"the same"), "a.txt")}
        return code_of(Visitor(app).post("/report", sent))

    with ThreadPoolExecutor(8) as pool:
        codes = set(pool.map(send, range(8)))
    assert len(codes) == 1
    assert "" not in codes
    assert len(reports(world)) == 1
    assert len(list(world.blobs.names())) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"narrative": "另一件事。"},
        {"files": (BytesIO(b"one more file"), "a.txt")},
        {"phone": "13800138000", "consent": "y"},
    ],
)
def test_a_used_form_with_other_content_gets_a_fresh_token_and_keeps_the_text(
    world, visitor, change
):
    form = visitor.report()
    visitor.post("/report", form)
    answer = visitor.post("/report", form | change)
    assert answer.status_code == 422
    assert "这张表已经提交过一次" in answer.text
    assert form["narrative"] in answer.text or "另一件事。" in answer.text
    assert len(reports(world)) == 1
    fresh = visitor.tokens(answer)
    assert fresh["form_token"] != form["form_token"]
    if "files" not in change:
        assert visitor.post("/report", form | change | fresh).status_code == 200
        assert len(reports(world)) == 2


def test_after_an_hour_the_code_is_no_longer_shown(world, visitor):
    form = visitor.report()
    visitor.post("/report", form)
    world.move(minutes=59)
    assert code_of(visitor.post("/report", form))
    world.move(minutes=2)
    answer = visitor.post("/report", form)
    assert code_of(answer) == ""
    assert "这张表已经提交过了" in answer.text
    assert len(reports(world)) == 1


# ---- bad input ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("enterprise", "", "请填写被举报的单位"),
        ("enterprise", "字" * 101, "最多 100 字，现在有 101 字"),
        ("place", " ", "请填写具体地点"),
        ("narrative", "", "请写明您看到"),
        ("narrative", "a" * (NARRATIVE_BYTES_MAX + 1), "最多约两万字"),
        ("occurred_on", "昨天", "看不懂这个日期"),
        ("occurred_on", "2026-03-03", "还没有到"),
        ("region", "999999", "哪个乡镇"),
        ("sector", "nothing", "请选择所属行业"),
        ("matter", "nothing", "哪一类事情"),
        ("anonymous", "", "请填写姓名和一种联系方式"),
        ("phone", "123", "请检查电话号码"),
        ("id_number", "110105194912310021", "身份证号码有误"),
        ("contact", "样本@example.invalid", "请勾选同意封存"),
    ],
)
def test_a_wrong_field_is_told_in_the_summary_and_at_the_field(world, visitor, field, value, words):
    answer = visitor.post("/report", visitor.report(**{field: value}))
    assert answer.status_code == 422
    assert "<title>错误：" in answer.text
    links = re.findall(r'<li><a href="#([^"]+)">', answer.text)
    told = {"contact": "consent"}.get(field, field)
    assert told in links
    assert words in answer.text
    assert re.search(rf'id="{told}-error"[^>]*>错误：', answer.text)
    control = re.search(rf'<(?:input|textarea|select)[^>]*\bid="{told}"[^>]*>', answer.text)
    assert control
    assert 'aria-invalid="true"' in control[0]
    assert f"{told}-error" in control[0]
    assert reports(world) == ()


def test_the_longest_narrative_and_names_are_taken(world, visitor):
    visitor.file(
        narrative="a" * NARRATIVE_BYTES_MAX, enterprise="字" * 100, place="字" * 200,
        occurred_on="2026-03-02", name="字" * 100, contact="字" * 200, consent="y",
    )  # fmt: skip
    assert len(reports(world)) == 1


def test_everything_typed_is_still_there_after_a_refusal(visitor):
    typed = {
        "enterprise": "甲“乙”<公司>", "place": "丙 & 丁", "occurred_on": "昨天",
        "narrative": "第一行\n第二行 <b>", "name": "样本乙", "phone": "13800138000",
        "contact": "戊", "consent": "y", "relation": "staff",
    }  # fmt: skip
    page = visitor.post("/report", visitor.report(**typed, anonymous="")).text
    from html import unescape

    shown = unescape(page)
    for name in ("enterprise", "place", "occurred_on", "narrative", "name", "phone", "contact"):
        assert typed[name].replace("\n", "\n") in shown.replace("\r\n", "\n"), name
    assert re.search(r'id="consent"[^>]* checked', page)
    assert re.search(r'value="staff" checked', page)
    assert not re.search(r'id="anonymous"[^>]* checked', page)


def test_full_width_digits_are_taken_as_meant(world, visitor):
    visitor.file(
        anonymous="",
        name="样本",
        phone="１３８００１３８０００",
        occurred_on="２０２６－０３－０１",
        consent="y",
    )
    assert len(reports(world)) == 1
    assert tidy_line("１３８００１３８０００") == "13800138000"
    assert tidy_line("２０２６－０３－０１") == "2026-03-01"


def test_an_empty_post_is_answered_in_words(visitor):
    for data in ({}, {"narrative": "字"}):
        answer = visitor.post("/report", data)
        assert answer.status_code == 422
        assert problems(answer)


def test_a_broken_multipart_body_is_answered_in_words(visitor):
    answer = visitor.client.post(
        "/report", data=b"--x\r\nnonsense", content_type="multipart/form-data; boundary=x"
    )
    assert answer.status_code == 422
    assert visitor.client.post("/report", data=b"{}", content_type="text/x").status_code == 422
