"""Files for the bank and from it: what is written is read back, what is none is refused."""

import io

import pytest
import xlsxwriter

from admin import bank_files
from admin.bank_files import FORMATS, orders_file, read_rows
from admin.sheets import Page, xlsx_of
from casework.domain.bank import ORDER_HEAD, Payee, Result, order_row, read_answers, reference_of
from casework.domain.errors import BankFileError

BATCH = "K7M2Q9XR"
PAYEES = [
    Payee("伊小川", "6228480402564890018", "中国农业银行伊川县支行"),
    Payee("买买提·阿不都", "012345678", "𠮷林银行，“城关”支行"),
]
ROWS = [
    order_row(number, reference_of(BATCH, number), payee, 300_005)
    for number, payee in enumerate(PAYEES, 1)
]


def why_refused(body):
    with pytest.raises(BankFileError) as refused:
        read_rows(body)
    return refused.value.reason


def workbook(*sheets):
    body = io.BytesIO()
    book = xlsxwriter.Workbook(body)
    for rows in sheets:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    book.close()
    return body.getvalue()


@pytest.mark.parametrize("file_format", FORMATS)
def test_every_form_of_a_batch_reads_back_to_the_same_cells(file_format):
    made = orders_file(BATCH, ROWS, file_format)
    assert read_rows(made.body) == [list(ORDER_HEAD), *map(list, ROWS)]
    assert made.name.startswith(f"{BATCH}.")
    assert PAYEES[0].name not in repr(made)


def test_the_forms_are_what_banks_take():
    made = [orders_file(BATCH, ROWS, one) for one in ("csv", "gb18030")]
    assert [one.media_type for one in made] == [
        "text/csv; charset=utf-8",
        "text/csv; charset=gb18030",
    ]
    csv, old = (one.body for one in made)
    assert csv.startswith("\ufeff序号,参考号".encode())
    assert old.startswith("序号,参考号".encode("gb18030"))
    assert old.decode("gb18030").count("\r\n") == len(ROWS) + 1


def test_an_answer_is_read_as_banks_save_it():
    head = ["参考号", "金额", "处理结果", "失败原因"]
    first, second = reference_of(BATCH, 1), reference_of(BATCH, 2)
    text = f"\t批次结果\n{'	'.join(head)}\n{first}\t３,000.05\t交易成功\t\n"
    book = workbook([head, [first, 3000.05, "成功", ""], [second, 3000, "失败", "户名不符"]], [])
    for body in (text.encode("gb18030"), text.encode("utf-8-sig"), book):
        paid = read_answers(read_rows(body))[0]
        assert (paid.reference, paid.amount_fen, paid.result) == (first, 300_005, Result.PAID)
    assert read_answers(read_rows(book))[1].reason == "户名不符"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "sheet"),
        (b" \r\n", "sheet"),
        (b",,\n,,\n", "sheet"),
        (bank_files.OLD + b"\0" * 600, "sheet"),
        (b"PK\x03\x04 torn", "sheet"),
        (b"%PDF-1.7\n\0\0\0", "sheet"),
        (b"\xff\xff\xff", "sheet"),
        (b'a,"b\n', "sheet"),
        (workbook([["a"]], [["b"]]), "sheets"),
        (workbook([["参考号", "=1+1"]]), "formula"),
        (xlsx_of([Page("一", ("a",), [("=1+1",)])]), None),
    ],
)
def test_what_is_no_file_of_a_bank_is_refused(body, reason):
    if reason is None:
        assert read_rows(body) == [["a"], ["=1+1"]]
        return
    assert why_refused(body) == reason


def test_a_file_is_so_large_and_no_larger(monkeypatch):
    monkeypatch.setattr(bank_files, "BYTES_MAX", 3)
    assert read_rows(b"a,b") == [["a", "b"]]
    assert why_refused(b"a,bc") == "rows"
    monkeypatch.setattr(bank_files, "BYTES_MAX", 2_000_000)
    monkeypatch.setattr(bank_files, "UNPACKED_MAX", 100)
    assert why_refused(workbook([["a"]])) == "sheet"
