"""Files that show the reporter, in a real browser of 360 pixels with scripts off."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import FilePayload, Page

from actors import now
from browsing import photograph
from instance import PASSWORD, World, make_world
from pages import enter, follow
from servers import Server, running

VOICE = b"planted-voice " * 9000
PHONE = {"width": 360, "height": 740}
RECORDING = FilePayload(name="我的录音.bin", mimeType="audio/mpeg", buffer=VOICE)
PHOTO = FilePayload(name="现场.jpg", mimeType="image/jpeg", buffer=photograph())


@pytest.fixture
def world(tmp_path: Path, sqlite_url: str) -> Iterator[World]:
    """One instance."""
    made = make_world(tmp_path, sqlite_url)
    made.now = now()
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


def fits(page: Page, name: str) -> None:
    """Nothing sticks out."""
    wide = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert wide <= 0, name


def looks_right(page: Page, name: str) -> None:
    """Nothing sticks out, and axe, which is a script, finds nothing."""
    fits(page, name)
    found = Axe().run(page).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"]) for one in found] == [], name


def files_a_voice(phone: Page, portal: Server) -> tuple[str, str]:
    """Report with a photograph and a voice; return code and case number."""
    phone.goto(
        f"{portal.base}/report?region=410329001000&sector=hazardous_chemicals&matter=violation"
    )
    fits(phone, "form")
    phone.get_by_label("被举报的单位或场所名称").fill("样本化工有限公司")
    phone.get_by_label("具体地点").fill("样本工业园")
    phone.get_by_label("情况说明").fill("储罐区动火作业未办理审批。")
    phone.get_by_label("我要匿名举报").check()
    phone.set_input_files("#identity_files", [RECORDING])
    follow(phone.get_by_role("button", name="提交举报"))

    # Forgotten consent is told beside the box
    assert phone.locator("#identity_consent-error").is_visible()
    fits(phone, "consent")
    phone.get_by_label(re.compile("^这些文件里能看出是我")).check()
    phone.get_by_label("同时保留未清理的原件").check()
    phone.set_input_files("#identity_files", [RECORDING])
    phone.set_input_files("#files", [PHOTO])
    follow(phone.get_by_role("button", name="提交举报"))
    assert phone.get_by_text("只交给身份保管人的文件").is_visible()
    fits(phone, "receipt")
    [number] = set(re.findall(r"410329-\d{4}-[2-9A-Z]{8}", phone.content()))
    return phone.locator("#code").inner_text(), number


def asks(officer: Page, number: str) -> None:
    """Ask for the first of the files."""
    follow(officer.get_by_role("link", name=number).first)
    looks_right(officer, "case")
    follow(officer.get_by_role("button", name="打开举报"))
    looks_right(officer, "opened")
    follow(officer.get_by_role("link", name="申请查看", exact=True))
    looks_right(officer, "ask")
    assert officer.get_by_role("radio").count() == 2
    officer.get_by_label("申请理由").fill("核对录音内容。")
    officer.locator("#password").fill(PASSWORD)
    follow(officer.get_by_role("button", name="签署并提交申请"))


def agrees(seat: Page, console: Server) -> None:
    """Agree as a custodian."""
    seat.goto(f"{console.base}/releases")
    follow(seat.get_by_role("link", name="审批"))
    looks_right(seat, "decide")
    seat.get_by_label(re.compile("^批准")).check()
    seat.locator("#password").fill(PASSWORD)
    follow(seat.get_by_role("button", name="签署"))


def test_a_voice_from_a_phone_is_downloaded_once_on_another(
    world: World, portal: Server, console: Server, open_page: Callable[..., Page], tmp_path: Path
):
    phone = open_page(viewport=PHONE, java_script_enabled=False)
    code, number = files_a_voice(phone, portal)
    officer = sign_in(open_page, console, world, "yjj-officer")
    asks(officer, number)
    for login in ("seat1-holder", "seat3-deputy"):
        agrees(sign_in(open_page, console, world, login), console)
    officer.goto(f"{console.base}/releases")
    follow(officer.get_by_role("link", name="查看（仅一次）"))
    looks_right(officer, "open")
    officer.locator("#password").fill(PASSWORD)
    with officer.expect_download() as coming:
        officer.get_by_role("button", name="签署并查看").click()
    there = tmp_path / "downloaded"
    coming.value.save_as(there)
    whole = {RECORDING["name"]: RECORDING["buffer"], PHOTO["name"]: PHOTO["buffer"]}
    assert there.read_bytes() == whole[coming.value.suggested_filename]

    # The reporter sees it, and may take them back
    phone.goto(f"{portal.base}/follow-up")
    phone.get_by_label("查询码").fill(code)
    follow(phone.get_by_role("button", name="进入"))
    phone.goto(f"{portal.base}/follow-up/evidence")
    fits(phone, "evidence")
    phone.goto(f"{portal.base}/follow-up/identity")
    assert "查验能看出举报人的材料" in phone.content()
    fits(phone, "identity")


def sign_in(open_page: Callable[..., Page], console: Server, world: World, login: str) -> Page:
    """A narrow tab of somebody of the console."""
    page = open_page(viewport=PHONE)
    page.goto(console.base)
    page.fill("[name=login]", login)
    page.fill("[name=password]", PASSWORD)
    page.fill("[name=code]", world.people[login].code(now()))
    enter(page.locator("[name=code]"))
    assert "/sign-in" not in page.url
    return page
