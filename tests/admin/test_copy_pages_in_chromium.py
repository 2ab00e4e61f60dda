"""The pages of copies and of notes of interference in a real browser: they fit and work."""

import pytest

from at_the_console import all_fit, none_is_broken
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


def paths_of(login, cases):
    return [f"/cases/{cases[case]}{path}" for case, path in PAGES[login]]


@pytest.mark.parametrize("width", [360, 1440])
@pytest.mark.parametrize("login", PAGES)
def test_the_pages_fit_a_phone_and_a_desk_without_scripts(
    world, console_url, watched, cases, login, width
):
    page, complaints = watched(viewport={"width": width, "height": 900}, java_script_enabled=False)
    all_fit(page, console_url, world, login, paths_of(login, cases))
    assert [one for one in complaints if "Content Security Policy" in one] == []


@pytest.mark.parametrize("login", PAGES)
def test_axe_finds_nothing(world, console_url, watched, cases, login):
    page, _complaints = watched(viewport={"width": 360, "height": 900})
    none_is_broken(page, console_url, world, login, paths_of(login, cases))
