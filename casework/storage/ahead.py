"""Rows by report, which a walk through many reports reads a page at a time.

One statement a table and a page takes the place of one a table and a report.
Whoever asks for the rows of one report is none the wiser.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from casework.storage.rows import Lines

Row = sa.Row[*tuple[Any, ...]]
_Rows = dict[str, list[Row]]  # by report
_OPTION: Final = "tonggui_ahead"
_SITE: sa.BindParameter[Any] = sa.bindparam("of_site")
_REPORT: sa.BindParameter[Any] = sa.bindparam("of_report")
_FIRST: sa.BindParameter[Any] = sa.bindparam("span_first")
_END: sa.BindParameter[Any] = sa.bindparam("span_end")


@dataclass(frozen=True, slots=True)
class Span:
    """Report ids from *first* to before *end*, as the database sorts them; None for no end.

    Spans that follow each other leave no row out, whatever report it says it is of.
    """

    first: str = ""
    end: str | None = None

    @property
    def values(self) -> dict[str, str]:
        """What the statement of a span takes."""
        return {"span_first": self.first} | ({} if self.end is None else {"span_end": self.end})


class OfReport:
    """A query of one report's rows, prepared for one and for a span of them.

    Args:
        select: the columns, one of them the report's id.
        site: the column of the site.
        owner: the column of the report's id.
        order: how the rows of a report are sorted.
    """

    def __init__(
        self,
        select: Lines,
        site: sa.Column[str],
        owner: sa.Column[str],
        *order: sa.ColumnElement[Any],
    ) -> None:
        """Prepare the statements once, as a module-level constant."""
        names = [column.name for column in select.selected_columns]
        self._owner = names.index(owner.name)
        mine = select.where(site == _SITE).order_by(None)
        self._one = mine.where(owner == _REPORT).order_by(*order)
        self._rest = mine.where(owner >= _FIRST).order_by(owner, *order)
        self._page = self._rest.where(owner < _END)

    def __call__(self, connection: sa.Connection, site: str, report_id: str) -> Sequence[Row]:
        """Return the rows of a report."""
        ahead = _ahead(connection)
        if ahead is not None and report_id in ahead.ids:
            return self._rows(connection, site, ahead).get(report_id, ())
        values = {"of_site": site, "of_report": report_id}
        return connection.execute(self._one, values).all()

    def strangers(self, connection: sa.Connection, site: str) -> Sequence[Row]:
        """Return the rows in the span being read whose report is not there."""
        ahead = _ahead(connection)
        if ahead is None:
            raise ValueError("no span is being read")
        rows = self._rows(connection, site, ahead)
        return [row for report_id in rows.keys() - ahead.ids for row in rows[report_id]]

    def read_ahead(self, connection: sa.Connection, site: str, span: Span) -> tuple[str, ...]:
        """Have every `OfReport` read *span* as a whole from now on; this one tells its reports.

        For a transaction that only reads, and ends when the span is done.
        """
        rows = self._of_span(connection, site, span)
        connection.execution_options(**{_OPTION: _Ahead(span, frozenset(rows), {self: rows})})
        return tuple(rows)

    def _rows(self, connection: sa.Connection, site: str, ahead: "_Ahead") -> _Rows:
        found = ahead.rows.get(self)
        if found is None:
            found = ahead.rows[self] = self._of_span(connection, site, ahead.span)
        return found

    def _of_span(self, connection: sa.Connection, site: str, span: Span) -> _Rows:
        found: _Rows = {}
        statement = self._rest if span.end is None else self._page
        for row in connection.execute(statement, {"of_site": site, **span.values}):
            found.setdefault(row[self._owner], []).append(row)
        return found


@dataclass(slots=True)
class _Ahead:
    """The span that a transaction reads, the reports in it, and the rows read so far."""

    span: Span
    ids: frozenset[str]
    rows: dict[OfReport, _Rows]


def _ahead(connection: sa.Connection) -> _Ahead | None:
    found: _Ahead | None = connection.get_execution_options().get(_OPTION)
    return found
