"""Cases whose keys are still wrapped to an office key that was replaced."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from casework.domain.waiting import DISCIPLINE, HELP, INTERFERENCE
from casework.storage.report_tables import OPEN, report
from casework.storage.repositories import UnitOfWork
from casework.storage.rows import Lines, Repository
from casework.storage.sealed_tables import key_wrap
from casework.storage.work_tables import waiting
from crypto.events import KeyWrap

_w, _r, _wait = key_wrap.c, report.c, waiting.c
_SITE: sa.BindParameter[Any] = sa.bindparam("of_site")
_REPORT: sa.BindParameter[Any] = sa.bindparam("of_report")
_STALE = (
    _w.recipient == sa.bindparam("recipient"),
    _w.recipient_key != sa.bindparam("current_key"),
)
_OFFICE: sa.BindParameter[Any] = sa.bindparam("of_office")
_OPEN = (_r.site == _SITE, sa.text(OPEN), _w.report_id == _r.id, _w.site == _SITE)
_KINDS: list[sa.ColumnElement[str]] = [
    sa.literal_column(f"'{one}'") for one in (HELP, DISCIPLINE, INTERFERENCE)
]
_WITH = (_wait.site == _SITE, _wait.office == _OFFICE, _wait.role == sa.literal_column("'officer'"),
         _wait.kind.in_(_KINDS),
         _wait.report_id == _r.id)  # fmt: skip


def _of_office(*also: sa.ColumnElement[bool]) -> sa.CompoundSelect[str]:
    """Return which open cases an office has: as lead or supervisor, or beside these.

    A union, not one condition: each half has an index of its own, which holds no other cases.
    """
    ids = sa.select(_r.id.label("id"))
    return sa.union(
        ids.where(*_OPEN, sa.or_(_r.lead == _OFFICE, _r.supervisor == _OFFICE), *also),
        ids.where(*_OPEN, *_WITH, *also),
    )


def _counted(*also: sa.ColumnElement[bool]) -> sa.Select[int]:
    return sa.select(sa.func.count()).select_from(_of_office(*also).subquery())


_CASES = (
    _of_office(*_STALE, _r.id > sa.bindparam("after"))
    .order_by(sa.column("id"))
    .limit(sa.bindparam("limit"))
)
_COUNT = _counted(*_STALE)
_COUNT_ALL = _counted(_w.recipient == sa.bindparam("recipient"))
_OF_REPORT = sa.select(
    _w.id, _w.sending, _w.key_kind, _w.recipient, _w.key_id, _w.recipient_key, _w.body
).where(_w.report_id == _REPORT, _w.site == _SITE, *_STALE).order_by(_w.id)  # fmt: skip
_DELETE = sa.delete(key_wrap).where(
    _w.report_id == _REPORT, _w.site == _SITE, _w.id.in_(sa.bindparam("ids", expanding=True))
)


class Rewraps(Repository):
    """What is left to wrap anew. Used on the console's side alone."""

    def __init__(self, uow: UnitOfWork) -> None:
        """Work in the transaction of *uow*."""
        super().__init__(uow.connection, uow.site)

    def cases(self, office: str, key: str, *, after: str = "", limit: int = 50) -> tuple[str, ...]:
        """Return open reports with wraps to another key of *office* than *key*, by id."""
        values = {**self._office(office, key), "of_office": office, "after": after, "limit": limit}
        return tuple(self._connection.execute(_CASES, values).scalars())

    def count(self, office: str, key: str) -> tuple[int, int]:
        """Return how many open cases are left to wrap anew, and of how many."""
        values = {**self._office(office, key), "of_office": office}
        left = self._connection.execute(_COUNT, values).scalar_one()
        del values["current_key"]
        return left, self._connection.execute(_COUNT_ALL, values).scalar_one()

    def stale(self, report_id: str, office: str, key: str) -> tuple[KeyWrap, ...]:
        """Return the wraps of a report to another key of *office* than *key*."""
        found = self._of(_OF_REPORT, report_id, **self._office(office, key))
        return tuple(KeyWrap(*row) for row in found)

    def drop(self, report_id: str, wraps: Sequence[KeyWrap]) -> None:
        """Delete wraps of a report."""
        self._of(_DELETE, report_id, of_site=self._site, ids=[one.id for one in wraps])

    def _office(self, office: str, key: str) -> dict[str, object]:
        return {"of_site": self._site, "recipient": f"office:{office}", "current_key": key}

    def _of(
        self, statement: Lines | sa.Delete, report_id: str, **values: object
    ) -> sa.CursorResult[*tuple[Any, ...]]:
        return self._connection.execute(statement, {"of_report": report_id, **values})
