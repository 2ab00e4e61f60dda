"""Sessions: what they hold is sealed under the cookie's token, which is stored nowhere."""

from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa

from casework.storage.rows import Repository
from casework.storage.staff_tables import session

Kind = Literal["console", "mailbox"]

_c = session.c
_SITE: sa.BindParameter[Any] = sa.bindparam("of_site")
_MINE = (_c.id == sa.bindparam("of_id"), _c.site == _SITE, _c.kind == sa.bindparam("of_kind"))
_INSERT = sa.insert(session)
_GET = sa.select(_c.box).where(*_MINE)
_REPLACE = sa.update(session).where(*_MINE).values(
    box=sa.bindparam("box"), sweep_after=sa.bindparam("sweep_after")
)  # fmt: skip
_DELETE = sa.delete(session).where(*_MINE)
_SWEEP = sa.delete(session).where(_c.site == _SITE, _c.sweep_after <= sa.bindparam("now"))


class Sessions(Repository):
    """Sealed sessions; a session of one site is not found by the other."""

    def insert(self, session_id: bytes, *, kind: Kind, box: bytes, sweep_after: datetime) -> None:
        """Store a new session. Its true expiry is inside the box."""
        values = {"id": session_id, "site": self._site, "kind": kind, "box": box}
        self._connection.execute(_INSERT, {**values, "sweep_after": sweep_after})

    def get(self, session_id: bytes, *, kind: Kind) -> bytes | None:
        """Return the box of a session."""
        return self._connection.execute(_GET, self._key(session_id, kind)).scalar()

    def replace(self, session_id: bytes, *, kind: Kind, box: bytes, sweep_after: datetime) -> bool:
        """Put a new box into a session; False if the session has ended meanwhile."""
        values = {**self._key(session_id, kind), "box": box, "sweep_after": sweep_after}
        return self._connection.execute(_REPLACE, values).rowcount == 1

    def delete(self, session_id: bytes, *, kind: Kind) -> None:
        """End a session, if it is there."""
        self._connection.execute(_DELETE, self._key(session_id, kind))

    def sweep(self, now: datetime) -> int:
        """Delete what is past its time; return how many there were."""
        return self._connection.execute(_SWEEP, {"of_site": self._site, "now": now}).rowcount

    def _key(self, session_id: bytes, kind: Kind) -> dict[str, object]:
        return {"of_id": session_id, "of_site": self._site, "of_kind": kind}
