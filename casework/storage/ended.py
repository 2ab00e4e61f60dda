"""Cases that are done: closed, not accepted or joined to another, the last to end first.

Read by partial indexes of their own, a state at a time: a list of all of them is woven from
three, so that a rare state costs no more than a common one.
"""

from collections.abc import Iterable
from datetime import date
from heapq import merge
from itertools import islice
from typing import Any, Final

import sqlalchemy as sa

from casework.domain.case import State
from casework.storage.report_tables import report
from casework.storage.reports import LINE_COLUMNS, ReportLine
from casework.storage.rows import Lines, Repository

ENDED: Final = (State.CLOSED, State.REFUSED, State.MERGED)
Place = tuple[date, str]
LAST: Final[Place] = (date.max, "~")  # ids come before it
FIRST_DAY: Final = date.min
PAGE: Final = 20

_c = report.c
_LINES: Lines = (
    sa.select(*LINE_COLUMNS)
    .where(
        _c.site == sa.bindparam("site"),
        sa.text("closed_on IS NOT NULL"),
        _c.state == sa.bindparam("state"),
        _c.closed_on >= sa.bindparam("since", type_=sa.Date),
        sa.tuple_(_c.closed_on, _c.id)
        < sa.tuple_(
            sa.bindparam("before_on", type_=sa.Date), sa.bindparam("before_id", type_=sa.String)
        ),
    )
    .order_by(_c.closed_on.desc(), _c.id.desc())
    .limit(sa.bindparam("limit"))
)
_OFFICE: sa.BindParameter[Any] = sa.bindparam("office")
_OF: Final = {
    # (above): which column says that it is the office's
    False: _LINES.where(_c.lead == _OFFICE),
    True: _LINES.where(_c.supervisor == _OFFICE),
}


def place_of(line: ReportLine) -> Place:
    """Return where the next page begins after a line."""
    assert line.closed_on is not None
    return line.closed_on, line.id


class Ended(Repository):
    """Cases of one site that are done."""

    def of_office(
        self,
        office: str,
        *,
        above: bool = False,
        states: Iterable[State] = ENDED,
        since: date = FIRST_DAY,
        before: Place = LAST,
        limit: int = PAGE,
    ) -> tuple[ReportLine, ...]:
        """Return cases that an office led, or *above*: that it supervised.

        Args:
            office: code.
            above: which of the two.
            states: some of ENDED.
            since: first day on which they ended.
            before: place of the last line seen.
            limit: lines at most.
        """
        values = {
            "site": self._site,
            "office": office,
            "since": since,
            "before_on": before[0],
            "before_id": before[1],
            "limit": limit,
        }
        found = [
            [
                ReportLine(*row)
                for row in self._connection.execute(_OF[above], {**values, "state": str(state)})
            ]
            for state in states
        ]
        return tuple(islice(merge(*found, key=place_of, reverse=True), limit))
