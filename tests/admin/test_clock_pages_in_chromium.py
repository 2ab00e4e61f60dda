"""The pages of time limits and orders in a real browser: they fit, work by keyboard, and print."""

import pytest

from asking import ask_more, ask_pause, issue, to_day
from at_the_console import broken_rules, come_in, fits
from casework.services import clocks
from instance import PASSWORD
from pages import enter, follow

A4_POINTS = b"/MediaBox [0 0 594.95996 841.91998]"


@pytest.fixture
def case(world):
    """A case late by 9 days, with everything asked for in it; id of the report."""
    filed = world.file_report()
    world.accept(filed.report)
    ask_more(world, filed.report)
    ask_pause(world, filed.report, "2026-03-03", "2026-03-20")
    issue(world, filed.report)
    to_day(world, "2026-04-10")
    clocks.sweep(world.store, trust=world.trust, log_key=world.log_key, now=world.now)
    return filed.report


PAGES = {
    "yjj-officer": ("", "/sign-in", "/milestones", "/reply"),
    "yjj-leader": ("", "/steps/verify/2/head/acknowledge", "/extensions/3", "/pauses/4"),
    "awb-supervisor": ("", "/extensions/3", "/pauses/4", "/pauses/4/end", "/orders/new"),
}


@pytest.mark.parametrize("login", PAGES)
def test_the_pages_fit_a_phone_and_a_desk_without_scripts(world, console_url, watched, case, login):
    for width in (360, 1440):
        page, complaints = watched(
            viewport={"width": width, "height": 900}, java_script_enabled=False
        )
        come_in(page, console_url, world, login)
        for path in PAGES[login]:
            page.goto(f"{console_url}/cases/{case}{path}")
            assert page.locator("h1").count() == 1
            assert fits(page), (path, width)
        assert [one for one in complaints if "Content Security Policy" in one] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("login", PAGES)
def test_axe_finds_nothing(world, console_url, watched, case, login, scheme):
    page, _complaints = watched(viewport={"width": 360, "height": 900}, color_scheme=scheme)
    come_in(page, console_url, world, login)
    for path in PAGES[login]:
        page.goto(f"{console_url}/cases/{case}{path}")
        assert broken_rules(page) == [], path


def test_more_time_is_asked_for_and_granted_by_keyboard_alone(world, console_url, watched):
    filed = world.file_report()
    world.accept(filed.report)
    phone = {"viewport": {"width": 360, "height": 900}, "java_script_enabled": False}
    page, _complaints = watched(**phone)
    come_in(page, console_url, world, "yjj-officer")
    page.goto(f"{console_url}/cases/{filed.report}/clocks/verify/2/extend")
    page.locator("[name=value]").focus()
    page.keyboard.type("99")
    enter(page.locator("[name=value]"))
    assert page.title().startswith("错误：")
    page.get_by_role("link", name="延长多少日：请填写 1 到 30 的整数。").click()
    page.fill("[name=value]", "30")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    enter(page.get_by_role("button", name="提交申请"))
    assert "延期申请已提交" in page.inner_text("main")

    page, _complaints = watched(**phone)
    come_in(page, console_url, world, "awb-supervisor")
    page.goto(f"{console_url}/cases/{filed.report}/extensions/3")
    page.locator("[name=decision]").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.type("等待鉴定结果。")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    enter(page.locator("[name=password]"))
    assert "已批准延期" in page.inner_text("main")
    assert world.case(filed.report).verify_due_on.isoformat() == "2026-05-01"


def test_an_order_prints_on_one_sheet_without_the_frame_of_the_console(
    world, console_url, watched, case
):
    page, _complaints = watched(viewport={"width": 360, "height": 900}, java_script_enabled=False)
    come_in(page, console_url, world, "awb-supervisor")
    page.goto(f"{console_url}/cases/{case}/orders/new")
    page.fill("[name=text]", "一、说明逾期原因。\n二、一周内办结。")
    page.fill("[name=password]", PASSWORD)
    follow(page.get_by_role("button", name="签署并下达"))
    follow(page.get_by_role("link", name="打印督办单"))
    assert fits(page)
    page.emulate_media(media="print")
    assert not page.locator("header").is_visible()
    assert not page.locator("footer").is_visible()
    assert not page.get_by_role("link", name="返回").is_visible()
    for told in ("伊督〔2026〕", "（印章）", "签发人", "二、一周内办结。"):
        assert page.get_by_text(told).first.is_visible()
    sheet = page.pdf(prefer_css_page_size=True)
    assert sheet.count(b"/Type /Page\n") == 1
    assert A4_POINTS in sheet
