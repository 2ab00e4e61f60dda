"""Uploads under way: found by a hash of the sender's token, which is stored nowhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from casework.storage.rows import Repository
from casework.storage.schema import INSTANT
from casework.storage.upload_tables import upload, upload_part

_c, _p = upload.c, upload_part.c
_SITE: sa.BindParameter[Any] = sa.bindparam("of_site")
_OF_ID: sa.BindParameter[Any] = sa.bindparam("of_id")
_MINE = (_c.id == _OF_ID, _c.site == _SITE)
_PARTS_OF = (_p.upload == _OF_ID, _p.site == _SITE)
_INSERT = sa.text(
    "INSERT INTO upload (id, site, box, parts, stored_size, expires_at)"
    " VALUES (:id, :site, :box, 0, 0, :expires_at)"
    " ON CONFLICT (id) DO NOTHING"
).bindparams(
    sa.bindparam("id", type_=sa.LargeBinary),
    sa.bindparam("box", type_=sa.LargeBinary),
    sa.bindparam("expires_at", type_=INSTANT),
)
_GET = sa.select(_c.box, _c.parts).where(*_MINE, _c.expires_at > sa.bindparam("now"))
_STORED = sa.select(sa.func.coalesce(sa.func.sum(_c.stored_size), 0)).where(_c.site == _SITE)
_GROW = (
    sa.update(upload)
    .where(*_MINE, _c.parts == sa.bindparam("before"))
    .values(
        box=sa.bindparam("new_box"),
        parts=_c.parts + 1,
        stored_size=_c.stored_size + sa.bindparam("more", type_=sa.BigInteger),
    )
)
_ADD_PART = sa.insert(upload_part)
_NAMES = sa.select(_p.blob_name).where(*_PARTS_OF).order_by(_p.number)
_REPLACE = (
    sa.update(upload)
    .where(*_MINE)
    .values(box=sa.bindparam("new_box"), expires_at=sa.bindparam("until"))
)
_EXPIRED = (
    sa.select(_c.id)
    .where(_c.site == _SITE, _c.expires_at <= sa.bindparam("now"))
    .order_by(_c.expires_at)
    .limit(sa.bindparam("limit"))
)
_DROP_PARTS = sa.delete(upload_part).where(*_PARTS_OF)
_DROP = sa.delete(upload).where(*_MINE)
_KNOWN = sa.select(_p.blob_name).where(
    _p.site == _SITE, _p.blob_name.in_(sa.bindparam("names", expanding=True))
)


@dataclass(frozen=True, slots=True)
class UploadRow:
    """One upload as it is stored."""

    box: bytes
    parts: int


class Uploads(Repository):
    """Uploads that a form may name later."""

    def insert(self, upload_id: bytes, *, box: bytes, expires_at: datetime) -> bool:
        """Begin an upload; False if it has begun already."""
        values = {"id": upload_id, "site": self._site, "box": box, "expires_at": expires_at}
        return self._connection.execute(_INSERT, values).rowcount == 1

    def get(self, upload_id: bytes, *, now: datetime) -> UploadRow | None:
        """Return an upload that has not expired."""
        found = self._connection.execute(_GET, {**self._key(upload_id), "now": now}).first()
        return None if found is None else UploadRow(found.box, found.parts)

    def stored_bytes(self) -> int:
        """Return how many bytes all uploads under way take up."""
        return int(self._connection.execute(_STORED, {"of_site": self._site}).scalar_one())

    def add_part(
        self, upload_id: bytes, *, number: int, blob_name: str, stored_size: int, box: bytes
    ) -> bool:
        """Add the part *number*; False if another request was faster, or the upload is gone."""
        grown = self._connection.execute(
            _GROW,
            {**self._key(upload_id), "before": number - 1, "new_box": box, "more": stored_size},
        )
        if grown.rowcount != 1:
            return False
        row = {
            "upload": upload_id, "number": number, "site": self._site, "blob_name": blob_name,
        }  # fmt: skip
        self._connection.execute(_ADD_PART, row)
        return True

    def blob_names(self, upload_id: bytes) -> tuple[str, ...]:
        """Return where the parts lie, in order."""
        return tuple(self._connection.execute(_NAMES, self._key(upload_id)).scalars())

    def replace(self, upload_id: bytes, *, box: bytes, expires_at: datetime) -> None:
        """Put new notes into an upload, if it is there."""
        values = {**self._key(upload_id), "new_box": box, "until": expires_at}
        self._connection.execute(_REPLACE, values)

    def expired(self, now: datetime, *, limit: int) -> tuple[bytes, ...]:
        """Return the ids of uploads that are past their time."""
        values = {"of_site": self._site, "now": now, "limit": limit}
        return tuple(self._connection.execute(_EXPIRED, values).scalars())

    def delete(self, upload_id: bytes) -> tuple[str, ...]:
        """Forget an upload; return where its parts lie, for whoever removes them."""
        names = self.blob_names(upload_id)
        self._connection.execute(_DROP_PARTS, self._key(upload_id))
        self._connection.execute(_DROP, self._key(upload_id))
        return names

    def known_blobs(self, names: Sequence[str]) -> frozenset[str]:
        """Return those of *names* that are parts of an upload."""
        values = {"of_site": self._site, "names": list(names)}
        return frozenset(self._connection.execute(_KNOWN, values).scalars())

    def _key(self, upload_id: bytes) -> dict[str, object]:
        return {"of_id": upload_id, "of_site": self._site}
