"""The pages of the pool, of returns and of helpers in a real browser: they fit and work."""

import re

import pytest

from at_the_console import all_fit, come_in, none_is_broken
from pages import enter, follow
from turning import JW, YJJ, advise, ask_back, name_helpers, propose


@pytest.fixture
def cases(world):
    """Ids of three reports: in the pool with a proposal, asked back, and helped with."""
    pool = world.file_report(sector="new_business_forms").report
    propose(world, pool)
    back = world.file_report().report
    ask_back(world, back)
    helped = world.file_report().report
    name_helpers(world, helped, JW)
    advise(world, helped)
    return {"pool": pool, "back": back, "helped": helped}


# login: pages it sees, each a case and an address in it
PAGES = {
    "operator": (("pool", "/assignment"), ("pool", "")),
    "awb-supervisor": (
        ("pool", ""),
        ("pool", "/assignment/2"),
        ("pool", "/transfer"),
        ("back", "/returns/2"),
        ("helped", "/co-handlers"),
    ),
    "yjj-officer": (("helped", "/return"), ("back", ""), ("helped", "")),
    "yjj-leader": (("helped", "/draw"), ("helped", "")),
    "jw-officer": (("helped", ""), ("helped", "/opinion")),
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


def test_a_lead_is_proposed_by_keyboard_alone(world, console_url, watched):
    report = world.file_report(sector="new_business_forms").report
    page, _complaints = watched(viewport={"width": 360, "height": 900}, java_script_enabled=False)
    come_in(page, console_url, world, "operator")
    follow(page.get_by_role("link", name=re.compile("^建议")))
    page.locator("[name=lead]").select_option(YJJ)
    page.locator("[name=basis]").first.focus()
    page.keyboard.press("Space")
    page.locator(f"[name=co][value='{JW}']").focus()
    page.keyboard.press("Space")
    enter(page.get_by_role("button", name="提交建议"))
    assert "建议已提交" in page.inner_text("main")
    [made] = world.case(report).proposals
    assert (made.lead, made.co, made.basis) == (YJJ, (JW,), "who_governs")


def test_an_officer_is_drawn_and_named_on_the_case(world, console_url, watched):
    report = world.file_report().report
    page, _complaints = watched(viewport={"width": 360, "height": 900}, java_script_enabled=False)
    come_in(page, console_url, world, "yjj-leader")
    page.goto(f"{console_url}/cases/{report}")
    follow(page.get_by_role("link", name="随机抽取承办人员"))
    follow(page.get_by_role("button", name="抽取"))
    told = page.inner_text("main")
    assert "任何人可以用种子重算" in told
    [made] = world.case(report).draws
    names = {person.account: login for login, person in world.people.items()}
    assert f"样本·{names[made.officer]}（随机抽取）" in told
    assert made.seed[:12] in told

    # Another one only for a reason
    page.goto(f"{console_url}/cases/{report}/draw")
    follow(page.get_by_role("button", name="抽取"))
    assert "请选择理由。" in page.inner_text("main")
    page.locator("[name=reason_code]").select_option("on_leave")
    follow(page.get_by_role("button", name="抽取"))
    assert world.case(report).draws[1].officer != made.officer
