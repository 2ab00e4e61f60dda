"""A routing table is replaced in a real browser, without scripts, on a phone and at a desk."""

import os
from pathlib import Path

import pytest

from at_the_console import broken_rules, come_in, fits
from instance import PASSWORD
from pages import follow
from routing_changing import SHIPPED, given_to

PHONE = {"viewport": {"width": 360, "height": 900}, "java_script_enabled": False}
RULE = next(
    one
    for one in SHIPPED.decode().split("\n\n")
    if one.startswith("[[rule]]") and 'sector = "coal_mines"' in one and 'matter = "*"' in one
)
NEW = given_to("410329-zjj", "hazardous_chemicals", SHIPPED.decode().replace(RULE, "").encode())
BAD = NEW.replace(b'lead = "410329-zjj"\nco', b'lead = "410329-zzz"\nco')
SHOTS = os.environ.get("TONGGUI_SHOTS", "")


def shot(page, name):
    """Keep a picture where somebody asked for pictures to look at."""
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


@pytest.fixture
def walk(world, console_url, watched):
    """Somebody's browser at the console."""

    def come(login, **more):
        page, _complaints = watched(**(PHONE | more))
        come_in(page, console_url, world, login)
        return page

    return come


def press(page, name):
    follow(page.get_by_role("button", name=name))


def upload(page, name, body):
    page.set_input_files("[name=file]", {"name": name, "mimeType": "text/plain", "buffer": body})
    press(page, "检查")


@pytest.mark.parametrize("width", [360, 1440])
def test_a_table_is_checked_proposed_and_confirmed(world, console_url, walk, width):
    size = {"viewport": {"width": width, "height": 900}}
    page = walk("awb-supervisor", **size)
    page.goto(f"{console_url}/rules")
    follow(page.get_by_role("link", name="分派表：各版、提议和换表"))
    follow(page.get_by_role("link", name="换一张分派表"))
    page.fill("[name=active_from]", "2026-03-02")
    upload(page, "410329.toml", BAD)
    assert "410329.toml 第" in page.inner_text("main")
    assert "能办理举报的单位" in page.inner_text("main")
    assert fits(page)
    shot(page, f"routing-wrong-{width}")
    upload(page, "410329.toml", NEW)
    words = page.inner_text("main")
    assert "下列举报没有规则" in words
    assert "由伊川县住房和城乡建设局承办" in words
    assert fits(page)
    shot(page, f"routing-preview-{width}")
    page.fill("[name=password]", PASSWORD)
    press(page, "签署并提议")
    assert "提议人不能确认自己的提议" in page.inner_text("main")

    other = walk("yjj-leader", **size)
    other.goto(page.url.partition("?")[0])
    assert fits(other)
    shot(other, f"routing-proposal-{width}")
    other.fill("[name=password]", PASSWORD)
    press(other, "签署并启用")
    assert "已确认" in other.inner_text("main")
    other.goto(f"{console_url}/rules/routing")
    assert "第 2 版 今天使用" in other.inner_text("main")
    assert fits(other)
    shot(other, f"routing-index-{width}")


def test_the_text_can_be_changed_by_keyboard_and_checked_again(world, console_url, walk):
    page = walk("awb-supervisor")
    page.goto(f"{console_url}/rules/routing/new")
    page.fill("[name=text]", NEW.decode())
    page.fill("[name=active_from]", "2026-03-02")
    press(page, "检查")
    page.locator("summary", has_text="分派表全文").focus()
    page.keyboard.press("Enter")
    page.fill("[name=text]", BAD.decode())
    page.fill("[name=password]", PASSWORD)
    press(page, "签署并提议")
    assert "签署并提议" not in page.inner_text("main")
    assert "能办理举报的单位" in page.inner_text("main")
    page.fill("[name=text]", NEW.decode())
    press(page, "检查")
    page.fill("[name=password]", PASSWORD)
    press(page, "签署并提议")
    assert "待确认" in page.inner_text("main")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(world, console_url, walk, scheme):
    for width in (360, 1440):
        page = walk(
            "awb-supervisor",
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            java_script_enabled=True,
        )
        page.goto(f"{console_url}/rules/routing")
        assert broken_rules(page) == []
        page.goto(f"{console_url}/rules/routing/new")
        assert broken_rules(page) == []
        page.fill("[name=active_from]", "2026-03-02")
        upload(page, "410329.toml", BAD)
        assert broken_rules(page) == []
        upload(page, "410329.toml", NEW)
        assert broken_rules(page) == []
        assert fits(page)
