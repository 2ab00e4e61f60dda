"""Rectification, closing and many at once in a real browser: they fit, and work by keyboard."""

import pytest

from asking import issue
from at_the_console import broken_rules, come_in, fits
from casework.services import referral
from pages import enter, follow


@pytest.fixture
def reports(world):
    """Four violations that were found; three are ready to be closed, of one the order is open."""
    found = []
    for number in range(4):
        filed = world.file_report(matter="major_hazard" if number == 3 else "violation")
        world.accept(filed.report)
        world.conclude(filed.report)
        world.tell_result(filed.report)
        if number < 3:
            world.propose_closing(filed.report)
        found.append(filed.report)
    issue(world, found[2])
    act = world.sign(
        "yjj-officer", "referral.made", found[1], {"to": "police", "document": "样移1号"}
    )
    made = referral.make_referral(world.store, act=act, trust=world.trust, now=world.now)
    assert made.referrals[0].ordinal == 6
    return found


PAGES = {
    "yjj-officer": (
        "/cases/{3}", "/cases/{3}/finding", "/cases/{3}/rectification", "/cases/{3}/closing",
        "/worklist/inbox/bulk?all=1", "/cases/{3}/referrals/new", "/cases/{1}/referrals/6",
    ),
    "yjj-leader": (
        "/", "/cases/{0}", "/cases/{0}/close", "/cases/{0}/closing/decline", "/cases/{2}/close",
        "/worklist/to-close/bulk",
    ),
}  # fmt: skip


@pytest.mark.parametrize("login", PAGES)
def test_the_pages_fit_a_phone_and_a_desk_without_scripts(
    world, console_url, watched, reports, login
):
    for width in (360, 1440):
        page, complaints = watched(
            viewport={"width": width, "height": 900}, java_script_enabled=False
        )
        come_in(page, console_url, world, login)
        for path in PAGES[login]:
            page.goto(console_url + path.format(*reports))
            assert page.locator("h1").count() == 1
            assert fits(page), (path, width)
        assert [one for one in complaints if "Content Security Policy" in one] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("login", PAGES)
def test_axe_finds_nothing(world, console_url, watched, reports, login, scheme):
    page, _complaints = watched(viewport={"width": 360, "height": 900}, color_scheme=scheme)
    come_in(page, console_url, world, login)
    for path in PAGES[login]:
        page.goto(console_url + path.format(*reports))
        assert broken_rules(page) == [], path


def test_all_of_a_page_is_ticked_and_closed_by_keyboard_alone(world, console_url, watched, reports):
    page, _complaints = watched(viewport={"width": 360, "height": 900}, java_script_enabled=False)
    come_in(page, console_url, world, "yjj-leader")
    enter(page.locator("a[href$='/worklist/to-close/bulk']"))
    assert page.locator("[name=case]:checked").count() == 0
    enter(page.get_by_role("link", name="选中本页全部"))
    assert page.locator("[name=case]:checked").count() == 4
    box = page.locator("[name=case]").first
    box.focus()
    page.keyboard.press("Space")
    assert page.locator("[name=case]:checked").count() == 3
    page.keyboard.press("Space")
    enter(page.get_by_role("button", name="同意办结选中的"))
    told = page.inner_text("main")
    assert "共 4 件：已办结 2 件，没有办理 2 件。" in told
    assert "有督办单还没有答复，不能办结。" in told
    assert "查实了重大事故隐患，还没有责令整改，不能办结。" in told
    assert fits(page)
    assert [world.case(one).state for one in reports] == [
        "closed", "closed", "concluded", "concluded",
    ]  # fmt: skip


def test_ordered_on_a_phone(world, console_url, watched, reports):
    page, _complaints = watched(viewport={"width": 360, "height": 900})
    come_in(page, console_url, world, "yjj-officer")
    page.goto(f"{console_url}/cases/{reports[3]}")
    follow(page.get_by_role("link", name="责令整改"))
    page.fill("[name=document]", "（伊）应急责改〔2026〕1号")
    page.fill("[name=due_on]", "2026-03-20")
    page.fill("[name=text]", "恢复安全阀。")
    follow(page.get_by_role("button", name="责令整改"))
    assert "已责令整改" in page.inner_text("main")
    assert broken_rules(page) == []
