"""The reporter's own rows: messages, the reporter's wraps, what was done about the case.

The public site may load this: whatever it returns, the reporter's key alone opens.
"""

from typing import Any

import sqlalchemy as sa

from casework.storage.repositories import UnitOfWork
from casework.storage.rows import Lines, Repository
from casework.storage.sealed_tables import identity_item, key_wrap, sealed_object
from crypto.events import KeyWrap, SealedObject

# Kinds sealed under the thread key, or public: never a narrative or a file.
REPORTER_KINDS = ("message", "reason", "manifest")

_o, _w, _i = sealed_object.c, key_wrap.c, identity_item.c
_REPORT: sa.BindParameter[Any] = sa.bindparam("report_id")
_SITE: sa.BindParameter[Any] = sa.bindparam("site")
_OBJECTS = (
    sa.select(_o.id, _o.sending, _o.kind, _o.version, _o.body)
    .where(_o.report_id == _REPORT, _o.site == _SITE, _o.kind.in_(REPORTER_KINDS))
    .order_by(_o.id, _o.version)
)
_WRAPS = (
    sa.select(_w.id, _w.sending, _w.key_kind, _w.recipient, _w.key_id, _w.recipient_key, _w.body)
    .where(_w.report_id == _REPORT, _w.site == _SITE, _w.recipient == "reporter")
    .order_by(_w.id)
)
_ITEMS = (
    sa.select(_i.id, _i.kind)
    .where(_i.report_id == _REPORT, _i.site == _SITE)
    .distinct()
    .order_by(_i.kind, _i.id)
)


class Messages(Repository):
    """What one report's reporter can open."""

    def __init__(self, uow: UnitOfWork) -> None:
        """Read in the transaction of *uow*."""
        super().__init__(uow.connection, uow.site)

    def objects(self, report_id: str) -> tuple[SealedObject, ...]:
        """Return messages, reasons and manifests; the events tell their order."""
        return tuple(SealedObject(*row) for row in self._read(_OBJECTS, report_id))

    def wraps(self, report_id: str) -> tuple[KeyWrap, ...]:
        """Return the thread keys wrapped to the reporter, replaced ones too."""
        return tuple(KeyWrap(*row) for row in self._read(_WRAPS, report_id))

    def item_kinds(self, report_id: str) -> dict[str, str]:
        """Return which identity items there are, id to kind; never what is in them."""
        return {str(row.id): str(row.kind) for row in self._read(_ITEMS, report_id)}

    def _read(self, statement: Lines, report_id: str) -> sa.CursorResult[*tuple[Any, ...]]:
        return self._connection.execute(statement, {"report_id": report_id, "site": self._site})
