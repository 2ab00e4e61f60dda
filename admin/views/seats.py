"""The custodians' seats: how far each one's boxes are under its present key, and what to press."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import NotFound

from admin import seats
from admin.auth import current
from admin.custody import my_seat
from admin.forms.base import posted
from admin.forms.seats import PressForm
from admin.permissions import requires
from admin.seats import Press
from admin.signing import Deed, deed
from admin.views.acting import carried_out, show
from casework.services.seats import SeatState
from crypto.keyset import SeatKey

bp = Blueprint("seats", __name__, url_prefix="/seats")


@dataclass(frozen=True, slots=True)
class SeatLine:
    """A seat in the list, with what the signed-in custodian can do for it.

    Attributes:
        tasks: names of TASKS.
        fallbacks: names of TASKS that are only for boxes which the hand-over leaves closed.
    """

    seat: SeatKey
    state: SeatState
    tasks: tuple[str, ...]
    fallbacks: tuple[str, ...] = ()

    @property
    def is_lost(self) -> bool:
        """Whether boxes are under an earlier key and nobody keeps one: nobody can hand over."""
        return self.state.old > 0 and not self.state.keepers


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to press."""

    title: LazyString
    explained: LazyString
    button: LazyString
    work: Callable[[SeatKey, Deed], Press]


def _help(lost: SeatKey, pen: Deed) -> Press:
    mine = my_seat()
    if mine is None or mine.number == lost.number:
        raise NotFound
    return seats.help_lost(lost, mine, pen)


TASKS: Final[Mapping[str, Task]] = {
    "hand-over": Task(
        _l("移交：重新封存"),
        _l(
            "用您保存的旧席位密钥打开本席位的每一份碎片，改用新密钥封存。身份信息本身不会打开，"
            "也不会显示。"
        ),
        _l("重新封存"),
        seats.hand_over,
    ),
    "help": Task(
        _l("协助重建失落的席位"),
        _l(
            "这个席位的旧密钥已无人持有时，由其他席位各自分送碎片。只送出该席位本来就应有的那几片，"
            "用它的新密钥封存；身份信息不会打开。请先当面或电话确认旧密钥确已失落。"
        ),
        _l("分送碎片"),
        _help,
    ),
    "rebuild": Task(
        _l("重建本席位"),
        _l("够数的席位分送碎片后，用本席位的新密钥拼回本席位应有的碎片并封存。"),
        _l("重建"),
        seats.rebuild_own,
    ),
}


@bp.get("")
@requires("seat.keep")
def index() -> ResponseReturnValue:
    """All seats of the key set."""
    return render_template("seats/index.html", lines=_lines(), tasks=TASKS)


@bp.route("/<int:number>/<name>", methods=["GET", "POST"])
@requires("seat.keep")
def press(number: int, name: str) -> ResponseReturnValue:
    """One press of a task; the page then shows how far it came."""
    line = _line(number)
    if name not in TASKS or (line.state.old and name not in (*line.tasks, *line.fallbacks)):
        raise NotFound
    form = PressForm(posted())
    done: list[Press] = []

    def act() -> None:
        done.append(TASKS[name].work(line.seat, deed(form.password.data or "")))

    carried_out(form, act)
    return show(
        "seats/press.html",
        form,
        line=_line(number),
        task=TASKS[name],
        # Not "done": the layout shows that as a sentence.
        pressed=done[0] if done else None,
        is_helping=name == "help",
        is_rebuilding=name == "rebuild",
    )


def _lines() -> list[SeatLine]:
    mine = my_seat()
    return [_seat_line(seat, state, mine) for seat, state in seats.states()]


def _line(number: int) -> SeatLine:
    for line in _lines():
        if line.seat.number == number:
            return line
    raise NotFound


def _seat_line(seat: SeatKey, state: SeatState, mine: SeatKey | None) -> SeatLine:
    """Rebuilding is work for three offices: while somebody keeps the old key it comes second."""
    if not state.old:
        return SeatLine(seat, state, ())
    keeps = ("hand-over",) if current().account in state.keepers else ()
    is_mine = mine is not None and mine.number == seat.number
    rebuilding = ("rebuild",) if is_mine else ("help",) if mine is not None else ()
    if state.keepers:
        return SeatLine(seat, state, keeps, rebuilding)
    return SeatLine(seat, state, rebuilding)
