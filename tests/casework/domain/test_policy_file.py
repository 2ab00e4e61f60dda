"""Bad policy files are refused whole, naming file, line, key and what was expected."""

from dataclasses import replace
from pathlib import Path

import pytest

from casework.domain.citation import Citation
from casework.domain.clock_reasons import EXTENSION_CODES, PAUSE_CODES
from casework.domain.deadline import Unit
from casework.domain.errors import PolicyFileError, RoutingFileError
from casework.domain.policy import Policies
from casework.domain.policy_file import parse_policies
from casework.domain.policy_rules import Extension, Policy
from casework.domain.routing import load_routing
from policy_text import AWARD, clock, extend, ladder, policy_file

CITE = Citation("x", "—", "D")
STEPS = (
    ("head", 1, "day"),
    ("supervisor", 1, "working_day"),
    ("listing", 5, "working_day"),
    ("committee", 10, "working_day"),
    ("assessment", 20, "working_day"),
)
PAUSE = """
[deadline.pause]
reasons = ["expert_test", "court"]
max_days = 60
cite = { doc = "x", clause = "—", mark = "D" }
"""


def one(rest: str = "", **more: str) -> Policy:
    """Return the policy of one file."""
    return parse_policies(policy_file(rest=rest, **more))["test-1"]


def refused(text: str) -> PolicyFileError:
    """Return the refusal of a file."""
    with pytest.raises(PolicyFileError) as refusal:
        parse_policies({"test-1.toml": text.encode()})
    assert refusal.value.file == "test-1.toml"
    assert refusal.value.expected
    return refusal.value


def broken(rest: str, old: str, new: str) -> tuple[str, str]:
    """Break a good file; return the refused key, and the line of the file that was named."""
    text = policy_file(rest=rest)["test-1.toml"].decode()
    assert parse_policies({"test-1.toml": text.encode()})
    assert old in text
    text = text.replace(old, new, 1)
    refusal = refused(text)
    assert refusal.line is not None
    assert str(refusal).startswith(f"test-1.toml: line {refusal.line}: {refusal.key}: expected ")
    return refusal.key, text.splitlines()[refusal.line - 1]


