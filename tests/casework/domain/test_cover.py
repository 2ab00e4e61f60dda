"""Leaves and hand-overs: days that fit, one word of the head, and every bar as it was."""

from dataclasses import fields, replace
from datetime import date

import pytest

from case_story import LEADER, OFFICER, OFFICER_2, SUPERVISOR, Story, person
from casework.domain.cover import Cover, assigned, check, is_assigned
from casework.domain.drawing import draw, seed_of
from casework.domain.errors import CoverRefusedError, NotPermittedError, SeparationError
from casework.domain.waiting import assigned_in

YJJ = "410329-yjj"
TODAY = date(2026, 3, 10)


def leave(first: int, last: int, account: str = "a", deputy: str = "b") -> Cover:
    return Cover(YJJ, account, deputy, date(2026, 3, first), date(2026, 3, last))


@pytest.mark.parametrize(
    ("new", "known", "reason"),
    [
        (leave(10, 12, deputy="a"), [], "oneself"),
        (leave(8, 9), [], "days"),
        (leave(12, 11), [], "days"),
        (leave(10, 12), [leave(12, 14)], "overlaps"),
        (leave(10, 12), [leave(12, 14, "b", "c")], "deputy_away"),
        (leave(10, 12), [leave(8, 10, "c", "a")], "covers_others"),
    ],
)
def test_a_leave_that_does_not_fit_is_refused_for_its_reason(new: Cover, known, reason: str):
    with pytest.raises(CoverRefusedError) as refusal:
        check(new, known, TODAY)
    assert refusal.value.reason == reason


@pytest.mark.parametrize(
    ("new", "known"),
    [
        (leave(8, 10), []),
        (leave(10, 10), []),
        (leave(10, 12), [leave(13, 14), leave(1, 9)]),
        (leave(10, 12), [leave(13, 14, "b", "c"), leave(10, 12, "c", "b")]),
        (leave(10, 12), [leave(13, 14, "c", "a")]),
    ],
)
def test_a_leave_beside_others_is_noted(new: Cover, known):
    check(new, known, TODAY)


def test_a_year_is_the_longest():
    check(replace(leave(10, 11), last=date(2027, 3, 10)), [], TODAY)
    with pytest.raises(CoverRefusedError):
        check(replace(leave(10, 11), last=date(2027, 3, 11)), [], TODAY)


def test_it_lasts_from_the_first_day_to_the_last():
    days = [leave(10, 12).is_on(date(2026, 3, day)) for day in (9, 10, 12, 13)]
    assert days == [False, True, True, False]


def drawn(story: Story) -> tuple[str, str]:
    """Let one of the two officers be drawn; return that one and the other."""
    people = (OFFICER.account, OFFICER_2.account)
    seed = seed_of(story.case)
    chosen = draw(seed, people)
    facts = {"seed": seed, "candidates": [*people], "officer": chosen}
    story.tell("assignment.drawn", LEADER, **facts)
    return chosen, next(one for one in people if one != chosen)


def hands(story: Story, giver: str, taker: str, why: str = "on_leave", who=LEADER) -> Story:
    return story.tell("assignment.handed", who, **{"from": giver, "to": taker, "reason_code": why})


def test_the_head_hands_a_case_over_and_back_and_nothing_else_of_it_changes(story: Story):
    first, other = drawn(story)
    assert assigned(story.case) == first
    before = story.case
    hands(story, first, other)
    assert assigned(story.case) == other
    [row] = assigned_in(story.case)
    assert (row.of, row.office, row.key) == (other, YJJ, "accept")
    changed = {
        one.name
        for one in fields(before)
        if getattr(before, one.name) != getattr(story.case, one.name)
    }
    assert changed == {"handed", "events"}
    hands(story, other, first, "back")
    assert assigned(story.case) == first


def test_nobody_but_the_head_of_the_lead_office_does(story: Story):
    first, other = drawn(story)
    for who in (OFFICER, OFFICER_2, SUPERVISOR, person("z", "410329-zjj", "leader")):
        with pytest.raises(NotPermittedError):
            hands(story, first, other, who=who)


def test_only_what_is_assigned_changes_hands_and_back_only_to_who_was_drawn(story: Story):
    with pytest.raises(CoverRefusedError, match="not_assigned"):
        hands(story, OFFICER.account, OFFICER_2.account)
    assert not is_assigned(story.case)
    first, other = drawn(story)
    for giver, taker in ((other, first), (first, first)):
        with pytest.raises(CoverRefusedError, match="not_assigned"):
            hands(story, giver, taker)
    with pytest.raises(CoverRefusedError, match="not_drawn"):
        hands(story, first, "officer3", "back")
    hands(story, first, other)
    with pytest.raises(CoverRefusedError, match="not_assigned"):
        hands(story, first, other)


def test_who_is_recused_or_supervised_takes_nothing_over(story: Story):
    first, other = drawn(story)
    story.tell("recusal.noted", LEADER, account=other, why="found")
    with pytest.raises(CoverRefusedError, match="out"):
        hands(story, first, other)
    story.case = replace(story.case, supervised_by=frozenset({"officer3"}))
    with pytest.raises(CoverRefusedError, match="out"):
        hands(story, first, "officer3")


def test_who_covers_agrees_to_nothing_that_they_proposed_themselves(story: Story):
    """A deputy who also heads the office proposes a close for who is away, and another agrees."""
    first, other = drawn(story)
    both = person(other, YJJ, "officer", "leader")
    hands(story, first, other)
    story.concluded()
    story.tell("message.sent", both, about="result")
    story.tell("closing.proposed", both)
    with pytest.raises(SeparationError):
        story.tell("case.closed", both)


def test_a_transfer_ends_what_the_office_had_assigned(story: Story):
    first, other = drawn(story)
    hands(story, first, other)
    story.tell("report.transferred", SUPERVISOR)
    assert assigned(story.case) == ""
    assert assigned_in(story.case) == ()
