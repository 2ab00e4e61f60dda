"""How long a case is kept, and what is never destroyed."""

from collections.abc import Callable
from datetime import date

import pytest

from case_story import (
    CASHIER,
    CUSTODIAN_1,
    CUSTODIAN_2,
    JOBS,
    LEADER,
    OFFICER,
    OFFICER_2,
    REPORTER,
    SUPERVISOR,
    Story,
    person,
)
from casework.domain.citation import Citation
from casework.domain.errors import (
    DestroyedError,
    HeldError,
    NotPermittedError,
    PolicyFileError,
    RetentionError,
    SeparationError,
    WrongStateError,
)
from casework.domain.policy import Policies
from casework.domain.policy_file import parse_policies
from casework.domain.policy_rules import Retention
from casework.domain.retention import class_of, destroy_on, erase_identity_on, months_after

Begin = Callable[..., Story]
RULE = Retention(
    {"refused": 1, "unsubstantiated": 2, "substantiated": 3, "rewarded": 4},
    6,
    Citation("样本", "一", "D"),
)


def closed(story: Story) -> Story:
    """Read by an officer and closed by the leader on 22 March."""
    return story.tell("report.read", OFFICER_2).proposed().tell("case.closed", LEADER)


def refused(story: Story) -> Story:
    return story.tell("report.read", OFFICER_2).refused()


def asked(story: Story) -> Story:
    return refused(story).tell("destruction.requested", LEADER)


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 3, 22), 1, date(2026, 4, 22)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2026, 12, 31), 120, date(2036, 12, 31)),
        (date(2026, 1, 30), 1, date(2026, 2, 28)),
        (date(2026, 11, 15), 1, date(2026, 12, 15)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
    ],
)
def test_a_month_ends_on_the_same_day_or_on_its_last(day: date, months: int, later: date):
    assert months_after(day, months) == later


def test_each_class_has_its_own_time_from_closing_or_payment(begun: Begin):
    assert destroy_on(begun().concluded().case, RULE) is None
    told = refused(begun()).case
    assert class_of(told) == "refused"
    assert told.refused_on is not None
    assert destroy_on(told, RULE) == months_after(told.refused_on, 1)
    told = closed(begun().concluded("unsubstantiated")).case
    assert told.closed_on is not None
    assert (class_of(told), destroy_on(told, RULE)) == (
        "unsubstantiated", months_after(told.closed_on, 2),
    )  # fmt: skip
    told = closed(begun().concluded()).case
    assert told.closed_on is not None
    assert (class_of(told), destroy_on(told, RULE)) == (
        "substantiated", months_after(told.closed_on, 3),
    )  # fmt: skip
    # Paid after it was closed: 1 May, half past midnight in China, is counted from.
    late = closed(begun().opened()).tell("reward.paid", CASHIER, at="2026-04-30T16:30:00Z").case
    assert (class_of(late), destroy_on(late, RULE)) == ("rewarded", date(2026, 9, 1))
    assert erase_identity_on(late, RULE) == date(2026, 11, 1)


def test_two_persons_of_two_ranks_destroy_a_case_early(story: Story):
    asked(story)
    with pytest.raises(NotPermittedError):
        story.tell("destruction.confirmed", person("other", LEADER.office, "leader"))
    story.tell("destruction.confirmed", SUPERVISOR)
    story.tell("case.destroyed", JOBS, **{"class": "refused"})
    assert story.case.destroyed == "early"


def test_one_person_cannot_ask_and_confirm(begun: Begin):
    both = person("both", LEADER.office, "leader", "supervisor")
    story = refused(begun(supervisor="", offices=[LEADER.office]))
    story.tell("destruction.requested", both)
    with pytest.raises(SeparationError):
        story.tell("destruction.confirmed", both)