@pytest.mark.parametrize(
    ("old", "new", "key", "named"),
    [
        ('title = "试行办法"\n', "", "policy.title", "[policy]"),
        ('title = "试行办法"', "title = 3", "policy.title", "title ="),
        ('title = "试行办法"', 'title = "试行办法"\ncolour = "red"', "policy.colour", "colour ="),
        (
            'issuer_level = "county"',
            'issuer_level = "village"',
            "policy.issuer_level",
            "issuer_level",
        ),
        ('region = "410329"', 'region = "4103"', "policy.region", "region ="),
        ("from = 2026-01-01", 'from = "2026-01-01"', "policy.effective.from", 'from = "'),
        ("from = 2026-01-01", "from = 2026-01-01\nto = 2025-01-01", "policy.effective.to", "to = "),
        ('selector = "accepted_at"', 'selector = "later"', "policy.effective.selector", "selector"),
        ('key = "verify"', 'key = "lunch"', "deadline[1].key", "key ="),
        ('unit = "day"', 'unit = "moon"', "deadline[1].unit", "unit ="),
        ("value = 30", "value = -1", "deadline[1].value", "value ="),
        ("value = 30", "value = 30.5", "deadline[1].value", "value ="),
        ("value = 30", "value = true", "deadline[1].value", "value ="),
        ("hard = false", 'hard = "no"', "deadline[1].hard", "hard ="),
        (
            "hard = false",
            'hard = false\nremind_at = ["noon"]',
            "deadline[1].remind_at",
            "remind_at",
        ),
        ('mark = "source"', 'mark = "sure"', "deadline[1].cite.mark", "mark ="),
        (', mark = "source"', "", "deadline[1].cite.mark", 'cite = { doc = "试'),
        ("rate = 0.15", "rate = 15", "award.item[1].amount.rate", "rate ="),
        ("rate = 0.15", 'rate = "15 %"', "award.item[1].amount.rate", "rate ="),
        ("rate = 0.15", "rate = nan", "award.item[1].amount.rate", "rate ="),
        ("rate = 0.15", "rate = inf", "award.item[1].amount.rate", "rate ="),
        ("rate = 0.15", "rate = 1e-400", "award.item[1].amount.rate", "rate ="),
        ("rate = 0.15", "rate = 1e999999999999999999999", "award.item[1].amount.rate", "rate ="),
        ("min_fen = 300_000", "min_fen = 0", "award.item[1].amount.min_fen", "min_fen"),
        ("min_fen = 300_000", "least_fen = 300_000", "award.item[1].amount.least_fen", "least_fen"),
        ('classes = ["violation"]', 'classes = ["noise"]', "award.item[1].classes", "classes ="),
        ('classes = ["violation"]', "classes = []", "award.item[1].classes", "classes ="),
        ('kind = "percent"', 'kind = "guess"', "award.item[1].amount.kind", "amount ="),
        ('no_deaths = "refuse"', 'no_deaths = "shrug"', "award.no_deaths", "no_deaths"),
        (
            'read = "全文在手"',
            'read = "全文在手"\ninherits = "nowhere"',
            "policy.inherits",
            "inherits =",
        ),
        (
            'read = "全文在手"',
            'read = "全文在手"\ninherits = "test-1"',
            "policy.inherits",
            "inherits =",
        ),
        ('id = "test-1"', 'id = "test-2"', "policy.id", "id ="),
        ("value = 30", "value = 100_001", "deadline[1].value", "value ="),
        ("hard = false", "hard = false\nwindows = []", "deadline[1].windows", "windows ="),
        ("hard = false", 'hard = false\non_breach = "lapse"', "deadline[1].on_breach", "on_breach"),
        (
            "hard = false",
            'hard = false\non_breach = "notify"',
            "deadline[1].on_breach",
            "on_breach",
        ),
        ("hard = false", "hard = false\non_breach = []", "deadline[1].on_breach", "on_breach"),
        ('from_event = "accepted"', 'from_event = "assessed"', "deadline[1].from_event", "from_ev"),
        ('doc_no = "试〔2026〕1号"', "doc_no = ''", "policy.doc_no", "doc_no"),
    ],
)
def test_a_bad_value_is_refused_with_file_line_key_and_what_was_expected(
    old: str, new: str, key: str, named: str
):
    found, line = broken(clock(30) + AWARD, old, new)
    assert found == key
    assert named in line


# ---- extensions, pauses, hours, ladders -----------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "key", "named"),
    [
        ("max_value = 30", "max_value = 0", "extend.max_value", "max_value"),
        ("max_value = 30\n", "", "extend.max_value", "[deadline.extend]"),
        ("max_value = 30", "max_value = 30\nmax_times = 0", "extend.max_times", "max_times"),
        ("max_value = 30", "max_value = 30\nmax_total = 29", "extend.max_total", "max_total"),
        ("max_value = 30", "max_value = 30\nmax_total = 31", "extend.max_total", "max_total"),
        ("max_value = 30", "max_value = 30\nover = 0", "extend.over", "over ="),
        ("max_value = 30", "max_value = 30\nover = 30", "extend.over", "over ="),
        ("max_value = 30", "max_value = 30\nover = 29", "extend.over_role", "[deadline.extend]"),
        (
            "max_value = 30", 'max_value = 30\nover_role = "leader"', "extend.over",
            "[deadline.extend]",
        ),
        ("max_value = 30", 'max_value = 30\nagain_role = "x"', "extend.again_role", "again"),
        ("max_value = 30", 'max_value = 30\nreasons = ["tired"]', "extend.reasons", "reasons"),
        ('approver_role = "supervisor"', 'approver_role = "officer"', "extend.approver_role",
         "approver_role"),
        ('unit = "day"\napprover', 'unit = "hour"\napprover', "extend.unit", 'unit = "hour"'),
        ("max_days = 60", "max_days = 0", "pause.max_days", "max_days"),
        ("max_days = 60", 'max_days = 60\napprover_role = "leader"', "pause.approver_role",
         "approver_role"),
        ('"expert_test", "court"', '"holiday"', "pause.reasons", "reasons"),
        ('reasons = ["expert_test", "court"]\n', "", "pause.reasons", "[deadline.pause]"),
    ],
)  # fmt: skip
def test_an_extension_or_pause_that_cannot_be_is_refused(old: str, new: str, key: str, named: str):
    found, line = broken(clock(30) + extend(30) + PAUSE, old, new)
    assert found == f"deadline[1].{key}"
    assert named in line


