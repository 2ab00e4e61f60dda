"""Leaves of officers and who covers for them: one row a leave."""

from datetime import date
from typing import Any, Final

import sqlalchemy as sa

from casework.domain.cover import Cover
from casework.storage.rows import Repository
from casework.storage.staff_tables import cover

_c = cover.c
_SITE: sa.BindParameter[Any] = sa.bindparam("of_site")
_OFFICE: sa.BindParameter[Any] = sa.bindparam("of_office")
_SINCE: sa.BindParameter[Any] = sa.bindparam("since", type_=sa.Date)
_ONE = sa.and_(
    _c.site == _SITE,
    _c.account == sa.bindparam("of_account"),
    _c.first == sa.bindparam("of_first", type_=sa.Date),
)
_LINE = sa.select(_c.office, _c.account, _c.deputy, _c.first, _c.last)
_OF_OFFICE: Final = (
    _LINE.where(_c.site == _SITE, _c.office == _OFFICE, _c.last >= _SINCE)
    .order_by(_c.first, _c.account)
)  # fmt: skip
_INSERT: Final = sa.insert(cover)
_END: Final = sa.update(cover).where(_ONE).values(last=sa.bindparam("new_last", type_=sa.Date))
_DELETE: Final = sa.delete(cover).where(_ONE)


class Covers(Repository):
    """The leaves of one site."""

    def of_office(self, office: str, *, since: date) -> tuple[Cover, ...]:
        """Return the leaves of an office that last until a day or longer, the first before."""
        values = {"of_site": self._site, "of_office": office, "since": since}
        return tuple(Cover(*row) for row in self._connection.execute(_OF_OFFICE, values))

    def add(self, one: Cover, *, by: str, on: date) -> None:
        """Note a leave, by whom and on which day."""
        row = {
            "site": self._site, "account": one.account, "first": one.first, "last": one.last,
            "office": one.office, "deputy": one.deputy, "noted_by": by, "noted_on": on,
        }  # fmt: skip
        self._connection.execute(_INSERT, row)

    def end(self, one: Cover, last: date) -> None:
        """Let a leave be over after *last*; one that has not begun then is gone."""
        values = {"of_site": self._site, "of_account": one.account, "of_first": one.first}
        if last < one.first:
            self._connection.execute(_DELETE, values)
        else:
            self._connection.execute(_END, values | {"new_last": last})
