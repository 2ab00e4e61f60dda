"""Deadlines as rows, so that a sweep finds the due ones without looking at the others.

A projection of the cases: it can be made again from them, and decides nothing.
"""

import json
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from casework.domain.case import Case, State
from casework.storage.ahead import OfReport, Row
from casework.storage.rows import Lines, Repository, to_json
from casework.storage.work_tables import clock

VERIFY = "verify"
ONE_DAY = timedelta(days=1)

_c = clock.c
_SITE: sa.BindParameter[Any] = sa.bindparam("site")
_PUT = sa.text(
    "INSERT INTO clock"
    " (report_id, key, site, started_on, due_on, next_on, state, stages, stopped)"
    " VALUES"
    " (:report_id, :key, :site, :started_on, :due_on, :next_on, :state, :stages, :stopped)"
    " ON CONFLICT (report_id, key) DO UPDATE SET"
    " started_on = excluded.started_on, due_on = excluded.due_on, next_on = excluded.next_on,"
    " state = excluded.state, stages = excluded.stages, stopped = excluded.stopped"
).bindparams(
    *(sa.bindparam(name, type_=sa.Date) for name in ("started_on", "due_on", "next_on")),
    sa.bindparam("stopped", type_=sa.Boolean),
)
_FIELDS = (_c.report_id, _c.key, _c.started_on, _c.due_on, _c.next_on, _c.state, _c.stages)
_OF_REPORT = OfReport(sa.select(*_FIELDS, _c.stopped), _c.site, _c.report_id, _c.key)
_DUE = (
    sa.select(*_FIELDS)
    .where(
        _c.site == _SITE,
        sa.text("NOT stopped"),
        _c.next_on <= sa.bindparam("now"),
        sa.tuple_(_c.next_on, _c.report_id, _c.key)
        > sa.tuple_(
            sa.bindparam("after_on", type_=sa.Date),
            sa.bindparam("after_report", type_=sa.String),
            sa.bindparam("after_key", type_=sa.String),
        ),
    )
    .order_by(_c.next_on, _c.report_id, _c.key)
    .limit(sa.bindparam("limit"))
)
FIRST = (date(1, 1, 1), "", "")


@dataclass(frozen=True, slots=True)
class Clock:
    """One deadline of one case."""

    report_id: str
    key: str
    started_on: date
    due_on: date
    next_on: date  # the day on which the sweep has to look at it again
    state: str  # running, overdue or stopped
    stages: tuple[str, ...] = ()  # reminders and escalations that were done

    @property
    def keyset(self) -> tuple[date, str, str]:
        """Where the next page of due clocks begins."""
        return self.next_on, self.report_id, self.key


class Clocks(Repository):
    """Deadlines of the site's cases."""

    def project(self, case: Case, *, next_on: date | None = None) -> None:
        """Write the verification clock of *case*, if it has one.

        Args:
            case: the case after the act.
            next_on: the day on which the sweep has to look again (the policy's next
                reminder, say); without one, the due day.
        """
        clock_of = _verification(case)
        if clock_of is not None:
            self.put(replace(clock_of, next_on=next_on or clock_of.due_on))

    def agrees(self, case: Case) -> bool:
        """Say whether the stored clocks are the case's.

        When to look again is the sweep's own, but never so late that the end goes unnoticed.
        """
        expected = _verification(case)
        rows = _OF_REPORT(self._connection, self._site, case.report_id)
        if any(row.state == "running" and row.next_on > row.due_on + ONE_DAY for row in rows):
            return False
        try:
            stored = [replace(one, next_on=one.due_on) for one in map(_clock, rows)]
        except ValueError:  # its stages are no list any more
            return False
        if [row.stopped for row in rows] != [one.state == "stopped" for one in stored]:
            return False
        return stored == ([] if expected is None else [expected])

    def put(self, one: Clock) -> None:
        """Write a clock, new or changed."""
        self._connection.execute(
            _PUT,
            {
                "report_id": one.report_id,
                "key": one.key,
                "site": self._site,
                "started_on": one.started_on,
                "due_on": one.due_on,
                "next_on": one.next_on,
                "state": one.state,
                "stages": to_json(one.stages),
                "stopped": one.state == "stopped",
            },
        )

    def of_report(self, report_id: str) -> tuple[Clock, ...]:
        """Return the clocks of a case."""
        rows = _OF_REPORT(self._connection, self._site, report_id)
        return tuple(_clock(row) for row in rows)

    def due(
        self, today: date, *, after: tuple[date, str, str] = FIRST, limit: int = 100
    ) -> tuple[Clock, ...]:
        """Return running clocks that must be looked at by *today*, the oldest first."""
        return self._read(
            _DUE,
            now=today,
            after_on=after[0],
            after_report=after[1],
            after_key=after[2],
            limit=limit,
        )

    def _read(self, statement: Lines, **values: object) -> tuple[Clock, ...]:
        found = self._connection.execute(statement, {"site": self._site, **values})
        return tuple(_clock(row) for row in found)


def _clock(row: Row) -> Clock:
    values = {name: row._mapping[name] for name in Clock.__slots__}
    return Clock(**values | {"stages": tuple(json.loads(row.stages))})


def _verification(case: Case) -> Clock | None:
    """Return the verification clock of *case*, to be looked at on its last day."""
    if case.accepted_on is None or case.verify_due_on is None:
        return None
    state = "overdue" if VERIFY in case.overdue else "running"
    start = f"{VERIFY}/"
    done = (*case.reminded, *case.escalated)
    return Clock(
        report_id=case.report_id,
        key=VERIFY,
        started_on=case.accepted_on,
        due_on=case.verify_due_on,
        next_on=case.verify_due_on,
        state=state if case.state is State.ACCEPTED else "stopped",
        stages=tuple(one.removeprefix(start) for one in done if one.startswith(start)),
    )
