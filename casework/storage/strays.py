"""Rows of reports and releases that are not there, for verification."""

import sqlalchemy as sa

from casework.storage.custody_tables import keeping, release, release_approval, release_reason
from casework.storage.money_tables import award
from casework.storage.report_tables import mailbox, report
from casework.storage.repositories import UnitOfWork
from casework.storage.rows import Repository
from casework.storage.seat_tables import seat_contribution
from casework.storage.work_tables import clock, waiting

LIMIT = 1000


def _without(owner: sa.Table, column: sa.Column[str]) -> sa.Select[str]:
    table = column.table
    return (
        sa.select(column)
        .where(
            table.c.site == sa.bindparam("of_site"),
            ~sa.exists().where(owner.c.id == column, owner.c.site == table.c.site),
        )
        .distinct()
        .order_by(column)
        .limit(LIMIT)
    )


# What a finding calls such a row, and how to look for it.
_OF_REPORTS = {
    "mailbox": _without(report, mailbox.c.report_id),
    "clock": _without(report, clock.c.report_id),
    "waiting": _without(report, waiting.c.report_id),
    "keeping": _without(report, keeping.c.report_id),
    "award": _without(report, award.c.report_id),
    "release": _without(report, release.c.report_id),
    "contribution": _without(report, seat_contribution.c.report_id),
}
_OF_RELEASES = {
    "approval": _without(release, release_approval.c.release),
    "reason": _without(release, release_reason.c.release),
}


class Strays(Repository):
    """Finds rows that belong to nothing."""

    def __init__(self, uow: UnitOfWork) -> None:
        """Read in the transaction of *uow*."""
        super().__init__(uow.connection, uow.site)

    def of_reports(self) -> tuple[tuple[str, str], ...]:
        """Return rows of reports that are not there: what they are, and the report's id."""
        return self._all(_OF_REPORTS)

    def of_releases(self) -> tuple[tuple[str, str], ...]:
        """Return boxes of releases that are not there: what they are, and the release's id."""
        return self._all(_OF_RELEASES)

    def _all(self, statements: dict[str, sa.Select[str]]) -> tuple[tuple[str, str], ...]:
        return tuple(
            (what, owner)
            for what, statement in statements.items()
            for owner in self._connection.execute(statement, {"of_site": self._site}).scalars()
        )
