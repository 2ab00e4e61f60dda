"""Deleting sealed rows: by the jobs process alone, as a signed event names them."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from casework.storage.custody_tables import (
    erased_blob,
    release,
    release_approval,
    release_reason,
)
from casework.storage.report_tables import retry_box
from casework.storage.repositories import UnitOfWork
from casework.storage.rows import InsertRows, Repository
from casework.storage.sealed_tables import (
    identity_item,
    identity_piece,
    key_wrap,
    sealed_file,
    sealed_object,
)
from casework.storage.seat_tables import seat_contribution
from casework.storage.work_tables import enterprise_mark

_SITE: sa.BindParameter[Any] = sa.bindparam("of_site")
_REPORT: sa.BindParameter[Any] = sa.bindparam("of_report")
_ITEMS: sa.BindParameter[Any] = sa.bindparam("items", expanding=True)
_OF_ITEMS = tuple(
    sa.delete(table).where(table.c.report_id == _REPORT, table.c.site == _SITE, column.in_(_ITEMS))
    for table, column in (
        (identity_item, identity_item.c.id),
        (identity_piece, identity_piece.c.item),
        (seat_contribution, seat_contribution.c.item),
        (sealed_file, sealed_file.c.id),  # an item that is a file: its id is the item's
    )
)
_OF_CASE = tuple(
    sa.delete(table).where(table.c.report_id == _REPORT, table.c.site == _SITE)
    for table in (
        sealed_object, key_wrap, identity_item, identity_piece, sealed_file, seat_contribution,
        retry_box, enterprise_mark,
    )
)  # fmt: skip
_OF_REPORTER = sa.delete(key_wrap).where(
    key_wrap.c.report_id == _REPORT,
    key_wrap.c.site == _SITE,
    key_wrap.c.recipient == "reporter",
    key_wrap.c.id.in_(sa.bindparam("ids", expanding=True)),
)
_OF_RELEASES = tuple(
    sa.delete(table).where(
        table.c.site == _SITE,
        table.c.release.in_(sa.select(release.c.id).where(release.c.report_id == _REPORT)),
    )
    for table in (release_approval, release_reason)
)

_NOTE_BLOBS = InsertRows(erased_blob)
_BLOBS = sa.select(erased_blob.c.blob_name).where(
    erased_blob.c.report_id == _REPORT, erased_blob.c.site == _SITE
)
_DROP_BLOBS = sa.delete(erased_blob).where(
    erased_blob.c.report_id == _REPORT,
    erased_blob.c.site == _SITE,
    erased_blob.c.blob_name.in_(sa.bindparam("names", expanding=True)),
)


class Erasing(Repository):
    """Deletes sealed rows of one site, for good."""

    def __init__(self, uow: UnitOfWork) -> None:
        """Delete in the transaction of *uow*."""
        super().__init__(uow.connection, uow.site)

    def items(self, report_id: str, items: Sequence[str]) -> None:
        """Delete every version of identity items, the pieces of their keys, and their files."""
        for statement in _OF_ITEMS:
            values = {"of_report": report_id, "of_site": self._site, "items": list(items)}
            self._connection.execute(statement, values)

    def note_blobs(self, report_id: str, names: Sequence[str]) -> None:
        """Note which files have lost their row, so that a kill leaves none behind."""
        owner = {"site": self._site, "report_id": report_id}
        _NOTE_BLOBS(self._connection, [{**owner, "blob_name": name} for name in names])

    def blobs(self, report_id: str) -> tuple[str, ...]:
        """Return the names of a report's files that are still to be deleted."""
        values = {"of_report": report_id, "of_site": self._site}
        return tuple(self._connection.execute(_BLOBS, values).scalars())

    def drop_blobs(self, report_id: str, names: Sequence[str]) -> None:
        """Note that these files are gone."""
        if names:
            values = {"of_report": report_id, "of_site": self._site, "names": list(names)}
            self._connection.execute(_DROP_BLOBS, values)

    def wraps_of_reporter(self, report_id: str, ids: Sequence[str]) -> None:
        """Delete wraps to the reporter; another's stays, whatever its id."""
        if ids:
            values = {"of_report": report_id, "of_site": self._site, "ids": list(ids)}
            self._connection.execute(_OF_REPORTER, values)

    def case(self, report_id: str) -> None:
        """Delete every sealed row of a report; its events, releases and mailbox stay."""
        for statement in (*_OF_CASE, *_OF_RELEASES):
            self._connection.execute(statement, {"of_report": report_id, "of_site": self._site})
