"""Which accepted reports name the same enterprise, by marks that nobody can read."""

from datetime import date
from typing import Any, Final

import sqlalchemy as sa

from casework.domain.protection import APART
from casework.storage.report_tables import report
from casework.storage.reports import LINE_COLUMNS, ReportLine
from casework.storage.rows import Lines, Repository
from casework.storage.work_tables import enterprise_mark

_c = enterprise_mark.c
_SITE: sa.BindParameter[Any] = sa.bindparam("site")
_REPORT: sa.BindParameter[Any] = sa.bindparam("report")
_OFFICE: sa.BindParameter[Any] = sa.bindparam("office")
_NOTE: Final = sa.insert(enterprise_mark)
_FORGET: Final = sa.delete(enterprise_mark).where(
    _c.site == sa.bindparam("of_site"), _c.report_id == sa.bindparam("of_report")
)
_own = enterprise_mark.alias("own")
_SAME: Final[Lines] = (
    sa.select(*LINE_COLUMNS)
    .join(enterprise_mark, _c.report_id == report.c.id)
    .join(_own, sa.and_(_own.c.site == _c.site, _own.c.mark == _c.mark))
    .where(
        _own.c.report_id == _REPORT,
        _c.site == _SITE,
        _c.report_id != _REPORT,
        report.c.matter.not_in(sorted(APART)),
        sa.or_(report.c.lead == _OFFICE, report.c.supervisor == _OFFICE),
    )
    .order_by(_c.noted_on.desc(), _c.report_id)
    .limit(sa.bindparam("limit"))
)


class Duplicates(Repository):
    """Marks of the enterprises that accepted reports of one site name."""

    def note(self, report_id: str, mark: str, on: date) -> None:
        """Note the mark of a report, hexadecimal; a report has one, that of its acceptance."""
        self.forget(report_id)
        row = {"site": self._site, "report_id": report_id, "mark": mark, "noted_on": on}
        self._connection.execute(_NOTE, row)

    def forget(self, report_id: str) -> None:
        """Delete the mark of a report."""
        self._connection.execute(_FORGET, {"of_site": self._site, "of_report": report_id})

    def same(self, report_id: str, *, office: str, limit: int) -> tuple[ReportLine, ...]:
        """Return other reports of *office* with the mark of this one, the latest accepted first.

        Of what an office neither leads nor supervises it learns nothing, not even that it is
        there: a report may accuse that very office. Reports of retaliation, or that accuse staff,
        are never among them.
        """
        values = {"site": self._site, "report": report_id, "office": office, "limit": limit}
        return tuple(ReportLine(*row) for row in self._connection.execute(_SAME, values))
