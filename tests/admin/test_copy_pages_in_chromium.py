"""The pages of copies and of notes of interference in a real browser: they fit and work."""

import pytest

from at_the_console import broken_rules, come_in, fits
from casework.services import copies
from turning import ZJJ


@pytest.fixture
def cases(world):
    """Ids of two reports: one that accuses a department, one of which it has a copy."""
    accusing = world.file_report(about=ZJJ).report
    copied = world.file_report().report
    copies.send_copies(
        world.store,
        act=world.sign("yjj-officer", "copy.sent", copied, {"copies": [ZJJ]}),
        trust=world.trust,
        now=world.now,
    )
    return {"accusing": accusing, "copied": copied}


# login: pages it sees, each a case and an address in it
PAGES = {
    "jw-officer": (
        ("accusing", ""),
        ("accusing", "/copy/receipt"),
        ("accusing", "/discipline/answer"),
    ),
    "zjj-leader": (
        ("copied", "/copy"),
        ("copied", "/copy/receipt"),
        ("copied", "/copy/observation"),
    ),
    "yjj-officer": (("copied", ""), ("copied", "/copies"), ("copied", "/interference")),
}


@pytest.mark.parametrize("login", PAGES)
def test_the_pages_fit_a_phone_and_a_desk_without_scripts(
    world, console_url, watched, cases, login
):
    for width in (360, 1440):
        page, complaints = watched(
            viewport={"width": width, "height": 900}, java_script_enabled=False
        )
        come_in(page, console_url, world, login)
        assert fits(page), width
        for case, path in PAGES[login]:
            page.goto(f"{console_url}/cases/{cases[case]}{path}")
            assert page.locator("h1").count() == 1
            assert fits(page), (path, width)
        assert [one for one in complaints if "Content Security Policy" in one] == []


@pytest.mark.parametrize("login", PAGES)
def test_axe_finds_nothing(world, console_url, watched, cases, login):
    page, _complaints = watched(viewport={"width": 360, "height": 900})
    come_in(page, console_url, world, login)
    assert broken_rules(page) == []
    for case, path in PAGES[login]:
        page.goto(f"{console_url}/cases/{cases[case]}{path}")
        assert broken_rules(page) == [], path