def extension(more: str) -> Extension:
    rule = one(clock(30) + extend(30, more=more)).clock("verify").extend
    assert rule is not None
    return rule


def test_who_decides_on_an_extension_depends_on_its_length_and_its_number():
    rule = Extension(
        2, 30, Unit.DAY, "leader", must_tell_reporter=True, cite=CITE, over=15,
        over_role="supervisor",
    )  # fmt: skip
    assert [rule.role_for(value, 0) for value in (1, 15, 16, 30)] == [
        "leader", "leader", "supervisor", "supervisor",
    ]  # fmt: skip
    assert rule.role_for(15, 1) == "leader"
    again = replace(rule, again_role="supervisor")
    assert (again.role_for(1, 0), again.role_for(1, 1)) == ("leader", "supervisor")
    assert (rule.total, replace(rule, max_total=45).total) == (60, 45)


def test_leader_and_supervising_office_each_decide_in_their_turn():
    """SCENARIOS.md S24: up to N days one level, more the next, a second request the office above.

    Here the levels are two: the head of the department, and the supervising office.
    """
    text = policy_file(
        rest=clock(30)
        + extend(
            30, more='max_times = 2\nover = 10\nover_role = "supervisor"\nagain_role = "supervisor"'
        )
    )["test-1.toml"].decode()
    text = text.replace('approver_role = "supervisor"', 'approver_role = "leader"')
    rule = parse_policies({"test-1.toml": text.encode()})["test-1"].clock("verify").extend
    assert rule is not None
    assert (rule.role_for(10, 0), rule.role_for(11, 0)) == ("leader", "supervisor")
    assert rule.role_for(10, 1) == "supervisor"
    assert rule.total == 60


def test_an_extension_says_by_default_once_the_most_and_for_any_reason():
    rule = extension("")
    assert (rule.max_times, rule.total, rule.reasons) == (1, 30, ())
    assert rule.role_for(30, 1) == "supervisor"
    assert set(extension('reasons = ["complex"]').reasons) <= set(EXTENSION_CODES)


def test_a_pause_is_decided_by_the_supervising_office():
    pause = one(clock(30) + PAUSE).clock("verify").pause
    assert pause is not None
    assert (pause.approver_role, pause.max_days) == ("supervisor", 60)
    assert set(pause.reasons) <= set(PAUSE_CODES)


WINDOWS = """windows = [
  { first = "08:30", last = "12:00" },
  { first = "14:30", last = "18:00", since = "05-01", until = "09-30" },
  { first = "14:00", last = "17:30", since = "10-01", until = "04-30" },
]"""


def test_hours_that_count_are_taken_as_they_stand():
    windows = one(clock(8, "hour", more=WINDOWS)).clock("verify").windows
    assert [(f"{w.first:%H:%M}", f"{w.last:%H:%M}", w.since, w.until) for w in windows] == [
        ("08:30", "12:00", "01-01", "12-31"),
        ("14:30", "18:00", "05-01", "09-30"),
        ("14:00", "17:30", "10-01", "04-30"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('last = "12:00"', 'last = "08:30"', "windows[1].last"),
        ('last = "12:00"', 'last = "14:31"', "windows[2].first"),
        ('last = "12:00"', 'last = "24:00"', "windows[1].last"),
        ('last = "12:00"', 'last = "8:30"', "windows[1].last"),
        ('last = "12:00"', "last = 12", "windows[1].last"),
        ('until = "09-30"', 'until = "09-31"', "windows[2].until"),
        ('until = "09-30"', 'until = "10-01"', "windows[3].first"),
        ('since = "10-01"', 'since = "9-30"', "windows[3].since"),
        ('until = "04-30"', 'until = "05-01"', "windows[3].first"),
        ('until = "04-30"', 'til = "04-30"', "windows[3].til"),
    ],
)
def test_hours_that_cannot_be_are_refused(old: str, new: str, key: str):
    found, line = broken(clock(8, "hour", more=WINDOWS), old, new)
    assert found == f"deadline[1].{key}"
    assert "first" in line


