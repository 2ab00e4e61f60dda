"""The pages of rules in a real browser: they fit, need no scripts, and two persons walk them."""

from datetime import UTC, date, datetime

import pytest

from at_the_console import broken_rules, come_in, fits
from casework.domain.calendar import CalendarRow, DayKind
from casework.services.calendar import work_calendar
from instance import PASSWORD
from pages import follow
from rule_changing import (
    NEW,
    NOTICE_2027,
    SOURCE,
    activate,
    propose,
    put_at_hand,
    put_in_calendar,
    recompute,
    try_out,
)

PHONE = {"viewport": {"width": 360, "height": 900}, "java_script_enabled": False}


def press(page, name):
    """Press a button and wait for the page that it leads to."""
    follow(page.get_by_role("button", name=name))


@pytest.fixture
def walk(world, console_url, watched, monkeypatch, tmp_path):
    """Somebody's phone at the console, with a new policy file at hand."""
    put_at_hand(world, monkeypatch, tmp_path / "policies")

    def come(login, **more):
        page, _complaints = watched(**(PHONE | more))
        come_in(page, console_url, world, login)
        return page

    return come


def test_a_policy_is_proposed_on_a_phone_and_confirmed_on_another(world, console_url, walk):
    world.appropriate()
    world.approved()
    filed = world.file_report()
    world.accept(filed.report)
    page = walk("awb-supervisor")
    page.goto(f"{console_url}/rules")
    page.goto(f"{console_url}/rules/policies/{NEW}")
    assert fits(page)
    follow(page.get_by_role("link", name="提议启用"))
    page.fill("[name=active_from]", "2026-03-01")
    page.fill("[name=password]", PASSWORD)
    press(page, "签署并提议")
    assert page.title().startswith("错误：")
    page.fill("[name=active_from]", "2026-03-02")
    page.fill("[name=password]", PASSWORD)
    press(page, "签署并提议")
    assert "正在试算" in page.inner_text("main")
    try_out(world)
    page.reload()
    assert "提议人不能确认自己的提议" in page.inner_text("main")

    other = walk("yjj-leader")
    other.goto(page.url)
    assert fits(other)
    other.fill("[name=password]", PASSWORD)
    press(other, "签署并启用")
    assert "已确认" in other.inner_text("main")
    world.accept(world.file_report().report)


def test_s22_a_late_holiday_moves_the_last_day_and_old_and_new_are_shown(world, console_url, walk):
    _thirty_working_days(world)
    world.now = datetime(2026, 9, 20, 4, tzinfo=UTC)
    filed = world.file_report()
    case = world.accept(filed.report)
    assert str(case.verify_due_on) == "2026-11-06"
    officer = walk("yjj-officer")
    officer.goto(f"{console_url}/cases/{filed.report}")
    assert "2026-11-06" in officer.inner_text("main")
    late = CalendarRow(date(2026, 11, 5), DayKind.HOLIDAY, name="样本纪念日")
    put_in_calendar(world, [*work_calendar(world.store).rows(2026), late], 2026)
    assert recompute(world).moved >= 1
    officer.reload()
    assert "由 2026-11-06 改为 2026-11-09" in officer.inner_text("main")
    auditor = walk("auditor")
    auditor.goto(f"{console_url}/audit/cases/{filed.report}")
    assert "由 2026-11-06 改为 2026-11-09" in auditor.inner_text("main")


def test_s23_the_missing_year_is_asked_for_pasted_and_confirmed(world, console_url, walk):
    _thirty_working_days(world)
    world.now = datetime(2026, 12, 20, 4, tzinfo=UTC)
    filed = world.file_report()
    world.accept(filed.report)
    page = walk("administrator")
    page.goto(console_url)
    assert "2027" in page.inner_text("main")
    page.goto(f"{console_url}/rules/calendar")
    follow(page.get_by_role("link", name="粘贴放假通知"))
    page.fill("[name=text]", NOTICE_2027.replace("1月1日（周五）", "1月1日（周六）"))
    page.fill("[name=source]", SOURCE)
    press(page, "预览")
    assert "第 2 行，星期不符：应为周五" in page.inner_text("main")
    page.fill("[name=text]", NOTICE_2027)
    press(page, "预览")
    assert fits(page)
    page.fill("[name=password]", PASSWORD)
    press(page, "签署并提议")
    other = walk("awb-supervisor")
    other.goto(page.url.partition("?")[0])
    other.fill("[name=password]", PASSWORD)
    press(other, "签署并变更")
    assert "工作日历已变更" in other.inner_text("main")
    recompute(world)
    other.goto(f"{console_url}/rules/calendar")
    assert "缺少" not in other.inner_text("main")
    officer = walk("yjj-officer")
    officer.goto(f"{console_url}/cases/{filed.report}")
    assert "2027-01-30" in officer.inner_text("main")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_every_page_fits(world, console_url, walk, scheme):
    for width in (360, 1440):
        page = walk(
            "awb-supervisor",
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            java_script_enabled=True,
        )
        for path in (
            "", f"/policies/{NEW}", f"/policies/{NEW}/proposal", "/policies/cn-2018",
            "/calendar", "/calendar/2026", "/calendar/notice",
        ):  # fmt: skip
            page.goto(f"{console_url}/rules{path}")
            assert fits(page), (path, width)
            assert broken_rules(page) == [], path


def _thirty_working_days(world):
    """Put the new policy in force, under which 30 working days are given."""
    proposal = propose(world)
    try_out(world)
    activate(world, proposal)
