"""More time on a clock, by the figures of the pinned policy (S24), on both databases."""

from datetime import date

import pytest

from asking import (
    accepted,
    ask_more,
    ask_pause,
    clock,
    decide_pause,
    grant_more,
    notices,
    refuse_more,
    to_day,
    with_rules,
)
from casework.domain.errors import (
    AlreadyDoneError,
    BadActError,
    ClockNotRunningError,
    ExtensionRefusedError,
    ExtensionTooLateError,
    NotPermittedError,
    SeparationError,
    UnknownAskError,
    WrongStateError,
)
from casework.services import clocks, extensions

# Up to 15 days by the head of the department, more and again by the office above; 40 in all.
LADDER = (
    """max_times = 1
max_value = 30
unit = "day"
approver_role = "supervisor"  # 部门负责人申请，安委办批准
""",
    """max_times = 2
max_value = 30
max_total = 40
unit = "day"
approver_role = "leader"
over = 15
over_role = "supervisor"
again_role = "supervisor"
""",
)
TWICE = ("max_times = 1\nmax_value = 30\n", "max_times = 2\nmax_value = 15\n")


@pytest.fixture
def report(world):
    return accepted(world)


@pytest.fixture
def on_ladder(world, monkeypatch, tmp_path):
    folder = tmp_path / "policies"
    folder.mkdir()
    with_rules(world, monkeypatch, folder, ladder=LADDER)
    return accepted(world)


# When --------------------------------------------------------------------------------------


def test_the_day_before_the_last_one_is_early_enough(world, report):
    to_day(world, "2026-03-31")
    asked = ask_more(world, report)
    case = grant_more(world, report, asked, "2026-05-01")
    assert case.verify_due_on == date(2026, 5, 1)
    assert clock(world, report).due.due_on == date(2026, 5, 1)
    assert (case.extensions[0].state, case.extensions[0].was) == ("granted", "2026-04-01")


@pytest.mark.parametrize("day", ["2026-04-01", "2026-04-02"])
def test_on_the_last_day_and_after_it_nothing_is_asked_for(world, report, day):
    to_day(world, day)
    with pytest.raises(ExtensionTooLateError) as refused:
        ask_more(world, report)
    assert refused.value.details["due_on"] == "2026-04-01"
    assert world.case(report).extensions == ()


def test_a_last_day_that_is_not_the_computed_one_opens_no_back_door(world, report):
    to_day(world, "2026-04-01")
    with pytest.raises(ExtensionTooLateError):
        ask_more(world, report, was="2026-05-01")
    to_day(world, "2026-03-30")
    with pytest.raises(BadActError, match="was"):
        ask_more(world, report, was="2026-05-01")


def test_it_is_granted_on_the_last_day_and_not_after_it(world, report):
    asked = ask_more(world, report)
    to_day(world, "2026-04-02")
    with pytest.raises(ExtensionTooLateError):
        grant_more(world, report, asked, "2026-05-01")
    to_day(world, "2026-04-01")
    grant_more(world, report, asked, "2026-05-01")


def test_after_a_pause_it_is_granted_until_the_last_day_that_the_pause_gave(world, report):
    """Asked for while 1 April was the last day; ten days then did not count."""
    asked = ask_more(world, report)
    decide_pause(world, report, ask_pause(world, report, "2026-03-03", "2026-03-12"))
    to_day(world, "2026-03-13")
    clocks.sweep(world.store, trust=world.trust, log_key=world.log_key, now=world.now)
    assert str(clock(world, report).due.due_on) == "2026-04-11"
    to_day(world, "2026-04-12")
    with pytest.raises(ExtensionTooLateError):
        grant_more(world, report, asked, "2026-05-11")
    to_day(world, "2026-04-11")
    grant_more(world, report, asked, "2026-05-11")


def test_while_the_clock_stands_still_it_is_granted_after_its_old_last_day(world, report):
    asked = ask_more(world, report)
    decide_pause(world, report, ask_pause(world, report, "2026-03-03", "2026-04-20"))
    to_day(world, "2026-04-02")
    new = extensions.extension_proposal(
        world.store, report=report, ordinal=asked, now=world.now
    ).new.due_on
    grant_more(world, report, asked, str(new))
    assert clock(world, report).extended == 30


