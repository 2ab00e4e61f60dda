"""A case at the console: read, accepted or refused, handed over, answered, closed."""

import re
import urllib.parse

import pytest

LONG = "长" * 20_001


def case_path(filed):
    return f"/cases/{filed.report}"


def first(pattern, text):
    """What the first group of *pattern* finds in *text*."""
    match = re.search(pattern, text)
    assert match is not None, pattern
    return match[1]


def kinds(world, filed):
    return [
        one.event.kind for one in world.store.read(lambda uow: uow.events.of_report(filed.report))
    ]


# Reading


def test_the_worklist_and_the_case_show_no_sealed_text(world, sign_in):
    filed = world.file_report(narrative="只有打开才能看到的内容")
    desk = sign_in("yjj-officer")
    assert filed.case_number in desk.get("/").text
    page = desk.get(case_path(filed)).text
    assert "只有打开才能看到的内容" not in page
    assert "打开举报（将留痕）" in page
    assert kinds(world, filed) == ["report.received"]


def test_opening_a_report_shows_it_and_is_recorded_first(world, sign_in):
    filed = world.file_report(narrative="第一行\n<b>第二行</b>", parts={"place": "某路 1 号"})
    desk = sign_in("yjj-officer")
    answer = desk.post(f"{case_path(filed)}/open", page=case_path(filed))
    assert "第一行\n&lt;b&gt;第二行&lt;/b&gt;" in answer.text
    assert "某路 1 号" in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert kinds(world, filed) == ["report.received", "report.read"]


@pytest.mark.parametrize("login", ["zjj-officer", "jw-leader", "cashier", "auditor"])
def test_a_case_does_not_exist_for_whom_it_does_not_concern(world, sign_in, login):
    filed = world.file_report()
    desk = sign_in(login)
    assert desk.get(case_path(filed)).status_code in (403, 404)
    answer = desk.post(f"{case_path(filed)}/open", csrf_token=desk.token("/"))
    assert answer.status_code in (403, 404)
    assert kinds(world, filed) == ["report.received"]


def test_the_supervising_office_reads_too(world, sign_in):
    filed = world.file_report(narrative="督办也能看")
    desk = sign_in("awb-supervisor")
    answer = desk.post(f"{case_path(filed)}/open", page=case_path(filed))
    assert "督办也能看" in answer.text


def test_a_file_comes_out_whole_under_its_own_name_as_a_download(world, sign_in):
    body = bytes(range(256)) * 700
    filed = world.file_report(files=[("现场 照片.jpg", body)])
    desk = sign_in("yjj-officer")
    page = desk.post(f"{case_path(filed)}/open", page=case_path(filed)).text
    assert "现场 照片.jpg" in page
    path = first(r"(/cases/\w+/files/\w+)", page)
    answer = desk.post(path, csrf_token=desk.token(case_path(filed)))
    assert answer.data == body
    name = urllib.parse.quote("现场 照片.jpg", safe="")
    assert answer.headers["Content-Disposition"] == f"attachment; filename*=UTF-8''{name}"
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert kinds(world, filed)[-1] == "file.read"


def test_a_text_that_does_not_open_keeps_nothing_else_from_being_read(world, sign_in):
    filed = world.file_report(narrative="照样能读")
    world.say(filed)  # sealed under a key that nobody has
    desk = sign_in("yjj-officer")
    page = desk.post(f"{case_path(filed)}/open", page=case_path(filed)).text
    assert "照样能读" in page
    assert "这条消息打不开" in page


# Accepting, refusing, handing over


def test_accepting_starts_the_clock_of_thirty_days(world, sign_in):
    filed = world.file_report()
    desk = sign_in("yjj-officer")
    assert "2026年4月1日" in desk.get(f"{case_path(filed)}/accept").text
    answer = desk.post(f"{case_path(filed)}/accept")
    assert answer.status_code == 302
    page = desk.get(answer.location).text
    assert "已受理，核查期限开始计算。" in page
    assert "正常 · 还有 30 天" in page
    assert world.case(filed.report).state == "accepted"


def test_the_days_left_turn_from_normal_to_near_to_late_in_words(world, sign_in):
    filed = world.file_report()
    world.accept(filed.report)
    for days, told in [
        (22, "正常 · 还有 8 天"),
        (1, "临近到期 · 还有 7 天"),
        (7, "临近到期 · 今天截止"),
        (1, "已超期 1 天"),
    ]:
        world.move(days=days)
        assert told in sign_in("yjj-officer").get("/").text


def test_a_transferred_case_is_read_by_the_new_office(world, sign_in):
    filed = world.file_report(narrative="随案移交的内容")
    desk = sign_in("yjj-officer")
    path = f"{case_path(filed)}/transfer"
    assert "住房和城乡建设局" in desk.get(path).text
    answer = desk.post(path, lead="410329-zjj", reason_code="not_competent")
    assert answer.status_code == 302
    assert world.case(filed.report).lead == "410329-zjj"

    newcomer = sign_in("zjj-officer")
    assert filed.case_number in newcomer.get("/").text
    page = newcomer.post(f"{case_path(filed)}/open", page=case_path(filed)).text
    assert "随案移交的内容" in page


