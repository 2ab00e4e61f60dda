"""Which keys of offices and seats stored rows still need, before an old one is destroyed."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from casework.storage.custody_tables import release, release_reason
from casework.storage.repositories import UnitOfWork
from casework.storage.rows import Repository
from casework.storage.sealed_tables import identity_piece, key_wrap
from casework.storage.seat_tables import seat_contribution

_SITE: sa.BindParameter[Any] = sa.bindparam("of_site")
_w, _p, _c = key_wrap.c, identity_piece.c, seat_contribution.c
# One look over a table for all keys: no index is kept for what is asked once an hour.
_OFFICES = sa.select(_w.recipient, _w.recipient_key).where(_w.site == _SITE).distinct()
_SEATS = sa.union(
    sa.select(_p.seat, _p.seat_key).where(_p.site == _SITE),
    sa.select(_c.seat, _c.seat_key).where(_c.site == _SITE),
)
_KEY: sa.BindParameter[Any] = sa.bindparam("of_key")
_SEAT: sa.BindParameter[Any] = sa.bindparam("of_seat")
_OF_OFFICE = sa.select(sa.literal(1)).where(
    _w.site == _SITE, _w.recipient == sa.bindparam("recipient"), _w.recipient_key == _KEY
).limit(1)  # fmt: skip
_OF_SEAT = sa.union_all(
    sa.select(sa.literal(1)).where(_p.site == _SITE, _p.seat == _SEAT, _p.seat_key == _KEY),
    sa.select(sa.literal(1)).where(_c.site == _SITE, _c.seat == _SEAT, _c.seat_key == _KEY),
).limit(1)
_REASONS = sa.select(sa.literal(1)).where(
    release_reason.c.site == _SITE,
    release_reason.c.seat == _SEAT,
    release.c.id == release_reason.c.release,
    release.c.requested_at <= sa.bindparam("until"),
).limit(1)  # fmt: skip


class KeyUse(Repository):
    """What is sealed to which key of an office or a seat."""

    def __init__(self, uow: UnitOfWork) -> None:
        """Look in the transaction of *uow*."""
        super().__init__(uow.connection, uow.site)

    def keys(self) -> frozenset[tuple[str, str, str]]:
        """Return every key that a row is sealed to: owner's kind, owner, hex of the box key."""
        values = {"of_site": self._site}
        found = {
            ("office", to.removeprefix("office:"), key)
            for to, key in self._connection.execute(_OFFICES, values)
            if to.startswith("office:")
        }
        for seat, key in self._connection.execute(_SEATS, values):
            found.add(("seat", str(seat), key))
        return frozenset(found)

    def rows(self, kind: str, owner: str, key: str) -> bool:
        """Whether any row is sealed to this key."""
        values: dict[str, object] = {"of_site": self._site, "of_key": key}
        if kind == "office":
            values["recipient"] = f"office:{owner}"
            return self._connection.execute(_OF_OFFICE, values).first() is not None
        values["of_seat"] = int(owner)
        return self._connection.execute(_OF_SEAT, values).first() is not None

    def reasons(self, seat: int, until: datetime) -> bool:
        """Whether a reason for a release, asked for until then, is sealed to a seat."""
        values = {"of_site": self._site, "of_seat": seat, "until": until}
        return self._connection.execute(_REASONS, values).first() is not None
