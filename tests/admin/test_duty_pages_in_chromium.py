"""The page of the routing table on a phone without scripts, and at a desk by keyboard."""

import pytest

from at_the_console import broken_rules, come_in, fits
from pages import follow

PHONE = {"viewport": {"width": 360, "height": 900}, "java_script_enabled": False}


def test_a_report_is_tried_on_a_phone_without_scripts(world, console_url, watched):
    page, complaints = watched(**PHONE)
    come_in(page, console_url, world, "awb-supervisor")
    page.goto(f"{console_url}/rules")
    follow(page.get_by_role("link", name="谁管什么，哪些组合没有规则"))
    assert fits(page)
    page.select_option("#sector", "ebikes")
    page.select_option("#about", "410329-xfdd")
    follow(page.get_by_role("button", name="看分给谁"))
    told = page.inner_text("#tried")
    assert "伊川县安全生产委员会办公室" in told
    assert "伊川县市场监督管理局" in told
    assert "伊川县纪律检查委员会监察委员会" in told
    assert fits(page)
    assert complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_has_no_axe_violation(world, console_url, watched, scheme):
    page, _complaints = watched(viewport={"width": 1440, "height": 900}, color_scheme=scheme)
    come_in(page, console_url, world, "administrator")
    for query in ("", "?sector=ebikes&matter=violation", "?sector=ebikes&matter=noise"):
        page.goto(f"{console_url}/rules/duties{query}")
        assert broken_rules(page) == []
        assert fits(page)