def test_the_accused_office_is_not_among_those_to_hand_over_to(world, sign_in):
    filed = world.file_report(matter="staff_misconduct", about="410329-zjj")
    login = {
        "410329-jw": "jw-officer",
        "410329-awb": "awb-supervisor",
        "410329-yjj": "yjj-officer",
    }[world.case(filed.report).lead]
    desk = sign_in(login)
    assert 'value="410329-zjj"' not in desk.get(f"{case_path(filed)}/transfer").text
    answer = desk.post(
        f"{case_path(filed)}/transfer", lead="410329-zjj", reason_code="not_competent"
    )
    assert answer.status_code == 422


# The finding, the answer, the end


def finding_fields(**changed):
    return {
        "finding": "substantiated",
        "basis": "documents",
        "penalty_no": "（样）应急罚〔2026〕1号",
        "fines": "300,000\n100000.50",
        "already_known": "no",
        "account": "现场核实。",
    } | changed


def test_a_finding_with_several_fines_is_recorded_in_fen(world, sign_in):
    filed = world.file_report()
    world.accept(filed.report)
    desk = sign_in("yjj-officer")
    assert desk.post(f"{case_path(filed)}/finding", **finding_fields()).status_code == 302
    case = world.case(filed.report)
    assert (case.finding, case.fines_fen) == ("substantiated", (30_000_000, 10_000_050))
    page = desk.post(f"{case_path(filed)}/open", page=case_path(filed)).text
    assert "现场核实。" in page


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"fines": "300000\n三十万"}, "第 2 行不是金额"),
        ({"fines": "-5"}, "第 1 行不是金额"),
        ({"fines": "1.234"}, "第 1 行不是金额"),
        ({"penalty_no": ""}, "请同时填写处罚决定书文号"),
        ({"finding": "unsubstantiated"}, "不能有处罚决定和罚款"),
        ({"finding": ""}, "请选择核查结论。"),
        ({"account": LONG}, "核查情况"),
    ],
)
def test_a_finding_that_does_not_fit_comes_back_with_everything_typed(
    world, sign_in, changed, told
):
    filed = world.file_report()
    world.accept(filed.report)
    desk = sign_in("yjj-officer")
    answer = desk.post(f"{case_path(filed)}/finding", **finding_fields(**changed))
    assert answer.status_code == 422
    assert told in answer.text
    assert finding_fields(**changed)["account"][:30] in answer.text
    assert world.case(filed.report).state == "accepted"


def test_a_concealed_accident_asks_for_the_people(world, sign_in):
    filed = world.file_report(matter="concealed_accident")
    case = world.case(filed.report)
    login = {"410329-yjj": "yjj-officer", "410329-awb": "yjj-officer"}[case.lead]
    world.accept(filed.report, login)
    desk = sign_in(login)
    fields = finding_fields(deaths="4", concealed_deaths="4", serious_injuries="")
    assert desk.post(f"{case_path(filed)}/finding", **fields).status_code == 302
    assert '"concealed_deaths":4' in world.case(filed.report).finding_facts


def test_a_reply_reaches_the_thread(world, sign_in):
    filed = world.file_report()
    desk = sign_in("yjj-officer")
    answer = desk.post(f"{case_path(filed)}/reply", text="请补充储罐编号。\r\n谢谢。")
    assert answer.status_code == 302
    page = desk.post(f"{case_path(filed)}/open", page=case_path(filed)).text
    assert "请补充储罐编号。\n谢谢。" in page


def test_an_empty_reply_is_not_sent(world, sign_in):
    filed = world.file_report()
    answer = sign_in("yjj-officer").post(f"{case_path(filed)}/reply", text="  ")
    assert answer.status_code == 422
    assert world.case(filed.report).events == 1


def test_closing_without_a_finding_is_refused_in_words(world, sign_in):
    filed = world.file_report()
    world.accept(filed.report)
    answer = sign_in("yjj-leader").post(f"{case_path(filed)}/close")
    assert answer.status_code == 422
    assert "还没有核查结论，不能办结。" in answer.text


def test_an_officer_sees_no_button_for_what_a_leader_does(world, sign_in):
    filed = world.file_report()
    world.accept(filed.report)
    world.conclude(filed.report)
    desk = sign_in("yjj-officer")
    assert f"{case_path(filed)}/close" not in desk.get(case_path(filed)).text
    assert desk.get(f"{case_path(filed)}/close").status_code == 403


# Two at once


def test_the_second_to_accept_is_told_what_happened_meanwhile(world, sign_in):
    filed = world.file_report()
    first, second = sign_in("yjj-officer"), sign_in("yjj-officer-2")
    path = f"{case_path(filed)}/accept"
    token = second.token(path)
    assert first.post(path).status_code == 302
    answer = second.post(path, csrf_token=token, seen="1")
    assert answer.status_code == 422
    assert "以现在的办理状态，不能进行这项操作。" in answer.text
    assert "样本·yjj-officer：受理（核查期限 2026-04-01）" in answer.text
    assert kinds(world, filed).count("report.accepted") == 1


def test_an_act_that_still_makes_sense_is_signed_again(world, sign_in):
    """A reply is not refused because the reporter wrote at the same moment."""
    filed = world.file_report()
    desk = sign_in("yjj-officer")
    path = f"{case_path(filed)}/reply"
    token = desk.token(path)
    world.say(filed)
    assert desk.post(path, csrf_token=token, seen="1", text="收到。").status_code == 302
    assert kinds(world, filed) == ["report.received", "message.sent", "message.sent"]


def test_an_unknown_case_is_told_in_words(sign_in):
    answer = sign_in("yjj-officer").get("/cases/aaaaaaaaaaaaaaaaaaaaaaaaaa")
    assert answer.status_code == 404
    assert "没有" in answer.text
