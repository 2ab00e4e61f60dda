"""`tonggui policy`: the rule sets, as data."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

import click

from admin.commands import rules
from admin.commands.refusals import CommandError
from admin.commands.teaching import Group, json_option
from admin.commands.terminal import say, say_json, table
from casework.domain.deadline import Unit
from casework.domain.money import plain
from casework.domain.policy import Policy
from casework.domain.policy_file import parse_policies
from casework.domain.policy_rules import AwardRule, ClockRule
from casework.services.rules import POLICY_FOLDER

UNITS = {
    Unit.MINUTE: "分钟",
    Unit.HOUR: "小时",
    Unit.DAY: "日",
    Unit.WORKING_DAY: "个工作日",
    Unit.MONTH: "个月",
    Unit.YEAR: "年",
}


@click.group(
    cls=Group,
    examples="""
    tonggui policy list
    tonggui policy show yichuan-2022
    tonggui policy check my-county-2026.toml
    """,
)
def policy() -> None:
    """查看和检查规则文件（时限、奖励标准）。 / The rule sets: time limits and amounts."""


@policy.command("list", examples="tonggui policy list --json")
@json_option
def list_all(as_json: bool) -> None:
    """列出全部规则文件。 / List every rule set."""
    found = rules.policies().by_id.values()
    if as_json:
        say_json([_summary(one) for one in found])
        return
    table(
        ("编号 id", "区域", "文号", "起", "止", "继承", "名称"),
        [
            (
                one.id,
                one.region,
                one.doc_no,
                one.effective_from.isoformat(),
                one.effective_to.isoformat() if one.effective_to else "",
                one.inherits or "",
                one.title,
            )
            for one in found
        ],
    )


@policy.command("show", examples="tonggui policy show cn-2018")
@click.argument("policy_id", metavar="ID")
@json_option
def show(policy_id: str, as_json: bool) -> None:
    """显示一个规则文件：时限、奖励、出处和待核实之处。 / Show one rule set with its sources."""
    found = rules.policies().get(policy_id)
    if as_json:
        say_json(_summary(found) | _details(found))
        return
    for line in _lines(found):
        say(line)


@policy.command(
    "check",
    examples="""
    tonggui policy check casework/policies/yichuan-2022.toml
    tonggui policy check draft/yichuan-2026.toml --json
    """,
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
def check(file: Path, as_json: bool) -> None:
    """检查一个规则文件，说明错在哪个键、应当怎样。 / Check a file; names the key that is wrong.

    文件名必须是“编号.toml”；它继承的文件取自本程序。
    What it inherits is taken from this program.
    """
    body = file.read_bytes()
    shipped = {path.name: path.read_bytes() for path in POLICY_FOLDER.glob("*.toml")}
    found = parse_policies(shipped | {file.name: body})
    checked = found.get(_id_of(body))
    if checked is None:
        raise CommandError(f"{file.name}: [policy] id 应为文件名 / must be the file's name")
    if as_json:
        say_json({"ok": True, **_summary(checked)})
    else:
        say(f"{file.name} 可用 / is usable: {checked.id}, sha256 {checked.sha256}")


def _id_of(body: bytes) -> str:
    return str(tomllib.loads(body.decode()).get("policy", {}).get("id", ""))


def _summary(found: Policy) -> dict[str, object]:
    return {
        "id": found.id,
        "title": found.title,
        "doc_no": found.doc_no,
        "region": found.region,
        "sectors": list(found.sectors),
        "effective_from": found.effective_from.isoformat(),
        "effective_to": found.effective_to.isoformat() if found.effective_to else None,
        "inherits": found.inherits,
        "sha256": found.sha256,
        "read": found.read,
    }


def _details(found: Policy) -> dict[str, object]:
    budget = found.budget
    return {
        "open_points": list(found.open_points),
        "clocks": [
            {
                "key": rule.key,
                "policy": rule.policy_id,
                "from": rule.from_event,
                "value": rule.value,
                "unit": rule.unit,
                "end": rule.end,
                "hard": rule.hard,
                "clause": rule.cite.shown,
            }
            for rule in found.clocks.values()
        ],
        "award_items": [
            {"id": item.id, "classes": list(item.classes), "clause": item.cite.shown}
            for item in (found.award.items if found.award else ())
        ],
        "total_cap_fen": found.award.total_cap_fen if found.award else None,
        "fund_yearly_fen": budget.yearly_fen if budget else None,
    }


def _lines(found: Policy) -> Iterator[str]:
    yield f"{found.id}  {found.title}  {found.doc_no}"
    yield f"区域 region {found.region}，自 from {found.effective_from}"
    if found.inherits:
        yield f"继承 inherits {found.inherits}"
    yield f"sha256 {found.sha256}"
    yield f"文本 text: {found.read}"
    if found.clocks:
        yield "时限 clocks:"
        yield from (f"  {_clock(rule)}" for rule in found.clocks.values())
    if found.award:
        yield "奖励 awards:"
        yield from (f"  {line}" for line in _award(found.award))
    if found.budget:
        year = plain(found.budget.yearly_fen)
        yield f"资金 fund: 每年 {year} 元 [{found.budget.cite.shown}]"
    for point in found.open_points:
        yield f"待核实 open: {point}"


def _clock(rule: ClockRule) -> str:
    hard = "，下级不得放宽" if rule.hard else ""
    limit = f"{rule.value} {UNITS[rule.unit]}"
    return f"{rule.key}: {limit}，自 {rule.from_event}{hard} [{rule.cite.shown}]"


def _award(rule: AwardRule) -> Iterator[str]:
    for item in rule.items:
        yield f"{item.id}: {', '.join(item.classes)} [{item.cite.shown}]"
    if rule.total_cap_fen is not None:
        yield f"每件不超过 {plain(rule.total_cap_fen)} 元 [{rule.cap_cite.shown}]"
