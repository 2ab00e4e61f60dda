"""What somebody pastes or uploads as a routing table: TOML, CSV or a workbook."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from admin.sheets import Cells, Page, SheetError, read_csv, read_xlsx
from casework.domain.errors import RoutingFileError
from casework.domain.routing import Routing, load_routing
from casework.domain.routing_draft import draft_of
from casework.domain.routing_parts import CODES, TITLES, Given, head_of, part_of, rows_of
from casework.domain.routing_sheet import row_of

UNPACKED_MAX: Final = 40_000_000


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing that is wrong in what was given.

    Attributes:
        part: of the table, "" for a TOML file.
        row: in the sheet, or line of the file; 0 where neither is known.
        column: of the sheet, or key of the file.
        expected: as the domain says it; `routing_words.expected` has the sentence.
        found: what stands there, "" where that is not known.
    """

    part: str
    row: int
    column: str
    expected: str
    found: str = ""


@dataclass(frozen=True, slots=True)
class Drafted:
    """A table that was given: its file, or everything that is wrong with it."""

    body: bytes = b""
    wrong: tuple[Wrong, ...] = ()


def normal(text: str) -> bytes:
    """Return the file that a text is, as it is signed: without a mark, each line with one end.

    A form may lose or gain a line break before the text.
    """
    return text.lstrip("\ufeff\r\n").replace("\r\n", "\n").replace("\r", "\n").encode()


def drafted(name: str, given: bytes, base: Routing, body: bytes) -> Drafted:
    """Return the table that *given* is, or that it makes of the table *base*.

    Args:
        name: of the file, "" for what was pasted.
        given: TOML, CSV (or cells with tabs between), or an XLSX file.
        base: the newest table, whose parts stay where a sheet does not bring them.
        body: its file.
    """
    try:
        sheets = _sheets(given)
        if sheets is None:
            new = _toml(given)
            load_routing(new, file=name)
            return Drafted(new)
        made = draft_of(by_part(sheets), base, body, file=name)
    except RoutingFileError as refusal:
        return Drafted(wrong=(Wrong("", refusal.line or 0, refusal.key, refusal.expected),))
    except SheetError as refusal:
        return Drafted(wrong=(Wrong("", refusal.row or 0, "", refusal.expected),))
    wrong = tuple(Wrong(one.part, one.row, one.column, one.expected, one.found) for one in made.bad)
    return Drafted(made.body, wrong)


def pages_of(routing: Routing) -> Iterator[Page]:
    """Yield a table as pages of a workbook: rules first, then what they name."""
    rules = [row_of(rule) for rule in routing.rules.values()]
    yield Page(_named("rule"), head_of("rule"), rules)
    for part in ("region", "sector", "department", "head"):
        yield Page(_named(part), head_of(part), rows_of(routing, part))


def _named(part: str) -> str:
    return f"{TITLES[part]} {part}"


def _toml(given: bytes) -> bytes:
    """Return a text as it is signed; what is no text as it is, to be refused with its line."""
    try:
        return normal(given.decode())
    except UnicodeDecodeError:
        return given


def _sheets(given: bytes) -> list[Cells] | None:
    """Return the sheets that were given; None for a TOML file.

    Raises:
        SheetError: it looks like sheets, and is none.
    """
    if given.startswith(b"PK"):
        return read_xlsx(given, unpacked_max=UNPACKED_MAX)
    first = given.lstrip(b"\xef\xbb\xbf").lstrip().partition(b"\n")[0]
    if b"=" in first or first.startswith((b"#", b"[")) or not any(one in first for one in b",\t"):
        return None
    return [read_csv(given)]


def by_part(sheets: Sequence[Cells]) -> dict[str, Given]:
    """Return the sheets by the part that their first rows are for.

    Raises:
        SheetError: a sheet is for no part, or two are for one.
    """
    found: dict[str, Given] = {}
    for one in sheets:
        rows = one.rows
        is_empty = not any(cell.strip() for row in rows for cell in row)
        if one.name == CODES or (is_empty and one.name):
            continue  # programs for sheets add empty ones by themselves
        # What is alone and names no column is read as rules, whose columns are then missing.
        part = part_of(rows[0] if rows else ()) or ("rule" if len(sheets) == 1 else "")
        if not part:
            raise SheetError("a first row with the names of columns", row=1)
        if part in found:
            raise SheetError("one sheet for each part", row=1)
        found[part] = Given(rows, one.unread)
    if not found:
        raise SheetError("at least one sheet", row=1)
    return found
