"""Routing tables that were proposed and put in force: each whole, as it was signed."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from casework.domain.errors import RuleChangeError
from casework.storage.rows import Lines, Repository
from casework.storage.rule_changes import State
from casework.storage.rule_tables import routing_table

_SITE: sa.BindParameter[Any] = sa.bindparam("of_site")
_ID: sa.BindParameter[Any] = sa.bindparam("of_id")
_LIMIT: sa.BindParameter[Any] = sa.bindparam("limit")

_c = routing_table.c
_ROW = sa.select(
    _c.id, _c.sha256, _c.before, _c.active_from, _c.event, _c.state, _c.created_at, _c.number,
    _c.activated,
).where(_c.site == _SITE)  # fmt: skip
_GET = _ROW.where(_c.id == _ID)
_NEWEST = _ROW.order_by(_c.created_at.desc(), _c.id).limit(_LIMIT)
_ALL = _ROW.order_by(_c.id)
# The public site may read these columns, and no more.
_IN_FORCE = (
    sa.select(_c.id, _c.number, _c.sha256, _c.active_from, _c.event, _c.activated)
    .where(_c.site == _SITE, _c.number.is_not(None))
    .order_by(_c.number)
)
_BODY = sa.select(_c.body).where(_c.site == _SITE, _c.id == _ID)
_NUMBER = sa.select(sa.func.coalesce(sa.func.max(_c.number), 0)).where(_c.site == _SITE)
_MINE = sa.update(routing_table).where(_c.site == _SITE, _c.id == _ID)
_STATE = _MINE.values(state=sa.bindparam("now_state"))
_ACTIVATED = _MINE.values(
    state=sa.literal_column("'in_force'"), number=sa.bindparam("its_number"),
    activated=sa.bindparam("by_event"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class RoutingProposal:
    """A routing table that somebody wants in force; its body is read apart.

    Attributes:
        sha256: of the table.
        before: of the table whose place it takes, to which the difference was shown.
        event: digest of routing.proposed, which tells who proposed it.
        number: which table put in force it is, None before.
        activated: digest of routing.activated, "" before.
    """

    id: str
    sha256: str
    before: str
    active_from: date
    event: str
    state: State
    created_at: datetime
    number: int | None = None
    activated: str = ""


@dataclass(frozen=True, slots=True)
class RoutingInForce:
    """A routing table that was put in force, and the two events by which it was."""

    id: str
    number: int
    sha256: str
    active_from: date
    event: str
    activated: str


class RoutingTables(Repository):
    """The routing tables of a site."""

    def add(self, new: RoutingProposal, body: bytes) -> None:
        """Store a proposal with its table."""
        values = {name: getattr(new, name) for name in RoutingProposal.__slots__}
        self._connection.execute(
            sa.insert(routing_table), {"site": self._site, "body": body, **values}
        )

    def get(self, proposal: str, *, lock: bool = False) -> RoutingProposal | None:
        """Return a proposal, kept from others until this transaction ends if *lock*."""
        statement = _GET.with_for_update() if lock else _GET
        found = self._rows(statement, of_id=proposal)
        return found[0] if found else None

    def newest(self, limit: int = 20) -> tuple[RoutingProposal, ...]:
        """Return proposals, the last one first."""
        return self._rows(_NEWEST, limit=limit)

    def all(self) -> tuple[RoutingProposal, ...]:
        """Return every proposal by id; a county has a few in a year."""
        return self._rows(_ALL)

    def in_force(self) -> tuple[RoutingInForce, ...]:
        """Return what was put in force, also for days to come, the first one first."""
        found = self._connection.execute(_IN_FORCE, {"of_site": self._site})
        return tuple(RoutingInForce(*row) for row in found)

    def body(self, proposal: str) -> bytes | None:
        """Return the table of a proposal as it stands, whatever that is; None for no row."""
        values = {"of_site": self._site, "of_id": proposal}
        found = self._connection.execute(_BODY, values).scalar_one_or_none()
        return None if found is None else bytes(found)

    def next_number(self) -> int:
        """Return the number of the next table put in force."""
        number = self._connection.execute(_NUMBER, {"of_site": self._site}).scalar_one()
        return int(number) + 1

    def set_state(self, proposal: str, state: State) -> None:
        """Store where a proposal stands."""
        values = {"of_site": self._site, "of_id": proposal, "now_state": state}
        self._connection.execute(_STATE, values)

    def put_in_force(self, proposal: str, *, number: int, event: str) -> None:
        """Note that a proposal came into force by an *event*.

        Raises:
            RuleChangeError: "overtaken": another table took the number at this moment.
        """
        values = {"of_site": self._site, "of_id": proposal}
        try:
            self._connection.execute(
                _ACTIVATED, {**values, "its_number": number, "by_event": event}
            )
        except sa.exc.IntegrityError as taken:
            raise RuleChangeError("overtaken") from taken

    def _rows(self, statement: Lines, **values: object) -> tuple[RoutingProposal, ...]:
        found = self._connection.execute(statement, {"of_site": self._site, **values})
        return tuple(RoutingProposal(*row) for row in found)
