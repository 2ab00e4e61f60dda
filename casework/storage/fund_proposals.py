"""Moves of the fund's money that one person proposed; what they say stands in their events."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from casework.domain.errors import AlreadyDoneError
from casework.storage.money_tables import fund_proposal
from casework.storage.rows import Lines, Repository

_SITE: sa.BindParameter[Any] = sa.bindparam("of_site")
_ID: sa.BindParameter[Any] = sa.bindparam("of_id")
_c = fund_proposal.c
_ROW = sa.select(_c.id, _c.year, _c.event, _c.state, _c.decided).where(_c.site == _SITE)
_GET = _ROW.where(_c.id == _ID)
_OPEN = _ROW.where(_c.state == sa.literal_column("'proposed'")).order_by(_c.id)
_ALL = _ROW.order_by(_c.id)
_DECIDED = (
    sa.update(fund_proposal)
    .where(_c.site == _SITE, _c.id == _ID)
    .values(state=sa.bindparam("now_state"), decided=sa.bindparam("by_event"))
)


@dataclass(frozen=True, slots=True)
class FundProposal:
    """A proposal: the digest of the event that made it, and of the one that decided it or ""."""

    id: str
    year: int
    event: str
    state: str
    decided: str = ""


class FundProposals(Repository):
    """The proposals of a site."""

    def add(self, new: FundProposal) -> None:
        """Keep a proposal.

        Raises:
            AlreadyDoneError: there is one of this id.
        """
        if self.get(new.id) is not None:
            raise AlreadyDoneError(proposal=new.id)
        values = {"id": new.id, "site": self._site, "year": new.year, "event": new.event}
        self._connection.execute(
            sa.insert(fund_proposal), {**values, "state": new.state, "decided": new.decided}
        )

    def get(self, proposal: str, *, lock: bool = False) -> FundProposal | None:
        """Return a proposal, None where there is none; *lock* keeps it until the end."""
        statement = _GET.with_for_update() if lock else _GET
        return next(iter(self._found(statement, of_id=proposal)), None)

    def open(self) -> tuple[FundProposal, ...]:
        """Return those that nobody decided yet."""
        return self._found(_OPEN)

    def all(self) -> tuple[FundProposal, ...]:
        """Return all, by id."""
        return self._found(_ALL)

    def decide(self, proposal: str, state: str, event: str) -> None:
        """Mark one as decided by an event."""
        values = {"of_id": proposal, "now_state": state, "by_event": event}
        self._connection.execute(_DECIDED, {"of_site": self._site, **values})

    def _found(self, statement: Lines, **values: object) -> tuple[FundProposal, ...]:
        rows = self._connection.execute(statement, {"of_site": self._site, **values})
        return tuple(FundProposal(*row) for row in rows)
