"""When the jobs process looks at a case again, to erase what is to be erased.

A projection of the cases that decides nothing: what is erased, the rules say.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from casework.domain.case import Case, State
from casework.storage.ahead import OfReport
from casework.storage.custody_tables import keeping
from casework.storage.report_tables import report
from casework.storage.rows import Lines, Repository

_c = keeping.c
_SITE: sa.BindParameter[Any] = sa.bindparam("of_site")
_REPORT: sa.BindParameter[Any] = sa.bindparam("of_report")
_PUT = sa.text(
    "INSERT INTO keeping (report_id, site, look_on, stopped)"
    " VALUES (:report_id, :site, :look_on, :stopped)"
    " ON CONFLICT (report_id) DO UPDATE SET"
    " look_on = excluded.look_on, stopped = excluded.stopped"
).bindparams(sa.bindparam("look_on", type_=sa.Date), sa.bindparam("stopped", type_=sa.Boolean))
_LOOK = (
    sa.update(keeping)
    .where(_c.report_id == _REPORT, _c.site == _SITE)
    .values(look_on=sa.bindparam("on"), destroy_on=sa.bindparam("last"))
)
_DUE = (
    sa.select(_c.look_on, _c.report_id)
    .where(
        _c.site == _SITE,
        sa.text("NOT stopped"),
        _c.look_on <= sa.bindparam("today"),
        sa.tuple_(_c.look_on, _c.report_id)
        > sa.tuple_(
            sa.bindparam("after_on", type_=sa.Date), sa.bindparam("after_id", type_=sa.String)
        ),
    )
    .order_by(_c.look_on, _c.report_id)
    .limit(sa.bindparam("limit"))
)
_ENDING = (
    sa.select(_c.report_id, report.c.case_number, report.c.lead, report.c.supervisor, _c.destroy_on)
    .where(
        _c.site == _SITE,
        report.c.id == _c.report_id,
        sa.text("NOT stopped"),
        _c.destroy_on <= sa.bindparam("until"),
        sa.tuple_(_c.destroy_on, _c.report_id)
        > sa.tuple_(
            sa.bindparam("after_on", type_=sa.Date), sa.bindparam("after_id", type_=sa.String)
        ),
    )
    .order_by(_c.destroy_on, _c.report_id)
    .limit(sa.bindparam("limit"))
)
_MINE: sa.BindParameter[Any] = sa.bindparam("office")
_ENDING_OF = _ENDING.where(sa.or_(report.c.lead == _MINE, report.c.supervisor == _MINE))
_ROW = OfReport(sa.select(_c.report_id, _c.stopped), _c.site, _c.report_id)
FIRST = (date(1, 1, 1), "")


@dataclass(frozen=True, slots=True)
class Ending:
    """A case whose contents are destroyed soon."""

    report_id: str
    case_number: str
    lead: str
    supervisor: str
    destroy_on: date


class Keeping(Repository):
    """Which cases want looking at, and from which day on."""

    def project(self, before: Case, after: Case) -> None:
        """Have the sweep look at a case at once after an act, if there may be work."""
        if not (wants(before) or wants(after)):
            return
        values = {
            "report_id": after.report_id,
            "site": self._site,
            "look_on": after.received_on,  # long past: at once
            "stopped": not wants(after),
        }
        self._connection.execute(_PUT, values)

    def look_again(self, report_id: str, on: date, destroy_on: date | None) -> None:
        """Note when to look at a case next, and on which day its contents go."""
        values = {"of_report": report_id, "of_site": self._site, "on": on, "last": destroy_on}
        self._connection.execute(_LOOK, values)

    def due(
        self, today: date, *, after: tuple[date, str] = FIRST, limit: int = 100
    ) -> tuple[tuple[date, str], ...]:
        """Return (day, report) of the cases to look at by *today*, the oldest first."""
        values = {"today": today, "after_on": after[0], "after_id": after[1], "limit": limit}
        return tuple((row.look_on, row.report_id) for row in self._read(_DUE, values))

    def ending(
        self, until: date, *, office: str = "", after: tuple[date, str] = FIRST, limit: int = 50
    ) -> tuple[Ending, ...]:
        """Return the cases whose contents are destroyed by a day, the next first.

        Args:
            until: the day.
            office: which leads or supervises them, "" for any.
            after: where the page begins.
            limit: cases at most.
        """
        values: dict[str, object] = {
            "until": until, "after_on": after[0], "after_id": after[1], "limit": limit,
            **({"office": office} if office else {}),
        }  # fmt: skip
        found = self._read(_ENDING_OF if office else _ENDING, values)
        return tuple(Ending(**row._asdict()) for row in found)

    def agrees(self, case: Case) -> bool:
        """Say whether a case that wants looking at will be looked at."""
        rows = _ROW(self._connection, self._site, case.report_id)
        return any(not row.stopped for row in rows) == wants(case)

    def _read(self, statement: Lines, values: dict[str, object]) -> sa.CursorResult[Any]:
        return self._connection.execute(statement, {"of_site": self._site, **values})


def wants(case: Case) -> bool:
    """Whether anything of the case is to be erased, now or at the end of its time."""
    over = (State.CLOSED, State.REFUSED, State.MERGED)
    ended = case.state in over and not case.destroyed
    return ended or bool(case.withdrawn) or bool(case.unforgotten)
