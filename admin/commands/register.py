"""`tonggui register`: does what is stored, and what is public, agree with what was signed?"""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click

from admin.commands.opened import opened
from admin.commands.refusals import FAILED, CommandError
from admin.commands.teaching import Group, json_option
from admin.commands.terminal import note, say, say_json, table, tracked
from casework.domain.money import plain
from casework.domain.reward_figures import BESIDE, Band, RewardFigures
from casework.recount import Figures, Recount, SourceError, recount, source, told_key
from casework.register import RegisterFolder
from casework.services.audit_log import AuditFolder
from casework.verify import Problem, verify
from casework.verify_cases import count_reports, processes_for
from casework.verify_log import Outside
from casework.witness import Seen, look, witness_key, witness_verifier
from crypto.errors import ProofError


@click.group(cls=Group, examples="tonggui register verify")
def register() -> None:
    """核对：库、审计日志、公开登记簿与签过名的操作是否一致。 / Check what was signed."""


@register.command(
    "verify",
    examples="""
    tonggui register verify
    tonggui register verify --json
    """,
)
@json_option
def check(as_json: bool) -> None:
    """重放签名事件，核对审计日志与登记簿。 / Replay what was signed, check both logs.

    指出缺失、改动、没有签名、超时、被去掉之处。
    Name whatever is missing, changed, unsigned, out of time or dropped.

    没有问题时状态为 0，有问题为 1。 Status 0 when nothing was found, 1 otherwise.
    """
    problems: list[Problem] = []
    reports = 0
    with opened() as here:
        outside = Outside(
            audit=AuditFolder(here.settings.home / "log"),
            register=RegisterFolder(here.settings.home / "register"),
            now=here.clock.now(),
            punctual=not here.instance.demo,
            founding=here.instance.policies or None,
        )
        total = count_reports(here.store)
        processes = processes_for(total)
        found = verify(here.store, here.blobs, here.trust(), outside, processes=processes)
        for one in tracked(found, "核对 verifying", total=total):
            if isinstance(one, Problem):
                problems.append(one)
            else:
                reports += 1
    if as_json:
        rows = [{"kind": one.kind, "id": one.id, "problem": one.problem} for one in problems]
        say_json({"reports": reports, "findings": rows})
    else:
        for one in problems:
            say(f"{one.kind}\t{one.id}\t{one.problem}")
        word = f"发现 {len(problems)} 处问题 / findings" if problems else "全部一致 / all agree"
        note(f"核对 {reports} 件 / reports checked: {word}")
    if problems:
        click.get_current_context().exit(FAILED)


_FROM = click.option(
    "--from",
    "place",
    required=True,
    metavar="URL|FOLDER",
    help="登记簿的网址或文件夹 / address or folder of the register",
)
_LOG_KEY = click.option(
    "--log-key",
    metavar="KEY",
    help="日志公钥，另行取得的更可靠 / the log's verifier key, best from elsewhere",
)


@register.command(
    "recount",
    examples="""
    tonggui register recount --from https://report.example.gov.cn/register
    tonggui register recount --from ./var/register --json
    """,
)
@_FROM
@_LOG_KEY
@json_option
def count(place: str, log_key: str | None, as_json: bool) -> None:
    """只凭公开文件重算按期办理率。 / Count the on-time figures from public files alone.

    不需要本机的任何数据。 Nothing of this instance is needed.
    """
    try:
        read = source(place)
        told = recount(read, log_key or told_key(read))
    except SourceError as problem:
        raise CommandError(str(problem), key="from") from None
    except ProofError as problem:
        raise CommandError(
            f"签名不对 / not signed as it should be: {problem}", key="from"
        ) from None
    if as_json:
        say_json(_recount_json(told))
    else:
        _show_recount(told)
    if told.findings:
        click.get_current_context().exit(FAILED)


@register.command(
    "witness",
    examples="""
    tonggui register witness --from https://report.example.gov.cn/register --state seen.json
    tonggui register witness --from ./var/register --state seen.json \\
        --key witness.key --name awb.example.gov.cn/witness
    """,
)
@_FROM
@_LOG_KEY
@click.option(
    "--state",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="记住上次所见的文件 / file that remembers what was seen",
)
@click.option(
    "--key",
    "key_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="见证密钥文件，没有就新建；给出才会签署 / the witness's key, made if missing",
)
@click.option("--name", default="witness", help="见证人的名字 / name of the witness")
@json_option
def witness(
    place: str, log_key: str | None, state: Path, key_file: Path | None, name: str, as_json: bool
) -> None:
    """核对公开登记簿只增不改，可加签。 / Check that the public log only grows; cosign it.

    宜由上级单位每周运行。 The supervising office should run it weekly. From a folder, the
    signature is put into its witness/ folder; from an address, it is printed, to be sent to
    the operator.
    """
    try:
        read = source(place)
        key = None if key_file is None else witness_key(key_file)
        seen = look(
            read,
            key=log_key or told_key(read),
            state=state,
            now=datetime.now(UTC),
            witness=None if key is None else (name, key),
        )
        if key is not None and Path(place).is_dir():
            RegisterFolder(Path(place)).put_cosignature(name, seen.cosigned)
    except SourceError as problem:
        raise CommandError(str(problem), key="from") from None
    except (ProofError, ValueError) as problem:
        raise CommandError(
            f"登记簿没有通过核对，什么都没有签 / the register does not hold: {problem}", key="from"
        ) from None
    _show_witness(seen, witness_verifier(name, key) if key else "", as_json)


