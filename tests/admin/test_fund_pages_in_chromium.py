"""The fund's pages in a real browser, scripts off: they fit, and break no rule of access."""

import pytest

from at_the_console import broken_rules, come_in, fits
from funding import book, propose_move
from pages import follow


@pytest.fixture
def used(world):
    """A fund that was granted, added to and used, with a proposal that waits."""
    world.appropriate()
    book(world, "fund.supplemented", 20_000_000, pot="city")
    for fine in (150_000_000, 180_000_000, 195_000_000):
        filed = world.file_report()
        world.accept(filed.report)
        world.conclude(filed.report, fines_fen=[fine])
        world.reserve(filed.report)
    propose_move(world, "virement", 1_000_000, to_pot="city")
    return world


@pytest.mark.parametrize("width", [360, 1440])
def test_finance_reads_the_use_of_the_year_and_what_waits(used, console_url, watched, width):
    page, complaints = watched(viewport={"width": width, "height": 1000}, java_script_enabled=False)
    come_in(page, console_url, used, "finance")
    follow(page.get_by_role("link", name="专项资金").first)
    assert fits(page)
    assert page.locator("svg[role=img] rect").count() == 3
    assert page.get_by_role("heading", name="预计用到哪一天").is_visible()
    assert "月末累计已用" in page.locator("main").inner_text() or width == 360
    follow(page.get_by_role("link", name="资金调整").first)
    assert fits(page)
    follow(page.locator("main table a").first)
    assert fits(page)
    assert "提议人不能同意自己的提议" in page.locator("main").inner_text()
    page.goto(f"{console_url}/fund/moves/new/virement")
    assert fits(page)
    page.goto(f"{console_url}/fund/appropriation")
    assert fits(page)
    assert [one for one in complaints if not one.startswith("[DOM]")] == []


@pytest.mark.parametrize("path", ["/fund", "/fund/moves", "/fund/moves/new/virement"])
def test_no_rule_of_access_is_broken(used, console_url, open_page, path):
    page = open_page(viewport={"width": 1440, "height": 1000})
    come_in(page, console_url, used, "finance")
    page.goto(f"{console_url}{path}")
    assert broken_rules(page) == []
