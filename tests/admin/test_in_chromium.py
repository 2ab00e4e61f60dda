"""The console in a real browser, scripts off: it fits, it is reachable, and no policy is broken."""

import pytest

from at_the_console import broken_rules, come_in, fits
from instance import PASSWORD
from key_changing import drafted, enrolled, put_in_force
from pages import follow
from seat_change import change_seat

WIDTHS = (360, 1440)


def test_the_pages_fit_both_widths_and_break_no_policy_without_scripts(world, console_url, watched):
    world.appropriate()
    filed = world.file_report(files=[("很长的文件名" * 12 + ".jpg", b"x")])
    concluded = world.file_report()
    world.accept(concluded.report)
    world.conclude(concluded.report)
    for width, login in zip(WIDTHS, ("yjj-officer", "yjj-officer-2"), strict=True):
        page, complaints = watched(
            viewport={"width": width, "height": 900}, java_script_enabled=False
        )
        come_in(page, console_url, world, login)
        case = f"{console_url}/cases/{filed.report}"
        page.goto(case)
        follow(page.get_by_role("button", name="打开举报（将留痕）"))
        assert page.get_by_text("储罐区动火作业").is_visible()
        assert fits(page)
        for path in ("", f"/cases/{filed.report}/refuse", f"/cases/{concluded.report}/reward"):
            page.goto(f"{console_url}{path or '/'}")
            assert fits(page), (path, width)
        assert [one for one in complaints if "Content Security Policy" in one] == []


@pytest.mark.parametrize("width", WIDTHS)
def test_the_english_pages_fit_and_pass_axe(world, console_url, watched, width):
    world.appropriate()
    filed, concluded = world.file_report(), world.file_report()
    world.accept(concluded.report)
    world.conclude(concluded.report)
    page, _complaints = watched(viewport={"width": width, "height": 900})
    page.goto(f"{console_url}/sign-in")
    follow(page.get_by_role("button", name="English"))
    assert page.evaluate("document.documentElement.lang") == "en"
    come_in(page, console_url, world, "yjj-leader")
    new, done = (f"/cases/{one.report}" for one in (filed, concluded))
    paths = ("/", new, f"{new}/accept", f"{new}/transfer", done, f"{done}/reply", f"{done}/papers",
             f"{done}/clocks/verify/2", "/board", "/rules", "/rules/duties", "/keys")  # fmt: skip
    for path in paths:
        page.goto(f"{console_url}{path}")
        assert fits(page), path
        assert broken_rules(page) == [], path


def test_a_form_with_errors_can_be_used_by_keyboard_and_passes_axe(world, console_url, watched):
    filed = world.file_report()
    world.accept(filed.report)
    page, _complaints = watched(viewport={"width": 360, "height": 900})
    come_in(page, console_url, world, "yjj-officer")
    page.goto(f"{console_url}/cases/{filed.report}/finding")
    follow(page.locator("main button[type=submit]"))
    assert page.title().startswith("错误：")
    page.get_by_role("link", name="核查结论：请选择核查结论。").click()  # on the same page
    page.wait_for_function("() => document.activeElement.name === 'finding'")
    described = page.locator("#account").get_attribute("aria-describedby") or ""
    assert set(described.split()) == {"account-hint", "account-wrong"}
    assert page.locator("#account").get_attribute("aria-invalid") == "true"
    assert page.locator("fieldset legend").first.inner_text() == "核查结论"
    assert broken_rules(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_the_pages_of_a_case(world, console_url, watched, scheme):
    world.appropriate()
    filed = world.approved()
    world.claim(filed)
    page, _complaints = watched(viewport={"width": 1440, "height": 900}, color_scheme=scheme)
    page.goto(f"{console_url}/enrol")
    assert broken_rules(page) == []
    come_in(page, console_url, world, "cashier")
    for path in ("/", f"/cases/{filed.report}", f"/cases/{filed.report}/releases", "/counter"):
        page.goto(f"{console_url}{path}")
        assert broken_rules(page) == [], path


def test_the_pages_of_people_and_keys_fit_a_narrow_screen_and_pass_axe(world, console_url, watched):
    world.file_report()
    put_in_force(world, leaving=["yjj-officer-2"])
    newcomer = enrolled(world, "newcomer", "410329-yjj", ("officer",))
    joiner = enrolled(world, "joiner", "410329-zjj", ("officer",))
    change = drafted(
        world, leaving=["zjj-leader"], joining=[joiner], rotated=["410329-jw"],
        seats={1: ("seat1-deputy", "seat1-holder")},
    )  # fmt: skip
    page, _complaints = watched(viewport={"width": 360, "height": 900})
    come_in(page, console_url, world, "yjj-leader")
    for path in (
        "/keys",
        f"/keys/newcomers/{newcomer.account}",
        "/keys/changes/new",
        f"/keys/changes/{change}",
    ):
        page.goto(f"{console_url}{path}")
        assert fits(page), path
        assert broken_rules(page) == [], path


def test_the_pages_of_seats_fit_a_narrow_screen_and_pass_axe(world, console_url, watched):
    world.file_report()
    change_seat(world, 1, "seat1-holder", "seat1-deputy")
    page, _complaints = watched(viewport={"width": 360, "height": 900})
    come_in(page, console_url, world, "seat1-deputy")
    for path in ("/seats", "/seats/1/rebuild", "/seats/1/hand-over"):
        page.goto(f"{console_url}{path}")
        assert fits(page), path
        assert broken_rules(page) == [], path
    page.fill("#password", PASSWORD)
    follow(page.get_by_role("button", name="重新封存"))
    assert page.get_by_text("全部用新密钥封存").is_visible()
    assert broken_rules(page) == []
