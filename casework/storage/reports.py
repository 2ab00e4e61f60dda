"""Cases: each row is the whole case as JSON, and beside it what lists are made of."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from casework.domain.case import Case, State
from casework.domain.case_json import case_from_json, case_to_json
from casework.domain.errors import StaleActError, TamperedError, UnknownReportError
from casework.domain.trial import is_trial
from casework.storage.ahead import OfReport, Span
from casework.storage.report_tables import report
from casework.storage.rows import Lines, Repository, to_json

PAGE = 50
AFTER_ALL = timedelta(days=365_250)  # a thousand years

_c = report.c
_SITE: sa.BindParameter[Any] = sa.bindparam("site")
_CASE = sa.select(_c.case_json).where(_c.site == _SITE)
_GET = _CASE.where(_c.id == sa.bindparam("id"))
_LOCK = _GET.with_for_update()
_BY_NUMBER = _CASE.where(_c.case_number == sa.bindparam("case_number"))
_INSERT = sa.insert(report)
_CHANGING = (
    "lead", "supervisor", "undetermined", "state", "inbox_on", "accepted_on", "verify_due_on",
    "finding", "award_state", "closed_on", "events", "case_json",
)  # fmt: skip
_SAVE = (
    sa.update(report)
    .where(
        _c.id == sa.bindparam("of_id"),
        _c.site == sa.bindparam("of_site"),
        _c.events == sa.bindparam("expected_events"),
    )
    .values({name: sa.bindparam(name) for name in _CHANGING})
)
_EVENTS = sa.select(_c.events).where(_c.id == sa.bindparam("id"), _c.site == _SITE)
LINE_COLUMNS = (
    _c.id, _c.case_number, _c.region, _c.sector, _c.matter, _c.lead, _c.supervisor, _c.state,
    _c.received_on, _c.inbox_on, _c.accepted_on, _c.verify_due_on, _c.finding, _c.award_state,
    _c.closed_on,
)  # fmt: skip
_LINE = sa.select(*LINE_COLUMNS).where(_c.site == _SITE)
_LIMIT: sa.BindParameter[Any] = sa.bindparam("limit")
_AFTER = sa.tuple_(
    sa.bindparam("after_on", type_=sa.Date), sa.bindparam("after_id", type_=sa.String)
)
_OPEN = (
    _LINE.where(sa.text("closed_on IS NULL"), sa.tuple_(_c.inbox_on, _c.id) > _AFTER)
    .order_by(_c.inbox_on, _c.id)
    .limit(_LIMIT)
)
_OPEN_OF_LEAD = _OPEN.where(_c.lead == sa.bindparam("office"))
_CONCLUDED_OF_LEAD = _OPEN_OF_LEAD.where(_c.state == sa.literal_column("'concluded'"))
_OPEN_OF_SUPERVISOR = _OPEN.where(_c.supervisor == sa.bindparam("office"))
_UNDETERMINED = _OPEN.where(sa.text("undetermined"))
_UNDETERMINED_OF_LEAD = _UNDETERMINED.where(_c.lead == sa.bindparam("office"))
_OVERDUE = (
    _LINE.where(
        sa.text("closed_on IS NULL AND finding IS NULL AND verify_due_on IS NOT NULL"),
        _c.verify_due_on < sa.bindparam("today"),
        sa.tuple_(_c.verify_due_on, _c.id) > _AFTER,
    )
    .order_by(_c.verify_due_on, _c.id)
    .limit(_LIMIT)
)
_ALL_OF_LEAD = (
    _LINE.where(
        _c.lead == sa.bindparam("office"), sa.tuple_(_c.received_on, _c.id) < _AFTER
    )
    .order_by(_c.received_on.desc(), _c.id.desc())
    .limit(_LIMIT)
)  # fmt: skip
_ROW = OfReport(sa.select(report), _c.site, _c.id)
_IDS = (
    sa.select(_c.id).where(_c.site == _SITE, _c.id > sa.bindparam("after"))
    .order_by(_c.id)
    .limit(_LIMIT)
)  # fmt: skip
# The row of a case is canonical JSON, where a quote inside of any text is escaped: nobody can
# write this pair into a document number.
_DEEMED = sa.select(_c.id).where(
    _c.site == _SITE,
    _c.id.in_(sa.bindparam("ids", expanding=True)),
    _c.case_json.contains('"accepted_by":"jobs"', autoescape=True),
)
_COUNT = sa.select(sa.func.count()).select_from(report).where(_c.site == _SITE)
_FIRST = (date(1, 1, 1), "")
_LAST = (date(9999, 12, 31), "~")


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One line of a list of cases."""

    id: str
    case_number: str
    region: str
    sector: str
    matter: str
    lead: str
    supervisor: str
    state: str
    received_on: date
    inbox_on: date  # see _inbox_on
    accepted_on: date | None
    verify_due_on: date | None
    finding: str | None
    award_state: str | None
    closed_on: date | None
    urgent: bool = False  # told by the lists that are sorted by it

    @property
    def inbox_key(self) -> tuple[date, str]:
        """Where the next page of an inbox begins."""
        return self.inbox_on, self.id

    @property
    def due_key(self) -> tuple[date, str]:
        """Where the next page of the overdue begins."""
        return self.verify_due_on or self.inbox_on, self.id

    @property
    def received_key(self) -> tuple[date, str]:
        """Where the next page of all cases begins."""
        return self.received_on, self.id


