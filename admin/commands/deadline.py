"""`tonggui deadline`: the last day of a time limit, with every day left out."""

from collections.abc import Mapping
from datetime import date, datetime

import click

from admin.commands import rules
from admin.commands.refusals import CommandError
from admin.commands.teaching import Group, json_option
from admin.commands.terminal import say, say_json, table
from casework.domain.calendar import WorkCalendar
from casework.domain.day_count import DayLine, days_of
from casework.domain.deadline import (
    CLOCK_KEYS,
    DueDate,
    End,
    Pause,
    Unit,
    due,
    parse_pause,
    parse_start,
    parse_window,
)
from casework.domain.errors import UnknownClockError
from casework.domain.legal_clock import clock_days, clock_due
from casework.domain.policy import Policy

WHY = {
    "weekend": "休息日 weekend",
    "holiday": "节假日 holiday",
    "paused": "中止 paused",
    "make_up": "补班 made up",
    "rolled": "顺延至此 rolled",
    "closed": "当日已无工作时间 closed",
}
WEEKDAYS = "一二三四五六日"
Counted = tuple[DueDate, tuple[DayLine, ...]]


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
    tonggui deadline explain --value 4 --unit hour --start 2026-11-06T17:30 \\
        --window 08:30-12:00 --window 14:30-18:00
    tonggui deadline explain --value 20 --unit day --end keep --start 2026-01-30 \\
        --pause 2026-02-05..2026-02-09 --days
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
@click.option(
    "--window", "hours", multiple=True, help="计入的工作时间，可多次 / 08:30-12:00, may repeat"
)
@click.option("--start", required=True, help="起算的日期或时刻 / 2026-11-02[T22:30]")
@click.option("--extend", type=int, default=0, help="批准延长多少 / granted extension")
@click.option(
    "--pause", "paused", multiple=True, help="中止的日期，可多次 / 2026-11-05..2026-11-09"
)
@click.option("--days", "with_days", is_flag=True, help="逐日列出 / list every day")
@json_option
def explain(
    policy_id: str | None,
    key: str | None,
    value: int | None,
    unit: str | None,
    end: str | None,
    hours: tuple[str, ...],
    start: str,
    extend: int,
    paused: tuple[str, ...],
    with_days: bool,
    as_json: bool,
) -> None:
    """说明期限的最后一日，以及哪些日子没有计入。 / The last day, and the days left out.

    当日不计，次日起算；用 --policy 和 --clock，或者 --value 和 --unit。
    The day of the event is not counted. Give --policy and --clock, or --value and --unit.
    """
    begun, pauses = parse_start(start), [parse_pause(text) for text in paused]
    here = rules.calendar_here()
    if policy_id is not None:
        given = {"--value": value, "--unit": unit, "--end": end, "--window": hours or None}
        _only("--policy", given)
        if key is None:
            raise _missing("--clock", f"one of {', '.join(CLOCK_KEYS)}")
        answer, days = _of_policy(policy_id, key, begun, extend, pauses, here)
    else:
        _only("--value", {"--clock": key})
        if value is None or unit is None:
            raise _missing("--policy", "--policy with --clock, or --value with --unit")
        kind, ends = Unit(unit), End(end or "roll")
        answer, days = _of_value(begun, value, kind, ends, extend, pauses, hours, here)
    if as_json:
        told = answer.as_json()
        say_json(told | {"days": [line.as_json() for line in days]} if with_days else told)
        return
    _tell(answer, pauses, days if with_days else ())


def _of_policy(
    policy_id: str,
    key: str,
    begun: date | datetime,
    extend: int,
    pauses: list[Pause],
    here: WorkCalendar,
) -> Counted:
    policy = rules.policies().get(policy_id)
    _check_clock(policy, key)
    answer = clock_due(policy, key, begun, calendar=here, extend=extend, pauses=pauses)
    return answer, clock_days(policy, key, begun, answer, calendar=here, extend=extend)


def _of_value(
    begun: date | datetime,
    value: int,
    unit: Unit,
    end: End,
    extend: int,
    pauses: list[Pause],
    hours: tuple[str, ...],
    here: WorkCalendar,
) -> Counted:
    windows = [parse_window(text) for text in hours]
    answer = due(
        begun,
        value=value,
        unit=unit,
        calendar=here,
        end=end,
        extend=extend,
        pauses=pauses,
        windows=windows,
    )
    return answer, days_of(begun, answer, unit=unit, calendar=here, windows=windows)


def _check_clock(policy: Policy, key: str) -> None:
    if key not in policy.clocks:
        raise UnknownClockError(policy=policy.id, clock=key, expected=", ".join(policy.clocks))


def _only(given: str, others: Mapping[str, object]) -> None:
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


def _tell(answer: DueDate, pauses: list[Pause], days: tuple[DayLine, ...]) -> None:
    last = answer.due_at.isoformat() if answer.due_at else answer.due_on.isoformat()
    say(f"最后期限 due: {last}（周{_weekday(answer.due_on)}）")
    if answer.policy:
        say(f"依据 by: {answer.policy}，{answer.clause}")
    if answer.limited_by:
        say(f"受上位规则限制 limited by: {answer.limited_by}")
    if days:
        _tell_days(days)
    else:
        for skip in answer.skipped:
            say(f"未计入 left out: {skip.on}（{WHY[skip.why]}）")
    if pauses:
        say(f"中止 {len(pauses)} 次 / paused")
    if answer.provisional:
        say("暂定：所涉年份的放假安排尚未公布 / provisional: the year's calendar is not published")


def _tell_days(days: tuple[DayLine, ...]) -> None:
    table(
        ("日期 day", "星期", "第几日 number", "说明 note"),
        [
            (
                line.on.isoformat(),
                _weekday(line.on),
                str(line.number) if line.counted else "—",
                _note(line),
            )
            for line in days
        ],
    )


def _note(line: DayLine) -> str:
    minutes = line.worked.total_seconds() / 60 if line.worked else 0
    passed = f"{minutes:g} 分钟 minutes" if minutes else ""
    return " ".join(part for part in (WHY.get(line.why, ""), line.name, passed) if part)


def _weekday(on: date) -> str:
    return WEEKDAYS[on.weekday()]
