"""A local limit may be stricter than a hard one above it, never looser."""

from datetime import date

import pytest

from casework.domain.calendar import WorkCalendar
from casework.domain.errors import PolicyFileError
from casework.domain.legal_clock import clock_due
from casework.domain.policy import Policies, Policy
from casework.domain.policy_file import parse_policies
from casework.domain.policy_strictness import gaps
from policy_text import clock, extend, ladder, policy_file

LADDER = ladder(
    ("head", 1, "day"),
    ("supervisor", 1, "working_day"),
    ("listing", 5, "working_day"),
    ("committee", 10, "working_day"),
    ("assessment", 20, "working_day"),
)
HOURS = 'windows = [{ first = "08:30", last = "12:00" }]'


def town(above: str, own: str) -> Policy:
    """Return a town's policy whose nation has the clock *above*."""
    files = {
        **policy_file("nation", rest=above, region="000000"),
        **policy_file("town", more='inherits = "nation"', rest=own),
    }
    return parse_policies(files)["town"]


def refused(above: str, own: str) -> PolicyFileError:
    """Return the refusal of a town's file, after showing that its first is accepted."""
    with pytest.raises(PolicyFileError) as refusal:
        town(above, own)
    assert refusal.value.file == "town.toml"
    return refusal.value


@pytest.mark.parametrize(
    ("most", "unit", "looser"),
    [
        (60, "day", 61),
        (60, "working_day", 61),  # 60 working days are longer on most days: cut when computed
        (2, "month", 3),
        (0, "year", 1),
        (1440, "hour", 1441),
        (86_400, "minute", 86_401),
    ],
)
def test_sixty_days_are_not_exceeded_in_any_unit(most: int, unit: str, looser: int):
    above = clock(60, hard="true")
    assert town(above, clock(most, unit)).clock("verify").value == most
    refusal = refused(above, clock(looser, unit))
    assert refusal.key == "deadline verify.value"
    assert "60 day" in refusal.expected
    assert "nation" in refusal.expected


@pytest.mark.parametrize(
    ("value", "unit", "most", "other", "looser"),
    [
        (1, "month", 31, "day", 32),
        (3, "month", 93, "day", 94),
        (1, "year", 366, "day", 367),
        (1, "year", 13, "month", 14),
        (2, "working_day", 24, "day", 25),
        (24, "hour", 1440, "minute", 1441),
        (24, "hour", 1, "day", 2),
    ],
)
def test_units_are_compared_by_the_shortest_against_the_longest(
    value: int, unit: str, most: int, other: str, looser: int
):
    above = clock(value, unit, hard="true")
    assert town(above, clock(most, other))
    assert refused(above, clock(looser, other)).key == "deadline verify.value"


def test_a_limit_that_is_not_hard_may_be_replaced_by_a_longer_one():
    assert town(clock(30), clock(90)).clock("verify").value == 90


def test_a_limit_is_held_against_every_hard_one_above_it():
    def load(days: int) -> None:
        parse_policies(
            {
                **policy_file("nation", rest=clock(40, hard="true"), region="000000"),
                **policy_file("city", more='inherits = "nation"', rest=clock(30, hard="false")),
                **policy_file("town", more='inherits = "city"', rest=clock(days)),
            }
        )

    load(40)
    with pytest.raises(PolicyFileError, match="nation"):
        load(41)


def test_the_line_of_the_looser_limit_is_named():
    own = clock(10, key="recheck", start="rectified") + clock(61)
    files = {
        **policy_file("nation", rest=clock(60, hard="true"), region="000000"),
        **policy_file("town", more='inherits = "nation"', rest=own),
    }
    with pytest.raises(PolicyFileError) as refusal:
        parse_policies(files)
    text = files["town.toml"].decode().splitlines()
    assert refusal.value.line is not None
    assert text[refusal.value.line - 1] == "value = 61"


def test_the_limit_with_its_extension_stays_within_the_hard_one_with_its_own():
    above = clock(60, hard="true") + extend(30)
    assert town(above, clock(30) + extend(60))
    refusal = refused(above, clock(30) + extend(61))
    assert refusal.key == "deadline verify.extend.max_value"
    assert "60 day and 30 day" in refusal.expected
    # Where the hard limit knows no extension, the local one with its own stays within it.
    assert town(clock(60, hard="true"), clock(30) + extend(30))
    assert refused(clock(60, hard="true"), clock(30) + extend(31))


def test_several_extensions_count_together():
    above = clock(60, hard="true") + extend(30)
    assert town(above, clock(30) + extend(30, more="max_times = 2"))
    assert refused(above, clock(30) + extend(31, more="max_times = 2"))
    assert town(above, clock(30) + extend(31, more="max_times = 2\nmax_total = 60"))
    assert refused(above, clock(30) + extend(31, more="max_times = 2\nmax_total = 61"))


