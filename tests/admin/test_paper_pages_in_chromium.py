"""The printed papers in a real browser: they fit a phone, and on A4 nothing but the paper."""

import pytest

from asking import issue
from at_the_console import broken_rules, come_in, fits
from pages import follow
from turning import JW, YJJ, name_helpers


@pytest.fixture
def report(world):
    """A report with a helper, an order and a finding."""
    filed = world.file_report()
    name_helpers(world, filed.report, JW)
    world.accept(filed.report)
    issue(world, filed.report)
    world.conclude(filed.report)
    return filed.report


PAPERS = (f"hand-over/{YJJ}", f"hand-over/{JW}", "report", "dossier")


def test_the_papers_fit_a_phone_and_a_desk_without_scripts(world, console_url, watched, report):
    for width in (360, 1440):
        page, complaints = watched(
            viewport={"width": width, "height": 900}, java_script_enabled=False
        )
        come_in(page, console_url, world, "yjj-officer")
        for path in PAPERS:
            page.goto(f"{console_url}/cases/{report}/papers/{path}")
            assert page.locator("h1").count() == 1
            assert fits(page), (path, width)
        assert [one for one in complaints if "Content Security Policy" in one] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(world, console_url, watched, report, scheme):
    page, _complaints = watched(viewport={"width": 360, "height": 900}, color_scheme=scheme)
    come_in(page, console_url, world, "yjj-officer")
    for path in ("", *(f"/papers/{one}" for one in PAPERS)):
        page.goto(f"{console_url}/cases/{report}{path}")
        assert broken_rules(page) == [], path


def test_on_paper_there_is_the_paper_alone(world, console_url, watched, report):
    page, _complaints = watched(viewport={"width": 794, "height": 1123})
    come_in(page, console_url, world, "yjj-officer")
    page.emulate_media(media="print")
    for path in PAPERS:
        page.goto(f"{console_url}/cases/{report}/papers/{path}")
        assert page.locator("article").is_visible()
        for hidden in (".top", ".foot", "main form", ".buttons"):
            assert not any(one.is_visible() for one in page.locator(hidden).all()), (path, hidden)
        assert fits(page), path


def test_the_order_is_printed_with_what_was_reported_on_a_phone(world, console_url, watched):
    filed = world.file_report()
    page, _complaints = watched(viewport={"width": 360, "height": 900})
    come_in(page, console_url, world, "yjj-officer")
    page.goto(f"{console_url}/cases/{filed.report}")
    follow(page.get_by_role("link", name="交办单"))
    follow(page.get_by_role("button", name="打开举报并印入反映的情况（将留痕）"))
    assert "储罐区动火作业未办理审批" in page.inner_text("article")
    assert fits(page)
    assert broken_rules(page) == []
