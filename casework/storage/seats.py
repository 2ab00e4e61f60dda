"""The boxes of one custodian's seat: which are still under an old key, and what helps them.

Reports are walked in the order of their ids, so that a hand-over that was
interrupted goes on where it stopped.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from casework.storage.ahead import OfReport
from casework.storage.rows import InsertRows, Lines, Repository
from casework.storage.sealed_tables import identity_piece
from casework.storage.seat_tables import seat_contribution
from crypto.events import IdentityPiece, SealedObject

CONTRIBUTION = "contribution"

_p, _c = identity_piece.c, seat_contribution.c
_SITE: sa.BindParameter[Any] = sa.bindparam("of_site")
_REPORT: sa.BindParameter[Any] = sa.bindparam("of_report")
_SEAT: sa.BindParameter[Any] = sa.bindparam("of_seat")
_KEY: sa.BindParameter[Any] = sa.bindparam("new_key")
_AFTER: sa.BindParameter[Any] = sa.bindparam("after")
_LIMIT: sa.BindParameter[Any] = sa.bindparam("limit")

_OF_SEAT = (_p.site == _SITE, _p.seat == _SEAT)
_IS_OLD = _p.seat_key != _KEY
_COUNT = sa.select(
    sa.func.count(), sa.func.coalesce(sa.func.sum(sa.case((_IS_OLD, 1), else_=0)), 0)
).where(*_OF_SEAT)
_OLD = (
    sa.select(_p.report_id)
    .where(*_OF_SEAT, _IS_OLD, _p.report_id > _AFTER)
    .distinct()
    .order_by(_p.report_id)
    .limit(_LIMIT)
)
_GIVEN = sa.exists().where(
    _c.report_id == _p.report_id,
    _c.item == _p.item,
    _c.seat == _SEAT,
    _c.seat_key == _KEY,
    _c.giver == sa.bindparam("giver"),
)
_NOT_GIVEN = _OLD.where(~_GIVEN)
_READY = (
    sa.select(_c.report_id)
    .where(_c.site == _SITE, _c.seat == _SEAT, _c.seat_key == _KEY, _c.report_id > _AFTER)
    .group_by(_c.report_id, _c.item, _c.version)
    .having(sa.func.count() >= sa.bindparam("needed"))
    .distinct()
    .order_by(_c.report_id)
    .limit(_LIMIT)
)
_CONTRIBUTIONS = OfReport(
    sa.select(_c.item, _c.version, _c.seat, _c.giver, _c.seat_key, _c.body, _c.report_id),
    _c.site,
    _c.report_id,
    *(_c.item, _c.version, _c.seat, _c.giver, _c.seat_key),
)
_INSERT = InsertRows(seat_contribution)
_DELETE = sa.delete(seat_contribution).where(
    _c.site == _SITE,
    _c.report_id == _REPORT,
    _c.item == sa.bindparam("of_item"),
)
_DELETE_FOR_SEAT = _DELETE.where(_c.seat == _SEAT)
_DELETE_PIECES = sa.delete(identity_piece).where(
    _p.site == _SITE, _p.report_id == _REPORT, _p.id.in_(sa.bindparam("ids", expanding=True))
)


@dataclass(frozen=True, slots=True)
class Contribution:
    """What seat *giver* has of the pieces due to a lost *seat*, sealed to its new key.

    Attributes:
        item: id of the identity item.
        version: version of the item.
        seat: number of the lost seat.
        giver: number of the seat that helps.
        seat_key: hex of the lost seat's new box key, 64 characters.
        body: the stored bytes.
    """

    item: str
    version: int
    seat: int
    giver: int
    seat_key: str
    body: bytes = field(repr=False)

    @property
    def record(self) -> SealedObject:
        """The row as an event names it."""
        # With the key: a seat that is lost twice is helped twice.
        name = f"{self.item}.{self.version}.{self.seat}.{self.giver}.{self.seat_key[:8]}"
        return SealedObject(name, self.seat_key, CONTRIBUTION, self.version, self.body)


class Seats(Repository):
    """Boxes of the seats, by the key that they are sealed to."""

    def count(self, seat: int, key: str) -> tuple[int, int]:
        """Return how many boxes a seat has, and how many of them not under *key*."""
        total, old = self._connection.execute(_COUNT, self._of(seat, key)).one()
        return total, int(old)

    def reports_under_old_key(
        self, seat: int, key: str, *, after: str = "", limit: int = 100
    ) -> tuple[str, ...]:
        """Return reports with a box of the seat that is not under *key*, by id."""
        return self._ids(_OLD, self._of(seat, key), after, limit)

    def reports_not_given(
        self, seat: int, key: str, giver: int, *, after: str = "", limit: int = 100
    ) -> tuple[str, ...]:
        """Return those of them to which seat *giver* has contributed nothing for *key*."""
        return self._ids(_NOT_GIVEN, {**self._of(seat, key), "giver": giver}, after, limit)

    def reports_ready(
        self, seat: int, key: str, needed: int, *, after: str = "", limit: int = 100
    ) -> tuple[str, ...]:
        """Return reports with an item to which *needed* seats have contributed for *key*."""
        return self._ids(_READY, {**self._of(seat, key), "needed": needed}, after, limit)

    def contributions(self, report_id: str) -> tuple[Contribution, ...]:
        """Return all contributions of a report."""
        rows = _CONTRIBUTIONS(self._connection, self._site, report_id)
        return tuple(Contribution(*row[:-1]) for row in rows)

    def contribute(self, report_id: str, given: Iterable[Contribution]) -> None:
        """Store contributions."""
        rows = [
            {
                "site": self._site,
                "report_id": report_id,
                "item": one.item,
                "version": one.version,
                "seat": one.seat,
                "giver": one.giver,
                "seat_key": one.seat_key,
                "body": one.body,
            }
            for one in given
        ]
        _INSERT(self._connection, rows)

    def drop_contributions(self, report_id: str, item: str, *, seat: int | None = None) -> None:
        """Delete the contributions to an item: for one seat, or all when it is erased."""
        values: dict[str, object] = {
            "of_site": self._site,
            "of_report": report_id,
            "of_item": item,
        }
        if seat is None:
            self._connection.execute(_DELETE, values)
        else:
            self._connection.execute(_DELETE_FOR_SEAT, {**values, "of_seat": seat})

    def drop_pieces(self, report_id: str, gone: Sequence[IdentityPiece]) -> None:
        """Delete boxes in whose place new ones are stored."""
        if gone:
            ids = [one.id for one in gone]
            values = {"of_site": self._site, "of_report": report_id, "ids": ids}
            self._connection.execute(_DELETE_PIECES, values)

    def _of(self, seat: int, key: str) -> dict[str, object]:
        return {"of_site": self._site, "of_seat": seat, "new_key": key}

    def _ids(
        self, statement: Lines, values: dict[str, object], after: str, limit: int
    ) -> tuple[str, ...]:
        found = self._connection.execute(statement, {**values, "after": after, "limit": limit})
        return tuple(found.scalars())
