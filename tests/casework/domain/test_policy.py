"""What the shipped rule sets say, and the clocks of policies."""

from datetime import date

import pytest

from casework.domain.calendar import WorkCalendar
from casework.domain.deadline import Pause
from casework.domain.errors import (
    DeadlineError,
    ExtensionError,
    UnknownClockError,
    UnknownPolicyError,
)
from casework.domain.legal_clock import clock_due, reminder_days
from casework.domain.money import yuan
from casework.domain.policy import Policies

# ---- what is shipped ------------------------------------------------------------------------


def test_the_shipped_rule_sets_load_and_say_what_was_read(policies: Policies):
    assert set(policies.by_id) == {
        "baiyin-2017", "changsha-2024", "cn-12345", "cn-2012", "cn-2018", "cn-2020", "csrc-2026",
        "eu-2019", "fujian", "henan-2022", "henan-2025", "hubei-2019", "huining-2017",
        "liangshan-2024", "longhua-2022", "mines-2021", "ningxia-2021", "qinghai-2023",
        "qinghai-2024", "samr-2021", "shandong-2019", "shandong-2021", "shenzhen", "sichuan-2021",
        "taizhou-2020", "tongzhou-2020", "yichuan-2022", "yunnan-2023",
    }  # fmt: skip
    for policy in policies.by_id.values():
        assert policy.read
        assert policy.open_points
        for rule in policy.own_clocks.values():
            assert rule.cite.doc
            assert rule.cite.mark in ("S", "M", "D", "source")


def test_an_unconfirmed_clause_is_marked_where_it_is_shown(policies: Policies):
    assert (
        policies.get("cn-2018").clock("verify").cite.shown
        == "安监总财〔2018〕19号 第九条（条文待核）"
    )
    assert policies.get("yichuan-2022").clock("verify").cite.shown == "伊安委〔2022〕6号 第43条"


def test_yichuan_takes_its_amounts_from_the_nation_and_has_its_own_fund(policies: Policies):
    yichuan = policies.get("yichuan-2022")
    assert yichuan.inherits == "cn-2018"
    assert yichuan.award is policies.get("cn-2018").award
    assert yichuan.budget is not None
    assert yichuan.budget.yearly_fen == yuan(1_000_000)
    assert yichuan.clock("claim").policy_id == "cn-2018"
    assert set(yichuan.clocks) >= {"verify", "claim", "accident_entry"}


def test_an_unknown_policy_or_clock_is_named(policies: Policies):
    with pytest.raises(UnknownPolicyError):
        policies.get("atlantis-1900")
    with pytest.raises(UnknownClockError):
        policies.get("cn-2018").clock("accident_entry")


# ---- clocks of policies ---------------------------------------------------------------------


def test_yichuan_verifies_in_thirty_calendar_days_without_rolling(
    policies: Policies, china: WorkCalendar
):
    yichuan = policies.get("yichuan-2022")
    answer = clock_due(yichuan, "verify", date(2026, 11, 2), calendar=china)
    assert answer.as_json() == {
        "due_on": "2026-12-02",
        "due_at": None,
        "provisional": False,
        "policy": "yichuan-2022",
        "clause": "伊安委〔2022〕6号 第43条",
        "skipped": [],
        "limited_by": None,
    }
    # 2 October 2026 is within National Day: the strictest reading keeps it.
    kept = clock_due(yichuan, "verify", date(2026, 9, 2), calendar=china)
    assert kept.due_on == date(2026, 10, 2)


def test_the_nation_gives_sixty_days_and_rolls(policies: Policies, china: WorkCalendar):
    answer = clock_due(policies.get("cn-2018"), "verify", date(2026, 8, 3), calendar=china)
    assert answer.due_on == date(2026, 10, 8)


def test_an_extension_is_at_most_what_the_policy_says(policies: Policies, china: WorkCalendar):
    yichuan = policies.get("yichuan-2022")
    longest = clock_due(yichuan, "verify", date(2026, 3, 1), calendar=china, extend=30)
    assert longest.due_on == date(2026, 4, 30)
    assert longest.limited_by is None
    with pytest.raises(ExtensionError):
        clock_due(yichuan, "verify", date(2026, 3, 1), calendar=china, extend=31)
    with pytest.raises(ExtensionError):
        clock_due(yichuan, "accident_entry", date(2026, 3, 1), calendar=china, extend=1)


def test_a_pause_stops_the_local_clock_and_not_the_hard_limit_above(
    policies: Policies, china: WorkCalendar
):
    yichuan, start = policies.get("yichuan-2022"), date(2026, 3, 1)
    short = Pause(date(2026, 3, 10), date(2026, 3, 29))
    answer = clock_due(yichuan, "verify", start, calendar=china, pauses=[short])
    assert (answer.due_on, answer.limited_by) == (date(2026, 4, 20), None)
    long = Pause(date(2026, 3, 10), date(2026, 4, 20))
    answer = clock_due(yichuan, "verify", start, calendar=china, pauses=[long])
    assert (answer.due_on, answer.limited_by) == (date(2026, 4, 30), "cn-2018")
    assert answer.policy == "yichuan-2022"


def test_pauses_only_where_the_rule_knows_them_and_not_for_ever(
    policies: Policies, china: WorkCalendar
):
    day, start = date(2026, 3, 10), date(2026, 3, 1)
    with pytest.raises(DeadlineError):
        clock_due(
            policies.get("cn-2018"), "verify", start, calendar=china, pauses=[Pause(day, day)]
        )
    with pytest.raises(DeadlineError):
        clock_due(
            policies.get("yichuan-2022"),
            "verify",
            start,
            calendar=china,
            pauses=[Pause(day, date(2026, 5, 10))],
        )


def test_reminders_come_at_parts_of_the_way_and_days_before():
    stages = ["50%", "80%", "T-7", "T-3", "T-1", "100%"]
    days = reminder_days(date(2026, 3, 1), date(2026, 3, 31), stages)
    assert [(stage, day.day) for stage, day in days] == [
        ("50%", 16),
        ("T-7", 24),
        ("80%", 25),
        ("T-3", 28),
        ("T-1", 30),
        ("100%", 31),
    ]
    # Stages that would lie before the start are left out.
    assert reminder_days(date(2026, 3, 1), date(2026, 3, 3), ["T-7"]) == ()
    with pytest.raises(ValueError):
        reminder_days(date(2026, 3, 1), date(2026, 3, 3), ["soon"])
