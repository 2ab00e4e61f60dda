"""The worklist: for each role, what waits for it, the most urgent first."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import NotFound

from admin import custody, seats
from admin.auth import current
from admin.config import ORDINAL_DIGITS_MAX
from admin.extensions import console
from admin.permissions import may, requires
from admin.views.deadlines import Light, light_of
from admin.views.interests import page_for_me
from casework.domain.case import AwardState, ReleaseState
from casework.domain.roles import Role
from casework.domain.waiting import (
    ANSWER,
    CONFIRM,
    COPY,
    DECIDE,
    DISCIPLINE,
    HELP,
    INTERFERENCE,
    SIGN,
)
from casework.queries import board, cases, rewards
from casework.queries.board import WaitingPlace
from casework.queries.cases import Cursor, Page
from casework.queries.rules import MissingYear, missing_years
from casework.services import key_changes
from casework.services.cover import assigned_to, covers
from casework.services.fund import fund_balance
from casework.storage.board import PressedLine
from casework.storage.key_changes import KeyChange
from casework.storage.reports import ReportLine
from casework.storage.waiting import WaitingLine

bp = Blueprint("worklist", __name__)

Row = tuple[object, Light | None]
Load = Callable[[str, int], tuple[Sequence[Row], str]]  # from a place on, lines at most
MARKED: Final = frozenset({"cases", "waiting"})  # kinds of lists whose lines have marks


@dataclass(frozen=True, slots=True)
class Part:
    """One list on the page.

    Attributes:
        deemed: which of its reports count as accepted because nobody decided in time.
    """

    key: str
    kind: str  # cases, waiting, awards, releases
    title: LazyString
    rows: Sequence[Row]
    next: str = ""
    deemed: Collection[str] = ()

    @property
    def shows_lead(self) -> bool:
        """Whether the lines come from several departments."""
        return self.key in {"supervised", "undetermined"}


@dataclass(frozen=True, slots=True)
class _List:
    """One list, and for whom."""

    kind: str
    title: LazyString
    roles: frozenset[Role]
    load: Load


@bp.get("/")
@requires("worklist.view")
def index() -> ResponseReturnValue:
    """The first lines of every list that the person's roles have."""
    year = console().clock.today().year
    is_finance = Role.FINANCE in current().roles
    return render_template(
        "worklist/index.html",
        parts=_parts(),
        to_sign=_changes_to_sign(),
        to_hand_over=_seats_to_hand_over(),
        missing=_missing(),
        year=year,
        balance=fund_balance(console().store, year=year) if is_finance else None,
    )


def _parts() -> list[Part]:
    """The lists of the person's roles."""
    found = [_part(key, "") for key, one in LISTS.items() if one.roles & current().roles]
    return [one for one in found if one.rows or one.key not in UNLESS_EMPTY]


def _changes_to_sign() -> tuple[KeyChange, ...]:
    """Key changes that wait for the person's seat."""
    seat = custody.my_seat()
    if seat is None:
        return ()
    trust, now = console().trust(), console().clock.now()
    return tuple(
        one
        for one in key_changes.key_changes(console().store)
        if key_changes.is_open(one, trust, now)
        and seat.number not in key_changes.seats_of(one, trust)
    )


def _seats_to_hand_over() -> tuple[int, ...]:
    """Seats with boxes under an old key that the person keeps, or sits behind."""
    if Role.CUSTODIAN not in current().roles:
        return ()
    mine = custody.my_seat()
    return tuple(
        seat.number
        for seat, state in seats.states()
        if state.old and (current().account in state.keepers or mine == seat or not state.keepers)
    )


def _missing() -> tuple[MissingYear, ...]:
    """Years whose calendar is not published, for who can enter it."""
    if not may("rules.calendar"):
        return ()
    return missing_years(console().store, today=console().clock.today())


@bp.get("/worklist/<key>")
@requires("worklist.view")
def more(key: str) -> ResponseReturnValue:
    """One list, page by page."""
    if key not in LISTS or not LISTS[key].roles & current().roles:
        raise NotFound
    part = _part(key, request.args.get("after", ""))
    return render_template("worklist/more.html", part=part)


# Lists of people who pay, agree and keep identities for every office.
OF_ALL: Final = frozenset({"to-approve", "to-pay", "approved", "paid", "releases"})


def _part(key: str, after: str) -> Part:
    one = LISTS[key]
    shown, following = page_for_me(
        one.load, after, lambda row: report_of(row[0]), of_all=key in OF_ALL
    )
    reports = [report_of(row[0]) for row in shown] if one.kind in MARKED else []
    deemed = cases.deemed_accepted(console().store, reports=reports) if reports else ()
    return Part(key, one.kind, one.title, shown, following, deemed)


def report_of(line: object) -> str:
    """The report that a line of any list is about."""
    line = getattr(line, "report", line)
    return line.id if isinstance(line, ReportLine) else str(getattr(line, "report_id", ""))


