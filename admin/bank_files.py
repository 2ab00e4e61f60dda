"""The bank's files: a batch of orders written in the form it takes, its answer read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from admin.sheets import Page, SheetError, csv_of, read_csv, read_xlsx, xlsx_of
from casework.domain.bank import ORDER_HEAD, ORDER_SHEET
from casework.domain.errors import BankFileError

BYTES_MAX: Final = 2_000_000
UNPACKED_MAX: Final = 20_000_000
ZIP: Final = b"PK\x03\x04"  # how a workbook begins
OLD: Final = b"\xd0\xcf\x11\xe0"  # how one of before 2007 does

FORMATS: Final = ("xlsx", "csv", "gb18030")  # the last is CSV for programs that know no UTF-8
_XLSX_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class BankFile:
    """A file for the bank, for one answer: it is kept nowhere."""

    name: str
    media_type: str
    body: bytes = field(repr=False)


def orders_file(batch: str, rows: Iterable[Sequence[str]], file_format: str) -> BankFile:
    """Return a batch of orders as a file.

    Args:
        batch: name of the batch, which is the file's.
        rows: as `bank.order_row` makes them: no cell of theirs can be taken for a formula.
        file_format: one of FORMATS.
    """
    page = Page(ORDER_SHEET, ORDER_HEAD, rows)
    if file_format == "xlsx":
        return BankFile(f"{batch}.xlsx", _XLSX_TYPE, xlsx_of([page]))
    is_old = file_format == "gb18030"
    body = csv_of(page, encoding="gb18030" if is_old else "utf-8-sig")
    charset = "gb18030" if is_old else "utf-8"
    return BankFile(f"{batch}.csv", f"text/csv; charset={charset}", body)


def read_rows(body: bytes) -> list[list[str]]:
    """Return the cells of a file that came from the bank, CSV or the one sheet of a workbook.

    Raises:
        BankFileError: "sheet" for no such file, "sheets" for several, "formula" for one that a
            bank did not write, "rows" for one that is too long.
    """
    if len(body) > BYTES_MAX:
        raise BankFileError("rows")
    if not body.strip() or body.startswith(OLD) or (b"\0" in body[:4096] and not _is_zip(body)):
        raise BankFileError("sheet")
    try:
        found = read_xlsx(body, unpacked_max=UNPACKED_MAX) if _is_zip(body) else [read_csv(body)]
    except SheetError as problem:
        raise BankFileError("sheet") from problem
    filled = [one for one in found if any(any(map(str.strip, row)) for row in one.rows)]
    if len(filled) != 1:
        raise BankFileError("sheets" if filled else "sheet")
    if filled[0].unread:
        raise BankFileError("formula")
    return filled[0].rows


def _is_zip(body: bytes) -> bool:
    return body.startswith(ZIP)
