"""The audit tree, and the public register's entries before and after they are public.

Rows are only ever added; a partial tile grows, and an entry gets its place in its batch.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import sqlalchemy as sa

from casework.domain.errors import StaleActError
from casework.storage.ahead import OfReport, Row
from casework.storage.log_tables import log_checkpoint, log_leaf, log_tile, register_entry
from casework.storage.report_tables import event, report
from casework.storage.rows import InsertRows, Repository

AUDIT: Final = "audit"
REGISTER: Final = "register"
PAGE: Final = 1000

_l, _t, _c, _r = log_leaf.c, log_tile.c, log_checkpoint.c, register_entry.c
_SITE: sa.BindParameter[Any] = sa.bindparam("of_site")
_TREE: sa.BindParameter[Any] = sa.bindparam("of_tree")
_LIMIT: sa.BindParameter[Any] = sa.bindparam("limit")
_INSERT_LEAVES = InsertRows(log_leaf)
_INSERT_TILE = sa.insert(log_tile)
_INSERT_CHECKPOINT = sa.insert(log_checkpoint)
_INSERT_ENTRIES = sa.insert(register_entry)
_ONE_TILE = (
    _t.site == _SITE,
    _t.tree == _TREE,
    _t.level == sa.bindparam("of_level"),
    _t.position == sa.bindparam("at"),
)
_TILE = sa.select(_t.body).where(*_ONE_TILE)
_GROW = sa.update(log_tile).where(*_ONE_TILE).values(body=sa.bindparam("new"))
_TILES = (
    sa.select(_t.level, _t.position, _t.body)
    .where(
        _t.site == _SITE,
        _t.tree == _TREE,
        sa.tuple_(_t.level, _t.position)
        > sa.tuple_(sa.bindparam("after_level"), sa.bindparam("after_position")),
    )
    .order_by(_t.level, _t.position)
    .limit(_LIMIT)
)
_CHECKPOINT = sa.select(_c.size, _c.day, _c.note).where(_c.site == _SITE, _c.tree == _TREE)
_NEWEST = _CHECKPOINT.order_by(_c.size.desc()).limit(1)
_CHECKPOINTS = (
    _CHECKPOINT.where(_c.size > sa.bindparam("after")).order_by(_c.size).limit(_LIMIT)
)  # fmt: skip
_COSIGN = (
    sa.update(log_checkpoint)
    .where(_c.site == _SITE, _c.tree == _TREE, _c.size == sa.bindparam("of_size"))
    .values(note=sa.bindparam("new"))
)
# The event beside each leaf; a left join, so that a leaf without its event shows.
_LEAVES = (
    sa.select(_l.position, _l.event, event.c.signature, event.c.at, event.c.site, event.c.logged)
    .select_from(sa.outerjoin(log_leaf, event, event.c.id == _l.event))
    .where(_l.site == _SITE, _l.position >= sa.bindparam("first"))
    .order_by(_l.position)
    .limit(_LIMIT)
)
_UNLOGGED = (
    sa.select(event.c.id)
    .select_from(
        sa.outerjoin(event, log_leaf, sa.and_(_l.event == event.c.id, _l.site == event.c.site))
    )
    .where(event.c.site == _SITE, event.c.logged, _l.event.is_(None))
    .order_by(event.c.id)
    .limit(_LIMIT)
)
_HAS_LEAF = sa.select(_l.event).where(
    _l.site == _SITE, _l.event.in_(sa.bindparam("ids", expanding=True))
)
_PLACES = sa.select(_l.event, _l.position).where(
    _l.site == _SITE, _l.event.in_(sa.bindparam("ids", expanding=True))
)
_KNOWN_REPORTS = sa.select(report.c.id).where(
    report.c.site == _SITE, report.c.id.in_(sa.bindparam("ids", expanding=True))
)
_ENTRY = sa.select(
    _r.entry, _r.event, _r.report_id, _r.owner, _r.tag, _r.record, _r.salt, _r.office,
    _r.office_salt, _r.receipt, _r.due_on, _r.position,
)  # fmt: skip
# An outer join: an entry that names no event of the case must show as well.
_OF_REPORT = OfReport(
    _ENTRY.outerjoin(event, sa.and_(event.c.id == _r.event, event.c.site == _r.site)).where(
        _r.report_id != sa.literal_column("''")
    ),
    _r.site,
    _r.report_id,
    event.c.ordinal,
)
_TAGS = sa.select(_r.owner, _r.tag).where(
    _r.site == _SITE, _r.owner.in_(sa.bindparam("owners", expanding=True))
)
_HISTORIES = (
    sa.select(event.c.report_id, event.c.body)
    .where(
        event.c.site == _SITE,
        event.c.report_id != sa.literal_column("''"),
        event.c.report_id.in_(sa.bindparam("ids", expanding=True)),
        event.c.kind.in_(sa.bindparam("kinds", expanding=True)),
    )
    .order_by(event.c.report_id, event.c.ordinal)
)
_FIRST_DUE = sa.select(sa.func.min(_r.due_on)).where(_r.site == _SITE)
_WAITING = _ENTRY.where(
    _r.site == _SITE, _r.position.is_(None), _r.due_on <= sa.bindparam("until")
).order_by(_r.entry)
_PLACED = (
    _ENTRY.where(
        _r.site == _SITE,
        _r.position >= sa.bindparam("first"),
        _r.position < sa.bindparam("end"),
    )
    .order_by(_r.position)
    .limit(_LIMIT)
)
_OWN = (
    _ENTRY.where(_r.site == _SITE, _r.report_id == "", _r.entry > sa.bindparam("after"))
    .order_by(_r.entry)
    .limit(_LIMIT)
)
_OF_EVENTS = _ENTRY.where(_r.site == _SITE, _r.event.in_(sa.bindparam("ids", expanding=True)))
_PLACE = (
    sa.update(register_entry)
    .where(_r.site == _SITE, _r.entry == sa.bindparam("of_entry"))
    .values(position=sa.bindparam("new"))
)


@dataclass(frozen=True, slots=True)
class HeadRow:
    """A signed head of one of the trees."""

    size: int
    day: date
    note: str


@dataclass(frozen=True, slots=True)
class LeafRow:
    """A place in the audit tree and the event there; signature None where it is gone."""

    position: int
    event: str
    signature: bytes | None
    at: str | None
    site: str | None
    logged: bool | None


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One entry of the register with the record and salts behind it."""

    entry: bytes
    event: str | None
    report_id: str
    owner: str
    tag: str
    record: bytes
    salt: bytes
    office: str
    office_salt: bytes
    receipt: str
    due_on: date
    position: int | None = None


