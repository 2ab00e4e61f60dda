"""S23: a limit that reaches into a year whose holidays nobody has published yet."""

from pathlib import Path

import pytest

from casework.services.calendar import work_calendar
from console_words import board_row, days_listed, running_clocks
from moving import Moving
from rule_changing import NOTICE_2027, SOURCE, notice, put_at_hand
from rule_desk import as_csv, change_calendar, put_in_force

VERIFY = "核查期限"
TASK = "个期限只能按暂定日期计算"
FOR_NOW = "暂定：这段时间里有一年的放假安排尚未公布"


@pytest.mark.parametrize("kind", ["pasted", "csv"])
def test_a_missing_year_is_provisional_in_words_and_its_import_mends_it(
    season: Moving, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kind: str
):
    # Given no table of 2027, and a report accepted on 20 December 2026 for 30 working days
    world = season.world
    assert not work_calendar(world.store).is_known(2027)
    put_at_hand(world, monkeypatch, tmp_path / "policies")
    season.until("2026-12-18")
    put_in_force(season, "yichuan-2026", "2026-12-18")
    reporter = season.reports()
    season.until("2026-12-20")
    number = reporter.case_number

    # When its last day is computed, then it is shown as provisional, amber and in words
    officer = season.officer()
    shown = officer.accepts(number)
    assert running_clocks(shown)[VERIFY].startswith("2027-01-29 ")
    assert "暂定" in running_clocks(shown)[VERIFY]
    panel = officer.follows(VERIFY)
    assert FOR_NOW in panel.text
    assert 'class="notice is-warning' in panel.body.decode()
    assert days_listed(panel)["2027-01-01 周五"][0] == "10", "a guess: Fridays are worked"
    assert "暂定：放假安排尚未公布，日期可能变动。" in reporter.looks_in().text
    board = season.leader().visitor.get("/board")
    assert board_row(board, "伊川县应急管理局")["暂定"] == 1

    # And the administrator has a task, which leads to where it is done
    administrator = season.clerk("administrator")
    worklist = administrator.visitor.get("/")
    assert TASK in worklist.text
    assert "2027 年的放假安排未录入" in worklist.text
    pasting = administrator.follows("去录入")
    assert "粘贴放假通知" in pasting.text
    assert TASK not in season.officer().visitor.get("/").text

    # When the table of 2027 is imported, by one and confirmed by another
    report = season.report_of(number)
    before = world.case(report).events
    text = NOTICE_2027 if kind == "pasted" else as_csv(notice()[1])
    preview, _notice = change_calendar(season, text, SOURCE, first="administrator")
    assert "变更后，这一年为已公布。" in preview.text
    season.jobs()

    # Then the last day stands, and nobody has touched the case
    officer = season.officer()
    shown = officer.opens_case(number)
    assert running_clocks(shown)[VERIFY].startswith("2027-01-30 ")
    assert "暂定" not in "".join(running_clocks(shown).values())
    days = officer.follows(VERIFY)
    assert FOR_NOW not in days.text
    assert days_listed(days)["2027-01-01 周五"] == ("–", "元旦放假，不计")
    assert days_listed(days)["2027-01-30 周六"] == ("30", "春节调休上班，计入")
    after = world.store.read(lambda uow: uow.events.of_report(report))[before:]
    assert {one.event.actor for one in after} == {"jobs"}
    assert {one.event.kind for one in after} == {"clock.recomputed"}
    assert "核查期限由 2027-01-29 改为 2027-01-30" in season.audit(number).text

    # And the task is done
    assert TASK not in season.clerk("administrator").visitor.get("/").text
    board = season.leader().visitor.get("/board")
    assert board_row(board, "伊川县应急管理局")["暂定"] == 0
    assert "暂定" not in reporter.looks_in().text
    assert season.problems() == [], season.problems()
