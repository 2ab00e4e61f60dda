"""Small policy files that tests write, break and choose between."""

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
{effective}
selector = "{selector}"
{rest}
"""
CLOCK = """
[[deadline]]
key = "{key}"
from_event = "{start}"
value = {value}
unit = "{unit}"
hard = {hard}
{more}
cite = {{ doc = "试〔2026〕1号", clause = "第一条", mark = "source" }}
"""
EXTEND = """
[deadline.extend]
max_value = {value}
unit = "{unit}"
approver_role = "supervisor"
{more}
cite = {{ doc = "x", clause = "—", mark = "D" }}
"""
RUNG = """
[[rung]]
name = "{name}"
after = {after}
unit = "{unit}"
cite = {{ doc = "x", clause = "—", mark = "D" }}
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
    policy_id: str = "test-1",
    *,
    more: str = "",
    rest: str = "",
    region: str = "410329",
    effective: str = "from = 2026-01-01",
    selector: str = "accepted_at",
) -> dict[str, bytes]:
    """Return one file by its name: *more* goes into [policy], *rest* behind everything."""
    text = POLICY.format(
        id=policy_id, more=more, rest=rest, region=region, effective=effective, selector=selector
    )
    return {f"{policy_id}.toml": text.encode()}


def clock(
    value: int,
    unit: str = "day",
    hard: str = "false",
    *,
    key: str = "verify",
    start: str = "accepted",
    more: str = "",
) -> str:
    """Return one [[deadline]]; *more* is further lines of it."""
    return CLOCK.format(value=value, unit=unit, hard=hard, key=key, start=start, more=more)


def extend(value: int, unit: str = "day", more: str = "") -> str:
    """Return the extension of the deadline before it."""
    return EXTEND.format(value=value, unit=unit, more=more)


def ladder(*rungs: tuple[str, int, str]) -> str:
    """Return [[rung]]s: name, after and unit of each."""
    return "".join(RUNG.format(name=name, after=after, unit=unit) for name, after, unit in rungs)