def test_extensions_in_other_units_are_compared_by_the_shortest():
    above = clock(60, hard="true") + extend(30)
    assert town(above, clock(30) + extend(60, "working_day"))
    assert refused(above, clock(30) + extend(61, "working_day"))
    assert town(above, clock(1, "month") + extend(2, "month"))  # 84 to 92 days
    assert refused(above, clock(1, "month") + extend(3, "month"))


@pytest.mark.parametrize(("first", "expected"), [("keep", "2026-10-02"), ("roll", "2026-10-02")])
def test_a_last_day_that_rolls_is_cut_at_a_hard_one_that_does_not(
    china: WorkCalendar, first: str, expected: str
):
    own = town(clock(30, hard="true", more='end = "keep"'), clock(30, more=f'end = "{first}"'))
    answer = clock_due(own, "verify", date(2026, 9, 2), calendar=china)
    assert answer.due_on.isoformat() == expected
    assert answer.limited_by == ("nation" if first == "roll" else None)


def test_a_local_limit_may_keep_what_the_nation_rolls(china: WorkCalendar):
    own = town(clock(30, hard="true"), clock(30, more='end = "keep"'))
    answer = clock_due(own, "verify", date(2026, 9, 2), calendar=china)
    assert (answer.due_on, answer.limited_by) == (date(2026, 10, 2), None)


def test_thirty_working_days_are_cut_at_a_hard_limit_of_forty_days(china: WorkCalendar):
    files = {
        **policy_file("nation", rest=clock(40, hard="true"), region="000000"),
        **policy_file("town", more='inherits = "nation"', rest=clock(30, "working_day")),
    }
    town = parse_policies(files)["town"]
    # Over National Day 30 working days are 47 days.
    answer = clock_due(town, "verify", date(2026, 9, 20), calendar=china)
    assert (answer.due_on, answer.limited_by) == (date(2026, 10, 30), "nation")
    ordinary = clock_due(town, "verify", date(2026, 5, 11), calendar=china)
    assert (ordinary.due_on, ordinary.limited_by) == (date(2026, 6, 22), "nation")


def test_a_longer_pause_is_no_looser_limit():
    rule = """
[deadline.pause]
reasons = ["expert_test"]
max_days = {days}
cite = {{ doc = "x", clause = "—", mark = "D" }}
"""
    above = clock(60, hard="true") + rule.format(days=10)
    pause = town(above, clock(30) + rule.format(days=60)).clock("verify").pause
    assert pause is not None
    assert pause.max_days == 60


def test_a_hard_limit_cannot_be_escaped_by_another_beginning_or_another_end():
    above = clock(15, key="accept", start="submitted", hard="true")
    deemed = clock(
        15, key="accept", start="submitted", hard="true", more='on_breach = "deem_accepted"'
    )
    assert town(above, clock(15, key="accept", start="submitted"))
    late = refused(above, clock(15, key="accept", start="dispatched"))
    assert late.key == "deadline accept.from_event"
    silent = refused(deemed, clock(15, key="accept", start="submitted"))
    assert silent.key == "deadline accept.on_breach"


def test_hours_of_work_are_compared_only_with_the_same_hours_of_work():
    above = clock(8, "hour", hard="true", more=HOURS)
    assert town(above, clock(8, "hour", more=HOURS))
    assert refused(above, clock(9, "hour", more=HOURS)).key == "deadline verify.value"
    # Hours of all days against hours of work: which is longer depends on the day.
    assert town(above, clock(48, "hour"))
    # The other way round 9 hours of work are never shorter than 9 hours.
    plain = clock(8, "hour", hard="true")
    assert town(plain, clock(8, "hour", more=HOURS))
    assert refused(plain, clock(9, "hour", more=HOURS))


# ---- what a case cannot do without ----------------------------------------------------------


def test_a_policy_says_what_a_case_could_not_do_without():
    bare = parse_policies(policy_file())["test-1"]
    assert gaps(bare) == ("deadline accept", "deadline verify", "deadline close", "rung")
    full = (
        clock(15, key="accept", start="submitted")
        + clock(60)
        + clock(60, key="close", start="concluded")
        + LADDER
    )
    assert gaps(parse_policies(policy_file(rest=full))["test-1"]) == ()
    late = full.replace('from_event = "accepted"', 'from_event = "dispatched"')
    assert gaps(parse_policies(policy_file(rest=late))["test-1"]) == (
        'deadline verify with from_event = "accepted"',
    )


def test_no_shipped_policy_leaves_a_case_without_a_clock(policies: Policies):
    lacking = {one.id: gaps(one) for one in policies.by_id.values() if not one.comparator}
    assert set(lacking.values()) == {()}
