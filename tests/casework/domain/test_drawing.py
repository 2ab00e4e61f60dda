"""An officer is drawn from a seed that nobody at the office chooses."""

from collections import Counter

import pytest

from case_story import LEADER, OFFICER, SUPERVISOR, Person, Story, person
from casework.domain.drawing import draw, drawn, seed_of
from casework.domain.errors import BadActError, NotPermittedError

PEOPLE = ("a1", "b2", "c3")


def drawing(
    story: Story, who: Person = LEADER, people: tuple[str, ...] = PEOPLE, **changed: object
) -> Story:
    """Draw as the rules want it, but for what is *changed*."""
    seed = seed_of(story.case)
    facts = {"seed": seed, "candidates": [*people], "officer": draw(seed, people)}
    return story.tell("assignment.drawn", who, **facts | changed)


def test_a_seed_draws_the_same_whatever_the_order():
    assert draw("00" * 31 + "04", PEOPLE) == draw("00" * 31 + "04", PEOPLE[::-1]) == "b2"
    assert draw("00" * 32, PEOPLE) == "a1"
    assert draw("00" * 31 + "05", PEOPLE) == "c3"


def test_everybody_is_drawn_about_as_often():
    times = Counter(draw(f"{n * 2654435761:064x}", PEOPLE) for n in range(3000))
    assert all(900 < times[one] < 1100 for one in PEOPLE), times


def test_the_head_draws_and_the_events_tell_whom(story: Story):
    seed = seed_of(story.case)
    one = drawn(drawing(story).case)
    assert one is not None
    assert (one.seed, one.officer) == (seed, draw(seed, PEOPLE))
    for who in (OFFICER, SUPERVISOR, person("z", "410329-zjj", "leader")):
        with pytest.raises(NotPermittedError):
            drawing(story, who)


@pytest.mark.parametrize(
    "changed",
    [
        {"seed": "ab" * 32},
        {"officer": "nobody"},
        {"candidates": ["b2", "a1", "c3"]},
        {"reason_code": "recused"},
    ],
)
def test_nobody_chooses_seed_officer_or_order(story: Story, changed):
    with pytest.raises(BadActError):
        drawing(story, **changed)
    assert story.case.draws == ()


def test_anew_only_for_a_reason_and_without_who_was_drawn(story: Story):
    first = drawing(story).case.draws[0].officer
    rest = tuple(one for one in PEOPLE if one != first)
    with pytest.raises(BadActError, match="reason_code"):
        drawing(story, people=rest)
    with pytest.raises(BadActError, match="candidates"):
        drawing(story, reason_code="recused")
    second = drawing(story, people=rest, reason_code="recused").case.draws[1]
    assert second.officer in rest
    assert second.seed != story.case.draws[0].seed


def test_another_lead_office_draws_its_own(story: Story):
    drawing(story).tell("report.transferred", SUPERVISOR)
    assert drawn(story.case) is None
    drawing(story, person("zl", "410329-zjj", "leader"), ("x1", "x2"))
    assert drawn(story.case) is not None
