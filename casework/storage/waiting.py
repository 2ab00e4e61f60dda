"""What waits for people as rows, for the worklist; a projection of the cases."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from typing import Any, Final

import sqlalchemy as sa

from casework.domain.case import Case
from casework.domain.trial import is_trial
from casework.domain.waiting import OUT, Waiting, assigned_in, out_of, to_sign_in, waiting_in
from casework.storage.ahead import OfReport
from casework.storage.board import CLOCK_COLUMNS, ClockLine
from casework.storage.report_tables import report
from casework.storage.reports import LINE_COLUMNS, ReportLine
from casework.storage.rows import InsertRows, Repository
from casework.storage.work_tables import clock, waiting

Place = tuple[str, str, str, int, str]
FIRST: Final[Place] = ("", "", "", 0, "")
PAGE: Final = 20

_c = waiting.c
_SITE: sa.BindParameter[Any] = sa.bindparam("site")
_INSERT = InsertRows(waiting)
_DROP = sa.delete(waiting).where(
    _c.site == sa.bindparam("of_site"), _c.report_id == sa.bindparam("of_report")
)
_FIELDS = (_c.report_id, _c.kind, _c.key, _c.since, _c.of, _c.office, _c.role, _c.sort_key)
_OF_REPORT = OfReport(
    sa.select(*_FIELDS), _c.site, _c.report_id, _c.kind, _c.key, _c.since, _c.of
)  # fmt: skip
_PLACE = (_c.sort_key, _c.report_id, _c.key, _c.since, _c.of)
_FOR = (
    sa.select(*LINE_COLUMNS, *_FIELDS[1:], *CLOCK_COLUMNS)
    .join(report, report.c.id == _c.report_id)
    .outerjoin(
        clock,
        sa.and_(
            clock.c.report_id == _c.report_id,
            clock.c.key == _c.key,
            clock.c.since == _c.since,
            sa.not_(clock.c.stopped),
        ),
    )
    .where(
        _c.site == _SITE,
        _c.office == sa.bindparam("office"),
        _c.role == sa.bindparam("role"),
        _c.kind == sa.bindparam("kind"),
        sa.tuple_(*_PLACE)
        > sa.tuple_(*(sa.bindparam(f"after_{one.name}", type_=one.type) for one in _PLACE)),
    )
    .order_by(*_PLACE)
    .limit(sa.bindparam("limit"))
)

_FOR_SOME = _FOR.where(_c.of.in_(sa.bindparam("only", expanding=True)))
_OUT_OF = sa.select(_c.report_id).where(
    _c.site == _SITE,
    _c.office == sa.literal(""),
    _c.role == sa.literal(""),
    _c.kind == sa.literal(OUT),
    _c.sort_key == sa.bindparam("account"),
)


@dataclass(frozen=True, slots=True)
class WaitingLine:
    """One line of a list of what waits, with its clock; None once that has ended."""

    report: ReportLine
    waiting: Waiting
    clock: ClockLine | None

    @property
    def place(self) -> Place:
        """Where the next page begins."""
        one = self.waiting
        return one.sort_key, self.report.id, one.key, one.since, one.of


class WaitingRows(Repository):
    """What waits in the site's cases."""

    def project(self, before: Case, after: Case) -> None:
        """Bring the rows of a case up to date; no statement where nothing about them changed.

        What only comes to wait is added: the public site, where a reporter objects, may do no more.
        """
        had, wanted = _rows_told(before), _rows_told(after)
        if had == wanted:
            return
        if not set(had) <= set(wanted):
            values = {"of_site": self._site, "of_report": after.report_id}
            self._connection.execute(_DROP, values)
            had = ()
        named = {"site": self._site, "report_id": after.report_id}
        new = [one for one in wanted if one not in set(had)]
        _INSERT(self._connection, [asdict(one) | named for one in new])

    def open(self, case: Case) -> None:
        """Note what waits in a report that has just come in; no statement where nothing does."""
        named = {"site": self._site, "report_id": case.report_id}
        if found := _rows_told(case):
            _INSERT(self._connection, [asdict(one) | named for one in found])

    def agrees(self, case: Case) -> bool:
        """Say whether the rows of a case are exactly what waits in it."""
        rows = _OF_REPORT(self._connection, self._site, case.report_id)
        return tuple(Waiting(*row[1:]) for row in rows) == _rows_told(case)

    def waits_for(
        self,
        kind: str,
        *,
        office: str,
        role: str,
        of: Collection[str] | None = None,
        after: Place = FIRST,
        limit: int = PAGE,
    ) -> tuple[WaitingLine, ...]:
        """Return what waits for a role of an office, the most urgent first.

        Args:
            kind: such as DECIDE.
            office: code of the office.
            role: of the person.
            of: only what is of one of these; None for all.
            after: place of the last line seen.
            limit: lines at most.
        """
        places = zip(_PLACE, after, strict=True)
        values: dict[str, Any] = {f"after_{one.name}": value for one, value in places}
        values |= {"site": self._site, "office": office, "role": role, "kind": kind}
        if of is not None:
            values |= {"only": list(of)}
        statement = _FOR if of is None else _FOR_SOME
        found = self._connection.execute(statement, values | {"limit": limit})
        return tuple(_line(tuple(row)) for row in found)

    def out_of(self, account: str) -> frozenset[str]:
        """Return the reports in which a person is recused."""
        values = {"site": self._site, "account": account}
        return frozenset(self._connection.execute(_OUT_OF, values).scalars())


def _rows_told(case: Case) -> tuple[Waiting, ...]:
    if is_trial(case):
        return ()
    rows = (*waiting_in(case), *assigned_in(case), *to_sign_in(case), *out_of(case))
    return tuple(sorted(rows, key=lambda one: (one.kind, one.key, one.since, one.of)))


def _line(row: tuple[Any, ...]) -> WaitingLine:
    first = len(LINE_COLUMNS)
    then = first + len(_FIELDS) - 1
    found = ClockLine(*row[then:]) if row[then] is not None else None
    return WaitingLine(ReportLine(*row[:first]), Waiting(*row[first:then]), found)
