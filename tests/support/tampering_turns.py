"""Every turn that a case takes, row by row: what was signed, what was sealed with it, who may open.

Here each kind of event and of sealed text of the turns has its turn, where `tampering_rows` takes
a few of each table.
"""

from collections.abc import Iterator
from dataclasses import replace

from rich_instance import Rich, Row, Rows
from rich_turns import STORIES
from tampering import Tampering, flipped, names_of
from tampering_files import write
from tampering_rows import deleted

# What tells the rows of a turn apart, of which one each is tampered with; the column of the bytes.
APART = {
    "event": (("kind",), "body"),
    "sealed_object": (("kind",), "body"),
    "key_wrap": (("key_kind", "recipient"), "body"),
    "report": (("id",), "case_json"),
    "waiting": (("kind", "of"), ""),
    "award": (("state",), ""),
}


def of_turns(rich: Rich, rows: Rows) -> Iterator[Tampering]:
    """Yield what can be done to the rows that came of the turns."""
    mine = {rich.report(name) for name in STORIES}
    for table, (apart, column) in APART.items():
        of = "id" if table == "report" else "report_id"
        found = [row for row in rows[table] if row[of] in mine]
        for row in {tuple(row[one] for one in apart): row for row in found}.values():
            what = "/".join(str(row[one]) for one in apart)
            if table != "report":
                yield replace(deleted(table, row), place=f"{table} ({what})")
            if column:
                yield _flipped(table, row, column, what)
    yield from _photos(rich, rows)


def _flipped(table: str, row: Row, column: str, what: str) -> Tampering:
    value = row[column]
    at = len(value) // 2
    if isinstance(value, bytes):
        changed = flipped(value, at)
    else:
        changed = value[:at] + ("b" if value[at] == "a" else "a") + value[at + 1 :]
    return Tampering(
        "flip",
        f"{table}.{column} ({what})",
        (table,),
        lambda owner: owner.change(table, row, **{column: changed}),
        names_of(table, row),
    )


def _photos(rich: Rich, rows: Rows) -> Iterator[Tampering]:
    """The bytes of a photo that two have signed for."""
    folder = rich.world.settings.home / "blobs"
    for row in rows["sealed_file"]:
        if row["report_id"] == rich.report("visited"):
            path = folder / row["blob_name"]
            names = (row["id"], row["report_id"])
            yield write(path, flipped(path.read_bytes(), -1), "photo", "flip", *names)
            yield write(path, None, "photo", "delete", *names)
