"""Who gets what of an award, in a real browser: weighed, agreed to and looked at."""

import os
from pathlib import Path

import pytest

from at_the_console import broken_rules, come_in, fits
from casework.domain.split import Part
from casework.services import rulebook
from instance import PASSWORD
from pages import enter
from people import Filed
from sharing import agree, matter, propose, sharing

PICTURES = os.environ.get("TONGGUI_PICTURES", "")


@pytest.fixture(autouse=True)
def weighing(world, monkeypatch):
    """Officers weigh what each contributed; the console knows such rules, too."""
    world.policies = sharing(world.policies)
    monkeypatch.setattr(rulebook, "policies_at_hand", lambda: world.policies)
    world.appropriate()


@pytest.fixture
def reports(world) -> list[Filed]:
    """Three reports of one pit, the first signed by three; found true, no award proposed."""
    return matter(world, {0: 3})


def shared(world, reports, *, given: bool) -> None:
    """The award is proposed; *given*: and agreed to."""
    first, second, third = (one.report for one in reports)
    propose(world, first, [Part(first, 5, (1, 1, 1)), Part(second, 3), Part(third, 2)])
    if given:
        agree(world, first, "awb-approver")
        agree(world, first, "finance", last=True)


def look(page, path: str, name: str, width: int) -> None:
    """It fits and has one heading; kept as a picture where somebody asked for it."""
    assert page.locator("h1").count() == 1, path
    assert fits(page), (path, width)
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"split-{name}-{width}.png", full_page=True)


PAGES = {
    "propose": ("yjj-officer", "/cases/{0}/reward", None),
    "approve": ("awb-approver", "/cases/{0}/reward/approval", False),
    "claim": ("yjj-officer", "/cases/{0}/reward/claim", True),
    "part": ("yjj-officer", "/cases/{1}/reward/claim", True),
}


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("width", [360, 1440])
def test_the_pages_fit_a_phone_and_a_desk_without_scripts_and_axe_finds_nothing(
    world, console_url, watched, reports, name, width
):
    login, path, given = PAGES[name]
    if given is not None:
        shared(world, reports, given=given)
    address = console_url + path.format(*(one.report for one in reports))
    page, complaints = watched(viewport={"width": width, "height": 900}, java_script_enabled=False)
    come_in(page, console_url, world, login)
    page.goto(address)
    look(page, path, name, width)
    assert [one for one in complaints if "Content Security Policy" in one] == []
    axed, _complaints = watched(viewport={"width": width, "height": 900}, color_scheme="dark")
    come_in(axed, console_url, world, login)
    axed.goto(address)
    assert broken_rules(axed) == []


def test_weighed_and_signed_by_keyboard_alone(world, console_url, watched, reports):
    page, _complaints = watched(viewport={"width": 360, "height": 900}, java_script_enabled=False)
    come_in(page, console_url, world, "yjj-officer")
    page.goto(f"{console_url}/cases/{reports[0].report}/reward")
    page.fill("#weight_1", "5")
    page.fill("#weight_2", "-1")
    page.fill("#weight_3", "2")
    page.fill("#password", PASSWORD)
    enter(page.get_by_role("button", name="签署并预留资金"))
    # the summary leads to the very field, which kept what was typed
    assert "权重须为 0 到 10000 的整数。" in page.inner_text(".summary")
    page.locator(".summary a").first.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") in ("weight_2", "")
    assert page.input_value("#weight_1") == "5"
    page.fill("#weight_2", "3")
    page.fill("#password", PASSWORD)
    enter(page.get_by_role("button", name="签署并预留资金"))
    award = world.case(reports[0].report).award
    assert (award.state, award.amount_fen) == ("reserved", 6_000_000)
    assert '"weight":3' in award.split