class _Trees(Repository):
    """What both trees share: tiles and signed heads."""

    tree = ""

    def tile(self, level: int, index: int, _width: int = 0) -> bytes:
        """Return the hashes of a tile, b"" where there is none; fits `crypto.tiles.ReadTile`."""
        found = self._execute(_TILE, of_level=level, at=index).scalar()
        return b"" if found is None else bytes(found)

    def tiles(
        self, *, after: tuple[int, int], limit: int = 64
    ) -> tuple[tuple[int, int, bytes], ...]:
        """Return tiles as (level, index, hashes), after the pair *after*."""
        found = self._execute(_TILES, after_level=after[0], after_position=after[1], limit=limit)
        return tuple((row.level, row.position, bytes(row.body)) for row in found)

    def put_tiles(self, tiles: Mapping[tuple[int, int], bytes]) -> None:
        """Store tiles that are new or have grown."""
        for (level, index), body in tiles.items():
            if self._execute(_GROW, of_level=level, at=index, new=body).rowcount == 0:
                owner = {"site": self._site, "tree": self.tree}
                values = {**owner, "level": level, "position": index, "body": body}
                self._connection.execute(_INSERT_TILE, values)

    def newest(self) -> HeadRow | None:
        """Return the signed head of the whole tree."""
        row = self._execute(_NEWEST).first()
        return None if row is None else HeadRow(*row)

    def heads(self, *, after: int = 0, limit: int = PAGE) -> tuple[HeadRow, ...]:
        """Return signed heads by size, after the size *after*."""
        return tuple(HeadRow(*row) for row in self._execute(_CHECKPOINTS, after=after, limit=limit))

    def put_head(self, head: HeadRow) -> None:
        """Store the signed head of a tree that has grown.

        Raises:
            StaleActError: another process was faster.
        """
        values = {
            "site": self._site,
            "tree": self.tree,
            "size": head.size,
            "day": head.day,
            "note": head.note,
        }
        try:
            self._connection.execute(_INSERT_CHECKPOINT, values)
        except sa.exc.IntegrityError as error:
            raise StaleActError(head.size, head.size) from error

    def put_note(self, size: int, note: str) -> None:
        """Replace a head's note by one with more signatures."""
        self._execute(_COSIGN, of_size=size, new=note)

    def _execute(self, statement: Any, **values: object) -> sa.CursorResult[*tuple[Any, ...]]:
        given = {"of_site": self._site, "of_tree": self.tree, **values}
        return self._connection.execute(statement, given)


