"""The main job in a real browser with scripts off: what works here works on the cheapest phone."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from actors import now
from instance import PASSWORD, World, make_world
from pages import enter, follow
from servers import Server, running

PHONE = {"width": 360, "height": 740}


@pytest.fixture
def world(tmp_path: Path, sqlite_url: str) -> Iterator[World]:
    """An instance with a fund of a million."""
    made = make_world(tmp_path, sqlite_url)
    made.now = now()
    made.appropriate(year=made.now.year)
    yield made
    made.store.close()


@pytest.fixture
def portal(world: World, tmp_path: Path) -> Iterator[Server]:
    """The public site."""
    log = tmp_path / "portal.log"
    with running("portal.wsgi", world.environ, "TONGGUI_PORTAL_BIND", log) as server:
        yield server


@pytest.fixture
def console(world: World, tmp_path: Path) -> Iterator[Server]:
    """The departments' console."""
    log = tmp_path / "console.log"
    with running("admin.wsgi", world.environ, "TONGGUI_CONSOLE_BIND", log) as server:
        yield server


@pytest.fixture
def phone(open_page: Callable[..., Page]) -> Page:
    """A narrow screen without scripts."""
    return open_page(java_script_enabled=False, viewport=PHONE)


def sign_in(page: Page, console: Server, world: World, login: str) -> None:
    page.goto(console.base)
    page.fill("[name=login]", login)
    page.fill("[name=password]", PASSWORD)
    page.fill("[name=code]", world.people[login].code(now()))
    enter(page.locator("[name=code]"))
    assert "/sign-in" not in page.url


def choose(page: Page, words: str) -> None:
    """Answer one question of the way to the form, by its words."""
    page.get_by_label(re.compile(f"^{words}")).check()
    follow(page.locator("main form button[type=submit]").first)


def test_a_report_travels_from_a_phone_to_an_approved_award(
    world, portal, console, phone, open_page
):
    # A citizen on a phone
    phone.goto(portal.base)
    follow(phone.locator("main").get_by_role("link", name="我要举报"))
    choose(phone, "安全生产隐患")
    choose(phone, "彭婆镇")
    choose(phone, "危险化学品")
    choose(phone, "安全生产违法行为")
    phone.fill("[name=enterprise]", "样本化工有限公司")
    phone.fill("[name=place]", "样本工业园")
    follow(phone.locator("main form button[type=submit]"))
    assert phone.locator("[role=alert] a[href='#narrative']").count() == 1
    assert phone.input_value("[name=enterprise]") == "样本化工有限公司"
    phone.fill("[name=narrative]", "储罐区动火作业未办理审批。")
    phone.fill("[name=name]", "样本甲")
    phone.fill("[name=phone]", "13800000000")
    phone.check("[name=consent]")
    follow(phone.locator("main form button[type=submit]"))
    receipt = phone.inner_text("main")
    found = re.search(r"(\d{4}\s){5}\d{4}", receipt)
    assert found is not None
    number = re.search(r"410329-\d{4}-[2-9A-Z]{8}", receipt)
    assert number is not None
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]

    # An officer at a desk, by keyboard where it matters
    desk = open_page(java_script_enabled=False, viewport={"width": 1440, "height": 900})
    sign_in(desk, console, world, "yjj-officer")
    follow(desk.get_by_role("link", name=number.group(0)))
    follow(desk.get_by_role("button", name="打开举报"))
    assert "储罐区动火作业未办理审批。" in desk.inner_text("main")
    assert "样本甲" not in desk.inner_text("main")
    follow(desk.get_by_role("link", name="受理", exact=True))
    enter(desk.get_by_role("button", name="受理", exact=True))
    follow(desk.get_by_role("link", name="登记核查结论"))
    desk.locator("[name=finding][value=substantiated]").check()
    desk.locator("[name=basis][value=documents]").check()
    desk.fill("[name=penalty_no]", "伊应急罚〔2026〕样1号")
    desk.fill("[name=fines]", "400000")
    desk.fill("[name=account]", "现场核查属实。")
    follow(desk.get_by_role("button", name="登记结论"))
    follow(desk.get_by_role("link", name="拟定奖励", exact=True))
    assert "60,000.00" in desk.inner_text("main")
    desk.fill("[name=password]", PASSWORD)
    follow(desk.get_by_role("button", name="签署并预留资金"))

    # An approver and finance, each in another browser
    for login, act in (("awb-approver", "审批奖励"), ("finance", "确认资金")):
        other = open_page(java_script_enabled=False)
        sign_in(other, console, world, login)
        follow(other.get_by_role("link", name=number.group(0)))
        follow(other.get_by_role("link", name=act))
        other.locator("[name=decision][value=approve]").check()
        other.fill("[name=password]", PASSWORD)
        follow(other.get_by_role("button", name="签署"))

    # The reporter looks in, on the same phone
    phone.goto(f"{portal.base}follow-up")
    phone.fill("[name=code]", found.group(0))
    enter(phone.locator("[name=code]"))
    assert phone.url == f"{portal.base}follow-up/case"
    assert "60,000.00" in phone.inner_text("main")
    assert phone.get_by_role("link", name="领取奖金").count() == 1
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
