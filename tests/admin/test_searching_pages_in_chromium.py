"""Finding a case again in a real browser, scripts off: it fits, and is done by keyboard."""

import pytest

from at_the_console import broken_rules, come_in, fits
from casework.services.audit_log import Keeping, take_in
from casework.services.searching import follow as follow_log
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


@pytest.mark.parametrize("width", [360, 1440])
def test_own_cases_are_searched_step_by_step_without_scripts(
    world, console_url, watched, width, tmp_path, monkeypatch
):
    monkeypatch.setattr("admin.searching.AT_ONCE", 1)
    for text in ("储罐区动火作业未办理审批", "仓库消防通道被占用"):
        world.accept(world.file_report(narrative=text).report)
        world.move(days=1)
    keeping = Keeping(world.trust, world.log_key, world.now, batch_days=7)
    while take_in(world.store, keeping=keeping):
        pass
    follow_log(world.store)
    page, complaints = watched(viewport={"width": width, "height": 900}, java_script_enabled=False)
    come_in(page, console_url, world, "yjj-officer")
    page.goto(f"{console_url}/search")
    follow(page.get_by_role("link", name="在我经手的举报内容里查找"))
    assert fits(page)
    page.locator("#text").fill("动火作业")
    enter(page.locator("#text"))
    assert page.get_by_text("已查 1 / 2 件，找到 0 件。").is_visible()
    assert fits(page)
    enter(page.get_by_role("button", name="继续查下 1 件"))
    assert page.get_by_text("已查 2 / 2 件，找到 1 件。").is_visible()
    assert page.locator("main table tbody tr").count() == 1
    assert fits(page)
    page.screenshot(path=tmp_path / f"own-{width}.png", full_page=True)
    assert [one for one in complaints if "Content Security Policy" in one] == []


def test_axe_finds_nothing_while_own_cases_are_searched(world, console_url, watched):
    world.accept(world.file_report(narrative="储罐区动火作业未办理审批").report)
    keeping = Keeping(world.trust, world.log_key, world.now, batch_days=7)
    while take_in(world.store, keeping=keeping):
        pass
    follow_log(world.store)
    page, _complaints = watched(viewport={"width": 360, "height": 900})
    come_in(page, console_url, world, "yjj-officer")
    page.goto(f"{console_url}/search/own")
    assert broken_rules(page) == []
    page.locator("#text").fill("动火作业")
    enter(page.locator("#text"))
    assert page.locator("main table tbody tr").count() == 1
    assert broken_rules(page) == []
