"""Finding a case again: the ones that are done, which are in no worklist any more."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin.auth import current
from admin.config import PAGE_LINES
from admin.extensions import console
from admin.extensions import gettext as _
from admin.permissions import requires, sees
from casework.domain.case import State
from casework.domain.roles import Role
from casework.queries.cases import Cursor
from casework.queries.ended import STATES, ended

bp = Blueprint("searching", __name__, url_prefix="/search")

ABOVE: Final = "above"


@dataclass(frozen=True, slots=True)
class Asked:
    """Which of the cases that are done somebody wants to see.

    Attributes:
        above: those that the office supervised.
        since, until: days as they were typed, "" for none.
        wrong: why nothing is shown, "" where all is right.
    """

    above: bool
    state: State | None
    since: str
    until: str
    wrong: str = ""


@bp.get("/ended")
@requires("search.use")
def ended_cases() -> ResponseReturnValue:
    """Cases of the office that are done, by state and day, page by page."""
    asked = _asked()
    supervises = Role.SUPERVISOR in current().roles
    page = None
    if not asked.wrong:
        page = ended(
            console().store,
            office=current().office,
            sees=sees(),
            above=asked.above and supervises,
            state=asked.state,
            since=_day(asked.since),
            until=_day(asked.until),
            before=_cursor(request.args.get("after", "")),
            limit=PAGE_LINES,
        )
    shown = render_template(
        "searching/ended.html",
        asked=asked,
        states=STATES,
        supervises=supervises,
        lines=page.lines if page else (),
        following=_following(asked, page.next) if page and page.next else "",
    )
    return shown, 422 if asked.wrong else 200


def _asked() -> Asked:
    state = request.args.get("state", "")
    since, until = (request.args.get(name, "").strip() for name in ("since", "until"))
    wrong = ""
    if any(text and _day(text) is None for text in (since, until)):
        wrong = _("请填写日期，例如 2026-03-31。")
    elif since and until and since > until:
        wrong = _("开始的日子不能晚于结束的日子。")
    return Asked(
        above=request.args.get("of", "") == ABOVE,
        state=State(state) if state in STATES else None,
        since=since,
        until=until,
        wrong=wrong,
    )


def _following(asked: Asked, place: Cursor) -> str:
    return url_for(
        "searching.ended_cases",
        of=ABOVE if asked.above else None,
        state=asked.state,
        since=asked.since or None,
        until=asked.until or None,
        after=f"{place[0].isoformat()}.{place[1]}",
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _cursor(after: str) -> Cursor | None:
    on, _dot, line = after.partition(".")
    day = _day(on)
    return (day, line) if day else None
