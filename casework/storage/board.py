"""Lists and counts by running clock: the board, and what a worklist shows first.

Read from the projection alone (`work_tables.clock`), by its partial indexes over clocks that
have not ended. Rights bind nobody and press nobody: they are left out here.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

import sqlalchemy as sa

from casework.domain.clock_kinds import KINDS
from casework.domain.roles import Role
from casework.domain.running import ClockState
from casework.storage.clocks import NEW_AT, NEW_KEY
from casework.storage.report_tables import report
from casework.storage.reports import LINE_COLUMNS, ReportLine
from casework.storage.rows import Lines, Repository
from casework.storage.schema import INSTANT
from casework.storage.urgency import URGENT_LINES, not_urgent
from casework.storage.work_tables import clock

NEAR_DAYS: Final = 7  # a clock with so many days left, or fewer, is near its end
_RIGHTS: Final = tuple(key for key, kind in KINDS.items() if kind.is_right)
_PAGE: Final = 20
Place = tuple[date, str]
ClockPlace = tuple[date, str, str, int]


class Level(StrEnum):
    """How a clock stands on a day, the worst last; a case stands as its worst clock does."""

    NORMAL = "normal"
    NEAR = "near"
    PAUSED = "paused"
    OVERDUE = "overdue"


LEVELS: Final = tuple(Level)


@dataclass(frozen=True, slots=True)
class ClockLine:
    """A running clock as lists show it."""

    key: str
    since: int
    due_on: date
    due_at: datetime | None
    state: str
    provisional: bool


@dataclass(frozen=True, slots=True)
class PressedLine:
    """A case of a list, with the clock it is listed for; None while none is worked out."""

    report: ReportLine
    clock: ClockLine | None

    @property
    def id(self) -> str:
        """Id of the report."""
        return self.report.id

    @property
    def place(self) -> Place:
        """Where the next page begins."""
        if self.report.urgent:
            return self.report.received_on, _FIRST_OF_ALL + self.report.id
        if self.clock is None:
            return self.report.inbox_on, _REST + self.report.id
        return self.clock.due_on, self.report.id

    @property
    def clock_place(self) -> ClockPlace:
        """Where the next page of a list of clocks begins."""
        if self.clock is None:
            return date.max, self.report.id, "", 0
        return self.clock.due_on, self.report.id, self.clock.key, self.clock.since


@dataclass(frozen=True, slots=True)
class Count:
    """How many cases, or clocks of one key, stand at a level in an office.

    Attributes:
        lead: code of the office that leads them.
        key: of the clocks; "" for cases.
        provisional: how many of them rest on a calendar that is not published.
    """

    lead: str
    key: str
    level: Level
    number: int
    provisional: int


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose cases: those that an office leads, and if so those that it supervises too."""

    office: str
    supervises: bool


_c = clock.c
_other = clock.alias("other")
_SITE: sa.BindParameter[Any] = sa.bindparam("site")
_TODAY: sa.BindParameter[Any] = sa.bindparam("today", type_=sa.Date)
_NEAR: sa.BindParameter[Any] = sa.bindparam("near", type_=sa.Date)
_LATE: sa.BindParameter[Any] = sa.bindparam("late", type_=INSTANT)
_LIMIT: sa.BindParameter[Any] = sa.bindparam("limit")
_HIDDEN: sa.BindParameter[Any] = sa.bindparam("hidden", expanding=True)
_OFFICE: sa.BindParameter[Any] = sa.bindparam("office")
_LOW: sa.BindParameter[Any] = sa.bindparam("low", type_=sa.Date)
_HIGH: sa.BindParameter[Any] = sa.bindparam("high", type_=sa.Date)
_FIRST_OF_ALL: Final = "!"  # in a place: among the urgent ones, which come before all clocks
_REST: Final = "~"  # in a place: the clocks are through, and what has none follows
_FIRST: Final[Place] = (date.min, "")
CLOCK_FIRST: Final[ClockPlace] = (date.min, "", "", 0)


