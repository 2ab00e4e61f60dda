"""A policy's clock under hard limits: extensions, pauses and hours in both, and what binds."""

from datetime import date

import pytest

from casework.domain.calendar import CalendarRow, DayKind, WorkCalendar
from casework.domain.deadline import Pause, Unit, parse_start
from casework.domain.errors import DeadlineError, ExtensionError
from casework.domain.legal_clock import binding_rule, clock_days, clock_due
from casework.domain.policy import Policies, Policy
from casework.domain.policy_file import parse_policies

CITE = '{ doc = "试〔2026〕1号", clause = "第一条", mark = "source" }'
FIRST_MARCH = date(2026, 3, 1)


def file(policy_id: str, clock: str, *, inherits: str = "", region: str = "410329") -> bytes:
    """Write a policy file of one clock."""
    return f"""
[policy]
id = "{policy_id}"
title = "试行办法"
doc_no = "试〔2026〕1号"
issuer_level = "county"
region = "{region}"
read = "全文在手"
{f'inherits = "{inherits}"' if inherits else ""}
[policy.effective]
from = 2026-01-01
selector = "accepted_at"
[[deadline]]
key = "verify"
from_event = "accepted"
cite = {CITE}
{clock}
""".encode()


def extend(most: int, unit: str = "day", times: int = 1) -> str:
    return f"""
[deadline.extend]
max_times = {times}
max_value = {most}
unit = "{unit}"
approver_role = "supervisor"
cite = {CITE}
"""


def pause(days: int, *reasons: str) -> str:
    codes = ", ".join(f'"{one}"' for one in reasons or ("expert_test",))
    return f"[deadline.pause]\nreasons = [{codes}]\nmax_days = {days}\ncite = {CITE}\n"


def town(own: str, above: str) -> Policy:
    """A town's policy under a hard limit of the nation."""
    files = {
        "nation.toml": file("nation", f"hard = true\n{above}", region="000000"),
        "town.toml": file("town", own, inherits="nation"),
    }
    return parse_policies(files)["town"]


def days(value: int, unit: str = "day", end: str = "keep") -> str:
    return f'value = {value}\nunit = "{unit}"\nend = "{end}"\n'


def test_the_own_limit_binds_where_both_end_on_the_same_day(china: WorkCalendar):
    policy = town(days(30), days(30))
    answer = clock_due(policy, "verify", FIRST_MARCH, calendar=china)
    assert (answer.due_on, answer.limited_by) == (date(2026, 3, 31), None)
    assert binding_rule(policy, "verify", answer).policy_id == "town"


def test_a_month_is_cut_at_thirty_days_where_it_is_longer(china: WorkCalendar):
    policy = town(days(1, "month"), days(30))
    march = clock_due(policy, "verify", FIRST_MARCH, calendar=china)
    assert (march.due_on, march.limited_by) == (date(2026, 3, 31), "nation")
    april = clock_due(policy, "verify", date(2026, 4, 1), calendar=china)
    assert (april.due_on, april.limited_by) == (date(2026, 5, 1), None)


def test_a_local_limit_that_rolls_is_cut_where_the_hard_one_keeps(china: WorkCalendar):
    policy = town(days(30, end="roll"), days(30))
    answer = clock_due(policy, "verify", date(2026, 9, 2), calendar=china)
    assert (answer.due_on, answer.limited_by) == (date(2026, 10, 2), "nation")
    lines = clock_days(policy, "verify", date(2026, 9, 2), answer, calendar=china)
    assert (lines[-1].on, lines[-1].number, lines[-1].why) == (date(2026, 10, 2), 30, "")


def test_with_an_extension_the_hard_limit_is_as_long_as_its_own_rule_allows(china: WorkCalendar):
    policy = town(days(30) + extend(30), days(40) + extend(10, times=2))
    plain = clock_due(policy, "verify", FIRST_MARCH, calendar=china)
    longest = clock_due(policy, "verify", FIRST_MARCH, calendar=china, extend=30)
    assert (plain.due_on, plain.limited_by) == (date(2026, 3, 31), None)
    assert (longest.due_on, longest.limited_by) == (date(2026, 4, 30), None)


def test_an_extension_is_refused_above_all_times_together(china: WorkCalendar):
    policy = town(days(10) + extend(10, times=2) + "max_total = 15\n", days(60))
    assert clock_due(policy, "verify", FIRST_MARCH, calendar=china, extend=15).due_on == date(
        2026, 3, 26
    )
    for number in (16, -1):
        with pytest.raises(ExtensionError):
            clock_due(policy, "verify", FIRST_MARCH, calendar=china, extend=number)


