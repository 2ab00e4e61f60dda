"""One act on several cases: each row is tried by itself, and what became of it is told.

Every row is an act of its own, signed and stored in a transaction of its own: what is refused
stops no other row, and a process that dies leaves whole rows behind it.

Source: SCENARIOS.md S28; FEATURES.md, bulk actions.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import Forbidden, NotFound

from admin.auth import current
from admin.errors import Refusal, explain
from admin.extensions import console
from admin.extensions import gettext as _
from admin.forms.base import posted, submitted
from admin.forms.bulk import ACTS, DONE, ROWS_MAX, BulkForm
from admin.permissions import may, requires, visible
from admin.signing import attempt, sign_act
from admin.views.clock_buttons import SIGNED_IN
from admin.views.closing import close_one, propose_one
from admin.views.deadlines import Light, light_of
from admin.views.interests import page_for_me
from casework.domain.case import Case
from casework.domain.closing import missing, standing
from casework.domain.roles import Role
from casework.domain.verification import is_deemed
from casework.queries import cases
from casework.queries.cases import Cursor
from casework.services import milestones
from casework.storage.board import PressedLine

bp = Blueprint("bulk", __name__)

Row = Callable[[Case, int], Case]


@dataclass(frozen=True, slots=True)
class Choice:
    """One line that may be ticked.

    Attributes:
        asked: ordinal of the proposal to close that waits, 0 where none does.
        told: how far the case is on its way to be closed, in words; "" where it is not.
        is_deemed: whether it counts as accepted because nobody decided in time.
    """

    line: PressedLine
    light: Light | None
    asked: int
    told: str
    is_deemed: bool

    @property
    def value(self) -> str:
        """What its check box sends."""
        return f"{self.line.report.id}.{self.asked}"


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one row; *why* is "" where it was done."""

    report_id: str
    case_number: str
    why: str


@dataclass(frozen=True, slots=True)
class _List:
    """A list of the worklist on which several rows may be ticked."""

    roles: frozenset[Role]
    acts: tuple[str, ...]


LISTS: Final[Mapping[str, _List]] = {
    "inbox": _List(frozenset({Role.OFFICER, Role.LEADER, Role.SUPERVISOR}), ("sign_in", "propose")),
    "to-close": _List(frozenset({Role.LEADER}), ("close", "propose")),
}
PERMISSIONS: Final[Mapping[str, str]] = {
    "sign_in": "milestone.record",
    "propose": "closing.propose",
    "close": "case.close",
}


@bp.route("/worklist/<key>/bulk", methods=["GET", "POST"])
@requires("worklist.view")
def choose(key: str) -> ResponseReturnValue:
    """The rows with their check boxes; sent, what became of each."""
    if key not in LISTS or not LISTS[key].roles & current().roles:
        raise NotFound
    form, offered = BulkForm(posted()), _offered(key)
    act = request.form.get("act", "")
    if request.method == "POST" and act not in offered:
        raise Forbidden
    if submitted(form):
        results = [_tried(act, one, asked) for one, asked in form.chosen.items()]
        return render_template("bulk/result.html", key=key, outcome=DONE[act], results=results)
    lines, following = _page(key, request.args.get("after", ""))
    ticked = set(request.form.getlist("case"))
    choices = _choices(lines)
    if "all" in request.args:
        ticked = {one.value for one in choices}
    shown = render_template(
        "bulk/choose.html",
        key=key,
        form=form,
        choices=choices,
        ticked=ticked,
        acts=[(one, ACTS[one]) for one in offered],
        after=request.args.get("after", ""),
        next=following,
    )
    return shown, 422 if form.errors else 200


def _offered(key: str) -> tuple[str, ...]:
    return tuple(one for one in LISTS[key].acts if may(PERMISSIONS[one]))


def _page(key: str, after: str) -> tuple[Sequence[PressedLine], str]:
    listed = cases.to_close if key == "to-close" else cases.inbox

    def load(after: str, limit: int) -> tuple[Sequence[PressedLine], str]:
        place = _cursor(after)
        page = listed(console().store, office=current().office, after=place, limit=limit)
        return page.lines, f"{page.next[0].isoformat()}.{page.next[1]}" if page.next else ""

    return page_for_me(load, after, lambda one: one.report.id, ROWS_MAX)


def _cursor(after: str) -> Cursor | None:
    on, _dot, line = after.partition(".")
    try:
        return date.fromisoformat(on), line
    except ValueError:
        return None


def _choices(lines: Sequence[PressedLine]) -> list[Choice]:
    now = console().clock.now()
    known = cases.several(console().store, reports=[one.report.id for one in lines])
    found = []
    for line in lines:
        case = known[line.report.id]
        if current().account in case.recused:
            continue
        asked = standing(case)
        light = light_of(line.clock, now) if line.clock is not None else None
        found.append(
            Choice(line, light, asked.ordinal if asked else 0, _told(case), is_deemed(case))
        )
    return found


def _told(case: Case) -> str:
    """How far a case is on its way to be closed."""
    if case.finding is None:
        return ""
    asked, left = standing(case), len(missing(case))
    if left:
        return _("还有 %(n)d 项没有完成", n=left)
    return (
        _("%(who)s提议办结", who=console().person(asked.proposer)) if asked else _("可以提议办结")
    )


def _tried(act: str, report_id: str, asked: int) -> Result:
    """Try one row; whatever refuses it stands beside it, and the next one is tried."""
    number = ""
    try:
        number = visible(cases.case(console().store, report=report_id)).case_number
        attempt(report_id, lambda case: ROWS[act](case, asked))
    except NotFound:
        return Result("", "", _("没有这件举报，或者不归您办理。"))
    except Refusal as refusal:
        return Result(report_id if number else "", number, explain(refusal))
    return Result(report_id, number, "")


def _sign_in(case: Case, _asked: int) -> Case:
    return milestones.record_milestone(
        console().store,
        act=sign_act(case, "milestone.recorded", {"milestone": SIGNED_IN, "document": ""}),
        trust=console().trust(),
        now=console().clock.now(),
    )


def _propose(case: Case, _asked: int) -> Case:
    return propose_one(case)


ROWS: Final[Mapping[str, Row]] = {"sign_in": _sign_in, "propose": _propose, "close": close_one}
