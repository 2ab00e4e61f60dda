"""`tonggui policy`: the rule sets, as data."""

from collections.abc import Sequence
from pathlib import Path

import click

from admin.commands import policy_diff, rules
from admin.commands.policy_views import details, status, summary
from admin.commands.policy_words import STATUS_NAMES, lines
from admin.commands.refusals import CommandError
from admin.commands.teaching import Group, json_option
from admin.commands.terminal import say, say_json, table
from casework.domain.policy import Policies, Policy
from casework.domain.policy_file import parse_policies
from casework.domain.policy_strictness import gaps
from casework.services.rules import POLICY_FOLDER

_FILE = click.Path(exists=True, path_type=Path)


@click.group(
    cls=Group,
    examples="""
    tonggui policy list
    tonggui policy show yichuan-2022
    tonggui policy check my-county-2026.toml
    tonggui policy diff henan-2022 henan-2025
    """,
)
def policy() -> None:
    """查看、检查和比较规则文件。 / The rule sets: time limits and amounts."""


@policy.command("list", examples="tonggui policy list --json")
@json_option
def list_all(as_json: bool) -> None:
    """列出全部规则文件。 / List every rule set.

    执行：今日可以选作案件的规则；备用：尚未到期或者尚未启用；对照：只按编号查用。
    In force: may be chosen today. At hand: not yet. Comparator: found by its id only.

    有实例时按实例：启用一列是两人确认的启用日期。
    Where there is an instance, it is asked: from which day two persons put each in force.
    """
    policies, today = rules.policies_here(), rules.today()
    found = policies.by_id.values()
    since = {one.id: (policies.since or {}).get((one.id, one.pin)) for one in found}
    if as_json:
        say_json(
            [
                summary(one)
                | {
                    "status": status(policies, one, today),
                    "active_from": day.isoformat() if (day := since[one.id]) else None,
                }
                for one in found
            ]
        )
        return
    table(
        ("编号 id", "状态 status", "启用 since", "区域", "文号", "起", "止", "继承", "名称"),
        [
            (
                one.id,
                STATUS_NAMES[status(policies, one, today)],
                day.isoformat() if (day := since[one.id]) else "",
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
    """显示一个规则文件：时限、阶梯、奖励、出处和待核实之处。 / Show one with its sources."""
    policies = rules.policies()
    found = policies.get(policy_id)
    if as_json:
        state = status(policies, found, rules.today())
        say_json(summary(found) | {"status": state} | details(found))
        return
    for line in lines(found):
        say(line)


@policy.command(
    "check",
    examples="""
    tonggui policy check casework/policies/yichuan-2022.toml
    tonggui policy check draft/yichuan-2026.toml --json
    tonggui policy check draft/
    """,
)
@click.argument("files", metavar="FILE|FOLDER…", type=_FILE, nargs=-1, required=True)
@json_option
def check(files: tuple[Path, ...], as_json: bool) -> None:
    """检查规则文件，说明错在哪一行、哪个键、应当怎样。 / Check files; name line and key.

    文件名必须是“编号.toml”；它继承的文件取自一同检查的文件，没有的取自本程序。
    What a file inherits is taken from the files beside it, else from this program.
    """
    paths = _toml_files(files)
    found = _with_shipped(paths)
    checked = [found[path.stem] for path in paths]
    if as_json:
        told = [{"ok": True, **summary(one), "warnings": list(_warnings(one))} for one in checked]
        say_json(told[0] if files == tuple(paths) and len(paths) == 1 else told)
        return
    for one in checked:
        say(f"{one.file} 可用 / is usable: {one.id}, sha256 {one.sha256}")
        for warning in _warnings(one):
            say(f"  注意 note: {warning}")


@policy.command(
    "diff",
    examples="""
    tonggui policy diff henan-2022 henan-2025
    tonggui policy diff yichuan-2022 draft/yichuan-2027.toml --json
    """,
)
@click.argument("before", metavar="A")
@click.argument("after", metavar="B")
@json_option
def diff(before: str, after: str, as_json: bool) -> None:
    """逐项比较两个规则文件的时限和数额。 / What changes, clock by clock, amount by amount.

    A 和 B 是编号，或者文件。 / A and B are ids, or files.
    """
    old, new = _id_or_file(before), _id_or_file(after)
    found = policy_diff.changes(old, new)
    if as_json:
        told = [change.as_json() for change in found]
        say_json({"from": summary(old), "to": summary(new), "changes": told})
        return
    say(f"{old.id} → {new.id}")
    if not found:
        say("时限和数额没有不同 / no clock and no amount differs")
    for change in found:
        for line in policy_diff.words(change):
            say(line)


def _toml_files(given: Sequence[Path]) -> list[Path]:
    """Return the files to check, those of folders included."""
    paths: list[Path] = []
    for one in given:
        inside = sorted(one.glob("*.toml")) if one.is_dir() else [one]
        if not inside:
            raise _wrong("file", f"{one}: 没有规则文件 / no *.toml in this folder", "*.toml")
        paths += inside
    for name in {path.name for path in paths}:
        same = {path.resolve() for path in paths if path.name == name}
        if len(same) > 1:
            raise _wrong(
                "file", f"{name}: 两个文件同名 / two files of this name", "each file name once"
            )
    return list(dict.fromkeys(paths))


def _with_shipped(paths: Sequence[Path]) -> dict[str, Policy]:
    """Read *paths* together with what the program ships; the paths come first.

    Raises:
        PolicyFileError: one cannot be used.
    """
    given = {path.name: path.read_bytes() for path in paths}
    shipped = {path.name: path.read_bytes() for path in POLICY_FOLDER.glob("*.toml")}
    return dict(parse_policies(given | {n: body for n, body in shipped.items() if n not in given}))


def _warnings(found: Policy) -> list[str]:
    """Return what is no error in the file and yet in its way."""
    told = []
    shipped = POLICY_FOLDER / found.file
    if shipped.exists() and found.sha256 != Policies.load(POLICY_FOLDER).get(found.id).sha256:
        told.append(
            f"{found.id} 已经发布，内容不同；请另取编号 / is released with other bytes: "
            "a change needs a new id"
        )
    if not found.comparator and gaps(found):
        told.append(
            f"缺少 {'、'.join(gaps(found))}，不能据此受理 / no case can be accepted under it"
        )
    return told


def _id_or_file(given: str) -> Policy:
    path = Path(given)
    if path.suffix == ".toml" and path.is_file():
        return _with_shipped([path])[path.stem]
    if path.suffix == ".toml":
        raise _wrong("policy", f"{given}: 没有这个文件 / no such file", "an id or a file")
    return rules.policies().get(given)


def _wrong(key: str, sentence: str, expected: str) -> CommandError:
    return CommandError(sentence, key=key, expected=expected)
