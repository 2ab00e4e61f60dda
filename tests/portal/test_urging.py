"""Pressing 催办: the office hears of it, and once a week is enough."""

import re

import pytest

from casework.services import outbox


@pytest.fixture
def reporter(visitor):
    visitor.code = visitor.file()
    visitor.enter(visitor.code)
    return visitor


def report_of(world):
    return world.store.read(lambda uow: uow.reports.ids())[0]


def urge(reporter):
    return reporter.post("/follow-up/urge", reporter.form("/follow-up/case"))


def told(world):
    """The notices that wait to be sent, oldest first."""
    waiting = outbox.claim(world.store, limit=50, now=world.now)
    return [(job.payload["notice"], job.payload["office"]) for job in waiting]


def test_lead_and_supervisor_are_told_and_the_page_says_so(world, reporter):
    told(world)
    answer = urge(reporter)
    assert answer.headers["Location"] == "/follow-up/case?done=urge"
    page = reporter.get(answer.headers["Location"]).text
    assert "催办已经送到" in page
    assert "您催办了一次" in page
    case = world.case(report_of(world))
    assert sorted(told(world)) == sorted(
        [("report.urged", case.lead), ("report.urged", case.supervisor)]
    )


def test_the_second_in_a_week_is_refused_with_the_day_it_is_possible_again(world, reporter):
    urge(reporter)
    form = reporter.form("/follow-up/case")
    page = reporter.get("/follow-up/case").text
    assert "2026-03-09起可以再催" in page
    assert 'action="/follow-up/urge"' not in page
    world.move(days=6)
    reporter.enter(reporter.code)
    form = reporter.form("/follow-up/case")
    answer = reporter.post("/follow-up/urge", form)
    assert answer.status_code == 422
    assert "2026-03-09起可以再催" in re.sub(r"<[^>]+>", "", answer.text)
    assert world.case(report_of(world)).urged == ("2026-03-02",)
    world.move(days=1)
    reporter.enter(reporter.code)
    assert urge(reporter).status_code == 303


def test_a_refused_report_cannot_be_urged(world, reporter):
    report = report_of(world)
    world.refuse(report)
    page = reporter.get("/follow-up/case").text
    assert "/follow-up/urge" not in page
    answer = reporter.post("/follow-up/urge", reporter.form("/follow-up/case"))
    assert answer.status_code == 422


def test_a_foreign_form_urges_nothing(world, reporter):
    assert reporter.post("/follow-up/urge", {"csrf_token": "00" * 32}).status_code == 422
    assert world.case(report_of(world)).urged == ()
