"""Days that are not what their weekday says: holidays and make-up working days."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from casework.domain.calendar import CalendarRow, DayKind, notice_span
from casework.domain.errors import TamperedError
from casework.storage.rows import InsertRows, Repository
from casework.storage.rule_version import CALENDAR, RuleVersion
from casework.storage.work_tables import calendar_day

_c = calendar_day.c
_SITE: sa.BindParameter[Any] = sa.bindparam("site")
_INSERT = InsertRows(calendar_day)
_DELETE = sa.delete(calendar_day).where(
    _c.site == _SITE, _c.day >= sa.bindparam("first"), _c.day <= sa.bindparam("last")
)
_ALL = (
    sa.select(_c.day, _c.kind, _c.name, _c.source, _c.provisional)
    .where(_c.site == _SITE)
    .order_by(_c.day)
)
_ANY = sa.select(_c.day).where(_c.site == _SITE).limit(1)


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """One day that differs from its weekday, and who says so."""

    day: date
    kind: DayKind
    name: str
    source: str
    provisional: bool = False

    def as_row(self) -> CalendarRow:
        """What domain.calendar.WorkCalendar takes."""
        return CalendarRow(self.day, self.kind, self.provisional, self.name)


class Calendar(Repository):
    """The announced holidays, as the site keeps them."""

    def all(self) -> tuple[CalendarDay, ...]:
        """Return every exception with its name and source, by day.

        Raises:
            TamperedError: a day is of no kind that there is.
        """
        found = self.stored()
        days = tuple(one for one in found.values() if one is not None)
        if len(days) < len(found):
            raise TamperedError(table="calendar_day")
        return days

    def stored(self) -> dict[date, CalendarDay | None]:
        """Return every exception by day; None where a row cannot be read."""
        found: dict[date, CalendarDay | None] = {}
        for row in self._connection.execute(_ALL, {"site": self._site}):
            known = row.kind in tuple(DayKind)
            found[row.day] = (
                CalendarDay(row.day, DayKind(row.kind), row.name, row.source, row.provisional)
                if known
                else None
            )
        return found

    def rows(self) -> tuple[CalendarRow, ...]:
        """Return what domain.calendar.WorkCalendar is made of."""
        return tuple(one.as_row() for one in self.all())

    def is_empty(self) -> bool:
        """Say whether nothing was announced yet, that is before the seed."""
        return self._connection.execute(_ANY, {"site": self._site}).first() is None

    def add(self, days: Iterable[CalendarDay]) -> None:
        """Store exceptions, in one statement."""
        rows = [
            {
                "site": self._site,
                "day": one.day,
                "kind": str(one.kind),
                "name": one.name,
                "source": one.source,
                "provisional": one.provisional,
            }
            for one in days
        ]
        _INSERT(self._connection, rows)
        RuleVersion(self._connection, self._site).changed(CALENDAR)

    def replace_year(self, year: int, days: Iterable[CalendarDay]) -> None:
        """Store the notice of a year in place of the one it had.

        The days that it decides on are those of `notice_span`: the end of the December
        before is its own, the end of its December is the next notice's.
        """
        new = tuple(days)
        first, last = notice_span(year)
        spans = [(first, last), *((one.day, one.day) for one in new)]
        for begins, ends in spans:
            self._connection.execute(_DELETE, {"site": self._site, "first": begins, "last": ends})
        self.add(new)