def _show_witness(seen: Seen, verifier: str, as_json: bool) -> None:
    if as_json:
        say_json(
            {
                "size": seen.checkpoint.size,
                "grown": seen.grown,
                "fingerprint": seen.fingerprint,
                "cosigned": seen.cosigned,
                "verifier": verifier,
            }
        )
        return
    if seen.cosigned:
        say(seen.cosigned.rstrip("\n"))
        note(f"见证公钥 witness key: {verifier}")
    grown = (
        "首次查看 / first look" if seen.grown is None else f"新增 {seen.grown} 条 / entries added"
    )
    note(f"一致 / consistent: {seen.checkpoint.size} 条 / entries, {grown}")
    note(f"指纹 fingerprint: {seen.fingerprint}")


def _recount_json(told: Recount) -> dict[str, object]:
    rows = [
        {
            "quarter": one.quarter,
            "office": one.office,
            "received": one.received,
            "accepted": one.accepted,
            "refused": one.refused,
            "transferred": one.transferred,
            "merged": one.merged,
            "on_time": one.on_time,
            "overdue": one.overdue,
            "on_time_percent": one.on_time_percent,
            "awards_approved": one.approved,
            "awards_paid": one.paid,
            "awards_lapsed": one.lapsed,
            "identities_released": one.released,
        }
        for one in told.figures
    ]
    return {
        "origin": told.origin,
        "size": told.size,
        "opened": told.opened,
        "fingerprint": told.fingerprint,
        "figures": rows,
        "rewards": [_reward_json(one) for one in told.rewards],
        "findings": told.findings,
    }


def _reward_json(one: RewardFigures) -> dict[str, object]:
    return {
        "first": one.first,
        "quarter": one.quarter,
        "awards": one.awards,
        "bands": [
            {"from_fen": band.from_fen, "below_fen": band.below_fen, "awards": band.awards}
            for band in one.bands
        ],
        **one.beside,
        "used_percent": one.used_percent,
    }


def _show_rewards(told: Sequence[RewardFigures]) -> None:
    if not told:
        return
    names = ("申领", "发放", "不予奖励", "逾期作废", "申请复核", "追回")
    rows = [
        [
            one.quarter if one.first == one.quarter else f"{one.first}–{one.quarter}",
            str(one.awards),
            "；".join(f"{_band(band)} {band.awards}" for band in one.bands),
            *("不足五件" if one.beside[key] is None else str(one.beside[key]) for key in BESIDE),
            "" if one.used_percent is None else f"≥{one.used_percent}%",
        ]
        for one in told
    ]
    table(("季度", "批准奖励", "按金额（元）", *names, "预算已用"), rows, title="奖励 / rewards")


def _band(band: Band) -> str:
    ends = "以上" if band.below_fen is None else f"–{plain(band.below_fen)}"
    return f"{plain(band.from_fen)}{ends}"


def _show_recount(told: Recount) -> None:
    columns = (
        "季度",
        "单位",
        "收到",
        "受理",
        "不受理",
        "转办",
        "并入",
        "按期",
        "超期",
        "按期率",
        "奖励已发",
    )
    table(columns, [_row(one) for one in told.figures], title=f"{told.origin}")
    _show_rewards(told.rewards)
    for finding in told.findings:
        say(finding)
    word = (
        f"发现 {len(told.findings)} 处问题 / findings" if told.findings else "全部相符 / all fits"
    )
    note(f"{told.size} 条，其中 {told.opened} 条已公开 / entries, opened: {word}")
    note(f"指纹 fingerprint: {told.fingerprint}")


def _row(one: Figures) -> list[str]:
    percent = "不足五件" if one.on_time_percent is None else f"{one.on_time_percent}%"
    office = "其他单位" if one.office == "others" else one.office
    counts = (
        one.received, one.accepted, one.refused, one.transferred, one.merged, one.on_time,
        one.overdue,
    )  # fmt: skip
    return [one.quarter, office, *(str(count) for count in counts), percent, str(one.paid)]
