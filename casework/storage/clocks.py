"""Clocks as rows, so that sweep and board find theirs without looking at the others.

A projection of the cases: it can be made again from them, and decides nothing. What the rows
hold is worked out in `services/clock_rows.py`.
"""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

import sqlalchemy as sa

from casework.domain.case import Case
from casework.storage.ahead import OfReport, Row
from casework.storage.rows import InsertRows, Repository, to_json
from casework.storage.work_tables import clock

# A report that has just come in: the jobs process works its clocks out. It sorts before all
# others, so that the new ones are found at once, however many wait behind them.
NEW_KEY: Final = "new"
NEW_AT: Final = datetime(1970, 1, 1, tzinfo=UTC)
PAGE: Final = 100

_c = clock.c
_SITE: sa.BindParameter[Any] = sa.bindparam("site")
_INSERT = InsertRows(clock)
_DROP = sa.delete(clock).where(
    _c.site == sa.bindparam("of_site"),
    _c.report_id == sa.bindparam("of_report"),
    _c.key == sa.bindparam("of_key"),
    _c.since == sa.bindparam("of_since"),
)
_FIELDS = (
    _c.report_id, _c.key, _c.since, _c.office, _c.lead, _c.supervisor, _c.started_on, _c.due_on,
    _c.due_at, _c.next_at, _c.state, _c.provisional, _c.stages, _c.stopped, _c.as_of,
)  # fmt: skip
_OF_REPORT = OfReport(sa.select(*_FIELDS), _c.site, _c.report_id, _c.key, _c.since)
_PLACE = (_c.next_at, _c.report_id, _c.key, _c.since)
_DUE = (
    sa.select(*_PLACE)
    .where(
        _c.site == _SITE,
        sa.text("NOT stopped"),
        _c.next_at <= sa.bindparam("now"),
        sa.tuple_(*_PLACE)
        > sa.tuple_(
            *(sa.bindparam(f"after_{one.name}", type_=one.type) for one in _PLACE),
        ),
    )
    .order_by(*_PLACE)
    .limit(sa.bindparam("limit"))
)
# Cases that were redone, by who leads them: rows of their own, which stay (clock_rows.py).
REDO_KEY: Final = "redo"
_RUNNING = sa.select(sa.func.count()).where(
    _c.site == _SITE, _c.key == sa.bindparam("of_key"), sa.not_(_c.stopped)
)
_OFFICE: sa.BindParameter[Any] = sa.bindparam("office")
_REDONE = (
    sa.select(_c.lead, sa.func.count())
    .where(
        _c.site == _SITE,
        sa.text("NOT stopped"),
        _c.key == REDO_KEY,
        _c.started_on >= sa.bindparam("since", type_=sa.Date),
        _c.report_id.not_in(sa.bindparam("hidden", expanding=True)),
    )
    .group_by(_c.lead)
    .order_by(_c.lead)
)
_REDONE_OF = {
    # (of those it supervises too): which statement counts them
    False: _REDONE.where(_c.lead == _OFFICE),
    True: _REDONE.where(sa.or_(_c.lead == _OFFICE, _c.supervisor == _OFFICE)),
}
Place = tuple[datetime, str, str, int]
FIRST: Final[Place] = (datetime(1, 1, 1, tzinfo=UTC), "", "", 0)


@dataclass(frozen=True, slots=True)
class ClockRow:
    """One clock of one case, as lists and the sweep need it.

    Attributes:
        key, since: which clock it is: its key, and the ordinal of the act that started it.
        office: code of the office that it binds, "" where it binds none.
        lead, supervisor: of the case; "" in a trial report, which is in no list.
        due_on: last day as of *as_of*; *due_at* its moment where the limit is in hours.
        next_at: from when on the sweep has to look again.
        state: "running", "paused", "overdue" or "ended"; "new" while nothing is worked out.
        stages: the reminders, "overdue", and the rungs that it has behind it.
        as_of: when all this was worked out.
    """

    report_id: str
    key: str
    since: int
    office: str
    lead: str
    supervisor: str
    started_on: date
    due_on: date
    due_at: datetime | None
    next_at: datetime
    state: str
    provisional: bool
    stages: tuple[str, ...]
    stopped: bool
    as_of: datetime

    @property
    def instance(self) -> tuple[str, int]:
        """Which clock of its case it is."""
        return self.key, self.since


