"""Releases of identity items as rows, for lists; and the boxes that belong to them.

Two kinds of box: the reason of a request, one a seat; and what custodians handed over.
Both go when the release ends, however it does.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from casework.domain.case import Case, Release, ReleaseState
from casework.domain.errors import AlreadyDoneError
from casework.storage.ahead import OfReport
from casework.storage.custody_tables import release, release_approval, release_reason
from casework.storage.report_tables import report
from casework.storage.rows import InsertRows, Lines, Repository
from casework.storage.schema import INSTANT

_c, _a, _r = release.c, release_approval.c, release_reason.c
_SITE: sa.BindParameter[Any] = sa.bindparam("of_site")
_PUT = sa.text(
    "INSERT INTO release"
    " (id, site, report_id, item, version, requester, office, purpose, state, requested_at,"
    " expires_at, closed)"
    " VALUES (:id, :site, :report_id, :item, :version, :requester, :office, :purpose, :state,"
    " :requested_at, :expires_at, :closed)"
    " ON CONFLICT (id) DO UPDATE SET state = excluded.state, closed = excluded.closed"
).bindparams(
    sa.bindparam("requested_at", type_=INSTANT),
    sa.bindparam("expires_at", type_=INSTANT),
    sa.bindparam("closed", type_=sa.Boolean),
)
_LINE = sa.select(
    _c.id, _c.report_id, report.c.case_number, _c.item, _c.version, _c.requester, _c.office,
    _c.purpose, _c.state, _c.requested_at, _c.expires_at,
).where(report.c.id == _c.report_id, _c.site == _SITE)  # fmt: skip
_OPEN = (
    _LINE.where(sa.text("NOT closed"), _c.id > sa.bindparam("after"))
    .order_by(_c.id)
    .limit(sa.bindparam("limit"))
)
_EXPIRED = (
    _LINE.where(sa.text("NOT closed"), _c.expires_at <= sa.bindparam("now"))
    .order_by(_c.expires_at, _c.id)
    .limit(sa.bindparam("limit"))
)
_ROWS = OfReport(sa.select(release), _c.site, _c.report_id)
_OF_REPORT = _LINE.where(_c.report_id == sa.bindparam("report_id")).order_by(_c.id)
_APPROVE = sa.insert(release_approval)
_APPROVALS = (
    sa.select(_a.release, _a.seat, _a.account, _a.body, _a.event)
    .where(_a.release == sa.bindparam("of_release"), _a.site == _SITE)
    .order_by(_a.seat)
)
_ASK = InsertRows(release_reason)
_REASONS = (
    sa.select(_r.seat, _r.body)
    .where(_r.release == sa.bindparam("of_release"), _r.site == _SITE)
    .order_by(_r.seat)
)
_BOXES = (release_approval, release_reason)
_DROP = tuple(
    sa.delete(table).where(table.c.release == sa.bindparam("of_release"), table.c.site == _SITE)
    for table in _BOXES
)
_DROP_ENDED = tuple(
    sa.delete(table).where(
        table.c.site == _SITE,
        sa.exists().where(_c.id == table.c.release, sa.text("release.closed")),
    )
    for table in _BOXES
)


@dataclass(frozen=True, slots=True)
class ReleaseLine:
    """One line of a list of releases."""

    id: str
    report_id: str
    case_number: str
    item: str
    version: int
    requester: str
    office: str
    purpose: str
    state: str
    requested_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class ReleaseApproval:
    """A seat's pieces, sealed to the requester of a release."""

    release: str
    seat: int
    account: str
    body: bytes = field(repr=False)
    event: str  # digest of the signed approval, in hexadecimal


