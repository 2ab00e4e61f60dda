"""Policy files: what is shipped, what is in force where and when, and bad files refused whole."""

from datetime import date
from pathlib import Path

import pytest

from casework.domain.calendar import WorkCalendar
from casework.domain.deadline import Pause
from casework.domain.errors import (
    DeadlineError,
    ExtensionError,
    PolicyFileError,
    UnknownClockError,
    UnknownPolicyError,
)
from casework.domain.legal_clock import clock_due, reminder_days
from casework.domain.money import yuan
from casework.domain.policy import Policies, regions_up
from casework.domain.policy_file import parse_policies

POLICY = """
[policy]
id = "{id}"
title = "试行办法"
doc_no = "试〔2026〕1号"
issuer_level = "county"
region = "{region}"
read = "全文在手"
{more}

[policy.effective]
from = 2026-01-01
selector = "accepted_at"
{rest}
"""
CLOCK = """
[[deadline]]
key = "verify"
from_event = "accepted"
value = {value}
unit = "{unit}"
hard = {hard}
cite = {{ doc = "试〔2026〕1号", clause = "第一条", mark = "source" }}
"""
AWARD = """
[award]
principle = "receiver"
anonymous_mode = "none"
no_deaths = "refuse"
cite = { doc = "x", clause = "—", mark = "D" }
cap_cite = { doc = "x", clause = "—", mark = "D" }
[[award.item]]
id = "one"
classes = ["violation"]
amount = { kind = "percent", rate = 0.15, min_fen = 300_000 }
cite = { doc = "x", clause = "—", mark = "D" }
"""


def policy_file(
    policy_id: str = "test-1", *, more: str = "", rest: str = "", region: str = "410329"
) -> dict[str, bytes]:
    text = POLICY.format(id=policy_id, more=more, rest=rest, region=region)
    return {f"{policy_id}.toml": text.encode()}


def clock(value: int, unit: str = "day", hard: str = "false") -> str:
    return CLOCK.format(value=value, unit=unit, hard=hard)


# ---- what is shipped ------------------------------------------------------------------------


def test_the_shipped_rule_sets_load_and_say_what_was_read(policies: Policies):
    assert set(policies.by_id) == {
        "baiyin-2017",
        "cn-12345",
        "cn-2012",
        "cn-2018",
        "cn-2020",
        "eu-2019",
        "henan-2022",
        "henan-2025",
        "huining-2017",
        "shandong-2021",
        "yichuan-2022",
    }
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


@pytest.mark.parametrize(
    ("region", "on", "expected"),
    [
        ("410329", "2026-03-01", "yichuan-2022"),
        ("410329106000", "2026-03-01", "yichuan-2022"),
        ("410329", "2022-04-25", "yichuan-2022"),
        ("410329", "2022-04-24", "cn-2018"),
        ("410300", "2026-03-01", "henan-2025"),
        ("410305", "2024-03-01", "henan-2022"),
        ("620422", "2026-03-01", "huining-2017"),
        ("620403", "2026-03-01", "baiyin-2017"),
        ("620422", "2018-01-04", "huining-2017"),
        ("620422", "2018-01-03", "cn-2012"),
        ("371002", "2026-03-01", "shandong-2021"),
        ("110105", "2026-03-01", "cn-2018"),
    ],
)
def test_the_nearest_region_and_the_version_of_the_day_apply(
    policies: Policies, region: str, on: str, expected: str
):
    assert policies.in_force(region, "coal_mines", date.fromisoformat(on)).id == expected


def test_before_any_rule_there_is_none(policies: Policies):
    with pytest.raises(UnknownPolicyError):
        policies.in_force("410329", "coal_mines", date(2010, 1, 1))


def test_sector_then_precedence_then_the_newest_decide():
    files = {
        **policy_file("plain"),
        **policy_file("mines", more='sectors = ["coal_mines"]'),
        **policy_file("first", more="precedence = 5"),
    }
    found = Policies(parse_policies(files))
    assert found.in_force("410329", "coal_mines", date(2026, 3, 1)).id == "mines"
    assert found.in_force("410329", "schools", date(2026, 3, 1)).id == "first"


def test_regions_go_up_to_the_nation():
    assert regions_up("410329106000") == ("410329106000", "410329", "410300", "410000", "000000")
    assert regions_up("410000") == ("410000", "000000")


def test_the_hash_is_of_the_files_bytes():
    plain, spaced = policy_file(), {"test-1.toml": policy_file()["test-1.toml"] + b"\n"}
    one, two = parse_policies(plain)["test-1"], parse_policies(spaced)["test-1"]
    assert one.sha256 != two.sha256
    assert len(one.sha256) == 64


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


# ---- bad files ------------------------------------------------------------------------------