def _binds(c: Any) -> sa.ColumnElement[bool]:
    """Of a clock that runs and that somebody has to meet; in words of the partial indexes."""
    stopped = sa.text(f"NOT {c.key.table.name}.stopped")
    # One that ended during its pause has not stopped; one that is new is worked out in seconds.
    return sa.and_(stopped, c.state.not_in(("ended", NEW_KEY)), c.key.not_in(_RIGHTS))


def _rank(c: Any) -> sa.ColumnElement[int]:
    """The place of a row's level in LEVELS; the words of `level_of` in SQL."""
    over = sa.or_(c.due_at <= _LATE, sa.and_(c.due_at.is_(None), c.due_on < _TODAY))
    return sa.case(
        (over, LEVELS.index(Level.OVERDUE)),
        (c.state == str(ClockState.PAUSED), LEVELS.index(Level.PAUSED)),
        (c.due_on <= _NEAR, LEVELS.index(Level.NEAR)),
        else_=LEVELS.index(Level.NORMAL),
    )


_RANK = _rank(_c)
_DOUBT = sa.case((_c.provisional, 1), else_=0)
_ORDER = (_c.due_on, _c.report_id, _c.key, _c.since)
_MINE = _c.lead == _OFFICE
_SEEN = sa.or_(_MINE, _c.supervisor == _OFFICE)


def _cases(scope: sa.ColumnElement[bool]) -> Lines:
    each = (
        sa.select(_c.lead, sa.func.max(_RANK).label("rank"), sa.func.max(_DOUBT).label("doubt"))
        .where(_c.site == _SITE, _binds(_c), scope, _c.report_id.not_in(_HIDDEN))
        .group_by(_c.report_id, _c.lead)
        .subquery()
    )
    e = each.c
    number, doubt = sa.func.count(), sa.func.sum(e.doubt)
    return sa.select(e.lead, sa.literal(""), e.rank, number, doubt).group_by(e.lead, e.rank)


def _keys(scope: sa.ColumnElement[bool]) -> Lines:
    return (
        sa.select(_c.lead, _c.key, _RANK, sa.func.count(), sa.func.sum(_DOUBT))
        .where(_c.site == _SITE, _binds(_c), scope, _c.report_id.not_in(_HIDDEN))
        .group_by(_c.lead, _c.key, _RANK)
    )


_r = report.c
_SEEN_REPORT = sa.or_(_r.lead == _OFFICE, _r.supervisor == _OFFICE)
_IS_NEW = sa.and_(
    _c.site == _SITE,
    sa.text("NOT clock.stopped"),
    _c.next_at == sa.literal(NEW_AT, INSTANT),
    _c.key == NEW_KEY,
)


def _new(scope: sa.ColumnElement[bool]) -> Lines:
    """Of reports whose clocks are not worked out yet: their own row knows no office."""
    nothing = sa.literal("")
    level = sa.literal(LEVELS.index(Level.NORMAL))
    return (
        sa.select(_r.lead, nothing, level, sa.func.count(), sa.literal(0))
        .join(clock, _c.report_id == _r.id)
        .where(_IS_NEW, scope, _r.id.not_in(_HIDDEN))
        .group_by(_r.lead)
    )


_COUNTS: Final = {
    False: (_cases(_MINE), _new(_r.lead == _OFFICE), _keys(_MINE)),
    True: (
        _cases(_SEEN),
        _new(_SEEN_REPORT),
        _keys(_SEEN),
    ),
}
_NEW_LINES = (
    sa.select(*LINE_COLUMNS)
    .join(clock, _c.report_id == _r.id)
    .where(
        _IS_NEW,
        _r.lead == sa.bindparam("lead"),
        _SEEN_REPORT,
        _r.id > sa.bindparam("after_report"),
    )
    .order_by(_r.id)
    .limit(_LIMIT)
)
CLOCK_COLUMNS: Final = (_c.key, _c.since, _c.due_on, _c.due_at, _c.state, _c.provisional)
_LISTED = (
    sa.select(*LINE_COLUMNS, *CLOCK_COLUMNS)
    .join(report, report.c.id == _c.report_id)
    .where(_c.site == _SITE, _binds(_c))
    .order_by(*_ORDER)
    .limit(_LIMIT)
)


