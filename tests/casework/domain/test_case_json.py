"""A case written as JSON comes back the same, at every stop of its road."""

import json
from collections.abc import Callable
from dataclasses import fields, replace

import pytest

from case_story import APPROVER, JOBS, LEADER, OFFICER, REPORTER, SUPERVISOR, Story
from casework.domain.case_json import case_from_json, case_to_json

Begin = Callable[..., Story]
FROM_THE_BEGINNING = {
    "report_id", "case_number", "region", "sector", "matter", "about", "channel", "lead",
    "supervisor", "offices", "rule", "received_on", "state", "events", "manifest",
    "reporter_box", "reporter_sign",
}  # fmt: skip

BEFORE = "2026-03-20T02:00:00Z"


def asked(story: Story) -> Story:
    """More time asked for."""
    return story.accepted().tell("extension.requested", OFFICER, at=BEFORE)


STOPS: dict[str, Callable[[Story], Story]] = {
    "received": lambda story: story,
    "accepted": Story.accepted,
    "overdue": lambda story: story.accepted().tell("clock.overdue", JOBS),
    "lengthened": lambda story: asked(story).tell("extension.granted", SUPERVISOR, at=BEFORE),
    "paused": lambda story: (
        story.accepted().tell("pause.requested", OFFICER).tell("pause.granted", SUPERVISOR)
    ),
    "ordered": lambda story: (
        story.accepted().tell("order.issued", SUPERVISOR).tell("order.answered", LEADER)
    ),
    "escalated": lambda story: (
        story.accepted()
        .tell("clock.overdue", JOBS)
        .tell("case.escalated", JOBS)
        .tell("step.acknowledged", SUPERVISOR)
    ),
    "concluded": Story.concluded,
    "untrue": lambda story: story.concluded("unsubstantiated"),
    "reserved": Story.reserved,
    "rejected": lambda story: story.reserved().tell("reward.rejected", APPROVER),
    "claimed": Story.claimed,
    "requested": Story.requested,
    "agreed": Story.agreed,
    "closed": lambda story: story.paid().proposed().tell("case.closed", LEADER),
    "merged": lambda story: story.accepted().tell("case.merged", OFFICER),
    "joined": lambda story: story.accepted().tell("merge.joined", OFFICER),
    "mended": lambda story: story.concluded().tell("rectification.ordered", OFFICER),
    "redone": lambda story: (
        story.concluded("unsubstantiated")
        .proposed()
        .tell("case.closed", LEADER)
        .tell("satisfaction.given", REPORTER, answer="not_solved")
        .tell("review.decided", SUPERVISOR, outcome="redo", verify_due_on="2026-04-21")
    ),
    "malicious": lambda story: (
        story.concluded("unsubstantiated")
        .proposed()
        .tell("case.closed", SUPERVISOR)
        .tell("malice.proposed", LEADER)
    ),
}


@pytest.mark.parametrize("stop", STOPS)
def test_a_case_comes_back_the_same(begun: Begin, stop: str):
    case = STOPS[stop](begun()).case
    text = json.dumps(case_to_json(case), sort_keys=True)
    assert case_from_json(json.loads(text)) == case
    assert json.dumps(case_to_json(case_from_json(json.loads(text))), sort_keys=True) == text


def test_the_json_holds_no_float_and_only_plain_keys(begun: Begin):
    def walk(value: object) -> None:
        assert value is None or isinstance(value, dict | list | str | int)
        for key, inner in value.items() if isinstance(value, dict) else ():
            assert key.isascii()
            assert key.islower()
            walk(inner)
        for inner in value if isinstance(value, list) else ():
            walk(inner)

    walk(case_to_json(begun().paid().case))


@pytest.mark.parametrize("damage", ["missing", "unknown", "state", "day"])
def test_what_is_no_case_is_refused(begun: Begin, damage: str):
    plain = case_to_json(begun().accepted().case)
    if damage == "missing":
        del plain["lead"]
    elif damage == "unknown":
        plain["colour"] = "red"
    elif damage == "state":
        plain["state"] = "lost"
    else:
        plain["accepted_on"] = "2026-02-30"
    with pytest.raises(ValueError):
        case_from_json(plain)


def test_a_case_stored_before_a_field_was_comes_back_as_one_where_nothing_of_it_happened(
    begun: Begin,
):
    case = begun().case  # received, and nothing else
    plain = case_to_json(case)
    later = [field.name for field in fields(case) if field.name not in FROM_THE_BEGINNING]
    for name in later:
        del plain[name]
    assert {"urged", "holds", "destruction", "releases", "policy_id"} <= set(later)
    # Where clocks were not kept yet, none is known to have started.
    assert case_from_json(plain) == replace(case, marks=())
