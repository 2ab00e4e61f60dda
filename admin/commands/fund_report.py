"""`tonggui fund report`: a year's books for the finance bureau, as XLSX or Beancount."""

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import click
import xlsxwriter

from admin.commands.opened import opened
from admin.commands.refusals import CommandError
from admin.commands.teaching import Command, json_option
from admin.commands.terminal import say, say_json
from admin.forms.words import FUND_SOURCES, LEDGER_ACCOUNTS, LEDGER_KINDS, Words
from casework.domain.beancount import beancount
from casework.domain.ledger import Balance, Line
from casework.domain.pots import parse_pot
from casework.services import fund as funds

YEAR = click.IntRange(2000, 2200)
_OUT = click.Path(path_type=Path, dir_okay=False)
ROWS_MAX = 1_048_000  # of a sheet
_SUMMARY = (
    "资金来源 pot", "预算 granted", "预留 reserved", "已付 paid", "可用 available",
    "超支 overdrawn",
)  # fmt: skip
_LINES = (
    "序号 no.", "日期 day", "种类 kind", "从 from", "到 to", "资金来源 pot", "金额 yuan",
    "奖励 award", "事件 event",
)  # fmt: skip


@click.command(
    cls=Command,
    examples="""
    tonggui fund report --year 2026 --xlsx fund-2026.xlsx
    tonggui fund report --year 2026 --beancount fund-2026.beancount
    """,
)
@click.option("--year", type=YEAR, required=True, help="预算年度 / budget year")
@click.option("--xlsx", type=_OUT, help="新的表格文件 / new workbook")
@click.option("--beancount", "books", type=_OUT, help="新的 Beancount 文件 / new Beancount file")
@json_option
def report(year: int, xlsx: Path | None, books: Path | None, as_json: bool) -> None:
    """写出一个年度的全部账目，没有姓名。 / Write all books of a year; no names.

    XLSX 有汇总和明细两页；Beancount 文件可以用 bean-check 独立核对。
    XLSX has a summary and all lines; bean-check proves the Beancount file from outside.
    """
    if not (xlsx or books):
        raise CommandError(
            "请写 --xlsx 或者 --beancount 和文件名 / say --xlsx or --beancount and a file",
            key="xlsx", expected="--xlsx FILE or --beancount FILE",
        )  # fmt: skip
    for path in (one for one in (xlsx, books) if one):
        if path.exists():
            raise CommandError(
                f"{path.name} 已经存在，不覆盖 / is there already: name a new file",
                key="file", expected="a new file",
            )  # fmt: skip
    with opened() as here:
        lines = list(funds.dated_lines(here.store, year=year))
        found = funds.fund_books(here.store, year=year)
    if books:
        rows = beancount(year, lines, found.parts)
        books.write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")
    if xlsx:
        _write_xlsx(xlsx, lines, found)
    written = [str(path) for path in (xlsx, books) if path]
    if as_json:
        say_json({"year": year, "files": written, "lines": len(lines)})
    else:
        say(f"已写入 {'、'.join(written)}：{len(lines)} 笔账目 / written, {len(lines)} lines")


def _write_xlsx(path: Path, lines: Sequence[tuple[Line, date]], found: funds.Books) -> None:
    if len(lines) > ROWS_MAX:
        raise CommandError(
            f"账目超过 {ROWS_MAX:,} 笔，一页放不下，请用 --beancount / too many lines for a sheet",
            key="xlsx", expected=f"at most {ROWS_MAX:,} lines",
        )  # fmt: skip
    book = xlsxwriter.Workbook(
        str(path), {"strings_to_formulas": False, "strings_to_urls": False, "constant_memory": True}
    )
    money = book.add_format({"num_format": "#,##0.00"})
    bold = book.add_format({"bold": True})
    _sheet(book, f"汇总 {found.year}", _SUMMARY, _summary(found), money, bold)
    _sheet(book, "明细", _LINES, _detail(lines), money, bold)
    book.close()


def _sheet(
    book: xlsxwriter.Workbook,
    name: str,
    head: Sequence[str],
    rows: Iterable[Sequence[str | int | float]],
    money: Any,
    bold: Any,
) -> None:
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(head) - 1, 18)
    for column, cell in enumerate(head):
        sheet.write_string(0, column, cell, bold)
    for number, row in enumerate(rows, 1):
        for column, one in enumerate(row):
            if isinstance(one, float):
                sheet.write_number(number, column, one, money)
            elif isinstance(one, int):
                sheet.write_number(number, column, one)
            else:
                sheet.write_string(number, column, one)


def _summary(found: funds.Books) -> Iterable[Sequence[str | float]]:
    for pot, part in found.parts.items():
        yield (pot_words(pot), *_amounts(part))
    yield ("合计 total", *_amounts(found.balance))


def _amounts(balance: Balance) -> Sequence[float]:
    parts = (
        balance.appropriated_fen, balance.reserved_fen, balance.paid_fen, balance.available_fen,
        balance.overdrawn_fen,
    )  # fmt: skip
    # At most 10^14 fen: a double keeps them to the fen.
    return tuple(one / 100 for one in parts)


def _detail(lines: Iterable[tuple[Line, date]]) -> Iterable[Sequence[str | int | float]]:
    for number, (line, day) in enumerate(lines, 1):
        yield (
            number, day.isoformat(), _word(LEDGER_KINDS, line.kind.lower()),
            _word(LEDGER_ACCOUNTS, line.account_from), _word(LEDGER_ACCOUNTS, line.account_to),
            pot_words(line.pot), line.amount_fen / 100, line.award, line.event,
        )  # fmt: skip


def pot_words(pot: str) -> str:
    """Return what a pot is called on the command line."""
    found = parse_pot(pot)
    source = _word(FUND_SOURCES, found.source)
    return f"{source}·{found.office}" if found.office else source


def _word(words: Words, code: str) -> str:
    """Return a word in Chinese: there is no reader here who chose a language."""
    return str(words[code])