def test_an_early_destruction_wants_both_and_the_same_reason(story: Story):
    early = {"class": "refused"}
    with pytest.raises(RetentionError):
        refused(story).tell("case.destroyed", JOBS, **early)
    with pytest.raises(RetentionError):
        story.tell("destruction.confirmed", SUPERVISOR)
    story.tell("destruction.requested", LEADER)
    with pytest.raises(RetentionError):
        story.tell("case.destroyed", JOBS, **early)
    with pytest.raises(RetentionError):
        story.tell("destruction.confirmed", SUPERVISOR, reason_code="duplicate")


def test_an_open_unread_held_or_unpaid_case_is_never_destroyed(begun: Begin):
    with pytest.raises(WrongStateError):
        begun().concluded().tell("destruction.requested", LEADER)
    with pytest.raises(RetentionError) as kept:
        begun().concluded().tell("case.destroyed", JOBS, reason="retention")
    assert kept.value.reason == "open"
    with pytest.raises(RetentionError) as kept:
        begun().refused().tell("destruction.requested", LEADER)
    assert kept.value.reason == "unread"
    for story in (begun().reserved(), begun().approved(), begun().claimed()):
        with pytest.raises(RetentionError) as kept:
            closed(story).tell("case.destroyed", JOBS, reason="retention")
        assert kept.value.reason == "award_unpaid"
    held = refused(begun()).tell("hold.requested", SUPERVISOR)
    held.tell("hold.approved", CUSTODIAN_1).tell("hold.approved", CUSTODIAN_2, seat=2)
    for kind, who in (("destruction.requested", LEADER), ("case.destroyed", JOBS)):
        given = {"reason": "retention", "class": "refused"} if who is JOBS else {}
        with pytest.raises(HeldError):
            held.tell(kind, who, **given)


def test_what_is_destroyed_is_told_with_its_class_and_never_acted_on_again(story: Story):
    with pytest.raises(RetentionError):
        refused(story).tell("case.destroyed", JOBS, reason="retention")  # substantiated, it says
    story.tell("case.destroyed", JOBS, reason="retention", **{"class": "refused"})
    for kind, who in (
        ("message.sent", OFFICER),
        ("report.read", OFFICER),
        ("identity.withdrawn", REPORTER),
        ("case.destroyed", JOBS),
    ):
        with pytest.raises(DestroyedError):
            story.tell(kind, who)
    story.tell("identity.forgotten", JOBS)


def test_only_a_trial_report_is_destroyed_as_one(begun: Begin):
    trial = {"reason": "trial", "class": "unsubstantiated"}
    with pytest.raises(RetentionError):
        begun().tell("case.destroyed", JOBS, **trial)
    begun(channel="trial").tell("case.destroyed", JOBS, **trial)


def test_the_shipped_policies_say_how_long_and_by_what(policies: Policies):
    for policy in policies.by_id.values():
        rule = policy.retention
        if policy.comparator:  # never a case's rules
            continue
        assert rule is not None, policy.id
        assert rule.identity_months <= min(rule.months.values())
        assert rule.cite.doc


@pytest.mark.parametrize(
    ("line", "key"),
    [("refused_months = 0", "refused_months"), ("refused_months = 1201", "refused_months"),
     ("", "refused_months"), ("refused_months = 1\nyears = 2", "years")],
)  # fmt: skip
def test_a_policy_with_a_wrong_time_is_refused(line: str, key: str):
    head = """
[policy]
id = "x"
title = "样本"
doc_no = "样1号"
issuer_level = "county"
region = "410329"
sectors = []
read = "样本"
open_points = []
[policy.effective]
from = 2026-01-01
selector = "accepted_at"
"""
    rest = """
unsubstantiated_months = 1
substantiated_months = 1
rewarded_months = 1
identity_months = 1
cite = { doc = "样本", clause = "一", mark = "D" }
"""
    with pytest.raises(PolicyFileError) as refusal:
        parse_policies({"x.toml": f"{head}[retention]\n{line}\n{rest}".encode()})
    assert refusal.value.key == f"retention.{key}"
