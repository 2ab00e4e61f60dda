"""`tonggui deadline`: the last day of a time limit, with every day left out."""

import click

from admin.commands import rules
from admin.commands.refusals import CommandError
from admin.commands.teaching import Group, json_option
from admin.commands.terminal import say, say_json
from casework.domain.deadline import (
    CLOCK_KEYS,
    DueDate,
    End,
    Pause,
    Unit,
    due,
    parse_pause,
    parse_start,
)
from casework.domain.legal_clock import clock_due

WHY = {"weekend": "休息日", "holiday": "节假日", "paused": "中止"}


@click.group(
    cls=Group,
    examples="""
    tonggui deadline explain --policy yichuan-2022 --clock verify --start 2026-11-02
    tonggui deadline explain --value 5 --unit working_day --start 2026-09-28
    """,
)
def deadline() -> None:
    """计算法定期限。 / Compute the last day of a time limit."""


@deadline.command(
    "explain",
    examples="""
    tonggui deadline explain --policy yichuan-2022 --clock verify --start 2026-11-02 --json
    tonggui deadline explain --value 24 --unit hour --start 2026-11-02T22:30
    tonggui deadline explain --value 20 --unit day --end keep --start 2026-01-30 \\
        --pause 2026-02-05..2026-02-09
    """,
)
@click.option("--policy", "policy_id", help="规则编号 / id; then --clock")
@click.option("--clock", "key", help=f"时限 / {', '.join(CLOCK_KEYS[:6])} …")
@click.option("--value", type=int, help="没有规则时：多少 / how many, without a policy")
@click.option("--unit", type=click.Choice([str(unit) for unit in Unit]), help="单位 / unit")
@click.option(
    "--end",
    type=click.Choice([str(end) for end in End]),
    help="末日逢休息日：顺延或不变 / roll (default) or keep",
)
@click.option("--start", required=True, help="起算的日期或时刻 / 2026-11-02[T22:30]")
@click.option("--extend", type=int, default=0, help="批准延长多少 / granted extension")
@click.option("--pause", "paused", multiple=True, help="中止的日期 / 2026-11-05..2026-11-09")
@json_option
def explain(
    policy_id: str | None,
    key: str | None,
    value: int | None,
    unit: str | None,
    end: str | None,
    start: str,
    extend: int,
    paused: tuple[str, ...],
    as_json: bool,
) -> None:
    """说明期限的最后一日，以及哪些日子没有计入。 / The last day, and the days left out.

    当日不计，次日起算；用 --policy 和 --clock，或者 --value 和 --unit。
    The day of the event is not counted. Give --policy and --clock, or --value and --unit.
    """
    begun, pauses = parse_start(start), [parse_pause(text) for text in paused]
    if policy_id is not None:
        _only("--policy", {"--value": value, "--unit": unit, "--end": end})
        if key is None:
            raise _missing("--clock", f"one of {', '.join(CLOCK_KEYS)}")
        answer = clock_due(
            rules.policies().get(policy_id),
            key,
            begun,
            calendar=rules.calendar_here(),
            extend=extend,
            pauses=pauses,
        )
    else:
        _only("--value", {"--clock": key})
        if value is None or unit is None:
            raise _missing("--policy", "--policy with --clock, or --value with --unit")
        answer = due(
            begun,
            value=value,
            unit=Unit(unit),
            calendar=rules.calendar_here(),
            end=End(end or "roll"),
            extend=extend,
            pauses=pauses,
        )
    if as_json:
        say_json(answer.as_json())
    else:
        _tell(answer, pauses)


def _only(given: str, others: dict[str, object]) -> None:
    for name, value in others.items():
        if value is not None:
            raise CommandError(
                f"{given} 和 {name} 不能同用 / {name} cannot stand beside {given}",
                key=name.removeprefix("--"),
                expected=f"nothing beside {given}",
            )


def _missing(name: str, expected: str) -> CommandError:
    return CommandError(
        f"缺少 {name} / {name} is missing: expected {expected}",
        key=name.removeprefix("--"),
        expected=expected,
    )


def _tell(answer: DueDate, pauses: list[Pause]) -> None:
    last = answer.due_at.isoformat() if answer.due_at else answer.due_on.isoformat()
    say(f"最后期限 due: {last}")
    if answer.policy:
        say(f"依据 by: {answer.policy}，{answer.clause}")
    if answer.limited_by:
        say(f"受上位规则限制 limited by: {answer.limited_by}")
    for skip in answer.skipped:
        say(f"未计入 left out: {skip.on}（{WHY.get(skip.why, skip.why)}）")
    if pauses:
        say(f"中止 {len(pauses)} 次 / paused")
    if answer.provisional:
        say("暂定：所涉年份的放假安排尚未公布 / provisional: the year's calendar is not published")