@dataclass(frozen=True, slots=True)
class DueClock:
    """A clock that wants looking at: whose, and where the next page begins."""

    report_id: str
    keyset: Place


class Clocks(Repository):
    """Clocks of the site's cases."""

    def of_report(self, report_id: str) -> tuple[ClockRow, ...]:
        """Return the clocks of a case, by key.

        Raises:
            ValueError: a row cannot be read.
        """
        return tuple(map(_row, _OF_REPORT(self._connection, self._site, report_id)))

    def insert_new(self, case: Case) -> None:
        """Note that the clocks of a report are yet to be worked out."""
        self.put([new_row(case)])

    def put(self, rows: Sequence[ClockRow]) -> None:
        """Write rows that are not there yet."""
        _INSERT(self._connection, [self._values(one) for one in rows])

    def drop(self, report_id: str, instances: Iterable[tuple[str, int]]) -> None:
        """Delete rows of a case."""
        gone = [
            {"of_site": self._site, "of_report": report_id, "of_key": key, "of_since": since}
            for key, since in instances
        ]
        if gone:
            self._connection.execute(_DROP, gone)

    def due(
        self, now: datetime, *, after: Place = FIRST, limit: int = PAGE
    ) -> tuple[DueClock, ...]:
        """Return clocks that have not stopped and must be looked at by *now*, the oldest first."""
        values = {f"after_{one.name}": value for one, value in zip(_PLACE, after, strict=True)}
        found = self._connection.execute(
            _DUE, {"site": self._site, "now": now, "limit": limit, **values}
        )
        return tuple(DueClock(row.report_id, (row[0], row[1], row[2], row[3])) for row in found)

    def new(self, *, after: Place = FIRST, limit: int = PAGE) -> tuple[DueClock, ...]:
        """Return the reports whose clocks are yet to be worked out."""
        return self.due(NEW_AT, after=after, limit=limit)

    def running(self, key: str) -> int:
        """Return how many clocks of a kind run, or stand still, in all cases."""
        found = self._connection.execute(_RUNNING, {"site": self._site, "of_key": key}).scalar()
        return int(found or 0)

    def redone(
        self, office: str, *, supervises: bool, since: date, hidden: Collection[str] = ()
    ) -> tuple[tuple[str, int], ...]:
        """Return how often cases were redone since a day, by the office that leads them.

        Args:
            office: whose cases; those that it supervises too if *supervises*.
            supervises: see above.
            since: first day that counts.
            hidden: reports that do not.
        """
        values = {"site": self._site, "office": office, "since": since, "hidden": list(hidden)}
        rows = self._connection.execute(_REDONE_OF[supervises], values)
        return tuple((row[0], row[1]) for row in rows)

    def _values(self, one: ClockRow) -> dict[str, object]:
        values: dict[str, object] = {name: getattr(one, name) for name in ClockRow.__slots__}
        return values | {"site": self._site, "stages": to_json(one.stages)}


def new_row(case: Case) -> ClockRow:
    """Return the row of a report whose clocks are yet to be worked out."""
    return ClockRow(
        report_id=case.report_id,
        key=NEW_KEY,
        since=1,
        office="",
        lead="",
        supervisor="",
        started_on=case.received_on,
        due_on=case.received_on,
        due_at=None,
        next_at=NEW_AT,
        state=NEW_KEY,
        provisional=False,
        stages=(),
        stopped=False,
        as_of=NEW_AT,
    )


def _row(row: Row) -> ClockRow:
    values = row._asdict()
    stages = json.loads(values["stages"])
    if not isinstance(stages, list):
        raise ValueError("stages")
    return ClockRow(**values | {"stages": tuple(stages)})
