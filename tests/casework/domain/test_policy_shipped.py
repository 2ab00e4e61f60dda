"""The shipped files: complete, cited, sealed; a new jurisdiction is a new file."""

import hashlib
from datetime import date
from pathlib import Path

import pytest

from casework.domain.calendar import WorkCalendar
from casework.domain.clock_kinds import KINDS
from casework.domain.deadline import CLOCK_KEYS
from casework.domain.errors import PolicyFileError
from casework.domain.legal_clock import clock_due
from casework.domain.policy import Policies
from casework.domain.policy_rules import RUNGS
from policy_text import clock, extend, policy_file

FOLDER = Path(__file__).parents[3] / "casework" / "policies"
SUMS = FOLDER / "SHA256SUMS"
EDITED = (
    "{name} was released and is never edited: put it back, write the change into a new version "
    "with another id, and add its line to SHA256SUMS (docs/policies.md)"
)


def released() -> dict[str, str]:
    """Return the hash of each released file by its name."""
    lines = SUMS.read_text(encoding="ascii").splitlines()
    return {name: digest for digest, name in (line.split("  ") for line in lines)}


@pytest.mark.parametrize("name", sorted(path.name for path in FOLDER.glob("*.toml")))
def test_a_released_file_is_never_edited(name: str):
    digest = hashlib.sha256((FOLDER / name).read_bytes()).hexdigest()
    assert name in released(), f"{name} has no line in SHA256SUMS yet (docs/policies.md)"
    assert released()[name] == digest, EDITED.format(name=name)


def test_no_released_file_is_taken_away():
    gone = sorted(name for name in released() if not (FOLDER / name).exists())
    assert gone == [], "cases may pin it: a rule set that no longer holds gets a last day"


def test_yichuan_has_every_clock(policies: Policies):
    assert set(policies.get("yichuan-2022").clocks) == set(CLOCK_KEYS)


@pytest.mark.parametrize(
    ("key", "value", "unit", "end", "doc", "clause", "mark"),
    [
        ("first_contact", 1, "working_day", "roll", "本系统", "首次联系", "D"),
        ("accept", 15, "day", "roll", "《信访工作条例》（2022）", "第二十三条第二款", "S"),
        ("hand_over", 2, "working_day", "roll", "本系统", "移交", "D"),
        ("assign", 1, "working_day", "roll", "本系统", "指定承办", "D"),
        ("return", 2, "working_day", "roll", "本系统", "退回", "D"),
        ("verify", 30, "day", "keep", "伊安委〔2022〕6号", "第43条", "source"),
        ("tell_result", 10, "day", "roll", "安监总财〔2012〕63号", "第十条（三）", "D"),
        ("object", 10, "day", "roll", "应急〔2023〕106号", "—", "S"),
        ("review", 30, "day", "roll", "应急〔2023〕106号", "—", "S"),
        ("accident_entry", 24, "hour", "roll", "伊安委〔2022〕6号", "第45条", "source"),
        ("accident_completion", 7, "day", "keep", "伊安委〔2022〕6号", "第45条", "source"),
        ("police_answer", 3, "day", "roll", "应急〔2019〕54号", "—", "S"),
        ("publish_penalty", 5, "working_day", "roll", "豫安委〔2017〕2号", "四（二）", "source"),
        (
            "publish_decision", 20, "working_day", "roll",
            "豫政办〔2015〕127号", "第（十八）项", "source",
        ),
        ("claim", 60, "day", "roll", "安监总财〔2018〕19号", "第十二条", "M"),
    ],
)  # fmt: skip
def test_yichuans_limits_are_those_of_their_sources(
    policies: Policies, key: str, value: int, unit: str, end: str, doc: str, clause: str, mark: str
):
    rule = policies.get("yichuan-2022").clock(key)
    assert (rule.value, rule.unit, rule.end) == (value, unit, end)
    assert (rule.cite.doc, rule.cite.clause, rule.cite.mark) == (doc, clause, mark)