def test_a_local_limit_longer_than_a_hard_one_is_refused():
    def load(value: int, unit: str) -> None:
        parse_policies(
            {
                **policy_file("nation", rest=clock(60, hard="true"), region="000000"),
                **policy_file("town", more='inherits = "nation"', rest=clock(value, unit)),
            }
        )

    load(60, "day")
    load(60, "working_day")  # sometimes longer: cut when the date is computed
    for value, unit in ((61, "day"), (61, "working_day"), (3, "month"), (1, "year")):
        with pytest.raises(PolicyFileError) as refusal:
            load(value, unit)
        assert refusal.value.file == "town.toml"
        assert refusal.value.key == "deadline verify.value"


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('title = "试行办法"\n', "", "policy.title"),
        ('title = "试行办法"', "title = 3", "policy.title"),
        ('title = "试行办法"', 'title = "试行办法"\ncolour = "red"', "policy.colour"),
        ('issuer_level = "county"', 'issuer_level = "village"', "policy.issuer_level"),
        ('region = "410329"', 'region = "4103"', "policy.region"),
        ("from = 2026-01-01", 'from = "2026-01-01"', "policy.effective.from"),
        ("from = 2026-01-01", "from = 2026-01-01\nto = 2025-01-01", "policy.effective.to"),
        ('selector = "accepted_at"', 'selector = "later"', "policy.effective.selector"),
        ('key = "verify"', 'key = "lunch"', "deadline[1].key"),
        ('unit = "day"', 'unit = "moon"', "deadline[1].unit"),
        ("value = 30", "value = -1", "deadline[1].value"),
        ("value = 30", "value = 30.5", "deadline[1].value"),
        ("value = 30", "value = true", "deadline[1].value"),
        ("hard = false", 'hard = "no"', "deadline[1].hard"),
        ("hard = false", 'hard = false\nremind_at = ["noon"]', "deadline[1].remind_at"),
        ('mark = "source"', 'mark = "sure"', "deadline[1].cite.mark"),
        (', mark = "source"', "", "deadline[1].cite.mark"),
        ("rate = 0.15", "rate = 15", "award.item[1].amount.rate"),
        ("rate = 0.15", 'rate = "15 %"', "award.item[1].amount.rate"),
        ("min_fen = 300_000", "min_fen = 0", "award.item[1].amount.min_fen"),
        ("min_fen = 300_000", "least_fen = 300_000", "award.item[1].amount.least_fen"),
        ('classes = ["violation"]', 'classes = ["noise"]', "award.item[1].classes"),
        ('classes = ["violation"]', "classes = []", "award.item[1].classes"),
        ('kind = "percent"', 'kind = "guess"', "award.item[1].amount.kind"),
        ('no_deaths = "refuse"', 'no_deaths = "shrug"', "award.no_deaths"),
        ('read = "全文在手"', 'read = "全文在手"\ninherits = "nowhere"', "policy.inherits"),
        ('read = "全文在手"', 'read = "全文在手"\ninherits = "test-1"', "policy.inherits"),
        ('id = "test-1"', 'id = "test-2"', "policy.id"),
    ],
)
def test_a_bad_value_is_refused_with_file_key_and_what_was_expected(old: str, new: str, key: str):
    body = policy_file(rest=clock(30) + AWARD)["test-1.toml"].decode()
    assert parse_policies({"test-1.toml": body.encode()})
    assert old in body
    with pytest.raises(PolicyFileError) as refusal:
        parse_policies({"test-1.toml": body.replace(old, new, 1).encode()})
    assert (refusal.value.file, refusal.value.key) == ("test-1.toml", key)
    assert refusal.value.expected
    assert str(refusal.value).startswith("test-1.toml: ")


def test_a_clock_that_stands_twice_and_an_inheritance_in_a_ring_are_refused():
    with pytest.raises(PolicyFileError, match="key"):
        parse_policies(policy_file(rest=clock(30) + clock(20)))
    ring = {
        **policy_file("a", more='inherits = "b"'),
        **policy_file("b", more='inherits = "a"'),
    }
    with pytest.raises(PolicyFileError, match="inherits"):
        parse_policies(ring)


def test_what_is_no_toml_is_refused_with_its_line():
    with pytest.raises(PolicyFileError) as refusal:
        parse_policies({"test-1.toml": b"[policy]\nid = \n"})
    assert refusal.value.line == 2
    with pytest.raises(PolicyFileError):
        parse_policies({"test-1.toml": b"\xff\xfe"})


def test_a_folder_is_read_whole_or_not_at_all(tmp_path: Path):
    with pytest.raises(PolicyFileError):
        Policies.load(tmp_path)
    (tmp_path / "test-1.toml").write_bytes(policy_file()["test-1.toml"])
    assert set(Policies.load(tmp_path).by_id) == {"test-1"}
    (tmp_path / "test-2.toml").write_bytes(b"oops")
    with pytest.raises(PolicyFileError):
        Policies.load(tmp_path)