def test_what_is_refused_leaves_the_last_day_where_it_was(world, report):
    asked = ask_more(world, report)
    case = refuse_more(world, report, asked)
    assert (case.verify_due_on, case.extensions[0].state) == (date(2026, 4, 1), "refused")
    assert clock(world, report).due.due_on == date(2026, 4, 1)
    with pytest.raises(WrongStateError):
        grant_more(world, report, asked, "2026-05-01")


def test_nothing_is_granted_once_the_verification_has_ended(world, report):
    asked = ask_more(world, report)
    world.conclude(report)
    with pytest.raises(ClockNotRunningError):
        grant_more(world, report, asked, "2026-05-01")
    assert refuse_more(world, report, asked).extensions[0].state == "refused"


# How much, and why -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "new_day"), [(1, "2026-04-02"), (10, "2026-04-11"), (30, "2026-05-01")]
)
def test_up_to_the_most_of_the_policy(world, report, value, new_day):
    grant_more(world, report, ask_more(world, report, value), new_day)
    assert clock(world, report).due.due_on == date.fromisoformat(new_day)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [({"value": 31}, "value"), ({"reason_code": "court"}, "reason_code")],
)
def test_beyond_the_policy_nothing_is_asked_for(world, report, changed, reason):
    with pytest.raises(ExtensionRefusedError) as refused:
        ask_more(world, report, **changed)
    assert refused.value.reason == reason


@pytest.mark.parametrize(("fact", "value"), [("unit", "working_day"), ("approver_role", "leader")])
def test_a_fact_that_is_not_the_policys_is_refused(world, report, fact, value):
    with pytest.raises(BadActError, match=fact):
        ask_more(world, report, **{fact: value})


def test_a_second_time_is_refused_where_the_policy_knows_one(world, report):
    grant_more(world, report, ask_more(world, report, 10), "2026-04-11")
    with pytest.raises(ExtensionRefusedError) as refused:
        ask_more(world, report, 10)
    assert refused.value.reason == "times"


def test_one_request_at_a_time(world, report):
    ask_more(world, report)
    with pytest.raises(AlreadyDoneError):
        ask_more(world, report)


@pytest.mark.parametrize(
    ("named", "refusal"),
    [
        ({"since": 1}, ClockNotRunningError),
        ({"since": 9}, WrongStateError),
        ({"clock": "close"}, ClockNotRunningError),
        ({"clock": "first_contact", "since": 1}, WrongStateError),  # accepting was the contact
    ],
)
def test_a_clock_that_does_not_run_is_not_lengthened(world, report, named, refusal):
    with pytest.raises(refusal):
        ask_more(world, report, **named)


def test_a_clock_for_which_the_policy_knows_no_extension(world):
    filed = world.file_report()
    with pytest.raises(ExtensionRefusedError) as refused:
        ask_more_of(world, filed.report, "sign_in")
    assert refused.value.reason == "no_rule"


def ask_more_of(world, report, key):
    facts = {"clock": key, "since": 1, "value": 1, "unit": "day", "reason_code": "complex"}
    due = clock(world, report, key, 1).due.due_on
    facts |= {"approver_role": "supervisor", "was": due.isoformat()}
    return extensions.request_extension(
        world.store,
        act=world.sign("yjj-officer", "extension.requested", report, facts),
        trust=world.trust,
        now=world.now,
    )


# Who ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["yjj-leader", "yjj-officer-2", "city-supervisor", "zjj-leader"])
def test_another_than_the_policy_names_decides_nothing(world, report, who):
    asked = ask_more(world, report)
    with pytest.raises(NotPermittedError):
        grant_more(world, report, asked, "2026-05-01", who)
    with pytest.raises(NotPermittedError):
        refuse_more(world, report, asked, who)


