"""The board: how many cases stand how, by office and clock, and which they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from admin.auth import current
from admin.config import ORDINAL_DIGITS_MAX
from admin.extensions import console
from admin.forms import clock_words
from admin.forms.words import word
from admin.permissions import requires
from admin.views.deadlines import LEVEL_STYLES, light_of
from admin.views.interests import met, page_for_me
from casework.domain.roles import Role
from casework.queries.board import OfficeRows, Row, at_level, board
from casework.queries.cases import deemed_accepted, urgent
from casework.storage.board import ClockPlace, Level, PressedLine

bp = Blueprint("board", __name__, url_prefix="/board")

PROVISIONAL: Final = "provisional"
# The worst first, as one looks for them.
ORDER: Final = (Level.OVERDUE, Level.PAUSED, Level.NEAR, Level.NORMAL)


@dataclass(frozen=True, slots=True)
class Cell:
    """One number, and where the lines are that it counts; "" where it counts none."""

    level: str
    style: str
    number: int
    url: str


@dataclass(frozen=True, slots=True)
class Line:
    """One row of numbers: of an office, or of its clocks of one key."""

    name: str
    cells: tuple[Cell, ...]
    total: int


@bp.get("")
@requires("board.view")
def show_board() -> ResponseReturnValue:
    """The numbers of one's office; for a supervisor of those that it supervises too."""
    now = console().clock.now()
    supervises = Role.SUPERVISOR in current().roles
    hidden = met()
    found = board(
        console().store, office=current().office, supervises=supervises, now=now, hidden=hidden
    )
    lives = urgent(console().store, office=current().office, supervises=supervises)
    return render_template(
        "board/index.html",
        totals=_line(found.cases, ""),
        urgent=[one for one in lives if one.id not in hidden],
        offices=[_line(one.cases, one.office) for one in found.offices],
        clocks=[(one.office, _clock_lines(one)) for one in found.offices],
        columns=[*map(str, ORDER), PROVISIONAL],
        redone=found.redone,
        now=now,
    )


@bp.get("/<office>/<level>")
@requires("board.view")
def lines(office: str, level: str) -> ResponseReturnValue:
    """What one number of an office counts, page by page."""
    key = request.args.get("clock", "")
    is_mine = office == current().office or Role.SUPERVISOR in current().roles
    if not is_mine or level not in (*ORDER, PROVISIONAL) or (key and key not in clock_words.CLOCKS):
        raise NotFound
    now = console().clock.now()

    def load(after: str, limit: int) -> tuple[Sequence[PressedLine], str]:
        page = at_level(
            console().store,
            office=current().office,
            lead=office,
            level=None if level == PROVISIONAL else Level(level),
            key=key,
            now=now,
            after=_place(after),
            limit=limit,
        )
        return page.lines, "~".join(map(str, page.next)) if page.next else ""

    found, following = page_for_me(load, request.args.get("after", ""), lambda one: one.report.id)
    rows = [(one, light_of(one.clock, now) if one.clock else None) for one in found]
    return render_template(
        "board/lines.html",
        office=office,
        level=level,
        key=key,
        rows=rows,
        deemed=deemed_accepted(console().store, reports=[one.report.id for one, _light in rows]),
        following=following,
    )


def _line(row: Row, office: str, key: str = "") -> Line:
    numbers = {str(level): row.numbers[level] for level in ORDER} | {PROVISIONAL: row.provisional}
    cells = tuple(
        Cell(level, _style(level), number, _url(office, level, key) if number and office else "")
        for level, number in numbers.items()
    )
    return Line(word(clock_words.CLOCKS, key) if key else office, cells, row.total)


def _clock_lines(one: OfficeRows) -> list[Line]:
    """The clocks of an office in the order in which the words have them."""
    rows = {row.name: row for row in one.clocks}
    keys = sorted(rows, key=list(clock_words.CLOCKS).index)
    return [_line(rows[key], one.office, key) for key in keys]


def _style(level: str) -> str:
    return "near" if level == PROVISIONAL else LEVEL_STYLES[Level(level)]


def _url(office: str, level: str, key: str) -> str:
    return url_for("board.lines", office=office, level=level, clock=key or None)


def _place(after: str) -> ClockPlace | None:
    parts = after.split("~")
    if len(parts) != 4 or not parts[3].isdecimal() or len(parts[3]) > ORDINAL_DIGITS_MAX:
        return None
    try:
        return date.fromisoformat(parts[0]), parts[1], parts[2], int(parts[3])
    except ValueError:
        return None
