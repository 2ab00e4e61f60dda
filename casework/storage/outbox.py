"""Work for the jobs process, written with the change that causes it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from casework.domain.ids import new_id
from casework.storage.rows import InsertRows, Repository, to_json
from casework.storage.work_tables import outbox

_c = outbox.c
_SITE: sa.BindParameter[Any] = sa.bindparam("of_site")
_INSERT = InsertRows(outbox)
_DUE = (
    sa.select(_c.id)
    .where(_c.site == _SITE, _c.due_at <= sa.bindparam("now"))
    .order_by(_c.due_at, _c.id)
    .limit(sa.bindparam("claimed"))
    .with_for_update(skip_locked=True)
)
# A claim moves the due time to the end of the lease, so a claim that is never
# answered comes back by itself.
_CLAIM = (
    sa.update(outbox)
    .where(_c.id.in_(_DUE.scalar_subquery()))
    .values(due_at=sa.bindparam("lease_until"), attempts=_c.attempts + 1)
    .returning(_c.id, _c.kind, _c.payload, _c.attempts)
)
_DONE = sa.delete(outbox).where(_c.id == sa.bindparam("of_id"), _c.site == _SITE)
_FAILED = (
    sa.update(outbox)
    .where(_c.id == sa.bindparam("of_id"), _c.site == _SITE)
    .values(due_at=sa.bindparam("next_at"))
)
_WAITING = (
    sa.select(_c.due_at).where(_c.site == _SITE).order_by(_c.due_at, _c.id).limit(1)
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of work that was claimed."""

    id: str
    kind: str
    payload: Mapping[str, Any]
    attempts: int  # this one included


class Outbox(Repository):
    """Work to be done later, at least once."""

    def add(self, kind: str, payload: Mapping[str, Any], *, due_at: datetime) -> str:
        """Ask for one piece of work and return its id. The payload holds no person and no text."""
        return self.add_all([(kind, payload)], due_at=due_at)[0]

    def add_all(
        self, work: Sequence[tuple[str, Mapping[str, Any]]], *, due_at: datetime
    ) -> tuple[str, ...]:
        """Ask for several pieces of work (kind, payload) in one statement."""
        rows = [
            {
                "id": new_id(),
                "site": self._site,
                "kind": kind,
                "payload": to_json(payload),
                "due_at": due_at,
                "attempts": 0,
            }
            for kind, payload in work
        ]
        _INSERT(self._connection, rows)
        return tuple(str(row["id"]) for row in rows)

    def claim(self, limit: int, *, lease_seconds: int, now: datetime) -> tuple[Job, ...]:
        """Take up to *limit* pieces of due work that nobody else has for the length of a lease."""
        found = self._connection.execute(
            _CLAIM,
            {
                "of_site": self._site,
                "now": now,
                "claimed": limit,
                "lease_until": now + timedelta(seconds=lease_seconds),
            },
        )
        return tuple(Job(row.id, row.kind, json.loads(row.payload), row.attempts) for row in found)

    def done(self, job_id: str) -> None:
        """Forget work that was done."""
        self._connection.execute(_DONE, {"of_id": job_id, "of_site": self._site})

    def failed(self, job_id: str, *, next_at: datetime) -> None:
        """Have work tried again at *next_at*."""
        values = {"of_id": job_id, "of_site": self._site, "next_at": next_at}
        self._connection.execute(_FAILED, values)

    def oldest_due(self) -> datetime | None:
        """Return when the most urgent work is, or was, due: how far behind the jobs are."""
        return self._connection.execute(_WAITING, {"of_site": self._site}).scalar()
