"""Finding a case again in a real browser, scripts off: it fits, and is done by keyboard."""

import pytest

from at_the_console import broken_rules, come_in, fits
from pages import enter, follow


@pytest.fixture
def closed(world):
    """A case closed on 2 March 2026, and one that was not accepted."""
    filed = world.file_report()
    world.accept(filed.report)
    world.conclude(filed.report)
    world.tell_result(filed.report)
    world.close(filed.report)
    world.refuse(world.file_report().report)
    return filed


@pytest.mark.parametrize("width", [360, 1440])
def test_the_done_cases_are_reached_from_the_menu_and_narrowed_by_keyboard(
    world, console_url, watched, closed, width, tmp_path
):
    page, complaints = watched(viewport={"width": width, "height": 900}, java_script_enabled=False)
    come_in(page, console_url, world, "yjj-leader")
    follow(page.get_by_role("link", name="查找"))
    assert fits(page)
    page.locator("#text").fill(closed.case_number)
    enter(page.locator("#text"))
    assert page.locator("main table tbody tr").count() == 1
    assert fits(page)
    page.screenshot(path=tmp_path / f"found-{width}.png", full_page=True)
    follow(page.get_by_role("link", name="办完的举报"))
    assert fits(page)
    page.screenshot(path=tmp_path / f"ended-{width}.png", full_page=True)
    assert page.locator("main table tbody tr").count() == 2
    page.locator("#state").focus()
    page.locator("#state").select_option("closed")
    page.locator("#until").fill("2026-03-02")
    enter(page.get_by_role("button", name="查看"))
    assert page.locator("main table tbody tr").count() == 1
    assert fits(page)
    follow(page.get_by_role("link", name=closed.case_number))
    assert page.url.endswith(f"/cases/{closed.report}")
    assert [one for one in complaints if "Content Security Policy" in one] == []


@pytest.mark.parametrize("width", [360, 1440])
def test_axe_finds_nothing(world, console_url, watched, closed, width):
    page, _complaints = watched(viewport={"width": width, "height": 900})
    come_in(page, console_url, world, "awb-supervisor")
    for path in ("/search", "/search/ended", "/search/ended?of=above", "/search/ended?since=x"):
        page.goto(f"{console_url}{path}")
        assert fits(page), path
        assert broken_rules(page) == [], path