def _cursor(after: str) -> Cursor | None:
    on, _dot, line = after.partition(".")
    try:
        return date.fromisoformat(on), line
    except ValueError:
        return None


def _case_rows(page: Page[PressedLine]) -> tuple[Sequence[Row], str]:
    now = console().clock.now()
    rows = [
        (line.report, light_of(line.clock, now) if line.clock is not None else None)
        for line in page.lines
    ]
    return rows, f"{page.next[0].isoformat()}.{page.next[1]}" if page.next else ""


def _waiting(kind: str, *roles: Role) -> Load:
    """What waits for the person in one of *roles*; who has several sees the first of them."""

    def load(after: str, limit: int) -> tuple[Sequence[Row], str]:
        role = next(one for one in roles if one in current().roles)
        return _waits_for(kind, role, after, limit)

    return load


def _waits_for(kind: str, role: Role, after: str, limit: int) -> tuple[Sequence[Row], str]:
    return _waiting_rows(kind, current().office, role, None, after, limit)


def _to_sign(after: str, limit: int) -> tuple[Sequence[Row], str]:
    """Records of visits that wait for the second officer, which the signed-in person is."""
    return _waiting_rows(SIGN, "", "", (current().account,), after, limit)


def _waiting_rows(
    kind: str, office: str, role: str, of: Sequence[str] | None, after: str, limit: int
) -> tuple[Sequence[Row], str]:
    found = board.waits_for(
        console().store,
        kind=kind,
        office=office,
        role=role,
        of=of,
        after=_waiting_place(after),
        limit=limit,
    )
    return _lit(found.lines), "~".join(map(str, found.next)) if found.next else ""


def _lit(lines: Sequence[WaitingLine]) -> Sequence[Row]:
    """Give each line the light of its clock."""
    now = console().clock.now()
    return [(line, light_of(line.clock, now) if line.clock is not None else None) for line in lines]


def _of_office(kind: str) -> Load:
    """What waits with the person's office, whatever their role there."""
    return lambda after, limit: _waits_for(kind, Role.OFFICER, after, limit)


def _waiting_place(after: str) -> WaitingPlace | None:
    parts = after.split("~")
    if len(parts) != 5 or not parts[3].isdecimal() or len(parts[3]) > ORDINAL_DIGITS_MAX:
        return None
    return parts[0], parts[1], parts[2], int(parts[3]), parts[4]


def _inbox(after: str, limit: int) -> tuple[Sequence[Row], str]:
    return _case_rows(
        cases.inbox(console().store, office=current().office, after=_cursor(after), limit=limit)
    )


def _to_close(after: str, limit: int) -> tuple[Sequence[Row], str]:
    return _case_rows(
        cases.to_close(console().store, office=current().office, after=_cursor(after), limit=limit)
    )


def _undetermined(after: str, limit: int) -> tuple[Sequence[Row], str]:
    return _case_rows(
        cases.undetermined(
            console().store, office=current().office, after=_cursor(after), limit=limit
        )
    )


def _supervised(after: str, limit: int) -> tuple[Sequence[Row], str]:
    return _case_rows(
        cases.supervised(
            console().store, office=current().office, after=_cursor(after), limit=limit
        )
    )


def _awards(state: AwardState) -> Load:
    def load(after: str, limit: int) -> tuple[Sequence[Row], str]:
        found = rewards.awards(console().store, state=state, after=after, limit=limit + 1)
        lines = found[:limit]
        return [(line, None) for line in lines], lines[-1].id if len(found) > limit else ""

    return load


def _office_awards(*states: AwardState) -> Load:
    """Awards of the office's own cases that its officers have to bring on."""

    def load(after: str, limit: int) -> tuple[Sequence[Row], str]:
        found = rewards.office_awards(
            console().store,
            lead=current().office,
            states=states,
            after=after,
            limit=limit + 1,
        )
        lines = found[:limit]
        return [(line, None) for line in lines], lines[-1].id if len(found) > limit else ""

    return load


def _to_approve(after: str, limit: int) -> tuple[Sequence[Row], str]:
    """Awards whose next rung is the person's: approvers and finance agree for every office."""
    role = next(one for one in (Role.APPROVER, Role.FINANCE) if one in current().roles)
    return _waiting_rows(DECIDE, "", role, None, after, limit)


def _releases(after: str, limit: int) -> tuple[Sequence[Row], str]:
    found = rewards.releases(console().store, after=after, limit=limit + 1)
    lines = found[:limit]
    following = lines[-1].id if len(found) > limit else ""
    if custody.my_seat() is None:
        lines = tuple(line for line in lines if line.requester == current().account)
    else:
        lines = tuple(line for line in lines if line.state == ReleaseState.REQUESTED)
    return [(line, None) for line in lines], following