def _none(c: Any, *conditions: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """Whether no running clock is so, looked up for each case by its id.

    No NOT EXISTS: PostgreSQL makes a join of it, guesses a hundredth of the open clocks and goes
    through all of them for every case: half a minute for the last page of a large inbox.
    """
    found: sa.Select[Any] = sa.select(sa.literal_column("1"))
    found = found.where(_binds(c), *conditions).limit(1)
    return found.scalar_subquery().is_(None)


def _unbeaten(by: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """Whether no other running clock of the same case takes the row's place."""
    return _none(_other.c, _other.c.report_id == _c.report_id, by)


def _sooner() -> sa.ColumnElement[bool]:
    o = _other.c
    return sa.tuple_(o.due_on, o.key, o.since) < sa.tuple_(_c.due_on, _c.key, _c.since)


def _sooner_by_the_hour() -> sa.ColumnElement[bool]:
    """The same, but that a limit in hours ends before the day on which it does.

    Of a few cases that are named alone: the order of the lists is that of an index.
    """
    o = _other.c
    return sa.tuple_(o.due_on, _whole_day(o), o.key, o.since) < sa.tuple_(
        _c.due_on, _whole_day(_c), _c.key, _c.since
    )


def _whole_day(c: Any) -> sa.ColumnElement[int]:
    return sa.case((c.due_at.is_(None), 1), else_=0)


_AFTER_CLOCK = sa.tuple_(*_ORDER) > sa.tuple_(
    sa.bindparam("after_on", type_=sa.Date),
    sa.bindparam("after_report", type_=sa.String),
    sa.bindparam("after_key", type_=sa.String),
    sa.bindparam("after_since", type_=sa.Integer),
)
_LEADS: sa.BindParameter[Any] = sa.bindparam("lead")
_AT_LEVEL = _LISTED.where(
    _c.lead == _LEADS,
    _SEEN,
    _c.due_on >= _LOW,
    _c.due_on <= _HIGH,
    sa.bindparam("rank") == _RANK,
    _AFTER_CLOCK,
)
_WORST = _unbeaten(
    sa.or_(_rank(_other.c) > _RANK, sa.and_(_rank(_other.c) == _RANK, _sooner())),
)
_IN_DOUBT = _LISTED.where(_c.lead == _LEADS, _SEEN, _c.provisional, _AFTER_CLOCK)
_LIST: Final = {
    # (of one key, provisional): which statement lists them
    (False, False): _AT_LEVEL.where(_WORST),
    (True, False): _AT_LEVEL.where(_c.key == sa.bindparam("key")),
    (False, True): _IN_DOUBT.where(_unbeaten(sa.and_(_other.c.provisional, _sooner()))),
    (True, True): _IN_DOUBT.where(_c.key == sa.bindparam("key")),
}  # fmt: skip
_AFTER = sa.tuple_(_c.due_on, _c.report_id) > sa.tuple_(
    sa.bindparam("after_on", type_=sa.Date), sa.bindparam("after_id", type_=sa.String)
)
_PRESSED = _LISTED.where(_unbeaten(_sooner()), _AFTER, not_urgent(_c.report_id))
_PRESSED_OF_LEAD = _PRESSED.where(_MINE)
_PRESSED_OF_SUPERVISOR = _PRESSED.where(_c.supervisor == _OFFICE)
_UNPRESSED = (
    sa.select(*LINE_COLUMNS)
    .where(
        _r.site == _SITE,
        sa.text("closed_on IS NULL"),
        _none(_c, _c.report_id == _r.id),
        not_urgent(_r.id),
        sa.tuple_(_r.inbox_on, _r.id)
        > sa.tuple_(
            sa.bindparam("after_on", type_=sa.Date), sa.bindparam("after_id", type_=sa.String)
        ),
    )
    .order_by(_r.inbox_on, _r.id)
    .limit(_LIMIT)
)
_UNPRESSED_OF_LEAD = _UNPRESSED.where(_r.lead == _OFFICE)
_UNPRESSED_OF_SUPERVISOR = _UNPRESSED.where(_r.supervisor == _OFFICE)
_NEAREST = (
    sa.select(_c.report_id, *CLOCK_COLUMNS)
    .where(
        _c.site == _SITE,
        _binds(_c),
        _c.report_id.in_(sa.bindparam("ids", expanding=True)),
        _unbeaten(_sooner_by_the_hour()),
    )
)  # fmt: skip


def level_of(line: ClockLine, *, now: datetime, today: date) -> Level:
    """Return how a clock stands.

    Args:
        line: the clock.
        now: UTC instant.
        today: the day of *now* in Shanghai.
    """
    if line.due_at <= _late(now) if line.due_at is not None else line.due_on < today:
        return Level.OVERDUE
    if line.state == ClockState.PAUSED:
        return Level.PAUSED
    return Level.NEAR if line.due_on <= _near(today) else Level.NORMAL


class Board(Repository):
    """The site's running clocks, by office and level."""

    def counts(
        self, scope: Scope, *, now: datetime, today: date, hidden: Collection[str] = ()
    ) -> tuple[Count, ...]:
        """Return how many cases, and clocks of each key, stand at each level; none of *hidden*."""
        values = {"site": self._site, "office": scope.office} | _moment(now, today)
        values |= {"hidden": list(hidden)}
        found: dict[tuple[str, str, int], tuple[int, int]] = {}
        for statement in _COUNTS[scope.supervises]:
            for lead, key, rank, number, doubt in self._connection.execute(statement, values):
                more, before = found.get((lead, key, rank), (0, 0))
                found[lead, key, rank] = number + more, int(doubt) + before
        return tuple(
            Count(lead, key, LEVELS[rank], *numbers)
            for (lead, key, rank), numbers in sorted(found.items())
        )

    def at_level(
        self,
        lead: str,
        level: Level | None,
        *,
        office: str,
        key: str = "",
        now: datetime,
        today: date,
        after: ClockPlace = CLOCK_FIRST,
        limit: int = _PAGE,
    ) -> tuple[PressedLine, ...]:
        """Return what a count stands for: cases by their worst clock, or clocks of one key.

        Args:
            lead: office that leads them.
            office: whose board it is: that office itself, or the one that supervises them.
            level: of the case or the clock; None: those that rest on an unpublished calendar.
            key: of the clocks; "" for cases, each listed once.
            now: UTC instant.
            today: the day of it in Shanghai.
            after: place of the last line seen.
            limit: lines at most.
        """
        low, high = _days_of(level, today)
        found: tuple[PressedLine, ...] = ()
        if after[0] < date.max:
            found = self._listed(
                _LIST[bool(key), level is None],
                _after_clock(after) | _moment(now, today),
                lead=lead,
                office=office,
                key=key,
                rank=LEVELS.index(level) if level else 0,
                low=low,
                high=high,
                limit=limit,
            )
        if level is Level.NORMAL and not key and len(found) < limit:
            last = after[1] if after[0] == date.max else ""
            values = {"lead": lead, "office": office, "after_report": last}
            found += self._unclocked(_NEW_LINES, values | {"limit": limit - len(found)})
        return found

    def pressed_of_lead(
        self, office: str, *, after: Place = _FIRST, limit: int = _PAGE
    ) -> tuple[PressedLine, ...]:
        """Return cases that an office leads by their nearest clock; what has none comes last."""
        return self._pressed(_PRESSED_OF_LEAD, _UNPRESSED_OF_LEAD, office, after, limit)

    def pressed_of_supervisor(
        self, office: str, *, after: Place = _FIRST, limit: int = _PAGE
    ) -> tuple[PressedLine, ...]:
        """Return cases under a supervising office by their nearest clock, the others last."""
        return self._pressed(_PRESSED_OF_SUPERVISOR, _UNPRESSED_OF_SUPERVISOR, office, after, limit)

    def nearest(self, reports: Sequence[ReportLine]) -> tuple[PressedLine, ...]:
        """Return the same cases, each with its nearest clock."""
        values = {"site": self._site, "ids": [one.id for one in reports]}
        rows = self._connection.execute(_NEAREST, values).all() if reports else []
        found = {row[0]: ClockLine(*row[1:]) for row in rows}
        return tuple(PressedLine(one, found.get(one.id)) for one in reports)

    def urgent(
        self, office: str, *, above: bool = False, after: Place = _FIRST, limit: int = _PAGE
    ) -> tuple[PressedLine, ...]:
        """Return urgent cases that nobody has attended to yet, the oldest first.

        Args:
            office: that leads them, or *above*: that supervises them.
            above: which of the two.
            after: place of the last line seen.
            limit: lines at most.
        """
        values = {
            "office": office,
            "role": str(Role.SUPERVISOR if above else Role.OFFICER),
            "after_on": after[0],
            "after_id": after[1].removeprefix(_FIRST_OF_ALL),
            "limit": limit,
        }
        rows = self._connection.execute(URGENT_LINES, {"site": self._site, **values})
        return self.nearest([replace(ReportLine(*row), urgent=True) for row in rows])

    def _pressed(
        self, clocks: Lines, rest: Lines, office: str, after: Place, limit: int
    ) -> tuple[PressedLine, ...]:
        on, last = after
        found: tuple[PressedLine, ...] = ()
        if after == _FIRST or last.startswith(_FIRST_OF_ALL):
            above = clocks is _PRESSED_OF_SUPERVISOR
            found = self.urgent(office, above=above, after=after, limit=limit)
            on, last = _FIRST
        if not last.startswith(_REST):
            seen = {"after_on": on, "after_id": last}
            found += self._listed(clocks, seen, office=office, limit=limit - len(found))
            on, last = _FIRST
        if len(found) < limit:
            values = {"after_on": on, "after_id": last.removeprefix(_REST)}
            values |= {"office": office, "limit": limit - len(found)}
            found += self._unclocked(rest, values)
        return found

    def _unclocked(self, statement: Lines, values: dict[str, Any]) -> tuple[PressedLine, ...]:
        rows = self._connection.execute(statement, {"site": self._site, **values})
        return tuple(PressedLine(ReportLine(*row), None) for row in rows)

    def _listed(
        self, statement: Lines, values: dict[str, Any], **more: object
    ) -> tuple[PressedLine, ...]:
        rows = self._connection.execute(statement, {"site": self._site, **values, **more})
        width = len(LINE_COLUMNS)
        return tuple(PressedLine(ReportLine(*row[:width]), ClockLine(*row[width:])) for row in rows)


def _late(now: datetime) -> datetime:
    """A limit in minutes or hours is over a second after its moment (`running.end_of`)."""
    return now - timedelta(seconds=1)


def _near(today: date) -> date:
    return today + timedelta(days=NEAR_DAYS)


def _moment(now: datetime, today: date) -> dict[str, Any]:
    return {"late": _late(now), "today": today, "near": _near(today)}


def _days_of(level: Level | None, today: date) -> tuple[date, date]:
    """The last days that clocks of a level can have: what an index has to be read for."""
    if level is Level.OVERDUE:
        return date.min, today
    if level is Level.NEAR:
        return today, _near(today)
    if level is Level.NORMAL:
        return _near(today) + timedelta(days=1), date.max
    return date.min, date.max


def _after_clock(after: ClockPlace) -> dict[str, Any]:
    on, report_id, key, since = after
    return {"after_on": on, "after_report": report_id, "after_key": key, "after_since": since}
