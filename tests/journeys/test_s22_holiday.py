"""S22: thirty working days over Mid-Autumn, National Day, and a holiday that is added late."""

from datetime import date
from pathlib import Path

import pytest

from casework.domain.calendar import CalendarRow, DayKind
from casework.services.calendar import work_calendar
from console_words import days_listed, running_clocks
from moving import Moving
from rule_changing import put_at_hand
from rule_desk import as_csv, change_calendar, put_in_force
from visitor import Page

VERIFY = "核查期限"
LATE_NOTICE = "关于2026年增加一日放假的通知（样发〔2026〕9号）"
# Every day between acceptance on 20 September and the end on 6 November that does not count.
LEFT_OUT = {
    "2026-09-25 周五": "中秋节放假，不计",
    "2026-09-26 周六": "中秋节放假，不计",
    "2026-09-27 周日": "中秋节放假，不计",
    "2026-10-01 周四": "国庆节放假，不计",
    "2026-10-02 周五": "国庆节放假，不计",
    "2026-10-03 周六": "国庆节放假，不计",
    "2026-10-04 周日": "国庆节放假，不计",
    "2026-10-05 周一": "国庆节放假，不计",
    "2026-10-06 周二": "国庆节放假，不计",
    "2026-10-07 周三": "国庆节放假，不计",
    "2026-10-11 周日": "周末，不计",
    "2026-10-17 周六": "周末，不计",
    "2026-10-18 周日": "周末，不计",
    "2026-10-24 周六": "周末，不计",
    "2026-10-25 周日": "周末，不计",
    "2026-10-31 周六": "周末，不计",
    "2026-11-01 周日": "周末，不计",
}


def panel_of(stage: Moving, case_number: str) -> Page:
    """The working of the verification clock, as the officer opens it."""
    officer = stage.officer()
    officer.opens_case(case_number)
    return officer.follows(VERIFY)


def left_out(panel: Page) -> dict[str, str]:
    """The days that do not count, and why."""
    return {on: why for on, (number, why) in days_listed(panel).items() if number == "–"}


def test_thirty_working_days_from_20_september_2026(
    season: Moving, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    # Given "30 calendar days" in force, and a report accepted on Sunday 20 September, a day
    # of work: its last day is Tuesday 20 October
    put_at_hand(season.world, monkeypatch, tmp_path / "policies")
    season.until("2026-09-18")
    calendar_days, working_days = season.reports(), season.reports()
    season.until("2026-09-20")
    accepted = season.officer().accepts(calendar_days.case_number)
    assert running_clocks(accepted)[VERIFY].startswith("2026-10-20 ")
    panel = panel_of(season, calendar_days.case_number)
    assert "最后一日 2026-10-20" in panel.text
    assert left_out(panel) == {}
    assert len(days_listed(panel)) == 30

    # When two persons put "30 working days" in force, then a report accepted on the same day
    # ends on Friday 6 November, and the older one stays with its own rule
    done = put_in_force(season, "yichuan-2026", "2026-09-20")
    assert "推后 1 件" in done.text
    accepted = season.officer().accepts(working_days.case_number)
    assert running_clocks(accepted)[VERIFY].startswith("2026-11-06 ")
    still = season.officer().opens_case(calendar_days.case_number)
    assert running_clocks(still)[VERIFY].startswith("2026-10-20 ")

    # And the panel lists each day that is left out, and counts Saturday 10 October
    panel = panel_of(season, working_days.case_number)
    assert "最后一日 2026-11-06" in panel.text
    assert "伊安委〔2026〕样1号" in panel.text
    assert left_out(panel) == LEFT_OUT
    days = days_listed(panel)
    assert "2026-09-20 周日" not in days
    assert days["2026-09-21 周一"] == ("1", "")
    assert days["2026-10-10 周六"] == ("10", "国庆节调休上班，计入")
    assert days["2026-11-06 周五"] == ("30", "")
    assert len(days) == 47
    assert "2026-11-06" in working_days.looks_in().text

    # When Thursday 5 November is made a holiday, proposed by one and confirmed by another
    season.until("2026-10-12")
    rows = work_calendar(season.world.store).rows(2026)
    late = CalendarRow(date(2026, 11, 5), DayKind.HOLIDAY, name="样本纪念日")
    preview, notice = change_calendar(season, as_csv([*rows, late]), LATE_NOTICE)
    assert "周四 上班 放假 样本纪念日" in preview.text
    assert "期限正在重算" in notice.text
    season.jobs()

    # Then the last day is Monday 9 November, with old and new in the audit
    panel = panel_of(season, working_days.case_number)
    assert "最后一日 2026-11-09" in panel.text
    assert left_out(panel) == LEFT_OUT | {
        "2026-11-05 周四": "样本纪念日放假，不计",
        "2026-11-07 周六": "周末，不计",
        "2026-11-08 周日": "周末，不计",
    }
    moved = "核查期限由 2026-11-06 改为 2026-11-09"
    assert moved in panel.text
    assert moved in season.audit(working_days.case_number).text
    assert moved not in season.audit(calendar_days.case_number).text
    assert "放假安排有变化，核查期限由 2026-11-06 改为 2026-11-09" in working_days.looks_in().text
    told = [text for _office, text in season.mails() if working_days.case_number in text]
    assert any("因工作日历变更改到 2026-11-09 为止" in text for text in told)
    assert season.problems() == []
