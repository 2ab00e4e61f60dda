"""`tonggui calendar`: the working days that time limits are counted with."""

import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import click

from admin.commands import rules
from admin.commands.refusals import CommandError
from admin.commands.teaching import Group, json_option
from admin.commands.terminal import say, say_json, table
from casework.domain.calendar import CalendarRow, DayKind, WorkCalendar, notice_span
from casework.domain.calendar_notice import CSV_HEADER, NoticeYear, parse_year

BYTES_MAX = 200_000
KINDS = {
    DayKind.WORKDAY: "上班 worked",
    DayKind.WEEKEND: "周末 weekend",
    DayKind.HOLIDAY: "放假 off",
}
WEEKDAYS = "一二三四五六日"
UNPUBLISHED = "尚未公布，所涉期限为暂定 / not published: deadlines in it are provisional"


@click.group(
    cls=Group,
    examples="""
    tonggui calendar show 2026
    tonggui calendar check notice-2027.txt
    """,
)
def calendar() -> None:
    """查看工作日历，检查放假通知。 / The working-day calendar, and a new year's notice."""


@calendar.command(
    "show",
    examples="""
    tonggui calendar show
    tonggui calendar show 2026 --json
    tonggui calendar show 2026 --csv > 2026.csv
    """,
)
@click.argument("year", required=False, type=click.IntRange(2, 9998), metavar="[YEAR]")
@click.option("--csv", "as_csv", is_flag=True, help="输出 CSV，可交 check 检查 / as a CSV file")
@json_option
def show(year: int | None, as_csv: bool, as_json: bool) -> None:
    """列出各年，或一年中放假和补班的日子。 / The years, or a year's days off and make-up days."""
    here = rules.calendar_here()
    if year is None:
        if as_csv:
            expected = "one year beside --csv"
            raise CommandError(f"--csv 要有年份 / {expected}", key="year", expected=expected)
        _show_years(here, as_json)
    elif as_json:
        say_json(_year_json(here, year))
    elif as_csv:
        first, last = notice_span(year)
        say(",".join(CSV_HEADER))
        for row in here.rows():
            if first <= row.on <= last:
                say(f"{row.on},{row.kind},{row.name}")
    else:
        _show_year(here, year)


@calendar.command(
    "check",
    examples="""
    tonggui calendar check notice-2027.txt
    tonggui calendar check - --year 2027 --json < notice.txt
    tonggui calendar check 2027.csv
    """,
)
@click.argument("file", metavar="FILE|-")
@click.option("--year", type=click.IntRange(2, 9998), help="应为哪一年 / which year it must be")
@json_option
def check(file: str, year: int | None, as_json: bool) -> None:
    """检查放假通知或 CSV 文件：放假、补班和改动。 / Check a notice or CSV file; writes nothing.

    FILE 是国务院办公厅通知的全文，或者 day,kind,name 的 CSV；- 是标准输入。
    启用由两人在后台“日历”页办理。
    The notice as published, or CSV; - is standard input. Two persons put it in
    force on the console's calendar page.
    """
    name = "-" if file == "-" else Path(file).name
    told = parse_year(_text_of(file), year=year, file=name)
    here = rules.calendar_here()
    later = here.with_notice(told.year, told.calendar_rows())
    if as_json:
        say_json(_check_json(told, here, later))
    else:
        _tell_check(told, here, later)


def _text_of(file: str) -> str:
    try:
        if file == "-":
            body = sys.stdin.buffer.read(BYTES_MAX + 1)
        else:
            with Path(file).open("rb") as opened:
                body = opened.read(BYTES_MAX + 1)
    except OSError as problem:
        raise _refused(f"a readable file ({file}: {problem.strerror})") from None
    if len(body) > BYTES_MAX:
        raise _refused(f"at most {BYTES_MAX:,} bytes")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _refused("UTF-8 text") from None


def _refused(expected: str) -> CommandError:
    return CommandError(f"文件不可用 / expected {expected}", key="file", expected=expected)


