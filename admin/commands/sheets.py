"""Sheets as files: CSV and XLSX, written so that no program takes a cell for a formula."""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from admin.commands.refusals import CommandError

CSV: Final = ".csv"
XLSX: Final = ".xlsx"
BYTES_MAX: Final = 20_000_000
UNPACKED_MAX: Final = 200_000_000
ROWS_MAX: Final = 100_000
# What programs for sheets take for a formula, the full-width forms too; with the apostrophe
# that keeps them from it, which they do not show.
_FORMULA: Final = re.compile(r"'*[=+\-@\t\r＝＋－＠]")
_GUARDED: Final = re.compile(r"'+[=+\-@\t\r＝＋－＠]")


@dataclass(slots=True)
class Cells:
    """The cells of a sheet as text; and those that are none, by row and column from 1."""

    rows: list[list[str]] = field(default_factory=list)
    unread: dict[tuple[int, int], str] = field(default_factory=dict)


def read_sheet(path: Path) -> Cells:
    """Return the cells of the first sheet of a file.

    Raises:
        CommandError: it is no such file, or too large.
    """
    if path.stat().st_size > BYTES_MAX:
        raise _refusal(path, f"at most {BYTES_MAX // 1_000_000} MB")
    cells = _read_csv(path) if _kind(path) == CSV else _read_xlsx(path)
    if len(cells.rows) > ROWS_MAX:
        raise _refusal(path, f"at most {ROWS_MAX:,} rows")
    return cells


def write_sheet(
    path: Path,
    head: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    second: tuple[str, Sequence[str], Iterable[Sequence[str]]] | None = None,
) -> None:
    """Write a new file; nothing is written over.

    Args:
        path: .csv (UTF-8 with a mark that Excel looks for) or .xlsx.
        head: the first row.
        rows: the others.
        second: name, head and rows of another sheet, for XLSX alone.

    Raises:
        CommandError: another kind of file, or one that is there already.
    """
    kind = _kind(path)
    if path.exists():
        raise _refusal(path, "a new file; this one is there already")
    if kind == CSV:
        path.write_bytes(b"\xef\xbb\xbf" + _csv_text([head, *rows]).encode())
        return
    _write_xlsx(path, [("1", head, rows), *([second] if second else [])])


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


def _csv_text(rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    for row in rows:
        writer.writerow([f"'{cell}" if _FORMULA.match(cell) else cell for cell in row])
    return text.getvalue()


def _read_csv(path: Path) -> Cells:
    body = path.read_bytes()
    cells = Cells()
    reader = csv.reader(io.StringIO(_decoded(path, body), newline=""), strict=True)
    try:
        for row in reader:
            cells.rows.append([cell[1:] if _GUARDED.match(cell) else cell for cell in row])
    except csv.Error as problem:
        raise _refusal(path, f"CSV with commas ({problem})", row=reader.line_num) from None
    return cells


def _decoded(path: Path, body: bytes) -> str:
    """Read UTF-8, with or without a mark, or what Excel in China saves."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return body.decode(encoding)
        except UnicodeDecodeError as problem:
            row = body.count(b"\n", 0, problem.start) + 1
    raise _refusal(path, "text in UTF-8 or GB18030", row=row)


def _read_xlsx(path: Path) -> Cells:
    # Imported here: most commands read no such file.
    import openpyxl

    cells = Cells()
    try:
        with zipfile.ZipFile(path) as packed:
            if sum(one.file_size for one in packed.infolist()) > UNPACKED_MAX:
                raise _refusal(path, f"at most {UNPACKED_MAX // 1_000_000} MB unpacked")
        book = openpyxl.load_workbook(path, read_only=True)
        try:
            for number, row in enumerate(book.worksheets[0].iter_rows(), 1):
                if number > ROWS_MAX:
                    break
                cells.rows.append(
                    [_text(cell, (number, place), cells) for place, cell in enumerate(row, 1)]
                )
        finally:
            book.close()
    except CommandError:
        raise
    except Exception:  # whatever a damaged file makes its reader trip over
        raise _refusal(path, "a workbook (XLSX)") from None
    return cells


def _text(cell: Any, place: tuple[int, int], cells: Cells) -> str:
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        cells.unread[place] = "a text, not a formula"
    elif cell.data_type == "e":
        cells.unread[place] = "a text, not a failed formula"
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _write_xlsx(
    path: Path, sheets: Sequence[tuple[str, Sequence[str], Iterable[Sequence[str]]]]
) -> None:
    import xlsxwriter

    body = io.BytesIO()
    book = xlsxwriter.Workbook(body, {"strings_to_formulas": False, "strings_to_urls": False})
    # "@" keeps a code of twelve digits a text when somebody edits it.
    plain, bold = book.add_format({"num_format": "@"}), book.add_format({"bold": True})
    for name, head, rows in sheets:
        sheet = book.add_worksheet(name)
        sheet.freeze_panes(1, 1)
        for column, cell in enumerate(head):
            sheet.set_column(column, column, min(40, max(12, 2 * len(cell))), plain)
            sheet.write_string(0, column, cell, bold)
        for row, column, cell in _numbered(rows):
            sheet.write_string(row, column, cell, plain)
    book.close()
    path.write_bytes(body.getvalue())


def _numbered(rows: Iterable[Sequence[str]]) -> Iterator[tuple[int, int, str]]:
    for row, cells in enumerate(rows, 1):
        for column, cell in enumerate(cells):
            yield row, column, cell