class Releases(Repository):
    """Releases of identity items, and custodians' approvals."""

    def project(self, case: Case) -> None:
        """Write the releases of *case*, as they stand."""
        rows = [self._row(case, one) for one in case.releases.values()]
        if rows:
            self._connection.execute(_PUT, rows)

    def agrees(self, case: Case) -> bool:
        """Say whether the rows of a case are exactly its releases, with their approvals."""
        rows = _ROWS(self._connection, self._site, case.report_id)
        stored = {row.id: row._asdict() for row in rows}
        if stored != {one.id: self._row(case, one) for one in case.releases.values()}:
            return False
        return all(
            {(one.seat, one.account) for one in self.approvals(release.id)}
            == {(one.seat, one.account) for one in release.approvals if release.running}
            for release in case.releases.values()
            # What the reporter's own act made void, the next sweep clears away.
            if release.state is not ReleaseState.VOIDED
        )

    def _row(self, case: Case, one: Release) -> dict[str, object]:
        return {
            "id": one.id,
            "site": self._site,
            "report_id": case.report_id,
            "item": one.item,
            "version": one.version,
            "requester": one.requester,
            "office": one.office,
            "purpose": one.purpose,
            "state": str(one.state),
            "requested_at": datetime.fromisoformat(one.requested_at),
            "expires_at": datetime.fromisoformat(one.expires_at),
            "closed": not one.running,
        }

    def open(self, *, after: str = "", limit: int = 50) -> tuple[ReleaseLine, ...]:
        """Return releases that custodians or requesters still have to act on."""
        return self._lines(_OPEN, after=after, limit=limit)

    def expired(self, now: datetime, *, limit: int = 100) -> tuple[ReleaseLine, ...]:
        """Return open releases whose time is over."""
        return self._lines(_EXPIRED, now=now, limit=limit)

    def of_report(self, report_id: str) -> tuple[ReleaseLine, ...]:
        """Return every release of a case."""
        return self._lines(_OF_REPORT, report_id=report_id)

    def approve(self, approval: ReleaseApproval) -> None:
        """Store a seat's approval.

        Raises:
            AlreadyDoneError: the seat, or the person, has approved before.
        """
        values = {
            "release": approval.release,
            "seat": approval.seat,
            "site": self._site,
            "account": approval.account,
            "body": approval.body,
            "event": approval.event,
        }
        try:
            self._connection.execute(_APPROVE, values)
        except sa.exc.IntegrityError as error:
            text = str(error.orig)  # SQLite tells the rule, PostgreSQL the constraint's name
            if "FOREIGN KEY" in text or "_fkey" in text:
                raise
            raise AlreadyDoneError(release=approval.release, seat=approval.seat) from error

    def approvals(self, release: str) -> tuple[ReleaseApproval, ...]:
        """Return the approvals of a release, by seat."""
        values = {"of_release": release, "of_site": self._site}
        return tuple(ReleaseApproval(*row) for row in self._connection.execute(_APPROVALS, values))

    def ask(self, release: str, reasons: Iterable[tuple[int, bytes]]) -> None:
        """Store why a release is asked for: one box a seat."""
        rows = [
            {"release": release, "seat": seat, "site": self._site, "body": body}
            for seat, body in reasons
        ]
        _ASK(self._connection, rows)

    def reasons(self, release: str) -> tuple[tuple[int, bytes], ...]:
        """Return the boxes of a request's reason, by seat."""
        values = {"of_release": release, "of_site": self._site}
        return tuple((row.seat, row.body) for row in self._connection.execute(_REASONS, values))

    def drop_boxes(self, release: str) -> None:
        """Delete the boxes of a release that has ended: opened, refused, expired or void."""
        for statement in _DROP:
            self._connection.execute(statement, {"of_release": release, "of_site": self._site})

    def drop_ended(self) -> int:
        """Delete what is left of releases that an act without the right to delete has ended."""
        values = {"of_site": self._site}
        return sum(self._connection.execute(one, values).rowcount for one in _DROP_ENDED)

    def _lines(self, statement: Lines, **values: object) -> tuple[ReleaseLine, ...]:
        found = self._connection.execute(statement, {"of_site": self._site, **values})
        return tuple(ReleaseLine(*row) for row in found)