def test_the_head_decides_on_few_days_and_not_on_their_own_request(world, on_ladder):
    asked = ask_more(world, on_ladder, 15, "yjj-leader", approver_role="leader")
    with pytest.raises(SeparationError):
        grant_more(world, on_ladder, asked, "2026-04-16", "yjj-leader")
    with pytest.raises(NotPermittedError):
        grant_more(world, on_ladder, asked, "2026-04-16", "awb-supervisor")


def test_few_days_by_the_head_more_and_again_by_the_office_above(world, on_ladder):
    with pytest.raises(BadActError, match="approver_role"):
        ask_more(world, on_ladder, 15, approver_role="supervisor")
    with pytest.raises(BadActError, match="approver_role"):
        ask_more(world, on_ladder, 16, approver_role="leader")
    asked = ask_more(world, on_ladder, 15, approver_role="leader")
    grant_more(world, on_ladder, asked, "2026-04-16", "yjj-leader")
    with pytest.raises(BadActError, match="approver_role"):
        ask_more(world, on_ladder, 5, approver_role="leader")
    again = ask_more(world, on_ladder, 5, approver_role="supervisor")
    with pytest.raises(NotPermittedError):
        grant_more(world, on_ladder, again, "2026-04-21", "yjj-leader")
    grant_more(world, on_ladder, again, "2026-04-21", "awb-supervisor")


def test_all_times_together_stay_within_the_total(world, on_ladder):
    first = ask_more(world, on_ladder, 30, approver_role="supervisor")
    grant_more(world, on_ladder, first, "2026-05-01")
    with pytest.raises(ExtensionRefusedError) as refused:
        ask_more(world, on_ladder, 11)
    assert (refused.value.reason, refused.value.most) == ("total", 10)
    grant_more(world, on_ladder, ask_more(world, on_ladder, 10), "2026-05-11")


# What is signed and told -------------------------------------------------------------------


@pytest.mark.parametrize("due_on", ["2026-04-30", "2026-05-02", "2026-04-01"])
def test_the_new_last_day_is_the_one_that_the_rules_give(world, report, due_on):
    asked = ask_more(world, report)
    with pytest.raises(BadActError, match="due_on"):
        grant_more(world, report, asked, due_on)
    assert world.case(report).verify_due_on == date(2026, 4, 1)


def test_the_reporter_must_be_told_why(world, report):
    asked = ask_more(world, report)
    with pytest.raises(ExtensionRefusedError) as refused:
        grant_more(world, report, asked, "2026-05-01", tell=False)
    assert refused.value.reason == "no_reason"
    assert world.case(report).extensions[0].state == "requested"


def test_a_hard_limit_above_cuts_it_and_one_that_changes_nothing_is_not_asked_for(
    world, monkeypatch, tmp_path
):
    """Thirty days, a pause of sixty and 15 more: the nation's 60 + 30 days do not pause."""
    folder = tmp_path / "policies"
    folder.mkdir()
    with_rules(world, monkeypatch, folder, twice=TWICE)
    report = accepted(world)
    decide_pause(world, report, ask_pause(world, report, "2026-03-02", "2026-04-30"))
    to_day(world, "2026-04-20")
    limited = clock(world, report).due
    assert (limited.due_on, limited.limited_by) == (date(2026, 5, 6), "cn-2018")
    asked = ask_more(world, report, 15)
    found = extensions.extension_proposal(world.store, report=report, ordinal=asked, now=world.now)
    assert (found.new.due_on, found.new.limited_by) == (date(2026, 6, 1), "cn-2018")
    grant_more(world, report, asked, "2026-06-01")
    with pytest.raises(ExtensionRefusedError) as refused:
        ask_more(world, report, 15)
    assert refused.value.reason == "limited"


def test_what_was_never_asked_for_is_not_shown(world, report):
    with pytest.raises(UnknownAskError):
        extensions.extension_proposal(world.store, report=report, ordinal=2, now=world.now)


def test_who_decides_and_who_asked_get_a_notice(world, report):
    refuse_more(world, report, ask_more(world, report))
    assert set(notices(world)) >= {
        ("extension.requested", "410329-awb"),
        ("extension.refused", "410329-yjj"),
    }
