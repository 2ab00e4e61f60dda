"""Signed events: appended once, never changed but for the mark that the log has them."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from casework.domain.errors import StaleActError
from casework.storage.ahead import OfReport
from casework.storage.report_tables import HOLDS, RELEASES, event
from casework.storage.rows import InsertRows, Lines, Repository
from crypto.errors import EventError
from crypto.events import Event, SignedEvent, event_digest, parse_event

_INSERT = InsertRows(event)
_STORED = sa.select(
    event.c.id, event.c.report_id, event.c.ordinal, event.c.kind, event.c.actor, event.c.at,
    event.c.body, event.c.signature,
)  # fmt: skip
_OF_REPORT = OfReport(
    _STORED.where(event.c.report_id != sa.literal_column("''")),
    event.c.site,
    event.c.report_id,
    event.c.ordinal,
)
_ONE = sa.select(event.c.body, event.c.signature).where(
    event.c.id == sa.bindparam("id"), event.c.site == sa.bindparam("site")
)
_ALL = (
    _STORED.where(event.c.site == sa.bindparam("site"), event.c.id > sa.bindparam("after"))
    .order_by(event.c.id)
    .limit(sa.bindparam("limit"))
)
_OUTSIDE = (
    _STORED.where(
        event.c.site == sa.bindparam("site"),
        event.c.report_id == sa.literal_column("''"),
        sa.tuple_(event.c.at, event.c.id)
        > sa.tuple_(sa.bindparam("after_at"), sa.bindparam("after_id")),
    )
    .order_by(event.c.at, event.c.id)
    .limit(sa.bindparam("limit"))
)
_OUTSIDE_OF_KIND = (
    sa.select(event.c.body, event.c.signature)
    .where(
        event.c.site == sa.bindparam("site"),
        event.c.report_id == sa.literal_column("''"),
        event.c.kind == sa.bindparam("kind"),
    )
    .order_by(event.c.at, event.c.id)
)
_BEFORE = sa.tuple_(event.c.at, event.c.id) < sa.tuple_(
    sa.bindparam("before_at"), sa.bindparam("before_id")
)
_NEWEST = (
    _STORED.where(event.c.site == sa.bindparam("site"), _BEFORE)
    .order_by(event.c.at.desc(), event.c.id.desc())
    .limit(sa.bindparam("limit"))
)
_NEWEST_OF = {
    "": _NEWEST,
    "releases": _NEWEST.where(sa.text(RELEASES)),
    "holds": _NEWEST.where(sa.text(HOLDS)),
    "outside": _NEWEST.where(event.c.report_id == sa.literal_column("''")),
}
LAST = ("~", "~")  # after every time and id
_PENDING = (
    _STORED.where(
        event.c.site == sa.bindparam("site"),
        # Twice: as the condition of the index, and as the value of its column.
        sa.text("NOT logged"),
        event.c.logged == sa.false(),
    )
    .order_by(event.c.at, event.c.id)
    .limit(sa.bindparam("limit"))
)
_MARK = (
    sa.update(event)
    .where(
        event.c.site == sa.bindparam("in_site"),
        event.c.id.in_(sa.bindparam("ids", expanding=True)),
    )
    .values(logged=sa.true())
)


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """An event as it lies in the database, not yet parsed: verification reads these."""

    id: str
    report_id: str
    ordinal: int
    kind: str
    actor: str
    at: str
    body: bytes
    signature: bytes


def stored_event(stored: StoredEvent) -> tuple[Event | None, str]:
    """Return the event in a row, None where there is none, and what is wrong with the row."""
    try:
        event = parse_event(stored.body)
    except EventError:
        return None, "cannot be read"
    if event_digest(stored.body).hex() != stored.id:
        return event, "changed"
    told = (stored.report_id, stored.ordinal, stored.kind, stored.actor, stored.at)
    if (event.report, event.ordinal, event.kind, event.actor, event.at) != told:
        return event, "its row tells something else"
    return event, ""


class Events(Repository):
    """Signed events of reports, and those outside any report."""

    def append(self, *signed: SignedEvent) -> None:
        """Store events in the order given.

        Raises:
            StaleActError: somebody else's event took the place in the report.
        """
        rows = [self._row(one) for one in signed]
        try:
            _INSERT(self._connection, rows)
        except sa.exc.IntegrityError as error:
            last = signed[-1].event
            if not last.report or "event_of_report" not in _violated(error):
                raise
            raise StaleActError(last.ordinal + 1, last.ordinal) from error

    def of_report(self, report_id: str) -> tuple[SignedEvent, ...]:
        """Return a report's events by ordinal; an empty tuple for an unknown report."""
        found = _OF_REPORT(self._connection, self._site, report_id)
        return tuple(SignedEvent(parse_event(row.body), row.signature) for row in found)

    def stored_of_report(self, report_id: str) -> tuple[StoredEvent, ...]:
        """Return a report's events by ordinal as they lie there, not yet parsed."""
        return tuple(
            StoredEvent(*row) for row in _OF_REPORT(self._connection, self._site, report_id)
        )

    def strangers(self) -> tuple[StoredEvent, ...]:
        """Return the events in the span being read whose report is not there."""
        found = _OF_REPORT.strangers(self._connection, self._site)
        return tuple(StoredEvent(*row) for row in found)

    def get(self, event_id: str) -> SignedEvent | None:
        """Return the event whose digest is *event_id*."""
        row = self._connection.execute(_ONE, {"site": self._site, "id": event_id}).first()
        return None if row is None else SignedEvent(parse_event(row.body), row.signature)

    def all(self, *, after: str = "", limit: int = 1000) -> tuple[StoredEvent, ...]:
        """Return stored events by id (in no meaningful order), after the id *after*."""
        return self._stored(_ALL, after=after, limit=limit)

    def outside(
        self, *, after: tuple[str, str] = ("", ""), limit: int = 1000
    ) -> tuple[StoredEvent, ...]:
        """Return events of no report by time, after the pair of time and id *after*."""
        return self._stored(_OUTSIDE, after_at=after[0], after_id=after[1], limit=limit)

    def newest(
        self, which: str = "", *, before: tuple[str, str] = LAST, limit: int = 50
    ) -> tuple[StoredEvent, ...]:
        """Return events by time, the newest first, before the pair of time and id *before*.

        Args:
            which: "" for all, "releases", "holds" for requests of a hold, or "outside" for
                those of no report.
            before: where the page begins.
            limit: how many at most.
        """
        return self._stored(
            _NEWEST_OF[which], before_at=before[0], before_id=before[1], limit=limit
        )

    def outside_of_kind(self, kind: str) -> tuple[SignedEvent, ...]:
        """Return events of one kind of no report, the oldest first; whole ones only."""
        found = []
        for row in self._connection.execute(_OUTSIDE_OF_KIND, {"site": self._site, "kind": kind}):
            try:
                found.append(SignedEvent(parse_event(row.body), row.signature))
            except EventError:  # somebody wrote there: verification names it
                continue
        return tuple(found)

    def pending(self, limit: int = 1000) -> tuple[StoredEvent, ...]:
        """Return events that the audit tree has not taken in, the oldest first."""
        return self._stored(_PENDING, limit=limit)

    def mark_logged(self, ids: Sequence[str]) -> None:
        """Note that the audit tree has taken in the events *ids*."""
        if ids:
            self._connection.execute(_MARK, {"in_site": self._site, "ids": list(ids)})

    def _stored(self, statement: Lines, **values: object) -> tuple[StoredEvent, ...]:
        found = self._connection.execute(statement, {"site": self._site, **values})
        return tuple(StoredEvent(*row) for row in found)

    def _row(self, signed: SignedEvent) -> dict[str, object]:
        one = signed.event
        if one.site != self._site:
            raise ValueError(f"an event of site {one.site!r} in the store of {self._site!r}")
        body = one.encode()
        return {
            "id": event_digest(body).hex(),
            "site": one.site,
            "report_id": one.report,
            "ordinal": one.ordinal,
            "kind": one.kind,
            "actor": one.actor,
            "at": one.at,
            "body": body,
            "signature": signed.signature,
            "logged": False,
        }


def _violated(error: sa.exc.IntegrityError) -> str:
    """Return the name of the violated key; SQLite tells its columns instead."""
    text = str(error.orig)
    return text.replace("event.site, event.report_id, event.ordinal", "event_of_report")
