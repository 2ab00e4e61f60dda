"""Where a receipt code leads: locator to report and reporter's public key."""

from dataclasses import dataclass

import sqlalchemy as sa

from casework.domain.errors import UnknownReportError
from casework.storage.ahead import OfReport
from casework.storage.report_tables import mailbox
from casework.storage.rows import Repository

_c = mailbox.c
_INSERT = sa.text(
    "INSERT INTO mailbox (locator, site, report_id, reporter_key)"
    " VALUES (:locator, :site, :report_id, :reporter_key)"
    " ON CONFLICT (locator) DO NOTHING"
).bindparams(
    sa.bindparam("locator", type_=sa.LargeBinary),
    sa.bindparam("reporter_key", type_=sa.LargeBinary),
)
_MOVE = (
    sa.update(mailbox)
    .where(
        _c.report_id == sa.bindparam("of_report"),
        _c.site == sa.bindparam("of_site"),
        _c.reporter_key == sa.bindparam("of_key"),
    )
    .values(locator=sa.bindparam("locator"), reporter_key=sa.bindparam("reporter_key"))
)
_SELECT = sa.select(_c.report_id, _c.reporter_key)
_FIND = _SELECT.where(_c.locator == sa.bindparam("locator"), _c.site == sa.bindparam("site"))
_OF_REPORT = OfReport(_SELECT, _c.site, _c.report_id)


class LocatorTakenError(Exception):
    """Another report has this receipt code: draw another code and try again."""


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A reporter's mailbox."""

    report_id: str
    reporter_key: bytes  # PublicKey.encode()


class Mailboxes(Repository):
    """Mailboxes of reporters."""

    def insert(self, locator: bytes, report_id: str, reporter_key: bytes) -> None:
        """Give a report its mailbox.

        Raises:
            LocatorTakenError: the locator belongs to another report.
        """
        values = {
            "locator": locator,
            "site": self._site,
            "report_id": report_id,
            "reporter_key": reporter_key,
        }
        if self._connection.execute(_INSERT, values).rowcount != 1:
            raise LocatorTakenError

    def move(self, mailbox: Mailbox, *, locator: bytes, reporter_key: bytes) -> None:
        """Give a report's mailbox another locator and key; the old code leads nowhere any more.

        Raises:
            LocatorTakenError: the locator belongs to another report.
            UnknownReportError: the mailbox has another key by now, or is gone.
        """
        if self.find(locator) is not None:
            raise LocatorTakenError
        values = {
            "of_report": mailbox.report_id,
            "of_site": self._site,
            "of_key": mailbox.reporter_key,
            "locator": locator,
            "reporter_key": reporter_key,
        }
        if self._connection.execute(_MOVE, values).rowcount != 1:
            raise UnknownReportError(report=mailbox.report_id)

    def find(self, locator: bytes) -> Mailbox | None:
        """Return the mailbox that a code leads to."""
        row = self._connection.execute(_FIND, {"locator": locator, "site": self._site}).first()
        return None if row is None else Mailbox(*row)

    def of_report(self, report_id: str) -> Mailbox | None:
        """Return the mailbox of a report."""
        rows = _OF_REPORT(self._connection, self._site, report_id)
        return Mailbox(*rows[0]) if rows else None
