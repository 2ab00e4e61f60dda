"""Supervision orders: the office above demands, the head of the office below answers."""

from collections.abc import Callable

import pytest

from case_story import (
    AWB,
    JOBS,
    LEADER,
    OFFICER,
    SUPERVISOR,
    Person,
    Story,
    followed_up,
    person,
)
from casework.domain.clock_kinds import KINDS
from casework.domain.errors import (
    AlreadyDoneError,
    BadActError,
    NotPermittedError,
    WrongStateError,
)
from casework.domain.marks import ended_by
from casework.domain.order import is_open

ZJJ = "410329-zjj"


def test_an_order_waits_until_the_head_answers(story: Story):
    story.accepted().tell("order.issued", SUPERVISOR)
    assert is_open(story.case)
    story.tell("order.answered", LEADER)
    assert not is_open(story.case)
    assert [mark.name for mark in story.case.marks[-2:]] == ["order_issued", "order_answered"]
    assert {mark.of for mark in story.case.marks[-2:]} == {"o1"}


def test_the_head_answers_and_nobody_else(story: Story):
    story.tell("order.issued", SUPERVISOR)
    for who in (OFFICER, SUPERVISOR, JOBS):
        with pytest.raises(NotPermittedError):
            story.tell("order.answered", who)


def test_the_office_above_issues_and_nobody_else(story: Story):
    for who in (OFFICER, LEADER, JOBS):
        with pytest.raises(NotPermittedError):
            story.tell("order.issued", who)


def test_no_office_orders_itself_or_takes_itself_off_the_list(story: Story):
    story.tell("order.issued", SUPERVISOR, kind="listing")
    story.tell("report.transferred", SUPERVISOR, lead=AWB, supervisor=AWB)
    other = person("s2", AWB, "supervisor")
    with pytest.raises(NotPermittedError):
        story.tell("order.issued", other, order="o2", number="2")
    with pytest.raises(NotPermittedError):
        story.tell("milestone.recorded", other, milestone="delisted", document="督〔2026〕1号")


def test_an_order_is_answered_once_and_only_one_of_this_case(story: Story):
    story.tell("order.issued", SUPERVISOR)
    with pytest.raises(BadActError, match="order"):
        story.tell("order.answered", LEADER, order="o2")
    story.tell("order.answered", LEADER)
    with pytest.raises(WrongStateError):
        story.tell("order.answered", LEADER)


@pytest.mark.parametrize("same", ["order", "number"])
def test_no_id_and_no_number_twice(story: Story, same: str):
    story.tell("order.issued", SUPERVISOR)
    other = {"order": "o2", "number": "伊督〔2026〕B2C3D4E5号"}
    del other[same]
    with pytest.raises(AlreadyDoneError):
        story.tell("order.issued", SUPERVISOR, **other)


def test_listing_marks_the_start_of_its_own_clock(story: Story):
    story.tell("order.issued", SUPERVISOR, kind="listing")
    assert [mark.name for mark in story.case.marks[-2:]] == ["order_issued", "listed"]


def _listing_ended(story: Story) -> str:
    """By which mark the first listing of the case ended; "" while it lasts."""
    [begun, *_] = [mark for mark in story.case.marks if mark.name == "listed"]
    ended = ended_by(story.case, KINDS["listing"], begun)
    return ended.name if ended else ""


def test_who_passes_a_listed_case_on_stays_on_the_list(story: Story):
    """Listed for a late first contact, it is passed on before anybody accepted it."""
    story.tell("order.issued", SUPERVISOR, kind="listing")
    story.tell("report.transferred", LEADER, lead=ZJJ, supervisor=AWB)
    assert _listing_ended(story) == ""
    followed_up(story)
    story.tell("milestone.recorded", SUPERVISOR, milestone="delisted", document="督〔2026〕1号")
    assert _listing_ended(story) == "delisted"


@pytest.mark.parametrize(("who", "lead"), [(SUPERVISOR, ZJJ), (LEADER, AWB)])
def test_a_case_that_the_office_above_takes_away_or_leads_is_off_the_list(
    begun: Callable[..., Story], who: Person, lead: str
):
    story = begun().tell("order.issued", SUPERVISOR, kind="listing")
    story.tell("report.transferred", who, lead=lead, supervisor=AWB)
    assert _listing_ended(story) == "taken_away"
