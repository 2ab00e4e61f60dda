"""The rule commands: shapes that programs rely on, and every kind of wrong input."""

import hashlib
import json

import pytest

from casework.services.rules import POLICY_FOLDER
from command_line import Answer, tonggui

QUOTE_KEYS = [
    "policy", "policy_sha256", "outcome", "amount_fen", "range_fen", "shares_fen", "reason",
    "needs", "trace",
]  # fmt: skip


def explain(*more: str) -> Answer:
    return tonggui("route", "explain", "--region", "410329", *more, "--json")


# route ----------------------------------------------------------------------------------------


def test_route_explain_answers_who_and_why():
    answer = explain("--sector", "town_gas", "--matter", "violation")
    assert answer.json == {
        "lead": "410329-zjj",
        "lead_name": "伊川县住房和城乡建设局",
        "co_handlers": [],
        "supervisor": "410329-awb",
        "undetermined": False,
        "rule": "r-town-gas",
        "reason": "县住建局承担燃气领域专项整治（第19条）",
    }


def test_route_explain_of_what_no_rule_matches_is_undetermined():
    told = explain("--sector", "other", "--matter", "violation").json
    assert (told["lead"], told["supervisor"]) == ("410329-awb", "410300-awb")
    assert (told["undetermined"], told["rule"]) == (True, None)


def test_route_explain_never_sends_a_report_to_whom_it_is_about():
    about = ("--sector", "coal_mines", "--matter", "violation", "--about", "410329-yjj")
    told = explain(*about).json
    assert "410329-yjj" not in (told["lead"], told["supervisor"], *told["co_handlers"])


def test_route_explain_takes_a_township():
    told = tonggui(
        "route", "explain", "--region", "410329106000",
        "--sector", "schools", "--matter", "general_hazard", "--json",
    )  # fmt: skip
    assert told.json["lead"] == "410329-jytyj"


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        (["--region", "999999", "--sector", "schools", "--matter", "violation"], "region"),
        (["--region", "../..", "--sector", "schools", "--matter", "violation"], "region"),
        (["--region", "410329999000", "--sector", "schools", "--matter", "violation"], "region"),
        (["--region", "410329", "--sector", "gas", "--matter", "violation"], "sector"),
        (["--region", "410329", "--sector", "schools", "--matter", "noise"], "matter"),
        (
            ["--region", "410329", "--sector", "schools", "--matter", "violation",
             "--about", "410329-x"],
            "about",
        ),
    ],
)  # fmt: skip
def test_route_explain_names_the_code_that_nobody_knows(typed, key):
    told = tonggui("route", "explain", *typed, "--json").refusal
    assert told["key"] == key
    assert told["expected"]
    assert tonggui("route", "explain", *typed).sentence


def test_route_sectors_lists_code_and_name():
    listed = tonggui("route", "sectors", "--json").json
    assert {"code": "town_gas", "name": "城镇燃气"} in listed
    assert all(list(one) == ["code", "name"] for one in listed)
    assert tonggui("route", "sectors").out.splitlines()[1].startswith(listed[0]["code"])


# deadline -------------------------------------------------------------------------------------


def test_deadline_explain_follows_the_policy():
    answer = tonggui(
        "deadline", "explain", "--policy", "yichuan-2022", "--clock", "verify",
        "--start", "2026-11-02", "--json",
    )  # fmt: skip
    assert answer.json == {
        "due_on": "2026-12-02",
        "due_at": None,
        "provisional": False,
        "policy": "yichuan-2022",
        "clause": "伊安委〔2022〕6号 第43条",
        "skipped": [],
        "limited_by": None,
    }


def test_deadline_explain_counts_hours_from_the_instant():
    told = tonggui(
        "deadline", "explain", "--value", "24", "--unit", "hour",
        "--start", "2026-11-02T22:30", "--json",
    ).json  # fmt: skip
    assert told["due_on"] == "2026-11-03"
    assert told["due_at"] == "2026-11-03T22:30:00+08:00"
    assert (told["policy"], told["clause"], told["limited_by"]) == (None, None, None)


def test_deadline_explain_names_the_days_left_out():
    told = tonggui(
        "deadline", "explain", "--value", "5", "--unit", "working_day",
        "--start", "2026-09-28", "--json",
    ).json  # fmt: skip
    assert told["due_on"] == "2026-10-10"
    assert told["skipped"][0] == {"on": "2026-10-01", "why": "holiday"}


@pytest.mark.parametrize(("end", "due_on"), [("roll", "2026-11-23"), ("keep", "2026-11-22")])
def test_deadline_explain_rolls_or_keeps_a_day_of_rest(end, due_on):
    told = tonggui(
        "deadline", "explain", "--value", "20", "--unit", "day", "--end", end,
        "--start", "2026-11-02", "--json",
    )  # fmt: skip
    assert told.json["due_on"] == due_on


def test_deadline_explain_leaves_paused_days_out():
    told = tonggui(
        "deadline", "explain", "--value", "10", "--unit", "day", "--start", "2026-11-02",
        "--pause", "2026-11-05..2026-11-06", "--json",
    ).json  # fmt: skip
    assert told["due_on"] == "2026-11-16"  # the 14th is a Saturday
    assert {"on": "2026-11-05", "why": "paused"} in told["skipped"]


