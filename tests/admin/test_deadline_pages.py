"""The board, the panel and the lists by running clock, as people of the console see them."""

import re
from datetime import date, timedelta

import pytest

from admin.views.deadlines import light_of
from asking import (
    accepted,
    ask_more,
    ask_pause,
    clock,
    decide_pause,
    grant_more,
    issue,
    record,
    see,
    to_day,
)
from casework.services.clocks import project_new, sweep
from casework.storage.board import ClockLine
from people import NOW


def swept(world) -> None:
    """What the jobs process does all the time."""
    project_new(world.store, now=world.now)
    sweep(world.store, trust=world.trust, log_key=world.log_key, now=world.now)


def words_of(answer) -> str:
    """The words of a page, in one line."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


def row_of(answer, name: str) -> list[str]:
    """The cells of the row of a table that begins with *name*."""
    found = re.search(rf'<th scope="row">{name}</th>(.*?)</tr>', answer.text, re.S)
    assert found is not None, name
    cells = re.findall(r"<td[^>]*>(.*?)</td>", found[1], re.S)
    return [re.sub(r"<[^>]+>", " ", cell).split()[0] for cell in cells]


# Words ------------------------------------------------------------------------------------------


def line(due_on: date, *, state: str = "running", provisional: bool = False) -> ClockLine:
    """A clock of a list."""
    return ClockLine("verify", 2, due_on, None, state, provisional)


@pytest.mark.parametrize(
    ("due_on", "state", "level", "word"),
    [
        (date(2026, 3, 1), "running", "late", "已超期 1 天"),
        (date(2026, 3, 2), "running", "near", "临近到期 · 今天截止"),
        (date(2026, 3, 9), "running", "near", "临近到期 · 还有 7 天"),
        (date(2026, 3, 10), "running", "normal", "正常 · 还有 8 天"),
        (date(2026, 3, 10), "paused", "paused", "暂停计时"),
        (date(2026, 3, 1), "paused", "late", "已超期 1 天"),
    ],
)
def test_every_colour_says_its_word(world, visit, due_on, state, level, word):
    with visit().client.application.test_request_context():
        found = light_of(line(due_on, state=state), NOW)
    assert (found.level, found.word, found.clock) == (level, word, "核查期限")


def test_a_limit_in_hours_says_its_time(world, visit):
    due_at = NOW.replace(hour=4)  # 12:00 in Shanghai, two hours on
    one = ClockLine("accident_entry", 5, date(2026, 3, 2), due_at, "running", False)
    with visit().client.application.test_request_context():
        assert light_of(one, NOW).word == "临近到期 · 今天 12:00 截止"
        assert light_of(one, NOW - timedelta(hours=11)).word == "临近到期 · 明天 12:00 截止"
        assert light_of(one, due_at.replace(second=1)).word == "已超期，不到 1 小时"
        assert light_of(one, due_at.replace(hour=7)).word == "已超期 3 小时"


# The board --------------------------------------------------------------------------------------


def test_a_leader_sees_the_numbers_of_the_own_office_and_what_they_count(world, sign_in):
    late = accepted(world)
    to_day(world, "2026-03-20")
    paused, normal = (_accepted(world) for _ in range(2))
    decide_pause(world, paused, ask_pause(world, paused, "2026-03-20", "2026-05-01"))
    to_day(world, "2026-04-02")
    swept(world)
    desk = sign_in("yjj-leader")
    board = desk.get("/board")
    assert row_of(board, "伊川县应急管理局") == ["1", "1", "0", "1", "0", "3"]
    assert row_of(board, "核查期限") == ["1", "1", "0", "1", "0", "3"]
    assert "超期" in board.text
    for level, report in (("overdue", late), ("paused", paused), ("normal", normal)):
        page = desk.get(f"/board/410329-yjj/{level}")
        assert [one for one in (late, paused, normal) if one in page.text] == [report]
        assert desk.get(f"/board/410329-yjj/{level}?clock=verify").text.count(report) >= 1


def _accepted(world) -> str:
    filed = world.file_report()
    world.accept(filed.report)
    return str(filed.report)


def test_a_supervisor_sees_what_it_supervises_by_office(world, sign_in):
    accepted(world)
    filed = world.file_report(sector="construction")
    world.accept(filed.report, "zjj-officer")
    board = sign_in("awb-supervisor").get("/board")
    assert row_of(board, "伊川县应急管理局")[-1] == "1"
    assert row_of(board, "伊川县住房和城乡建设局")[-1] == "1"
    city = sign_in("city-supervisor").get("/board")
    assert "住房和城乡建设局" not in city.text


def test_nobody_else_has_a_board_and_no_leader_that_of_others(world, sign_in):
    accepted(world)
    assert sign_in("yjj-officer").get("/board").status_code == 403
    leader = sign_in("zjj-leader")
    assert "应急管理局" not in leader.get("/board").text
    assert leader.get("/board/410329-yjj/normal").status_code == 404
    other = sign_in("city-supervisor").get("/board/410329-yjj/normal")
    assert "目前没有" in other.text


@pytest.mark.parametrize(
    "path",
    ["overdue?clock=nothing", "nothing", "overdue?after=x", "overdue?after=2026-13-40~a~b~1"],
)
def test_addresses_that_somebody_made_up_do_no_harm(world, sign_in, path):
    accepted(world)
    answer = sign_in("yjj-leader").get(f"/board/410329-yjj/{path}")
    assert answer.status_code in (200, 404)


def test_a_long_list_is_paged_and_every_line_stands_on_one_page(world, sign_in):
    reports = [_accepted(world) for _ in range(23)]
    desk = sign_in("yjj-leader")
    first = desk.get("/board/410329-yjj/normal")
    following = re.search(r'href="([^"]+)" rel="next"', first.text)
    assert following is not None
    second = desk.get(following[1].replace("&amp;", "&"))
    shown = [sum(f"/cases/{one}" in page.text for one in reports) for page in (first, second)]
    assert shown == [20, 3]
    assert 'rel="next"' not in second.text


# The panel --------------------------------------------------------------------------------------


def test_the_panel_counts_every_day_and_names_rule_and_document(world, sign_in):
    """S22 in small: sign in within one working day of Sunday 20 September, itself worked."""
    to_day(world, "2026-09-24")
    report = world.file_report().report
    page = words_of(sign_in("yjj-officer").get(f"/cases/{report}/clocks/hand_over/1"))
    # Friday 25 September is a day off, the weekend follows: two working days end on Tuesday.
    assert "最后一日 2026-09-29" in page
    assert "2026-09-25 周五 – 中秋节放假，不计" in page
    assert "2026-09-26 周六 – " in page
    assert "2026-09-28 周一 1" in page
    assert "2026-09-29 周二 2" in page
    assert "（" in page[page.index("依据") : page.index("应办单位")]  # a figure to be confirmed


def test_the_panel_tells_pauses_extensions_steps_and_what_comes(world, sign_in):
    report = accepted(world)
    asked = ask_more(world, report)
    grant_more(world, report, asked, "2026-05-01")
    decide_pause(world, report, ask_pause(world, report, "2026-03-03", "2026-03-12"))
    to_day(world, "2026-03-05")
    swept(world)
    page = words_of(sign_in("yjj-leader").get(f"/cases/{report}/clocks/verify/2"))
    due = clock(world, report).due.due_on.isoformat()
    assert f"最后一日 {due}" in page
    assert "另延长 30 日" in page
    assert "暂停天数 3 天，最多 60 天" in page
    assert "样鉴〔2026〕1号" in page
    assert "2026-03-04 周三 – 暂停计时，不计" in page
    assert "已批准：样本·awb-supervisor" in page
    assert "仍未完成的，记为超期" in page
    assert "上报：挂牌督办" in page


def test_the_panel_names_the_hard_limit_that_cuts_a_date_short(world, sign_in):
    """Thirty days and forty of pause would end on 11 May; the nation's sixty days do not wait."""
    report = accepted(world)
    decide_pause(world, report, ask_pause(world, report, "2026-03-03", "2026-04-30"))
    to_day(world, "2026-04-29")
    found = clock(world, report).due
    assert found.limited_by is not None
    page = words_of(sign_in("yjj-leader").get(f"/cases/{report}/clocks/verify/2"))
    assert "上位规定" in page
    assert f"最后一日 {found.due_on}" in page


