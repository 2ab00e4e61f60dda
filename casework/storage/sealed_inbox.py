"""Sealed rows, the writing half: adds, and can neither read nor remove.

The public site holds this half alone; reading is sealed_vault.py.
"""

from collections.abc import Iterable

from casework.storage.rows import InsertRows, Repository
from casework.storage.sealed_tables import (
    identity_item,
    identity_piece,
    key_wrap,
    sealed_file,
    sealed_object,
)
from crypto.events import IdentityItem, IdentityPiece, KeyWrap, SealedFile, SealedObject

_INSERT_OBJECTS = InsertRows(sealed_object)
_INSERT_WRAPS = InsertRows(key_wrap)
_INSERT_ITEMS = InsertRows(identity_item)
_INSERT_PIECES = InsertRows(identity_piece)
_INSERT_FILES = InsertRows(sealed_file)


class SealedInbox(Repository):
    """Takes sealed rows of a report that is already there; each call is one statement."""

    def add_objects(self, report_id: str, objects: Iterable[SealedObject]) -> None:
        """Store sealed texts."""
        rows = [
            {
                **self._owner(report_id),
                "id": one.id,
                "sending": one.sending,
                "kind": one.kind,
                "version": one.version,
                "body": one.body,
            }
            for one in objects
        ]
        _INSERT_OBJECTS(self._connection, rows)

    def add_wraps(self, report_id: str, wraps: Iterable[KeyWrap]) -> None:
        """Store content and thread keys, wrapped."""
        rows = [
            {
                **self._owner(report_id),
                "id": one.id,
                "sending": one.sending,
                "key_kind": one.key_kind,
                "recipient": one.recipient,
                "key_id": one.key_id,
                "recipient_key": one.recipient_key,
                "body": one.body,
            }
            for one in wraps
        ]
        _INSERT_WRAPS(self._connection, rows)

    def add_items(self, report_id: str, items: Iterable[IdentityItem]) -> None:
        """Store identity items."""
        rows = [
            {
                **self._owner(report_id),
                "id": one.id,
                "kind": one.kind,
                "version": one.version,
                "body": one.body,
            }
            for one in items
        ]
        _INSERT_ITEMS(self._connection, rows)

    def add_pieces(self, report_id: str, pieces: Iterable[IdentityPiece]) -> None:
        """Store the seats' boxes of item keys."""
        rows = [
            {
                **self._owner(report_id),
                "id": one.id,
                "item": one.item,
                "seat": one.seat,
                "seat_key": one.seat_key,
                "body": one.body,
            }
            for one in pieces
        ]
        _INSERT_PIECES(self._connection, rows)

    def add_files(self, report_id: str, files: Iterable[SealedFile]) -> None:
        """Store where sealed files lie in the blob store."""
        rows = [
            {
                **self._owner(report_id),
                "id": one.id,
                "sending": one.sending,
                "blob_name": one.blob_name,
                "stored_size": one.stored_size,
                "digest": one.digest,
            }
            for one in files
        ]
        _INSERT_FILES(self._connection, rows)

    def _owner(self, report_id: str) -> dict[str, object]:
        return {"site": self._site, "report_id": report_id}
