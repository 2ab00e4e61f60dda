"""Leave and cover, replies by template and calls in a real browser: they fit, axe finds nothing."""

from datetime import timedelta

import pytest

from asking import to_day
from at_the_console import broken_rules, come_in, fits
from casework.domain.cover import Cover, assigned
from casework.domain.drawing import draw, seed_of
from casework.services import cover, drawing
from casework.services.clocks import project_new, sweep
from pages import enter

YJJ = "410329-yjj"


@pytest.fixture
def cases(world):
    """A case that is assigned to somebody on leave, and one that waits for a call."""
    closed = world.file_report(identity={"contact": '{"phone": "1"}'}).report
    world.accept(closed)
    world.conclude(closed)
    world.tell_result(closed)
    world.close(closed)
    given = world.file_report().report  # nobody decides on it: it counts as accepted
    to_day(world, "2026-04-02")
    project_new(world.store, now=world.now)
    for _round in ("what is late", "then the question to the reporter"):
        sweep(world.store, trust=world.trust, log_key=world.log_key, now=world.now)
    both = sorted(world.people[one].account for one in ("yjj-officer", "yjj-officer-2"))
    seed = seed_of(world.case(given))
    facts = {"seed": seed, "candidates": both, "officer": draw(seed, both)}
    act = world.sign("yjj-leader", "assignment.drawn", given, facts)
    drawing.draw_officer(world.store, act=act, trust=world.trust, now=world.now)
    away = assigned(world.case(given))
    deputy = next(one for one in both if one != away)
    names = {world.people[one].account: one for one in ("yjj-officer", "yjj-officer-2")}
    today = world.now.date()
    cover.note_cover(
        world.store, new=Cover(YJJ, away, deputy, today, today + timedelta(days=9)), by=away,
        trust=world.trust, today=today,
    )  # fmt: skip
    return {"given": given, "closed": closed, "away": names[away], "deputy": names[deputy]}


# who: pages that they see
PAGES = {
    "deputy": ("/", "/worklist/covering", "/cover", "/cases/{given}/reply?template=accepted"),
    "away": ("/", "/worklist/mine", "/cases/{closed}/reply?template=substantiated"),
    "yjj-leader": ("/cover", "/cases/{given}/hand", "/board/410329-yjj/normal"),
    "awb-supervisor": ("/cases/{closed}", "/cases/{closed}/call"),
}


@pytest.mark.parametrize("who", PAGES)
def test_the_pages_fit_a_phone_and_a_desk_and_axe_finds_nothing(
    world, console_url, watched, cases, who
):
    for width in (360, 1440):
        page, complaints = watched(viewport={"width": width, "height": 900})
        come_in(page, console_url, world, cases.get(who, who))
        for path in PAGES[who]:
            answer = page.goto(console_url + path.format(**cases))
            assert answer.status == 200, path
            assert page.locator("h1").count() == 1, path
            assert fits(page), (path, width)
            if width == 360:
                assert broken_rules(page) == [], path
        assert [one for one in complaints if "Content Security Policy" in one] == []


def test_a_case_is_handed_over_by_keyboard_alone(world, console_url, watched, cases):
    page, _complaints = watched(viewport={"width": 360, "height": 900}, java_script_enabled=False)
    come_in(page, console_url, world, "yjj-leader")
    enter(page.get_by_role("link", name="请假代办"))
    enter(page.get_by_role("button", name="逐件移交代办人"))
    assert "已移交 1 件，没有移交 0 件" in page.inner_text("main")
    assert fits(page)
    assert assigned(world.case(cases["given"])) == world.people[cases["deputy"]].account
