"""Urgent cases that nobody has attended to yet: a short list, which goes before all others.

Read from what waits (`domain/waiting.py`), by its own index; a list of all cases leaves out what
stands there, looked up for each case by its key.
"""

from typing import Any

import sqlalchemy as sa

from casework.domain.waiting import URGENT
from casework.storage.report_tables import report
from casework.storage.reports import LINE_COLUMNS
from casework.storage.rows import Lines
from casework.storage.work_tables import waiting

_w, _r = waiting.c, report.c
_SITE: sa.BindParameter[Any] = sa.bindparam("site")
_IS_URGENT = _w.kind == sa.literal_column(f"'{URGENT}'")

URGENT_LINES: Lines = (
    sa.select(*LINE_COLUMNS)
    .join(waiting, sa.and_(_w.site == _r.site, _w.report_id == _r.id))
    .where(
        _w.site == _SITE,
        _w.office == sa.bindparam("office"),
        _w.role == sa.bindparam("role"),
        _IS_URGENT,
        sa.tuple_(_r.received_on, _r.id)
        > sa.tuple_(
            sa.bindparam("after_on", type_=sa.Date), sa.bindparam("after_id", type_=sa.String)
        ),
    )
    .order_by(_r.received_on, _r.id)
    .limit(sa.bindparam("limit"))
)


def not_urgent(report_id: Any) -> sa.ColumnElement[bool]:
    """Return the condition that a case is none of them; no NOT EXISTS, see `board._none`."""
    found: sa.Select[Any] = sa.select(sa.literal_column("1")).where(
        _w.site == _SITE, _w.report_id == report_id, _IS_URGENT
    )
    return found.limit(1).scalar_subquery().is_(None)