def test_hours_that_count_are_for_limits_in_hours_only():
    text = policy_file(rest=clock(8, more=WINDOWS))["test-1.toml"].decode()
    assert refused(text).key == "deadline[1].windows"


def test_a_ladder_is_taken_as_it_stands():
    assert [(r.name, r.after, r.unit) for r in one(ladder(*STEPS)).ladder] == list(STEPS)
    together = (*STEPS[:3], ("committee", 5, "working_day"), STEPS[4])
    assert one(ladder(*together)).ladder[3].after == 5


@pytest.mark.parametrize(
    ("steps", "key"),
    [
        (STEPS[:4], "rung"),
        (STEPS[1:], "rung[1].name"),
        ((STEPS[1], STEPS[0], *STEPS[2:]), "rung[1].name"),
        ((*STEPS, STEPS[4]), "rung[6].name"),
        ((*STEPS[:3], ("committee", 4, "working_day"), STEPS[4]), "rung[4].after"),
        ((("head", 1, "month"), *STEPS[1:]), "rung[1].unit"),
        ((("head", 1001, "day"), *STEPS[1:]), "rung[1].after"),
    ],
)
def test_a_ladder_has_all_its_rungs_in_their_order(
    steps: tuple[tuple[str, int, str], ...], key: str
):
    refusal = refused(policy_file(rest=ladder(*steps))["test-1.toml"].decode())
    assert refusal.key == key


# ---- whole files ----------------------------------------------------------------------------


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
    assert refused("[policy]\nid = \n").line == 2
    assert refused('[policy]\nid = "a"\nid = "b"\n').line == 3
    assert refused('[policy]\nid = "a').line == 2
    with pytest.raises(PolicyFileError) as refusal:
        parse_policies({"test-1.toml": b"[policy]\nid = 1\n\xff\xfe"})
    assert (refusal.value.line, refusal.value.expected) == (3, "UTF-8 text")


def test_a_file_nested_without_end_is_refused_too():
    assert refused("a = " + "[" * 5000 + "]" * 5000).key == "file"


def test_a_number_without_end_is_refused_with_its_line():
    refusal = refused("[policy]\nid = 1\nprecedence = 1" + "0" * 5000 + "\n")
    assert (refusal.key, refusal.line) == ("file", 3)


def test_windows_line_ends_do_not_move_the_line():
    text = policy_file(rest=clock(-1))["test-1.toml"].decode()
    plain, dos = refused(text).line, refused(text.replace("\n", "\r\n")).line
    assert plain == dos
    assert plain is not None
    assert text.splitlines()[plain - 1] == "value = -1"


def test_a_routing_file_names_its_line_too():
    text = 'site = "410329"\n[[region]]\ncode = "410329"\nname = "x"\nkind = "planet"\n'
    with pytest.raises(RoutingFileError) as refusal:
        load_routing(text.encode(), file="test.toml")
    assert (refusal.value.key, refusal.value.line) == ("region[1].kind", 5)


def test_a_folder_is_read_whole_or_not_at_all(tmp_path: Path):
    with pytest.raises(PolicyFileError):
        Policies.load(tmp_path)
    (tmp_path / "test-1.toml").write_bytes(policy_file()["test-1.toml"])
    assert set(Policies.load(tmp_path).by_id) == {"test-1"}
    (tmp_path / "test-2.toml").write_bytes(b"oops")
    with pytest.raises(PolicyFileError):
        Policies.load(tmp_path)
