"""A small policy of our own, so that tests of the clocks do not move with a county's file."""

from casework.domain.policy import Policy
from casework.domain.policy_file import parse_policies

CITE = '{ doc = "本系统", clause = "测试", mark = "D", note = "测试用。" }'


def _clock(key: str, start: str, value: int, unit: str, more: str = "") -> str:
    return f"""
[[deadline]]
key = "{key}"
from_event = "{start}"
value = {value}
unit = "{unit}"
end = "keep"
cite = {CITE}
{more}
"""


def _rung(name: str, after: int, unit: str) -> str:
    return f'[[rung]]\nname = "{name}"\nafter = {after}\nunit = "{unit}"\ncite = {CITE}\n'


REMINDERS = 'remind_at = ["50%", "80%", "T-7", "T-3", "T-1", "100%"]'
TEXT = f"""
[policy]
id = "test-2026"
title = "测试规则"
doc_no = "测〔2026〕1号"
issuer_level = "county"
region = "410329"
read = "测试用。"
[policy.effective]
from = 2026-01-01
selector = "accepted_at"
{_clock("accept", "submitted", 15, "day", 'on_breach = "deem_accepted"')}
{_clock("sign_in", "dispatched", 1, "working_day")}
{_clock("verify", "accepted", 30, "day", REMINDERS)}
[deadline.extend]
max_times = 2
max_value = 30
unit = "day"
approver_role = "supervisor"
cite = {CITE}
[deadline.pause]
reasons = ["expert_test", "waiting_for_reporter"]
max_days = 60
cite = {CITE}
{_clock("tell_result", "concluded", 10, "day")}
{_clock("object", "told", 10, "day", 'on_breach = "lapse"')}
{_clock("review", "objection_received", 30, "day")}
{_clock("close", "concluded", 60, "day")}
{_clock("accident_entry", "accident_known", 24, "hour", 'remind_at = ["50%", "80%"]')}
{_clock("listing", "listed", 60, "day")}
{_clock("order_reply", "order_issued", 3, "working_day")}
{_rung("head", 1, "day")}
{_rung("supervisor", 1, "working_day")}
{_rung("listing", 5, "working_day")}
{_rung("committee", 10, "working_day")}
{_rung("assessment", 20, "working_day")}
"""


def clock_policy(**changed: str) -> Policy:
    """Return the policy, with pieces of its text replaced: old=new as keyword pairs."""
    text = TEXT
    for old, new in changed.items():
        assert old in text
        text = text.replace(old, new)
    return parse_policies({"test-2026.toml": text.encode()})["test-2026"]
