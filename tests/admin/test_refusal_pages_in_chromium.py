"""Refusals and urgent cases in a real browser: they fit, axe finds nothing, the keyboard does."""

import pytest

from at_the_console import broken_rules, come_in, fits
from casework.services.clocks import project_new
from pages import enter, follow

WORDS = "您反映的事项不属于安全生产举报的范围。请向伊川县住房和城乡建设局反映。"


@pytest.fixture
def case(world, sign_in):
    """An urgent report that its reporter sorted as a wage dispute, proposed to be refused."""
    hour = f"{world.now:%Y-%m-%dT%H}:00:00Z"
    filed = world.file_report(urgent_from=hour, scope="labour")
    other = world.file_report(scope="labour")
    project_new(world.store, now=world.now)
    path = f"/cases/{filed.report}/refuse?reason=not_work_safety"
    answer = sign_in("yjj-officer").post(path, reason_code="not_work_safety", note=WORDS)
    assert answer.status_code == 302
    return f"/cases/{filed.report}", f"/cases/{other.report}/refuse"


PAGES = {
    "yjj-officer": ("/", "{case}", "{case}/refusals/2", "{form}"),
    "yjj-leader": ("/", "/board", "{case}", "{case}/refusals/2"),
    "awb-supervisor": ("/", "/board", "{case}/refusals/2"),
}


@pytest.mark.parametrize("login", PAGES)
def test_the_pages_fit_a_phone_and_a_desk_without_scripts(world, console_url, watched, case, login):
    for width in (360, 1440):
        page, complaints = watched(
            viewport={"width": width, "height": 900}, java_script_enabled=False
        )
        come_in(page, console_url, world, login)
        for path in PAGES[login]:
            page.goto(console_url + path.format(case=case[0], form=case[1]))
            assert page.locator("h1").count() == 1
            assert fits(page), (path, width)
        assert [one for one in complaints if "Content Security Policy" in one] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("login", PAGES)
def test_axe_finds_nothing(world, console_url, watched, case, login, scheme):
    page, _complaints = watched(viewport={"width": 360, "height": 900}, color_scheme=scheme)
    come_in(page, console_url, world, login)
    for path in PAGES[login]:
        page.goto(console_url + path.format(case=case[0], form=case[1]))
        assert broken_rules(page) == [], path


def test_a_refusal_is_proposed_and_confirmed_by_keyboard_alone(world, console_url, watched):
    filed = world.file_report(scope="consumer")
    phone = {"viewport": {"width": 360, "height": 900}, "java_script_enabled": False}
    page, _complaints = watched(**phone)
    come_in(page, console_url, world, "yjj-officer")
    page.goto(f"{console_url}/cases/{filed.report}")
    enter(page.get_by_role("link", name="不予受理", exact=True))
    assert "12315" in page.input_value("[name=note]")
    page.locator("#reason").focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    enter(page.get_by_role("button", name="取用模板"))
    assert "【举报对象" in page.input_value("[name=note]")
    enter(page.get_by_role("button", name="提交确认"))
    assert page.title().startswith("错误：")
    page.get_by_role("link", name="给举报人的说明：还没有填写").click()
    page.fill("[name=note]", "没有写明地点。")
    enter(page.get_by_role("button", name="提交确认"))
    assert "待另一人确认" in page.inner_text("main")

    page, _complaints = watched(**phone)
    come_in(page, console_url, world, "yjj-leader")
    page.goto(f"{console_url}/cases/{filed.report}")
    follow(page.get_by_role("link", name="决定").first)
    assert "没有写明地点。" in page.inner_text("main")
    page.locator("[name=decision]").first.focus()
    page.keyboard.press("Space")
    enter(page.get_by_role("button", name="确认或退回"))
    assert "已确认不予受理" in page.inner_text("main")
    assert world.case(filed.report).state == "refused"