# What becomes of a row that somebody has written into: it holds up no other case.
_UNREADABLE = (ValueError, TypeError, LookupError, AttributeError)


class Reports(Repository):
    """The cases of a site.

    Whoever reads one case gets TamperedError where its row cannot be read any more.
    """

    def get(self, report_id: str) -> Case:
        """Return a case.

        Raises:
            UnknownReportError: there is none.
        """
        return self._one(_GET, id=report_id)

    def lock(self, report_id: str) -> Case:
        """Return a case that nobody else can change until this transaction ends.

        Raises:
            UnknownReportError: there is none.
        """
        return self._one(_LOCK, id=report_id)

    def by_number(self, case_number: str) -> Case:
        """Return the case of a case number.

        Raises:
            UnknownReportError: there is none.
        """
        return self._one(_BY_NUMBER, case_number=case_number)

    def insert(self, case: Case) -> None:
        """Store a new case."""
        self._connection.execute(_INSERT, self._row(case))

    def save(self, case: Case, *, expected_events: int) -> None:
        """Store what a case has become.

        Args:
            case: the case after the act.
            expected_events: how many events it had when it was read.

        Raises:
            StaleActError: somebody else acted on it since.
            UnknownReportError: there is no such case.
        """
        values = {
            "of_id": case.report_id,
            "of_site": self._site,
            "expected_events": expected_events,
            **_changing(case),
        }
        if self._connection.execute(_SAVE, values).rowcount == 1:
            return
        found = self._connection.execute(
            _EVENTS, {"id": case.report_id, "site": self._site}
        ).scalar()
        if found is None:
            raise UnknownReportError(report=case.report_id)
        raise StaleActError(found + 1, expected_events + 1)

    def open_of_lead(
        self, office: str, *, after: tuple[date, str] = _FIRST, limit: int = PAGE
    ) -> tuple[ReportLine, ...]:
        """Return open cases of a department, the most urgent first."""
        return self._lines(_OPEN_OF_LEAD, after, limit, office=office)

    def concluded_of_lead(
        self, office: str, *, after: tuple[date, str] = _FIRST, limit: int = PAGE
    ) -> tuple[ReportLine, ...]:
        """Return cases of a department that have a finding and wait to be closed."""
        return self._lines(_CONCLUDED_OF_LEAD, after, limit, office=office)

    def open_of_supervisor(
        self, office: str, *, after: tuple[date, str] = _FIRST, limit: int = PAGE
    ) -> tuple[ReportLine, ...]:
        """Return open cases under a supervising office, the most urgent first."""
        return self._lines(_OPEN_OF_SUPERVISOR, after, limit, office=office)

    def undetermined(
        self, *, office: str = "", after: tuple[date, str] = _FIRST, limit: int = PAGE
    ) -> tuple[ReportLine, ...]:
        """Return open cases that no rule matched, the oldest first; of one office or of all."""
        if office:
            return self._lines(_UNDETERMINED_OF_LEAD, after, limit, office=office)
        return self._lines(_UNDETERMINED, after, limit)

    def overdue(
        self, today: date, *, after: tuple[date, str] = _FIRST, limit: int = PAGE
    ) -> tuple[ReportLine, ...]:
        """Return cases due before *today* and without a finding, the longest overdue first."""
        return self._lines(_OVERDUE, after, limit, today=today)

    def all_of_lead(
        self, office: str, *, after: tuple[date, str] = _LAST, limit: int = PAGE
    ) -> tuple[ReportLine, ...]:
        """Return all cases of a department, the newest first."""
        return self._lines(_ALL_OF_LEAD, after, limit, office=office)

    def deemed(self, ids: Collection[str]) -> frozenset[str]:
        """Return which of some reports count as accepted because nobody decided in time."""
        found = self._connection.execute(_DEEMED, {"site": self._site, "ids": list(ids)})
        return frozenset(found.scalars())

    def ids(self, *, after: str = "", limit: int = 1000) -> tuple[str, ...]:
        """Return ids of cases, for whoever walks through all of them."""
        values = {"site": self._site, "after": after, "limit": limit}
        return tuple(self._connection.execute(_IDS, values).scalars())

    def read_ahead(self, span: Span) -> tuple[str, ...]:
        """Read what is of the reports of a span a table at a time; return their ids."""
        return _ROW.read_ahead(self._connection, self._site, span)

    def count(self) -> int:
        """Return how many cases there are."""
        return int(self._connection.execute(_COUNT, {"site": self._site}).scalar_one())

    def agrees(self, case: Case) -> bool:
        """Say whether the row of a case holds exactly *case*, in every column."""
        rows = _ROW(self._connection, self._site, case.report_id)
        return [row._asdict() for row in rows] == [self._row(case)]

    def _row(self, case: Case) -> dict[str, object]:
        fixed = {
            "id": case.report_id,
            "site": self._site,
            "case_number": case.case_number,
            "region": case.region,
            "sector": case.sector,
            "matter": case.matter,
            "received_on": case.received_on,
        }
        return fixed | _changing(case)

    def _one(self, statement: Lines, **values: str) -> Case:
        text = self._connection.execute(statement, {"site": self._site, **values}).scalar()
        if text is None:
            raise UnknownReportError(**values)
        try:
            return case_from_json(json.loads(text))
        except _UNREADABLE as problem:
            raise TamperedError(**values) from problem

    def _lines(
        self, statement: Lines, after: tuple[date, str], limit: int, **values: object
    ) -> tuple[ReportLine, ...]:
        found = self._connection.execute(
            statement,
            {
                "site": self._site,
                "after_on": after[0],
                "after_id": after[1],
                "limit": limit,
                **values,
            },
        )
        return tuple(ReportLine(*row) for row in found)


def _inbox_on(case: Case) -> date:
    """Return the day an inbox sorts by: what no clock presses comes after all that one does."""
    if case.concluded_on is not None:
        return case.concluded_on + AFTER_ALL
    return case.verify_due_on or case.received_on


def _merged_on(case: Case) -> date | None:
    """Return the day on which it joined another case: it is in no list of open ones any more."""
    return date.fromisoformat(case.merged.merged_on) if case.merged else None


def _changing(case: Case) -> dict[str, object]:
    # A trial report is in no list: no office finds it under its code.
    is_listed = not is_trial(case)
    return {
        "lead": case.lead if is_listed else "",
        "supervisor": case.supervisor if is_listed else "",
        "undetermined": is_listed and not case.rule and case.state is State.RECEIVED,
        "state": str(case.state),
        "inbox_on": _inbox_on(case),
        "accepted_on": case.accepted_on,
        "verify_due_on": case.verify_due_on,
        "finding": str(case.finding) if case.finding else None,
        "award_state": str(case.award.state) if case.award else None,
        "closed_on": case.closed_on or case.refused_on or _merged_on(case),
        "events": case.events,
        "case_json": to_json(case_to_json(case)),
    }
