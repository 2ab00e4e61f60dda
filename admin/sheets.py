"""Sheets as files: CSV and XLSX, written so that no program takes a cell for a formula."""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

CSV: Final = ".csv"
XLSX: Final = ".xlsx"
BYTES_MAX: Final = 20_000_000
UNPACKED_MAX: Final = 200_000_000
ROWS_MAX: Final = 100_000
CELLS_MAX: Final = 3_000_000  # of a file, empty ones between others too
# What programs for sheets take for a formula, the full-width forms too; with the apostrophe
# that keeps them from it, which they do not show.
_FORMULA: Final = re.compile(r"'*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]")
_GUARDED: Final = re.compile(r"'+[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]")


class SheetError(Exception):
    """A file is no sheet that can be used: what was expected, and in which row if that is known."""

    def __init__(self, expected: str, *, row: int | None = None) -> None:
        """Name what was *expected*, and the *row* from 1."""
        super().__init__(expected)
        self.expected = expected
        self.row = row


@dataclass(slots=True)
class Cells:
    """The cells of a sheet as text; and those that are none, by row and column from 1.

    Attributes:
        name: of the sheet in its workbook, "" in a CSV file.
    """

    rows: list[list[str]] = field(default_factory=list)
    unread: dict[tuple[int, int], str] = field(default_factory=dict)
    name: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """One sheet to be written: its name, its first row, the others."""

    name: str
    head: Sequence[str]
    rows: Iterable[Sequence[str]]


def read_csv(body: bytes) -> Cells:
    """Return the cells of a CSV file, or of what was copied from a sheet, with tabs between.

    Raises:
        SheetError: it is no such file, or too large.
    """
    _check_size(body)
    text, cells = _decoded(body), Cells()
    between = "\t" if "\t" in text.partition("\n")[0] else ","
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=between)
    left = CELLS_MAX
    try:
        for row in reader:
            left -= len(row)
            if left < 0:
                raise SheetError(f"at most {CELLS_MAX:,} cells", row=reader.line_num)
            cells.rows.append([cell[1:] if _GUARDED.match(cell) else cell for cell in row])
    except csv.Error as problem:
        raise SheetError(f"CSV with commas ({problem})", row=reader.line_num) from None
    _check_rows(cells)
    return cells


def read_xlsx(body: bytes, *, unpacked_max: int = UNPACKED_MAX) -> list[Cells]:
    """Return the cells of every sheet of a workbook.

    Raises:
        SheetError: it is no such file, or too large.
    """
    # Imported here: most pages and commands read no such file.
    import openpyxl

    _check_size(body)
    found = []
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            if sum(one.file_size for one in packed.infolist()) > unpacked_max:
                raise SheetError(f"at most {unpacked_max // 1_000_000} MB unpacked")
        book = openpyxl.load_workbook(io.BytesIO(body), read_only=True)
        try:
            left = CELLS_MAX
            for sheet in book.worksheets:
                found.append(_cells_of(sheet, left))
                left -= sum(map(len, found[-1].rows))
        finally:
            book.close()
    except SheetError:
        raise
    except Exception:  # whatever a damaged file makes its reader trip over
        raise SheetError("a workbook (XLSX)") from None
    return found


def _cells_of(sheet: Any, cells_max: int) -> Cells:
    """The cells of one sheet, as wide as its rows are: what it says of its size is not asked."""
    sheet.reset_dimensions()
    cells, left = Cells(name=sheet.title), cells_max
    for number, row in enumerate(sheet.iter_rows(), 1):
        if number > ROWS_MAX + 1:
            break
        left -= len(row)
        if left < 0:
            raise SheetError(f"at most {CELLS_MAX:,} cells", row=number)
        cells.rows.append(
            [_text(cell, (number, place), cells) for place, cell in enumerate(row, 1)]
        )
    _check_rows(cells)
    return cells


def csv_of(page: Page, *, encoding: str = "utf-8-sig") -> bytes:
    """Return a page as CSV: UTF-8 with a mark that Excel looks for, or in another encoding."""
    return _csv_text([page.head, *page.rows]).encode(encoding)


def _check_size(body: bytes) -> None:
    if len(body) > BYTES_MAX:
        raise SheetError(f"at most {BYTES_MAX // 1_000_000} MB")


def _check_rows(cells: Cells) -> None:
    if len(cells.rows) > ROWS_MAX:
        raise SheetError(f"at most {ROWS_MAX:,} rows")


def _csv_text(rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    for row in rows:
        writer.writerow([f"'{cell}" if _FORMULA.match(cell) else cell for cell in row])
    return text.getvalue()


def _decoded(body: bytes) -> str:
    """Read UTF-8, with or without a mark, or what Excel in China saves."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return body.decode(encoding)
        except UnicodeDecodeError as problem:
            row = body.count(b"\n", 0, problem.start) + 1
    raise SheetError("text in UTF-8 or GB18030", row=row)


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


def xlsx_of(pages: Iterable[Page]) -> bytes:
    """Return pages as a workbook in which every cell is text."""
    import xlsxwriter

    body = io.BytesIO()
    book = xlsxwriter.Workbook(body, {"strings_to_formulas": False, "strings_to_urls": False})
    # "@" keeps a code of twelve digits a text when somebody edits it.
    plain, bold = book.add_format({"num_format": "@"}), book.add_format({"bold": True})
    for page in pages:
        sheet = book.add_worksheet(page.name)
        sheet.freeze_panes(1, 1)
        for column, cell in enumerate(page.head):
            sheet.set_column(column, column, min(40, max(12, 2 * len(cell))), plain)
            sheet.write_string(0, column, cell, bold)
        for row, column, cell in _numbered(page.rows):
            sheet.write_string(row, column, cell, plain)
    book.close()
    return body.getvalue()


def _numbered(rows: Iterable[Sequence[str]]) -> Iterator[tuple[int, int, str]]:
    for row, cells in enumerate(rows, 1):
        for column, cell in enumerate(cells):
            yield row, column, cell