class AuditLog(_Trees):
    """The private tree of all events."""

    tree = AUDIT

    def append(self, first: int, events: Sequence[str]) -> None:
        """Give the events (ids) their places from *first* on.

        Raises:
            StaleActError: another process was faster.
        """
        rows = [
            {"site": self._site, "position": first + at, "event": one}
            for at, one in enumerate(events)
        ]
        try:
            _INSERT_LEAVES(self._connection, rows)
        except sa.exc.IntegrityError as error:
            raise StaleActError(first, first) from error

    def leaves(self, *, first: int, limit: int = PAGE) -> tuple[LeafRow, ...]:
        """Return the leaves from the place *first* on, each with its event's signature."""
        return tuple(LeafRow(*row) for row in self._execute(_LEAVES, first=first, limit=limit))

    def taken(self, events: Sequence[str]) -> frozenset[str]:
        """Return those of the event ids that have a place in the tree."""
        if not events:
            return frozenset()
        return frozenset(self._execute(_HAS_LEAF, ids=list(events)).scalars())

    def places(self, events: Sequence[str]) -> dict[str, int]:
        """Return the places in the tree, from 0, of those of the event ids that have one."""
        found = self._execute(_PLACES, ids=list(events)) if events else ()
        return {row.event: row.position for row in found}

    def marked_without_leaf(self, *, limit: int = PAGE) -> tuple[str, ...]:
        """Return events that are marked as taken in and have no place."""
        return tuple(self._execute(_UNLOGGED, limit=limit).scalars())

    def known_reports(self, ids: Sequence[str]) -> frozenset[str]:
        """Return those of the report ids that there are."""
        return frozenset(self._execute(_KNOWN_REPORTS, ids=list(ids)).scalars())


class PublicLog(_Trees):
    """The public register: its entries, its tree, its batches."""

    tree = REGISTER

    def add(self, entries: Sequence[EntryRow]) -> None:
        """Store entries that wait for their batch, or fillers with their places."""
        rows = [
            {"site": self._site, **{name: getattr(one, name) for name in EntryRow.__slots__}}
            for one in entries
        ]
        if rows:
            # Row by row in a pipeline: one statement of thousands of values costs more.
            self._connection.execute(_INSERT_ENTRIES, rows)

    def tags_of(self, owners: Sequence[str]) -> dict[str, str]:
        """Return the tags that the records of *owners* carry already."""
        found = self._execute(_TAGS, owners=list(owners)) if owners else ()
        return {row.owner: row.tag for row in found}

    def histories(self, reports: Sequence[str], kinds: Sequence[str]) -> dict[str, list[bytes]]:
        """Return the bodies of the events of these kinds, by report and in order."""
        told: dict[str, list[bytes]] = {}
        values = {"ids": list(reports), "kinds": list(kinds)}
        for row in self._execute(_HISTORIES, **values) if reports else ():
            told.setdefault(row.report_id, []).append(bytes(row.body))
        return told

    def of_report(self, report_id: str) -> tuple[EntryRow, ...]:
        """Return the entries of one case, the oldest first."""
        return _entry_rows(_OF_REPORT(self._connection, self._site, report_id))

    def strangers(self) -> tuple[EntryRow, ...]:
        """Return the entries in the span being read whose report is not there."""
        return _entry_rows(_OF_REPORT.strangers(self._connection, self._site))

    def of_events(self, ids: Sequence[str]) -> tuple[EntryRow, ...]:
        """Return the entries that stand for events."""
        return self._entries(_OF_EVENTS, ids=list(ids))

    def outside(self, *, after: bytes = b"", limit: int = PAGE) -> tuple[EntryRow, ...]:
        """Return entries of no case by entry, after the entry *after*."""
        return self._entries(_OWN, after=after, limit=limit)

    def first_due(self) -> date | None:
        """Return the day of the first batch there is or will be."""
        found: date | None = self._execute(_FIRST_DUE).scalar()
        return found

    def waiting(self, *, until: date) -> tuple[EntryRow, ...]:
        """Return entries that the batch of the day *until* takes."""
        return self._entries(_WAITING, until=until)

    def placed(self, *, first: int, end: int, limit: int = PAGE) -> tuple[EntryRow, ...]:
        """Return entries by place, from *first* to before *end*."""
        return self._entries(_PLACED, first=first, end=end, limit=limit)

    def place(self, places: Mapping[bytes, int]) -> None:
        """Give entries their places in the public log."""
        for one, position in places.items():
            self._execute(_PLACE, of_entry=one, new=position)

    def newest_batch(self) -> HeadRow | None:
        """Return the head of the newest batch."""
        return self.newest()

    def _entries(self, statement: Any, **values: object) -> tuple[EntryRow, ...]:
        return _entry_rows(self._execute(statement, **values).all())


def _entry_rows(rows: Sequence[Row]) -> tuple[EntryRow, ...]:
    return tuple(EntryRow(*row) for row in rows)