def _assigned(accounts: Callable[[], Sequence[str]]) -> Load:
    """Open cases that are assigned by name to one of these people of the office."""

    def load(after: str, limit: int) -> tuple[Sequence[Row], str]:
        wanted = accounts()
        if not wanted:
            return (), ""
        found = assigned_to(
            console().store,
            office=current().office,
            accounts=wanted,
            after=_waiting_place(after),
            limit=limit,
        )
        return _lit(found.lines), "~".join(map(str, found.next)) if found.next else ""

    return load


def _me() -> Sequence[str]:
    return (current().account,)


def _absent() -> Sequence[str]:
    """Whom the signed-in person covers for today."""
    today, me = console().clock.today(), current().account
    known = covers(console().store, office=current().office, today=today)
    return [one.account for one in known if one.deputy == me and one.is_on(today)]


# Lists that are there only when something is in them: most never hold a line.
UNLESS_EMPTY: Final = frozenset(
    {
        "mine", "to-sign", "covering", "discipline", "copies", "interference", "to-propose",
        "to-notify",
    }
)  # fmt: skip
LISTS: Final[dict[str, _List]] = {
    "undetermined": _List(
        "cases",
        _l("待定归属（最早的在前）"),
        frozenset({Role.SUPERVISOR, Role.OPERATOR}),
        _undetermined,
    ),
    "to-decide": _List(
        "waiting",
        _l("待我决定的申请"),
        frozenset({Role.LEADER, Role.SUPERVISOR}),
        _waiting(DECIDE, Role.LEADER, Role.SUPERVISOR),
    ),
    "to-confirm": _List(
        "waiting",
        _l("待我阅知的超期上报"),
        frozenset({Role.LEADER, Role.SUPERVISOR}),
        _waiting(CONFIRM, Role.LEADER, Role.SUPERVISOR),
    ),
    "to-answer": _List(
        "waiting", _l("待答复的督办单"), frozenset({Role.LEADER}), _waiting(ANSWER, Role.LEADER)
    ),
    "to-sign": _List("waiting", _l("待我签署的核查记录"), frozenset({Role.OFFICER}), _to_sign),
    "mine": _List("waiting", _l("由我承办"), frozenset({Role.OFFICER}), _assigned(_me)),
    "covering": _List(
        "waiting", _l("我代办的（承办人请假）"), frozenset({Role.OFFICER}), _assigned(_absent)
    ),
    "to-close": _List("cases", _l("已核查，待办结"), frozenset({Role.LEADER}), _to_close),
    "inbox": _List(
        "cases",
        _l("本单位在办"),
        frozenset({Role.OFFICER, Role.LEADER, Role.SUPERVISOR}),
        _inbox,
    ),
    "helping": _List(
        "waiting",
        _l("本单位协办"),
        frozenset({Role.OFFICER, Role.LEADER, Role.SUPERVISOR}),
        _of_office(HELP),
    ),
    "discipline": _List(
        "waiting",
        _l("抄送纪检监察（待签收的在前）"),
        frozenset({Role.OFFICER, Role.LEADER, Role.SUPERVISOR}),
        _of_office(DISCIPLINE),
    ),
    "copies": _List(
        "waiting",
        _l("抄送本单位（待签收的在前）"),
        frozenset({Role.OFFICER, Role.LEADER, Role.SUPERVISOR}),
        _of_office(COPY),
    ),
    "supervised": _List(
        "cases", _l("所督办部门在办（最紧急的在前）"), frozenset({Role.SUPERVISOR}), _supervised
    ),
    "to-propose": _List(
        "awards",
        _l("待拟定的奖励"),
        frozenset({Role.OFFICER}),
        _office_awards(AwardState.ELIGIBILITY, AwardState.COMPUTED),
    ),
    "to-notify": _List(
        "awards",
        _l("已批准，待通知举报人"),
        frozenset({Role.OFFICER}),
        _office_awards(AwardState.APPROVED, AwardState.FUNDED),
    ),
    "to-approve": _List(
        "waiting",
        _l("待审批的奖励"),
        frozenset({Role.APPROVER, Role.FINANCE}),
        _to_approve,
    ),
    "to-pay": _List(
        "awards", _l("已申领，待发放"), frozenset({Role.CASHIER}), _awards(AwardState.CLAIMED)
    ),
    "approved": _List(
        "awards",
        _l("已批准，等举报人申领"),
        frozenset({Role.CASHIER}),
        _awards(AwardState.NOTIFIED),
    ),
    "paid": _List(
        "awards", _l("已发放，待对账"), frozenset({Role.CASHIER}), _awards(AwardState.PAID)
    ),
    "releases": _List(
        "releases",
        _l("身份信息查看申请"),
        frozenset({Role.CUSTODIAN, Role.CASHIER}),
        _releases,
    ),
    "interference": _List(
        "waiting",
        _l("干预记录"),
        frozenset({Role.OFFICER, Role.LEADER, Role.SUPERVISOR}),
        _of_office(INTERFERENCE),
    ),
}