def _show_years(here: WorkCalendar, as_json: bool) -> None:
    years = sorted({row.on.year for row in here.rows()})
    if as_json:
        listed = [_year_json(here, year) for year in years]
        for one in listed:
            del one["days"]
        say_json({"digest": here.digest(), "years": listed})
        return
    table(
        ("年份 year", "工作日 working days", "放假 off", "补班 made up", ""),
        [
            (
                str(year),
                str(here.workdays_of(year)),
                str(_count(here, year, DayKind.HOLIDAY)),
                str(_count(here, year, DayKind.WORKDAY)),
                "" if here.is_known(year) else UNPUBLISHED,
            )
            for year in years
        ],
    )
    say(f"sha256 {here.digest()}")


def _show_year(here: WorkCalendar, year: int) -> None:
    say(f"{year} 年：工作日 working days {here.workdays_of(year)}")
    if not here.is_known(year):
        say(UNPUBLISHED)
    _table_of(here.rows(year))


def _table_of(rows: tuple[CalendarRow, ...]) -> None:
    table(
        ("日期 day", "星期", "", "节日 holiday"),
        [(row.on.isoformat(), _weekday(row.on), KINDS[row.kind], row.name) for row in rows],
    )


def _year_json(here: WorkCalendar, year: int) -> dict[str, object]:
    return {
        "year": year,
        "known": here.is_known(year),
        "working_days": here.workdays_of(year),
        "days_off": _count(here, year, DayKind.HOLIDAY),
        "made_up": _count(here, year, DayKind.WORKDAY),
        "days": [_row_json(row) for row in here.rows(year)],
    }


def _row_json(row: CalendarRow) -> dict[str, object]:
    return {
        "on": row.on.isoformat(),
        "kind": row.kind,
        "name": row.name,
        "provisional": row.provisional,
    }


def _check_json(told: NoticeYear, here: WorkCalendar, later: WorkCalendar) -> dict[str, object]:
    return {
        "ok": True,
        "year": told.year,
        "working_days": later.workdays_of(told.year),
        "days": [
            {"on": row.on.isoformat(), "kind": row.kind, "name": row.name} for row in told.rows
        ],
        "changes": [
            {"on": on.isoformat(), "from": before, "to": after}
            for on, before, after in _changes(told, here, later)
        ],
        "doubts": [str(doubt) for doubt in told.doubts],
        "digest": later.digest(),
    }


def _tell_check(told: NoticeYear, here: WorkCalendar, later: WorkCalendar) -> None:
    say(f"{told.year} 年：工作日 working days {later.workdays_of(told.year)}")
    _table_of(told.calendar_rows())
    for doubt in told.doubts:
        say(f"请核对 please check: {doubt}")
    changes = tuple(_changes(told, here, later))
    if not changes:
        say("与现有日历一致 / the same as the calendar at hand")
    elif not here.is_known(told.year):
        say(f"{told.year} 年尚无日历，共 {len(changes)} 日不同于周历 / this year is new")
    else:
        say(f"与现有日历不同的 {len(changes)} 日 / days that change:")
        for on, before, after in changes:
            say(f"  {on} 周{_weekday(on)}：{KINDS[before]} → {KINDS[after]}")


def _changes(
    told: NoticeYear, here: WorkCalendar, later: WorkCalendar
) -> Iterator[tuple[date, DayKind, DayKind]]:
    """Yield the days on which the calendar at hand says otherwise than it would."""
    first, last = notice_span(told.year)
    days = {first + timedelta(days=n) for n in range((last - first).days + 1)}
    for on in sorted(days | {row.on for row in told.rows}):
        before, after = here.kind(on), later.kind(on)
        if before is not after:
            yield on, before, after


def _count(here: WorkCalendar, year: int, kind: DayKind) -> int:
    return sum(row.kind is kind for row in here.rows(year))


def _weekday(on: date) -> str:
    return WEEKDAYS[on.weekday()]
