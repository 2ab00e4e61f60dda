"""Answers kept for a form that is sent again, for an hour or until the code is used."""

from datetime import datetime

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
_GET = sa.select(_c.box).where(
    _c.id == sa.bindparam("id"),
    _c.site == sa.bindparam("site"),
    _c.expires_at > sa.bindparam("now"),
)
_DROP_OF = sa.delete(retry_box).where(
    _c.report_id == sa.bindparam("report_id"), _c.site == sa.bindparam("site")
)
_DROP_EXPIRED = sa.delete(retry_box).where(
    _c.site == sa.bindparam("site"), _c.expires_at <= sa.bindparam("now")
)


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
        """Return the box, unless its hour is over."""
        values = {"id": retry_id, "site": self._site, "now": now}
        return self._connection.execute(_GET, values).scalar()

    def drop_of(self, report_id: str) -> None:
        """Forget a report's box: its code has been used, so its answer has arrived."""
        self._connection.execute(_DROP_OF, {"report_id": report_id, "site": self._site})

    def drop_expired(self, now: datetime) -> int:
        """Forget boxes whose hour is over; return how many there were."""
        return self._connection.execute(_DROP_EXPIRED, {"site": self._site, "now": now}).rowcount
