"""Sealed rows, the reading half: narratives, office wraps, identity items, pieces, files.

Never loaded by the public site. What is returned may have been tampered with:
crypto.events.check_named() tells whether an event names it.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import sqlalchemy as sa

from casework.storage.ahead import OfReport
from casework.storage.repositories import UnitOfWork
from casework.storage.rows import Lines, Repository
from casework.storage.sealed_tables import (
    identity_item,
    identity_piece,
    key_wrap,
    sealed_file,
    sealed_object,
)
from crypto.events import IdentityItem, IdentityPiece, KeyWrap, SealedFile, SealedObject

Row = TypeVar("Row")
_o, _w, _i, _p, _f = (
    sealed_object.c, key_wrap.c, identity_item.c, identity_piece.c, sealed_file.c,
)  # fmt: skip
_SITE: sa.BindParameter[Any] = sa.bindparam("site")
_REPORT: sa.BindParameter[Any] = sa.bindparam("report_id")
_ID: sa.BindParameter[Any] = sa.bindparam("id")
_OBJECT = sa.select(_o.id, _o.sending, _o.kind, _o.version, _o.body).order_by(_o.id, _o.version)
_WRAP = sa.select(
    _w.id, _w.sending, _w.key_kind, _w.recipient, _w.key_id, _w.recipient_key, _w.body
).order_by(_w.id)
_ITEM = sa.select(_i.id, _i.kind, _i.version, _i.body).order_by(_i.id, _i.version)
_PIECE = sa.select(_p.id, _p.item, _p.seat, _p.seat_key, _p.body).order_by(_p.seat, _p.id)
_FILE = sa.select(_f.id, _f.sending, _f.blob_name, _f.stored_size, _f.digest).order_by(_f.id)


def _of_report(select: Lines, table: sa.Table, *order: sa.Column[Any]) -> OfReport:
    return OfReport(
        select.add_columns(table.c.report_id), table.c.site, table.c.report_id, *order
    )  # fmt: skip


_OBJECTS_OF_REPORT = _of_report(_OBJECT, sealed_object, _o.id, _o.version)
_OBJECT_BY_ID = _OBJECT.where(_o.report_id == _REPORT, _o.site == _SITE, _o.id == _ID)
_WRAPS_OF_REPORT = _of_report(_WRAP, key_wrap, _w.id)
_WRAPS_FOR = _WRAP.where(
    _w.report_id == _REPORT, _w.site == _SITE, _w.recipient == sa.bindparam("recipient")
)
_ITEMS_OF_REPORT = _of_report(_ITEM, identity_item, _i.id, _i.version)
_ITEM_BY_ID = _ITEM.where(
    _i.report_id == _REPORT,
    _i.site == _SITE,
    _i.id == _ID,
    _i.version == sa.bindparam("version"),
)
_PIECES_OF_REPORT = _of_report(_PIECE, identity_piece, _p.seat, _p.id)
_PIECES_OF_ITEM = _PIECE.where(_p.report_id == _REPORT, _p.site == _SITE, _p.item == _ID)
_FILES_OF_REPORT = _of_report(_FILE, sealed_file, _f.id)
_FILE_BY_ID = _FILE.where(_f.report_id == _REPORT, _f.site == _SITE, _f.id == _ID)
_BLOB_NAMES = (
    sa.select(_f.blob_name)
    .where(_f.site == _SITE, _f.blob_name.in_(sa.bindparam("names", expanding=True)))
)  # fmt: skip
_TABLES = {
    "sealed_object": _OBJECTS_OF_REPORT,
    "key_wrap": _WRAPS_OF_REPORT,
    "identity_item": _ITEMS_OF_REPORT,
    "identity_piece": _PIECES_OF_REPORT,
    "sealed_file": _FILES_OF_REPORT,
}
_DELETE_ITEM = sa.delete(identity_item).where(
    _i.report_id == _REPORT,
    _i.id == _ID,
    _i.version == sa.bindparam("version"),
    _i.site == _SITE,
)
_DELETE_PIECES = sa.delete(identity_piece).where(
    _p.report_id == _REPORT, _p.id.in_(sa.bindparam("ids", expanding=True)), _p.site == _SITE
)


class SealedVault(Repository):
    """Reads sealed rows of one site."""

    def __init__(self, uow: UnitOfWork) -> None:
        """Read in the transaction of *uow*."""
        super().__init__(uow.connection, uow.site)

    def objects(self, report_id: str) -> tuple[SealedObject, ...]:
        """Return every sealed text of a report."""
        return self._all(_OBJECTS_OF_REPORT, report_id, SealedObject)

    def one_object(self, report_id: str, object_id: str) -> SealedObject | None:
        """Return the newest version of one sealed text."""
        found = self._of(_OBJECT_BY_ID, report_id, id=object_id).all()
        return SealedObject(*found[-1]) if found else None

    def wraps(self, report_id: str) -> tuple[KeyWrap, ...]:
        """Return every wrap of a report."""
        return self._all(_WRAPS_OF_REPORT, report_id, KeyWrap)

    def office_wraps(self, report_id: str, office: str) -> tuple[KeyWrap, ...]:
        """Return the wraps of a report that one office can open."""
        found = self._of(_WRAPS_FOR, report_id, recipient=f"office:{office}")
        return tuple(KeyWrap(*row) for row in found)

    def items(self, report_id: str) -> tuple[IdentityItem, ...]:
        """Return every identity item of a report, in all versions."""
        return self._all(_ITEMS_OF_REPORT, report_id, IdentityItem)

    def item(self, report_id: str, item_id: str, version: int) -> IdentityItem | None:
        """Return one version of an identity item."""
        row = self._of(_ITEM_BY_ID, report_id, id=item_id, version=version).first()
        return None if row is None else IdentityItem(*row)

    def pieces(self, report_id: str) -> tuple[IdentityPiece, ...]:
        """Return every seat's box of a report."""
        return self._all(_PIECES_OF_REPORT, report_id, IdentityPiece)

    def pieces_of(self, report_id: str, item: str) -> tuple[IdentityPiece, ...]:
        """Return every seat's box of one item, older versions' too: an event names the right."""
        found = self._of(_PIECES_OF_ITEM, report_id, id=item)
        return tuple(IdentityPiece(*row) for row in found)

    def files(self, report_id: str) -> tuple[SealedFile, ...]:
        """Return where the files of a report lie."""
        return self._all(_FILES_OF_REPORT, report_id, SealedFile)

    def file(self, report_id: str, file_id: str) -> SealedFile | None:
        """Return where one file lies."""
        row = self._of(_FILE_BY_ID, report_id, id=file_id).first()
        return None if row is None else SealedFile(*row)

    def known_blobs(self, names: Sequence[str]) -> frozenset[str]:
        """Return those of *names* that some report refers to; the others are orphans."""
        if not names:
            return frozenset()
        values = {"names": list(names), "site": self._site}
        return frozenset(self._connection.execute(_BLOB_NAMES, values).scalars())

    def strangers(self) -> tuple[tuple[str, str], ...]:
        """Return (table, row id) of the rows in the span being read whose report is not there."""
        return tuple(
            (table, row.id)
            for table, statement in _TABLES.items()
            for row in statement.strangers(self._connection, self._site)
        )

    def erase_item(
        self, report_id: str, item: IdentityItem, pieces: Sequence[IdentityPiece]
    ) -> None:
        """Delete one version of an item, and the seats' boxes of its key."""
        owner = {"report_id": report_id, "site": self._site}
        values = {**owner, "id": item.id, "version": item.version}
        self._connection.execute(_DELETE_ITEM, values)
        ids = [piece.id for piece in pieces]
        if ids:
            self._connection.execute(_DELETE_PIECES, {**owner, "ids": ids})

    def _all(
        self, statement: OfReport, report_id: str, made: Callable[..., Row]
    ) -> tuple[Row, ...]:
        # Without the report's own id, which stands last.
        return tuple(made(*row[:-1]) for row in statement(self._connection, self._site, report_id))

    def _of(
        self, statement: Lines, report_id: str, **values: object
    ) -> sa.CursorResult[*tuple[Any, ...]]:
        return self._connection.execute(
            statement, {"report_id": report_id, "site": self._site, **values}
        )