def test_deadline_explain_says_that_a_year_is_not_published():
    typed = ("deadline", "explain", "--value", "60", "--unit", "day", "--start", "2026-12-20")
    assert tonggui(*typed, "--json").json["provisional"] is True
    assert "暂定" in tonggui(*typed).out


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("--start 2026-01-01", "policy"),
        ("--start 2026-01-01 --value 3", "policy"),
        ("--start 2026-01-01 --policy yichuan-2022", "clock"),
        ("--start 2026-01-01 --policy yichuan-2022 --clock verify --value 3", "value"),
        ("--start 2026-01-01 --clock verify --value 3 --unit day", "clock"),
        ("--start 2026-01-01 --policy nowhere-1 --clock verify", "policy"),
        ("--start 2026-01-01 --policy yichuan-2022 --clock nap", "clock"),
        ("--start 2026-02-30 --value 3 --unit day", "start"),
        ("--start 2026-01-01 --value -1 --unit day", "value"),
        ("--start 2026-01-01 --value 100001 --unit day", "value"),
        ("--start 2026-01-01 --value 3 --unit day --extend -1", "extend"),
        ("--start 2026-01-01 --value 3 --unit day --pause 2026-01-02", "pause"),
        ("--start 2026-01-01 --value 3 --unit day --pause 2026-01-03..2026-01-02", "pause"),
        ("--start 2026-01-01 --policy yichuan-2022 --clock verify --extend 1000", "extend"),
    ],
)
def test_deadline_explain_names_what_cannot_be_right(typed, key):
    told = tonggui("deadline", "explain", *typed.split(), "--json").refusal
    assert told["key"] == key
    assert told["expected"]


@pytest.mark.parametrize(("value", "status"), [("100000", 0), ("100001", 2)])
def test_deadline_explain_has_a_greatest_value(value, status):
    typed = ("--value", value, "--unit", "day", "--start", "2026-01-01")
    assert tonggui("deadline", "explain", *typed).status == status


# reward ---------------------------------------------------------------------------------------


def quote(facts: object, *more: str, policy: str = "cn-2018"):
    text = facts if isinstance(facts, str) else json.dumps(facts)
    typed = ("reward", "quote", "--policy", policy, "--facts", "-", *more)
    return tonggui(*typed, stdin=text)


def test_reward_quote_answers_amount_and_working():
    facts = {"matter": "concealed_accident", "accident": {"deaths": 4, "concealed_deaths": 4}}
    told = quote(facts, "--json").json
    assert list(told) == QUOTE_KEYS
    assert told["policy"] == "cn-2018"
    body = (POLICY_FOLDER / "cn-2018.toml").read_bytes()
    assert told["policy_sha256"] == hashlib.sha256(body).hexdigest()
    assert (told["outcome"], told["amount_fen"], told["shares_fen"]) == (
        "amount", 16000000, [16000000],
    )  # fmt: skip
    assert list(told["trace"][0]) == ["step", "amount_fen", "clause", "note"]


def test_reward_quote_reads_a_file_too(tmp_path):
    path = tmp_path / "facts.json"
    path.write_text('{"matter": "violation", "penalties_fen": [1200000]}')
    told = tonggui("reward", "quote", "--policy", "cn-2018", "--facts", str(path), "--json")
    assert told.json["amount_fen"] == 300000
    assert "3,000 元" in tonggui("reward", "quote", "--policy", "cn-2018", "--facts", str(path)).out


def test_reward_quote_says_why_there_is_none():
    told = quote({"matter": "general_hazard"}, "--json").json
    assert told["outcome"] == "none"
    assert told["reason"]


@pytest.mark.parametrize(
    ("facts", "key"),
    [
        ({}, "matter"),
        ({"matter": "noise"}, "matter"),
        ({"matter": "violation", "penalties_fen": [-1]}, "penalties_fen"),
        ({"matter": "violation", "penalties_fen": [1.5]}, "penalties_fen"),
        ({"matter": "violation", "fine": 1}, "fine"),
        ({"matter": "violation", "decided_on": "2026-02-30"}, "decided_on"),
        ({"matter": "violation", "reporter": {"hair": "red"}}, "reporter.hair"),
        ("[]", "facts"),
        ("", "facts"),
        ("{", "facts"),
        ('{"matter": "violation", "matter": "major_hazard"}', "facts"),
        ('{"matter": "violation", "penalties_fen": [NaN]}', "facts"),
        ("[" * 100_000, "facts"),
        (" " * (1024 * 1024 + 1), "facts"),
    ],
)
def test_reward_quote_names_the_key_and_what_was_expected(facts, key):
    told = quote(facts, "--json").refusal
    assert told["key"] == key
    assert told["expected"]
    assert quote(facts).sentence


def test_reward_quote_refuses_what_is_not_utf8(tmp_path):
    path = tmp_path / "facts.json"
    path.write_bytes('{"matter": "违法"}'.encode("gbk"))
    typed = ("reward", "quote", "--policy", "cn-2018", "--facts", str(path), "--json")
    assert tonggui(*typed).refusal["key"] == "facts"


@pytest.mark.parametrize("name", ["no-such-file.json", "."])
def test_reward_quote_refuses_a_file_that_cannot_be_read(name):
    typed = ("reward", "quote", "--policy", "cn-2018", "--facts", name, "--json")
    assert tonggui(*typed).refusal["key"] == "facts"


def test_reward_quote_refuses_a_policy_that_nobody_knows():
    assert quote({"matter": "violation"}, "--json", policy="x").refusal["key"] == "policy"
