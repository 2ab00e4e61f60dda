"""Proposals to put a policy in force or to change the calendar, and the walks that follow."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, Literal

import sqlalchemy as sa

from casework.domain.calendar import DayKind
from casework.domain.errors import RuleChangeError, TamperedError
from casework.storage.calendar import CalendarDay
from casework.storage.report_tables import report
from casework.storage.rows import Lines, Repository, to_json
from casework.storage.rule_tables import calendar_proposal, policy_proposal
from casework.storage.work_tables import clock

State = Literal["proposed", "in_force", "withdrawn"]
PROPOSED: State = "proposed"

_SITE: sa.BindParameter[Any] = sa.bindparam("of_site")
_ID: sa.BindParameter[Any] = sa.bindparam("of_id")
_LIMIT: sa.BindParameter[Any] = sa.bindparam("limit")

_p = policy_proposal.c
_POLICY = sa.select(
    _p.id, _p.policy, _p.sha256, _p.active_from, _p.event, _p.state, _p.created_at, _p.after,
    _p.progress, _p.result, _p.tried,
).where(_p.site == _SITE)  # fmt: skip
_POLICY_GET = _POLICY.where(_p.id == _ID)
_POLICY_NEWEST = _POLICY.order_by(_p.created_at.desc(), _p.id).limit(_LIMIT)
_POLICY_ALL = _POLICY.where(_p.id > sa.bindparam("past")).order_by(_p.id).limit(_LIMIT)
_UNTRIED = _POLICY.where(
    _p.state == sa.literal_column("'proposed'"), _p.tried == sa.literal_column("''")
).order_by(_p.created_at, _p.id)
_POLICY_STATE = sa.update(policy_proposal).where(_p.site == _SITE, _p.id == _ID).values(
    state=sa.bindparam("now_state")
)  # fmt: skip
_TRYING = sa.update(policy_proposal).where(
    _p.site == _SITE, _p.id == _ID, _p.after == sa.bindparam("was_after"),
    _p.tried == sa.literal_column("''"),
)  # fmt: skip
_PROGRESS = _TRYING.values(after=sa.bindparam("now_after"), progress=sa.bindparam("so_far"))
_TRIED = _TRYING.values(result=sa.bindparam("found"), tried=sa.bindparam("by_event"))

_c = calendar_proposal.c
_CALENDAR = sa.select(
    _c.id, _c.year, _c.days, _c.before, _c.digest, _c.source, _c.event, _c.state, _c.created_at,
    _c.number, _c.changed_at, _c.removed, _c.added, _c.after, _c.recomputed,
).where(_c.site == _SITE)  # fmt: skip
_CALENDAR_GET = _CALENDAR.where(_c.id == _ID)
_CALENDAR_NEWEST = _CALENDAR.order_by(_c.created_at.desc(), _c.id).limit(_LIMIT)
_CALENDAR_IDS = sa.select(_c.id).where(_c.site == _SITE).order_by(_c.id)
# The public site may read these columns of the rows in force, and no more.
_CHANGES = (
    sa.select(_c.id, _c.number, _c.changed_at, _c.removed, _c.added)
    .where(_c.site == _SITE, _c.number.is_not(None))
    .order_by(_c.number)
)
_PENDING = _CALENDAR.where(
    _c.number.is_not(None), _c.recomputed == sa.false()
).order_by(_c.number)  # fmt: skip
_PENDING_SINCE = sa.select(_c.changed_at).where(
    _c.site == _SITE, _c.number.is_not(None), _c.recomputed == sa.false()
).order_by(_c.number).limit(1)  # fmt: skip
_NUMBER = sa.select(sa.func.coalesce(sa.func.max(_c.number), 0)).where(_c.site == _SITE)
_MINE = sa.update(calendar_proposal).where(_c.site == _SITE, _c.id == _ID)
_CALENDAR_STATE = _MINE.values(state=sa.bindparam("now_state"))
_CHANGED = _MINE.values(
    state=sa.literal_column("'in_force'"), number=sa.bindparam("its_number"),
    changed_at=sa.bindparam("at"), removed=sa.bindparam("gone"), added=sa.bindparam("new"),
)  # fmt: skip
_WALKED = _MINE.values(after=sa.bindparam("now_after"), recomputed=sa.bindparam("is_done"))

_k = clock.c
_RUNNING = (
    _k.site == _SITE, sa.text("NOT stopped"),
    _k.started_on <= sa.bindparam("last"), _k.due_on >= sa.bindparam("first"),
)  # fmt: skip
_TOUCHED = (
    sa.select(_k.report_id).where(*_RUNNING, _k.report_id > sa.bindparam("past")).distinct()
    .order_by(_k.report_id).limit(_LIMIT)
)  # fmt: skip
_RECEIVED = sa.select(report.c.id).where(
    report.c.site == _SITE, report.c.received_on >= sa.bindparam("day"),
    report.c.state == sa.literal_column("'received'"),
)  # fmt: skip
_TOUCHED_COUNT = sa.select(sa.func.count()).select_from(clock).where(*_RUNNING)
_PROVISIONAL = (
    sa.select(_k.started_on, _k.due_on, sa.func.count())
    .where(_k.site == _SITE, sa.text("NOT stopped"), _k.provisional == sa.true())
    .group_by(_k.started_on, _k.due_on)
)


@dataclass(frozen=True, slots=True)
class PolicyProposal:
    """A policy that somebody wants in force.

    Attributes:
        sha256: the policy's pin, over its own file and all that it inherits.
        event: digest of policy.proposed, which tells who proposed it.
        after: last report that the dry run has looked at.
        progress: JSON of what the dry run has found so far.
        result: JSON of what it found, "" before its end.
        tried: digest of policy.tried, by which the jobs process signs the result; "" before.
    """

    id: str
    policy: str
    sha256: str
    active_from: date
    event: str
    state: State
    created_at: datetime
    after: str = ""
    progress: str = ""
    result: str = ""
    tried: str = ""


@dataclass(frozen=True, slots=True)
class CalendarProposal:
    """The notice of a year that somebody wants in the calendar.

    Attributes:
        days: the notice's days.
        before, digest: of the calendar that it changes, and of the one that it makes.
        event: digest of calendar.proposed, which tells who proposed it.
        number: which change of the calendar it is, None before it is in force.
        changed_at: when it came into force.
        removed, added: the days that went and came with it.
        after: last report whose clocks were worked out anew.
        recomputed: whether all were.
    """

    id: str
    year: int
    days: tuple[CalendarDay, ...]
    before: str
    digest: str
    source: str
    event: str
    state: State
    created_at: datetime
    number: int | None = None
    changed_at: datetime | None = None
    removed: tuple[CalendarDay, ...] = ()
    added: tuple[CalendarDay, ...] = ()
    after: str = ""
    recomputed: bool = False


@dataclass(frozen=True, slots=True)
class CalendarChange:
    """One change of the calendar in force: when, and which days went and came."""

    id: str
    number: int
    changed_at: datetime
    removed: tuple[CalendarDay, ...]
    added: tuple[CalendarDay, ...]


class RuleChanges(Repository):
    """The proposals of a site."""

    # Policies ---------------------------------------------------------------

    def add_policy(self, new: PolicyProposal) -> None:
        """Store a proposal."""
        values = {name: getattr(new, name) for name in PolicyProposal.__slots__}
        self._connection.execute(sa.insert(policy_proposal), {"site": self._site, **values})

    def policy(self, proposal: str, *, lock: bool = False) -> PolicyProposal | None:
        """Return a proposal, kept from others until this transaction ends if *lock*."""
        statement = _POLICY_GET.with_for_update() if lock else _POLICY_GET
        found = self._policies(statement, of_id=proposal)
        return found[0] if found else None

    def newest_policies(self, limit: int = 20) -> tuple[PolicyProposal, ...]:
        """Return proposals, the last one first."""
        return self._policies(_POLICY_NEWEST, limit=limit)

    def all_policies(self, *, past: str = "", limit: int = 500) -> tuple[PolicyProposal, ...]:
        """Return proposals by id, after the id *past*."""
        return self._policies(_POLICY_ALL, past=past, limit=limit)

    def untried(self) -> tuple[PolicyProposal, ...]:
        """Return open proposals whose dry run is not done, the oldest first."""
        return self._policies(_UNTRIED)

    def set_policy_state(self, proposal: str, state: State) -> None:
        """Store where a proposal stands."""
        values = {"of_site": self._site, "of_id": proposal, "now_state": state}
        self._connection.execute(_POLICY_STATE, values)

    def keep_progress(self, before: PolicyProposal, *, after: str, progress: str) -> bool:
        """Store how far a dry run is; False if another process went on from the same place."""
        values = {"was_after": before.after, "now_after": after, "so_far": progress}
        return self._step(_PROGRESS, before.id, values)

    def keep_result(self, before: PolicyProposal, *, result: str, event: str) -> bool:
        """Store what a dry run found; False if another process has, or went on."""
        values = {"was_after": before.after, "found": result, "by_event": event}
        return self._step(_TRIED, before.id, values)

    # The calendar -------------------------------------------------------------

    def add_calendar(self, new: CalendarProposal) -> None:
        """Store a proposal."""
        values = {name: getattr(new, name) for name in CalendarProposal.__slots__}
        texts = {name: _days_text(values[name]) for name in ("days", "removed", "added")}
        self._connection.execute(
            sa.insert(calendar_proposal), {"site": self._site, **values, **texts}
        )

    def calendar(self, proposal: str, *, lock: bool = False) -> CalendarProposal | None:
        """Return a proposal, kept from others until this transaction ends if *lock*."""
        statement = _CALENDAR_GET.with_for_update() if lock else _CALENDAR_GET
        found = self._calendars(statement, of_id=proposal)
        return found[0] if found else None

    def newest_calendars(self, limit: int = 20) -> tuple[CalendarProposal, ...]:
        """Return proposals, the last one first."""
        return self._calendars(_CALENDAR_NEWEST, limit=limit)

    def calendar_ids(self) -> tuple[str, ...]:
        """Return the ids of all proposals."""
        return tuple(self._connection.execute(_CALENDAR_IDS, {"of_site": self._site}).scalars())

    def calendar_changes(self) -> tuple[CalendarChange, ...]:
        """Return the changes in force, the first one first.

        Raises:
            TamperedError: a row cannot be read any more.
        """
        found = self._connection.execute(_CHANGES, {"of_site": self._site})
        return tuple(_change(row) for row in found)

    def pending_changes(self) -> tuple[CalendarProposal, ...]:
        """Return changes in force for which clocks are yet to be worked out, in their order."""
        return self._calendars(_PENDING)

    @cached_property
    def pending_since(self) -> datetime | None:
        """When the first change came for which clocks are yet to be worked out; None for none."""
        found = self._connection.execute(_PENDING_SINCE, {"of_site": self._site})
        return found.scalar_one_or_none()

    def next_number(self) -> int:
        """Return the number of the next change of the calendar."""
        number = self._connection.execute(_NUMBER, {"of_site": self._site}).scalar_one()
        return int(number) + 1

    def set_calendar_state(self, proposal: str, state: State) -> None:
        """Store where a proposal stands."""
        values = {"of_site": self._site, "of_id": proposal, "now_state": state}
        self._connection.execute(_CALENDAR_STATE, values)

    def put_calendar_in_force(
        self,
        proposal: str,
        *,
        number: int,
        at: datetime,
        removed: Iterable[CalendarDay],
        added: Iterable[CalendarDay],
    ) -> None:
        """Note that a proposal came into force.

        Raises:
            RuleChangeError: "overtaken": another change took the number at this moment.
        """
        values = {"its_number": number, "at": at, "gone": _days_text(removed)}
        try:
            self._step(_CHANGED, proposal, {**values, "new": _days_text(added)})
        except sa.exc.IntegrityError as taken:
            raise RuleChangeError("overtaken") from taken

    def keep_walk(self, proposal: str, *, after: str, done: bool) -> None:
        """Store how far the clocks are worked out after a change."""
        self._step(_WALKED, proposal, {"now_after": after, "is_done": done})

    # Clocks that a change touches ----------------------------------------------

    def touched(
        self, first: date, last: date, *, past: str = "", limit: int = 500
    ) -> tuple[str, ...]:
        """Return reports with a running clock over a day from *first* to *last*, by id."""
        values = {"of_site": self._site, "first": first, "last": last}
        found = self._connection.execute(_TOUCHED, {**values, "past": past, "limit": limit})
        return tuple(found.scalars())

    def count_touched(self, first: date, last: date) -> int:
        """Return how many running clocks there are over a day from *first* to *last*."""
        values = {"of_site": self._site, "first": first, "last": last}
        return int(self._connection.execute(_TOUCHED_COUNT, values).scalar_one())

    def received_since(self, day: date) -> tuple[str, ...]:
        """Return the reports received from *day* on that nobody has accepted or refused."""
        found = self._connection.execute(_RECEIVED, {"of_site": self._site, "day": day})
        return tuple(found.scalars())

    def provisional_spans(self) -> tuple[tuple[date, date, int], ...]:
        """Return first day, last day and number of the running clocks that are provisional."""
        found = self._connection.execute(_PROVISIONAL, {"of_site": self._site})
        return tuple((row[0], row[1], int(row[2])) for row in found)

    def _step(self, statement: sa.Update, proposal: str, values: dict[str, Any]) -> bool:
        found = self._connection.execute(
            statement, {"of_site": self._site, "of_id": proposal, **values}
        )
        return found.rowcount == 1

    def _policies(self, statement: Lines, **values: object) -> tuple[PolicyProposal, ...]:
        found = self._connection.execute(statement, {"of_site": self._site, **values})
        return tuple(PolicyProposal(*row) for row in found)

    def _calendars(self, statement: Lines, **values: object) -> tuple[CalendarProposal, ...]:
        found = self._connection.execute(statement, {"of_site": self._site, **values})
        return tuple(_calendar(row) for row in found)


def _change(row: sa.Row[*tuple[Any, ...]]) -> CalendarChange:
    if row.changed_at is None:
        raise TamperedError(calendar_proposal=row.id)
    return CalendarChange(row.id, row.number, row.changed_at, _days(row.removed), _days(row.added))


def _calendar(row: sa.Row[*tuple[Any, ...]]) -> CalendarProposal:
    values = row._asdict()
    days = {name: _days(values[name]) for name in ("days", "removed", "added")}
    return CalendarProposal(**(values | days))


def _days_text(days: Iterable[CalendarDay]) -> str:
    return to_json(
        [[one.day.isoformat(), one.kind, one.name, one.source, one.provisional] for one in days]
    )


def _days(text: str) -> tuple[CalendarDay, ...]:
    try:
        return tuple(
            CalendarDay(date.fromisoformat(day), DayKind(kind), name, source, provisional)
            for day, kind, name, source, provisional in json.loads(text)
        )
    except (TypeError, ValueError) as problem:
        raise TamperedError(table="calendar_proposal") from problem