def test_a_hard_limit_stands_still_no_longer_than_its_own_rule_lets_it(china: WorkCalendar):
    own = days(30) + pause(60)
    early = Pause(date(2026, 3, 5), date(2026, 3, 8))
    late = Pause(date(2026, 3, 11), date(2026, 4, 9))
    for above, last, by in (
        (days(35), date(2026, 4, 5), "nation"),  # knows no pause
        (days(35) + pause(10), date(2026, 4, 15), "nation"),  # ten of the 34 days
        (days(35) + pause(60), date(2026, 5, 4), None),  # all of them: the own limit is shorter
    ):
        answer = clock_due(
            town(own, above), "verify", FIRST_MARCH, calendar=china, pauses=[early, late]
        )
        assert (answer.due_on, answer.limited_by) == (last, by), above


def test_a_hard_limit_stands_still_for_the_reasons_it_knows(china: WorkCalendar):
    policy = town(
        days(30) + pause(60, "expert_test", "waiting_for_reporter"),
        days(35) + pause(60, "expert_test"),
    )
    first, last = date(2026, 3, 5), date(2026, 3, 24)
    known, other = Pause(first, last, "expert_test"), Pause(first, last, "waiting_for_reporter")
    answer = clock_due(policy, "verify", FIRST_MARCH, calendar=china, pauses=[known])
    assert (answer.due_on, answer.limited_by) == (date(2026, 4, 20), None)
    answer = clock_due(policy, "verify", FIRST_MARCH, calendar=china, pauses=[other])
    assert (answer.due_on, answer.limited_by) == (date(2026, 4, 5), "nation")
    stranger = Pause(first, last, "court")
    with pytest.raises(DeadlineError) as refusal:
        clock_due(policy, "verify", FIRST_MARCH, calendar=china, pauses=[stranger])
    assert refusal.value.key == "pause"


def test_the_lines_of_a_clock_are_those_of_the_rule_that_binds(china: WorkCalendar):
    policy = town(days(30, "working_day"), days(40, end="roll"))
    start = date(2026, 9, 20)
    answer = clock_due(policy, "verify", start, calendar=china)
    lines = clock_days(policy, "verify", start, answer, calendar=china)
    # 40 days end on Friday 30 October; every day counts, holidays too.
    assert answer.limited_by == "nation"
    assert [line.number for line in lines] == list(range(1, 41))


def test_the_lines_of_an_extension_in_another_unit(china: WorkCalendar):
    policy = town(days(5) + extend(3, "working_day"), days(60))
    start = date(2026, 11, 1)
    answer = clock_due(policy, "verify", start, calendar=china, extend=2)
    lines = clock_days(policy, "verify", start, answer, calendar=china, extend=2)
    assert [(line.on.day, line.number, line.why) for line in lines][-4:] == [
        (7, 0, "weekend"), (8, 0, "weekend"), (9, 6, ""), (10, 7, ""),
    ]  # fmt: skip


def test_a_clock_in_hours_counts_in_its_windows(china: WorkCalendar):
    own = days(4, "hour") + 'windows = [{ first = "08:30", last = "12:00" }]\n'
    policy = parse_policies({"town.toml": file("town", own)})["town"]
    start = parse_start("2026-11-06T11:00")
    answer = clock_due(policy, "verify", start, calendar=china)
    assert answer.due_at is not None
    assert answer.due_at.isoformat() == "2026-11-09T11:30:00+08:00"
    lines = clock_days(policy, "verify", start, answer, calendar=china)
    assert [line.on.day for line in lines if line.counted] == [6, 9]
    assert policy.clock("verify").unit is Unit.HOUR


def test_a_limit_cut_short_is_provisional_as_long_as_either_may_move(china: WorkCalendar):
    # 20 working days from 14 December 2026 end in a year that is not published.
    policy = town(days(20, "working_day"), days(25))
    cut = clock_due(policy, "verify", date(2026, 12, 14), calendar=china)
    assert (cut.due_on, cut.limited_by, cut.provisional) == (date(2027, 1, 8), "nation", True)
    policy = town(days(12, "working_day"), days(15))
    cut = clock_due(policy, "verify", date(2026, 12, 16), calendar=china)
    # Whatever the notice of 2027 says, the hard limit comes first.
    assert (cut.due_on, cut.limited_by, cut.provisional) == (
        date(2026, 12, 31), "nation", False,
    )  # fmt: skip
    known = china.with_notice(2027, [CalendarRow(date(2027, 1, 1), DayKind.HOLIDAY)])
    policy = town(days(20, "working_day"), days(25))
    assert not clock_due(policy, "verify", date(2026, 12, 14), calendar=known).provisional


@pytest.mark.parametrize("start", ["2026-09-24T10:00", "2026-12-30T23:30", "2025-01-31"])
def test_every_clock_of_every_shipped_policy_can_be_listed_day_by_day(
    policies: Policies, china: WorkCalendar, start: str
):
    begun = parse_start(start)
    for policy in policies.by_id.values():
        for key in policy.clocks:
            answer = clock_due(policy, key, begun, calendar=china)
            lines = clock_days(policy, key, begun, answer, calendar=china)
            left_out = [line.on for line in lines if not line.counted and line.why != "closed"]
            assert left_out == [skip.on for skip in answer.skipped], (policy.id, key)
            assert not lines or lines[-1].on == answer.due_on, (policy.id, key)