@pytest.mark.parametrize(
    ("policy_id", "value", "unit", "more", "role"),
    [
        ("cn-2012", 60, "day", 30, "supervisor"),
        ("cn-2018", 60, "day", 30, "supervisor"),
        ("cn-2020", 60, "day", 30, "supervisor"),
        ("henan-2022", 30, "day", 30, "supervisor"),
        ("henan-2025", 60, "day", 30, "supervisor"),
        ("yichuan-2022", 30, "day", 30, "supervisor"),
        ("huining-2017", 60, "day", 30, "supervisor"),
        ("shandong-2021", 60, "day", 30, "leader"),
        ("cn-12345", 5, "working_day", 10, "leader"),
        ("eu-2019", 3, "month", 3, "supervisor"),
    ],
)
def test_how_long_verification_takes_and_who_may_lengthen_it(
    policies: Policies, policy_id: str, value: int, unit: str, more: int, role: str
):
    rule = policies.get(policy_id).clock("verify")
    assert (rule.value, rule.unit) == (value, unit)
    assert rule.extend is not None
    assert (rule.extend.total, rule.extend.role_for(more, 0)) == (more, role)


def test_three_months_are_not_ninety_days(policies: Policies, china: WorkCalendar):
    start = date(2026, 11, 30)
    told = clock_due(policies.get("eu-2019"), "tell_result", start, calendar=china)
    assert told.due_on == date(2027, 2, 28)  # 90 days
    told = clock_due(policies.get("eu-2019"), "tell_result", date(2026, 7, 2), calendar=china)
    assert told.due_on == date(2026, 10, 2)  # 92 days, a day of rest that is kept


def test_what_follows_a_clock_fits_what_it_is(policies: Policies):
    for policy in policies.by_id.values():
        for rule in policy.own_clocks.values():
            right = rule.on_breach in ("lapse", "forfeit")
            assert right == KINDS[rule.key].is_right, (policy.id, rule.key)
    assert policies.get("cn-2018").clock("accept").on_breach == "deem_accepted"
    assert policies.get("cn-2018").clock("object").on_breach == "lapse"
    assert policies.get("cn-2018").clock("claim").on_breach == "forfeit"
    assert policies.get("cn-2018").clock("verify").on_breach == "ladder"


def test_every_case_has_one_ladder(policies: Policies):
    ladder = policies.get("yichuan-2022").ladder
    assert tuple(rung.name for rung in ladder) == RUNGS
    assert [(rung.after, rung.unit) for rung in ladder] == [
        (1, "day"), (2, "working_day"), (5, "working_day"), (10, "working_day"),
        (20, "working_day"),
    ]  # fmt: skip
    assert policies.get("huining-2017").ladder is policies.get("cn-2018").ladder


def test_what_is_derived_or_unread_says_so_where_it_is_shown(policies: Policies):
    for policy in policies.by_id.values():
        for rule in policy.own_clocks.values():
            if rule.cite.doc == "本系统":
                assert rule.cite.mark == "D", (policy.id, rule.key)
            assert rule.cite.shown.endswith("（推定）") == (rule.cite.mark == "D")
            assert rule.cite.shown.endswith("（条文待核）") == (rule.cite.mark == "M")


def test_a_new_jurisdiction_is_a_new_file(tmp_path: Path):
    for path in FOLDER.glob("*.toml"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    before = Policies.load(tmp_path)
    assert before.in_force("410328", "schools", date(2026, 3, 1)).id == "henan-2025"
    new = policy_file(
        "luoning-2026", region="410328", more='inherits = "henan-2025"', rest=clock(20) + extend(10)
    )
    (tmp_path / "luoning-2026.toml").write_bytes(new["luoning-2026.toml"])
    found = Policies.load(tmp_path).in_force("410328", "schools", date(2026, 3, 1))
    assert found.id == "luoning-2026"
    assert found.clock("verify").value == 20
    assert found.clock("tell_result").policy_id == "cn-2018"
    assert found.award is not None
    assert found.award.uplifts  # Henan's


def test_a_bad_file_leaves_a_running_process_what_it_had(tmp_path: Path):
    (tmp_path / "test-1.toml").write_bytes(policy_file(rest=clock(30))["test-1.toml"])
    running = Policies.load(tmp_path)
    looser = policy_file(rest=clock(-1))["test-1.toml"]
    (tmp_path / "test-1.toml").write_bytes(looser)
    with pytest.raises(PolicyFileError):
        Policies.load(tmp_path)
    assert running.in_force("410329", "schools", date(2026, 3, 1)).clock("verify").value == 30
