"""Awards as rows, for lists; a projection of the cases that decides nothing."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from casework.domain.award_values import GIVEN_UP, SETTLED
from casework.domain.case import Award, AwardState, Case
from casework.storage.ahead import OfReport
from casework.storage.money_tables import award
from casework.storage.report_tables import event, report
from casework.storage.rows import Lines, Repository

_c = award.c
_SITE: sa.BindParameter[Any] = sa.bindparam("site")
_PUT = sa.text(
    "INSERT INTO award"
    " (id, site, report_id, lead, state, amount_fen, year, proposer, settled)"
    " VALUES (:id, :site, :report_id, :lead, :state, :amount_fen, :year, :proposer, :settled)"
    " ON CONFLICT (id) DO UPDATE SET"
    " lead = excluded.lead, state = excluded.state, amount_fen = excluded.amount_fen,"
    " year = excluded.year, proposer = excluded.proposer, settled = excluded.settled"
).bindparams(sa.bindparam("settled", type_=sa.Boolean))
_LINE = sa.select(
    _c.id, _c.report_id, report.c.case_number, _c.lead, _c.state, _c.amount_fen, _c.year,
    _c.proposer,
).where(report.c.id == _c.report_id, _c.site == _SITE)  # fmt: skip
_OPEN = (
    _LINE.where(
        sa.text("NOT settled"), _c.state == sa.bindparam("state"), _c.id > sa.bindparam("after")
    )
    .order_by(_c.id)
    .limit(sa.bindparam("limit"))
)
_OPEN_IN = (
    _LINE.where(
        sa.text("NOT settled"),
        _c.lead == sa.bindparam("lead"),
        _c.state.in_(sa.bindparam("states", expanding=True)),
        _c.id > sa.bindparam("after"),
    )
    .order_by(_c.id)
    .limit(sa.bindparam("limit"))
)
_ROWS = OfReport(sa.select(award), _c.site, _c.report_id)
_OF_REPORT = _LINE.where(_c.report_id == sa.bindparam("report_id")).order_by(_c.id)
_REPORT = sa.select(_c.report_id).where(_c.id == sa.bindparam("id"), _c.site == _SITE)
# Told by a paper and not claimed yet, or lapsed since.
_PUT_UP = (
    sa.select(_c.report_id, _c.id)
    .join(event, sa.and_(event.c.site == _c.site, event.c.report_id == _c.report_id))
    .where(
        _c.site == _SITE,
        sa.or_(
            sa.and_(
                _c.state == sa.literal_column("'notified'"),
                event.c.kind == sa.literal_column("'reward.notified'"),
            ),
            sa.and_(
                _c.state == sa.literal_column("'lapsed'"),
                event.c.kind == sa.literal_column("'reward.lapsed'"),
                event.c.at >= sa.bindparam("since"),
            ),
        ),
    )
    .distinct()
    .order_by(_c.id)
)
_ACTED = (
    sa.select(_c.report_id)
    .join(event, sa.and_(event.c.site == _c.site, event.c.report_id == _c.report_id))
    .where(
        _c.site == _SITE,
        event.c.at >= sa.bindparam("first"),
        event.c.at < sa.bindparam("end"),
        event.c.kind >= sa.literal_column("'reward.'"),
        event.c.kind < sa.literal_column("'reward/'"),
    )
    .distinct()
    .order_by(_c.report_id)
)


@dataclass(frozen=True, slots=True)
class AwardLine:
    """One line of a list of awards."""

    id: str
    report_id: str
    case_number: str
    lead: str
    state: str
    amount_fen: int
    year: int
    proposer: str


class Awards(Repository):
    """Awards of the site's cases."""

    def project(self, case: Case) -> None:
        """Write the awards of *case*, if it has any."""
        for one in case.awards:
            self._connection.execute(_PUT, self._row(case, one))

    def agrees(self, case: Case) -> bool:
        """Say whether the rows of a case are its award, and those rejected before it."""
        found = _ROWS(self._connection, self._site, case.report_id)
        rows = {row.id: row._asdict() for row in found}
        for one in case.awards:
            if rows.pop(one.id, None) != self._row(case, one):
                return False
        earlier = case.spent - {one.id for one in case.awards}
        return rows.keys() == earlier and all(
            row["state"] in GIVEN_UP and row["settled"] for row in rows.values()
        )

    def _row(self, case: Case, one: Award) -> dict[str, object]:
        return {
            "id": one.id,
            "site": self._site,
            "report_id": case.report_id,
            "lead": case.lead,
            "state": str(one.state),
            "amount_fen": one.amount_fen,
            "year": one.year,
            "proposer": one.proposer,
            "settled": one.state in SETTLED,
        }

    def open(self, state: AwardState, *, after: str = "", limit: int = 50) -> tuple[AwardLine, ...]:
        """Return awards that stand at *state*: reserved for approvers, claimed for cashiers."""
        return self._read(_OPEN, state=str(state), after=after, limit=limit)

    def open_in(
        self, lead: str, states: Collection[AwardState], *, after: str = "", limit: int = 50
    ) -> tuple[AwardLine, ...]:
        """Return awards of an office's cases that stand at one of these states."""
        named = sorted(str(one) for one in states)
        return self._read(_OPEN_IN, lead=lead, states=named, after=after, limit=limit)

    def of_report(self, report_id: str) -> tuple[AwardLine, ...]:
        """Return the awards that a case has had, rejected ones too."""
        return self._read(_OF_REPORT, report_id=report_id)

    def report_of(self, award: str) -> str:
        """Return the report that an award belongs to, "" for an unknown one."""
        found = self._connection.execute(_REPORT, {"site": self._site, "id": award}).scalar()
        return str(found or "")

    def acted(self, *, first: str, end: str) -> tuple[str, ...]:
        """Return the reports of whose awards an act tells from *first* to before *end* (UTC)."""
        values = {"site": self._site, "first": first, "end": end}
        return tuple(self._connection.execute(_ACTED, values).scalars())

    def put_up(self, *, since: str) -> tuple[tuple[str, str], ...]:
        """Return report and award of what waits though a paper told of it, or lapsed *since*."""
        rows = self._connection.execute(_PUT_UP, {"site": self._site, "since": since})
        return tuple((row.report_id, row.id) for row in rows)

    def _read(self, statement: Lines, **values: object) -> tuple[AwardLine, ...]:
        found = self._connection.execute(statement, {"site": self._site, **values})
        return tuple(AwardLine(*row) for row in found)
