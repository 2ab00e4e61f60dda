"""Sheets that say of themselves what is not so, or that swell when they are read."""

import io
import re
import zipfile

import pytest

from admin import sheets
from admin.sheets import Page, SheetError, read_csv, read_xlsx, xlsx_of


def changed(change):
    """A small workbook, its first sheet changed as XML."""
    book, out = io.BytesIO(xlsx_of([Page("规则 rule", ("id", "lead"), [("x", "y")])])), io.BytesIO()
    with zipfile.ZipFile(book) as packed, zipfile.ZipFile(out, "w") as new:
        for one in packed.infolist():
            body = packed.read(one)
            new.writestr(one, change(body) if one.filename.endswith("sheet1.xml") else body)
    return out.getvalue()


def claims_to_be_huge(body):
    return re.sub(rb'<dimension ref="[^"]*"/>', b'<dimension ref="A1:XFD1048576"/>', body)


def with_a_far_row(body):
    row = b'<row r="90000"><c r="A90000" t="str"><v>z</v></c></row></sheetData>'
    return claims_to_be_huge(body).replace(b"</sheetData>", row)


def test_no_cell_is_made_that_the_file_does_not_have():
    (found,) = read_xlsx(changed(with_a_far_row))
    assert (found.rows[0], found.rows[1]) == (["id", "lead"], ["x", "y"])
    assert (len(found.rows), found.rows[-1]) == (90_000, ["z"])
    assert sum(map(len, found.rows)) == 5


@pytest.mark.parametrize(("cells", "is_read"), [(19, False), (20, True)])
def test_cells_are_counted_with_the_empty_ones_before_them(monkeypatch, cells, is_read):
    monkeypatch.setattr(sheets, "CELLS_MAX", cells)

    def wide(body):
        row = b'<row r="3"><c r="P3" t="str"><v>z</v></c></row></sheetData>'
        return body.replace(b"</sheetData>", row)

    if is_read:
        assert read_xlsx(changed(wide))[0].rows[2] == [""] * 15 + ["z"]
        return
    with pytest.raises(SheetError, match="at most 19 cells") as refused:
        read_xlsx(changed(wide))
    assert refused.value.row == 3


def test_cells_of_a_csv_file_are_counted_too(monkeypatch):
    monkeypatch.setattr(sheets, "CELLS_MAX", 7)
    assert read_csv(b"a,b\n,,,,\n").rows[1] == [""] * 5
    with pytest.raises(SheetError, match="at most 7 cells") as refused:
        read_csv(b"a,b\n,,,,,\n")
    assert refused.value.row == 2
