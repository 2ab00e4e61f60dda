"""The time limits of a case as its reporter reads them, and the new lines of its history."""

import re

import pytest

from asking import (
    ask_more,
    ask_pause,
    decide_pause,
    grant_more,
    issue,
    record,
    refuse_more,
    to_day,
)
from casework.domain.act_facts import FORMS
from casework.domain.clock_kinds import KINDS
from casework.domain.milestone import MILESTONES
from casework.domain.policy_rules import RUNGS
from casework.services.clocks import project_new, sweep
from instance import make_world
from portal.views import wording


@pytest.fixture
def world(tmp_path, database_url):
    """An instance on each of the two databases: the public site reads the rules by its own role."""
    made = make_world(tmp_path / "home", database_url)
    yield made
    made.store.close()


@pytest.fixture
def report(world, visitor):
    """A report that was filed on 2 March and whose mailbox is open."""
    visitor.code = visitor.file()
    assert visitor.enter(visitor.code).status_code == 303
    return world.store.read(lambda uow: uow.reports.ids())[0]


def swept(world):
    project_new(world.store, now=world.now)
    sweep(world.store, trust=world.trust, log_key=world.log_key, now=world.now)


def page_of(visitor) -> str:
    """The words of the status page."""
    text = visitor.get("/follow-up/case").text
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def test_before_acceptance_the_reporter_sees_by_when_it_is_decided(world, visitor, report):
    page = page_of(visitor)
    assert "决定是否受理 2026-03-17，还有 15 日" in page
    assert "与您联系 2026-03-03，还有 1 日" in page
    assert "签收期限" not in page
    assert "核查期限 2026" not in page


def test_lengthened_paused_and_refused_are_told_with_their_reasons(world, visitor, report):
    world.accept(report)
    assert "核查期限 2026-04-01，还有 30 日" in page_of(visitor)
    refuse_more(world, report, ask_more(world, report))
    grant_more(world, report, ask_more(world, report), "2026-05-01")
    decide_pause(world, report, ask_pause(world, report, "2026-03-02", "2026-03-20"))
    page = page_of(visitor)
    assert "暂停计时，恢复以后顺延" in page
    assert "经批准延长到 2026-05-01，理由：情况复杂。" in page
    assert "自 2026-03-02 起暂停，最长到 2026-03-20，原因：鉴定、检验、检测期间。" in page
    assert "已停 1 天，不计入期限。" in page
    assert "伊川县安全生产委员会办公室没有批准延期" in page
    assert "伊川县安全生产委员会办公室批准暂停计时" in page
    assert "样鉴" not in page  # the paper is between the offices


def test_overdue_is_said_plainly_with_who_was_told(world, visitor, report):
    world.accept(report)
    to_day(world, "2026-04-03")
    swept(world)
    issue(world, report)
    visitor.enter(visitor.code)
    page = page_of(visitor)
    assert "核查期限 2026-04-01，已超期 2 日" in page
    assert 'class="stamp late"' in visitor.get("/follow-up/case").text
    assert "核查期限超过了期限" in page
    assert "核查期限超期，已报伊川县应急管理局负责人" in page
    assert "伊川县安全生产委员会办公室已督办" in page
    assert "伊督" not in page


def test_what_was_not_decided_counts_as_accepted(world, visitor, report):
    to_day(world, "2026-03-18")
    swept(world)
    assert world.case(report).accepted_by == "jobs"
    visitor.enter(visitor.code)
    page = page_of(visitor)
    assert "到期没有决定，依照规定视为受理" in page
    assert "核查期限 2026-04-" in page


def test_a_year_without_its_holidays_is_told_as_provisional(world, visitor, report):
    to_day(world, "2026-12-20")
    world.accept(report)
    visitor.enter(visitor.code)
    assert "暂定：放假安排尚未公布，日期可能变动。" in page_of(visitor)


def test_milestones_that_concern_the_reporter_are_told_the_others_not(world, visitor, report):
    world.accept(report)
    record(world, report, "referred", document="公移〔2026〕1号")
    record(world, report, "contacted")
    page = page_of(visitor)
    assert "登记已经与您联系" in page
    assert "登记了办理进展" in page
    assert "公安" not in page
    assert "公移" not in page


def test_a_limit_that_was_met_is_folded_away_with_how_it_went(world, visitor, report):
    world.accept(report)
    world.conclude(report)
    text = visitor.get("/follow-up/case").text
    folded = text[text.index("<details>") : text.index("</details>")]
    assert "在期限内核查完" in folded
    assert "告知结果" in text[: text.index("<details>")]


def test_reminders_about_what_is_between_the_offices_are_no_news(world, visitor, report):
    to_day(world, "2026-03-03")
    swept(world)
    kinds = [one.event.kind for one in world.store.read(lambda uow: uow.events.of_report(report))]
    assert "clock.reminded" in kinds
    assert "内部办理环节" not in page_of(visitor)


def test_every_kind_of_act_on_a_clock_has_words_for_the_reporter():
    kinds = {
        kind
        for kind in FORMS
        if kind.startswith(("clock.", "case.", "step.", "extension.", "pause.", "order."))
    }
    assert kinds - wording.EVENTS.keys() == set()
    assert set(RUNGS) == wording.RUNGS.keys()
    assert wording.CLOCKS.keys() <= KINDS.keys()
    assert wording.MILESTONES.keys() <= MILESTONES.keys()
