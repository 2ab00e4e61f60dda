"""`tonggui reward`: what a report is worth, with its working."""

import json
import sys
from pathlib import Path

import click

from admin.commands import rules
from admin.commands.refusals import CommandError
from admin.commands.teaching import Group, json_option
from admin.commands.terminal import say, say_json
from casework.domain.money import plain
from casework.domain.reward import Quote
from casework.domain.reward import quote as work_out

FACTS_BYTES_MAX = 1024 * 1024


@click.group(
    cls=Group,
    examples="tonggui reward quote --policy cn-2018 --facts facts.json --json",
)
def reward() -> None:
    """按规则计算奖金，列出每一步。 / Work out an award, step by step."""


@reward.command(
    "quote",
    examples="""
    echo '{"matter": "violation", "penalties_fen": [1200000]}' | \\
        tonggui reward quote --policy cn-2018 --facts -
    """,
)
@click.option("--policy", "policy_id", required=True, help="规则编号 / id of the rule set")
@click.option("--facts", required=True, help="事实文件，- 为标准输入 / JSON file, - for stdin")
@json_option
def quote(policy_id: str, facts: str, as_json: bool) -> None:
    """计算一件举报的奖金。 / Compute the award of one report.

    只有 matter 必填；金额以分为单位。 Every key but matter may be missing; amounts in fen.
    """
    policy = rules.policies().get(policy_id)
    answer = work_out(policy, _facts(facts))
    if as_json:
        say_json(answer.as_json())
    else:
        _tell(answer)


def _facts(name: str) -> dict[str, object]:
    body = _read(name)
    if len(body) > FACTS_BYTES_MAX:
        raise _refused("facts", "at most 1 MiB")
    try:
        value = json.loads(body, object_pairs_hook=_once, parse_constant=_no_constant)
    except RecursionError:
        raise _refused("facts", "less nesting") from None
    except ValueError as problem:  # also what the two hooks and a wrong encoding raise
        raise _refused("facts", f"one JSON object ({problem})") from None
    if not isinstance(value, dict):
        raise _refused("facts", "one JSON object")
    return value


def _read(name: str) -> bytes:
    if name == "-":
        return sys.stdin.buffer.read(FACTS_BYTES_MAX + 1)
    try:
        with Path(name).open("rb") as file:
            return file.read(FACTS_BYTES_MAX + 1)
    except OSError as problem:
        raise _refused("facts", f"a readable file ({name}: {problem.strerror})") from None


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Refuse a key that stands twice: one of the two would be lost silently."""
    keys = [key for key, _value in pairs]
    twice = next((key for key in keys if keys.count(key) > 1), None)
    if twice is not None:
        raise ValueError(f"the key {twice} stands twice")
    return dict(pairs)


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no number")


def _refused(key: str, expected: str) -> CommandError:
    return CommandError(f"{key}: expected {expected}", key=key, expected=expected)


def _tell(answer: Quote) -> None:
    if answer.outcome == "amount":
        say(f"奖金 amount: {plain(answer.amount_fen or 0)} 元")
    elif answer.range_fen:
        low, high = answer.range_fen
        say(f"奖金 range: {plain(low)} 至 {plain(high)} 元，由承办人选定 / an officer chooses")
    elif answer.outcome == "manual":
        say("规则没有给出数额，由审批人说明理由后确定 / manual: an approver gives a reason")
    else:
        say(f"不予奖励 none: {answer.reason}")
    if len(answer.shares_fen) > 1:
        say(f"各人 shares: {'、'.join(plain(share) for share in answer.shares_fen)} 元")
    for step in answer.trace:
        say(f"  {step.step}: {plain(step.amount_fen)} 元  {step.note}  [{step.clause}]")
    if answer.needs:
        say(f"还需 needs: {', '.join(answer.needs)}")
    say(f"规则 policy: {answer.policy}，sha256 {answer.policy_sha256}")