def test_steps_and_their_acknowledgement_stand_on_the_panel(world, sign_in):
    report = accepted(world)
    to_day(world, "2026-04-03")
    swept(world)
    see(world, report, "yjj-leader", "head")
    page = words_of(sign_in("yjj-leader").get(f"/cases/{report}/clocks/verify/2"))
    assert "已超期 2 天" in page
    assert "样本·yjj-leader：阅知超期上报" in page
    assert "上报：挂牌督办" in page
    assert "上报：本单位负责人" not in page


def test_a_provisional_date_says_so_in_words(world, sign_in):
    """S23."""
    to_day(world, "2026-12-20")
    report = _accepted(world)
    desk = sign_in("yjj-leader")
    assert "暂定：这段时间里有一年的放假安排尚未公布" in words_of(
        desk.get(f"/cases/{report}/clocks/verify/2")
    )
    assert "期限暂定" in words_of(desk.get("/"))
    assert row_of(desk.get("/board"), "伊川县应急管理局")[4] == "1"
    task = words_of(sign_in("administrator").get("/"))
    assert "2027 年的放假安排未录入。1 个期限只能按暂定日期计算。" in task
    assert "放假安排未录入" not in words_of(sign_in("yjj-officer").get("/"))


def test_no_panel_of_a_clock_that_is_not_there_or_of_somebody_elses_case(world, sign_in):
    report = accepted(world)
    officer = sign_in("yjj-officer")
    for path in ("verify/1", "verify/99", "nothing/2", "listing/2"):
        assert officer.get(f"/cases/{report}/clocks/{path}").status_code == 404
    assert sign_in("zjj-officer").get(f"/cases/{report}/clocks/verify/2").status_code == 404


