"""Merging, ranks, telling each and undoing in a real browser: they fit, and work by keyboard."""

import os
from pathlib import Path

import pytest

from at_the_console import broken_rules, come_in, fits
from casework.services import merging
from log_keeper import take
from pages import enter

PICTURES = os.environ.get("TONGGUI_PICTURES", "")
PAGES = {
    "yjj-officer": (
        "/cases/{0}", "/cases/{1}", "/cases/{2}", "/cases/{2}/merge", "/cases/{2}/merge?into={0}",
        "/cases/{0}/merged", "/cases/{0}/merged/tell",
    ),
    "yjj-leader": ("/cases/{1}", "/cases/{1}/merge/undo", "/cases/{0}/merged"),
}  # fmt: skip


@pytest.fixture
def reports(world):
    """Three reports of one pit: the second has joined the first, the third is still to join."""
    found = []
    for _ in range(3):
        found.append(world.file_report().report)
        take(world)
        world.move(minutes=5)
    for report in found:
        world.accept(report, enterprise="ab" * 32)
    said = merging.joining_of(world.store, report=found[1], into=found[0])
    same = {"rank": said.rank, "kind": "supplementary"}
    merging.merge_cases(
        world.store,
        merged=world.sign("yjj-officer", "case.merged", found[1], {"into": found[0], **same}),
        joined=world.sign(
            "yjj-officer",
            "merge.joined",
            found[0],
            {"report": found[1], "place": said.place, **same},
        ),
        trust=world.trust,
        now=world.now,
    )
    world.conclude(found[0])
    return found


def picture(page, name: str) -> None:
    """Keep what it looks like, where somebody asked for it."""
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)


@pytest.mark.parametrize("login", PAGES)
def test_the_pages_fit_a_phone_and_a_desk_without_scripts(
    world, console_url, watched, reports, login
):
    for width in (360, 1440):
        page, complaints = watched(
            viewport={"width": width, "height": 900}, java_script_enabled=False
        )
        come_in(page, console_url, world, login)
        for number, path in enumerate(PAGES[login]):
            page.goto(console_url + path.format(*reports))
            assert page.locator("h1").count() == 1
            assert fits(page), (path, width)
            picture(page, f"{login}-{width}-{number}")
        assert [one for one in complaints if "Content Security Policy" in one] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("login", PAGES)
def test_axe_finds_nothing(world, console_url, watched, reports, login, scheme):
    page, _complaints = watched(viewport={"width": 360, "height": 900}, color_scheme=scheme)
    come_in(page, console_url, world, login)
    for path in PAGES[login]:
        page.goto(console_url + path.format(*reports))
        assert broken_rules(page) == [], path


def test_merged_from_a_hint_by_keyboard_alone(world, console_url, watched, reports):
    page, _complaints = watched(viewport={"width": 360, "height": 900}, java_script_enabled=False)
    come_in(page, console_url, world, "yjj-officer")
    page.goto(f"{console_url}/cases/{reports[2]}")
    enter(page.locator(f"a[href$='/merge?into={reports[0]}']"))
    assert page.input_value("#number") == world.case(reports[0]).case_number
    enter(page.get_by_role("button", name="签署并案"))
    assert "请选择。" in page.inner_text("main")
    page.locator("[name=kind]").first.focus()
    page.keyboard.press("Space")
    enter(page.get_by_role("button", name="签署并案"))
    assert "第 3 位" in page.inner_text("main")
    assert world.case(reports[2]).state == "merged"
    assert fits(page)
