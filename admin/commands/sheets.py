"""Sheets as files of the machine on which commands run; nothing is written over."""

from collections.abc import Sequence
from pathlib import Path

from admin.commands.refusals import CommandError
from admin.sheets import CSV, XLSX, Cells, Page, SheetError, csv_of, read_csv, read_xlsx, xlsx_of


def read_sheets(path: Path) -> list[Cells]:
    """Return the cells of every sheet of a file; a CSV file has one.

    Raises:
        CommandError: it is no such file, or too large.
    """
    kind, body = _kind(path), path.read_bytes()
    try:
        return [read_csv(body)] if kind == CSV else read_xlsx(body)
    except SheetError as refusal:
        raise _refusal(path, refusal.expected, row=refusal.row) from None


def write_sheets(path: Path, pages: Sequence[Page]) -> None:
    """Write a new file: .csv with the first page alone, or .xlsx.

    Raises:
        CommandError: another kind of file, or one that is there already.
    """
    kind = _kind(path)
    if path.exists():
        raise _refusal(path, "a new file; this one is there already")
    path.write_bytes(csv_of(pages[0]) if kind == CSV else xlsx_of(pages))


def _kind(path: Path) -> str:
    kind = path.suffix.lower()
    if kind not in (CSV, XLSX):
        raise _refusal(path, f"a file named …{CSV} or …{XLSX}")
    return kind


def _refusal(path: Path, expected: str, *, row: int | None = None) -> CommandError:
    at = f" 第 {row} 行 / row {row}" if row else ""
    return CommandError(
        f"{path.name}{at} 不能使用 / cannot be used: expected {expected}",
        file=path.name, row=row, expected=expected,
    )  # fmt: skip
