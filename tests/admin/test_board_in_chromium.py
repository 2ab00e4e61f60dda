"""Board, panel and worklist in a real browser, scripts off: they fit, and every number leads on."""

import pytest

from asking import accepted, ask_more, ask_pause, decide_pause, issue, to_day
from at_the_console import broken_rules, come_in, fits
from casework.services.clocks import project_new, sweep
from pages import follow


@pytest.fixture
def told(world):
    """One case of every level in one office, and an order that waits; returns the paused one."""
    accepted(world)  # overdue by 9 April
    to_day(world, "2026-03-12")
    near = accepted_today(world)  # on 11 April
    to_day(world, "2026-03-25")
    paused, normal = accepted_today(world), accepted_today(world)
    decide_pause(world, paused, ask_pause(world, paused, "2026-03-26", "2026-05-01"))
    ask_more(world, normal)
    to_day(world, "2026-04-09")
    project_new(world.store, now=world.now)
    sweep(world.store, trust=world.trust, log_key=world.log_key, now=world.now)
    issue(world, near)
    return paused


def accepted_today(world) -> str:
    """Id of a report that was accepted today."""
    filed = world.file_report()
    world.accept(filed.report)
    return str(filed.report)


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_leader_goes_from_the_board_to_a_list_a_panel_and_its_case(
    world, console_url, watched, told, width, scheme
):
    page, complaints = watched(
        viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=False
    )
    come_in(page, console_url, world, "yjj-leader")
    assert fits(page)
    follow(page.get_by_role("link", name="看板"))
    assert fits(page)
    if width == 360:  # an office's name has the whole line
        row = page.locator("table.board th[scope=row]").first
        assert row.evaluate("one => one.offsetWidth > 0.9 * one.parentElement.clientWidth")
    for word, level in (("超期", "late"), ("暂停", "paused"), ("临期", "near"), ("正常", "normal")):
        # The number stands beside its word, whatever the colour.
        figure = page.locator(f".figures .is-{level}").first
        assert figure.locator("dt").inner_text() == word
        assert figure.locator("dd").inner_text() != "0"
    follow(page.locator("table.board .is-paused").first)
    assert fits(page)
    assert page.get_by_text("暂停计时").first.is_visible()
    follow(page.locator("main table a[href*='/clocks/verify/']").first)
    assert fits(page)
    assert page.get_by_text("暂停计时，不计").first.is_visible()
    follow(page.locator("main p a.mono"))
    assert page.url.endswith(f"/cases/{told}")
    assert fits(page)
    assert [one for one in complaints if "Content Security Policy" in one] == []


@pytest.mark.parametrize(("login", "width"), [("yjj-leader", 360), ("awb-supervisor", 1280)])
def test_axe_finds_nothing_on_board_lists_and_panel(
    world, console_url, watched, told, login, width
):
    page, _complaints = watched(viewport={"width": width, "height": 900})
    come_in(page, console_url, world, login)
    assert broken_rules(page) == []
    for path in (
        "/board", "/board/410329-yjj/overdue", "/board/410329-yjj/normal?clock=verify",
        f"/cases/{told}/clocks/verify/2", f"/cases/{told}",
    ):  # fmt: skip
        page.goto(f"{console_url}{path}")
        assert fits(page), path
        assert broken_rules(page) == [], path


def test_the_board_prints_with_its_words_and_without_its_menu(world, console_url, watched, told):
    page, _complaints = watched(viewport={"width": 1280, "height": 900})
    come_in(page, console_url, world, "yjj-leader")
    page.goto(f"{console_url}/board")
    page.emulate_media(media="print")
    assert not page.locator("header.top").is_visible()
    assert page.locator("table.board th", has_text="超期").first.is_visible()
    page.goto(f"{console_url}/cases/{told}/clocks/verify/2")
    assert page.locator(".days").evaluate("one => one.scrollHeight <= one.clientHeight + 1")