# Case page and worklist -------------------------------------------------------------------------


def test_a_case_lists_its_clocks_the_nearest_first_and_folds_the_ended(world, sign_in):
    report = accepted(world)
    issue(world, report)
    record(world, report, "accident_known")
    page = sign_in("yjj-officer").get(f"/cases/{report}")
    names = re.findall(r'<td><a href="/cases/\w+/clocks/(\w+)/\d+">', page.text)
    assert names[:4] == ["accident_entry", "order_reply", "accident_completion", "verify"]
    folded = page.text[page.text.index("<details>") :]
    assert "受理期限" in folded
    assert "按期完成" in folded


def test_the_worklist_names_the_nearest_clock_of_each_case_and_sorts_by_it(world, sign_in):
    first = accepted(world)
    to_day(world, "2026-03-10")
    second = world.file_report().report
    project_new(world.store, now=world.now)
    page = sign_in("yjj-officer").get("/")
    assert page.text.index(second) < page.text.index(first)
    assert "核查期限 2026-04-01" in words_of(page)


def test_what_waits_is_listed_for_whom_it_waits_and_for_nobody_else(world, sign_in):
    report = accepted(world)
    asked = ask_more(world, report)
    issue(world, report)
    leader, supervisor = words_of(sign_in("yjj-leader").get("/")), sign_in("awb-supervisor")
    assert "待答复的督办单" in leader
    assert "申请延期" not in leader
    assert "申请延期" in words_of(supervisor.get("/"))
    grant_more(world, report, asked, "2026-05-01")
    assert "申请延期" not in words_of(supervisor.get("/"))
    to_day(world, "2026-05-07")  # the first working day after 1 May is the 6th
    swept(world)
    page = sign_in("awb-supervisor").get("/worklist/to-confirm")
    assert "核查期限超期：上级督办" in words_of(page)
    assert report in page.text
    assert sign_in("yjj-officer").get("/worklist/to-confirm").status_code == 404
