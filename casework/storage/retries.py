"""Answers kept for a form that is sent again, for an hour or until the code is used.

The row outlives its answer: a form that was used files nothing a second time.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa

from casework.storage.report_tables import retry_box
from casework.storage.rows import Repository
from casework.storage.schema import INSTANT

_c = retry_box.c
_INSERT = sa.text(
    "INSERT INTO retry_box (id, site, report_id, box, expires_at)"
    " VALUES (:id, :site, :report_id, :box, :expires_at)"
    " ON CONFLICT (id) DO NOTHING"
).bindparams(
    sa.bindparam("id", type_=sa.LargeBinary),
    sa.bindparam("box", type_=sa.LargeBinary),
    sa.bindparam("expires_at", type_=INSTANT),
)
_GET = sa.select(_c.box, _c.expires_at).where(
    _c.id == sa.bindparam("id"), _c.site == sa.bindparam("site")
)
_EMPTY = sa.literal(b"", sa.LargeBinary)
_EMPTY_OF = (
    sa.update(retry_box)
    .where(_c.report_id == sa.bindparam("of_report"), _c.site == sa.bindparam("of_site"))
    .values(box=_EMPTY)
)
_EMPTY_EXPIRED = (
    sa.update(retry_box)
    .where(
        _c.site == sa.bindparam("of_site"),
        _c.expires_at <= sa.bindparam("now"),
        _c.box != _EMPTY,
    )
    .values(box=_EMPTY)
)
_DROP = sa.delete(retry_box).where(
    _c.site == sa.bindparam("site"), _c.expires_at <= sa.bindparam("before")
)
# A form stays open for a day at the most; until then a row says that it was used.
FORM_OPEN = timedelta(days=1)


class FormTakenError(Exception):
    """The same form has just been stored by another request: look it up with get()."""


class Retries(Repository):
    """Sealed receipt codes, found by what only the sent form knows."""

    def insert(self, retry_id: bytes, *, report_id: str, box: bytes, expires_at: datetime) -> None:
        """Keep the box of a report's code.

        Raises:
            FormTakenError: the same form has been stored already.
        """
        values = {
            "id": retry_id,
            "site": self._site,
            "report_id": report_id,
            "box": box,
            "expires_at": expires_at,
        }
        if self._connection.execute(_INSERT, values).rowcount != 1:
            raise FormTakenError

    def get(self, retry_id: bytes, *, now: datetime) -> bytes | None:
        """Return the box; b"" once its hour is over or the code was used; None for a new form."""
        row = self._connection.execute(_GET, {"id": retry_id, "site": self._site}).first()
        if row is None:
            return None
        return row.box if row.expires_at > now else b""

    def forget_code(self, report_id: str) -> None:
        """Empty a report's box: its code has been used, so its answer has arrived."""
        self._connection.execute(_EMPTY_OF, {"of_report": report_id, "of_site": self._site})

    def sweep(self, now: datetime) -> int:
        """Empty boxes whose hour is over, forget forms that are closed; return how many."""
        emptied = self._connection.execute(_EMPTY_EXPIRED, {"of_site": self._site, "now": now})
        values = {"site": self._site, "before": now - FORM_OPEN}
        return emptied.rowcount + self._connection.execute(_DROP, values).rowcount
