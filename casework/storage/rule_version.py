"""Whether the rules of a site changed: a number for each of the things that they rest on.

Drawn anew and never counted up: what a transaction saw that was rolled back has a number that
no other state ever has, so nobody takes the one for the other.
"""

import secrets

import sqlalchemy as sa

from casework.storage.rows import Repository
from casework.storage.work_tables import rule_version

POLICIES, CALENDAR = "policies", "calendar"
UNKNOWN = (0, 0)
_BITS = 62

_GET = sa.select(rule_version.c.policies, rule_version.c.calendar).where(
    rule_version.c.site == sa.bindparam("site")
)
_CHANGED = {
    column: sa.text(
        "INSERT INTO rule_version (site, policies, calendar) VALUES (:site, :drawn, :drawn)"  # noqa: S608
        f" ON CONFLICT (site) DO UPDATE SET {column} = excluded.{column}"
    )
    for column in (POLICIES, CALENDAR)
}


class RuleVersion(Repository):
    """What tells a process that the rules it has in memory are old."""

    def get(self) -> tuple[int, int]:
        """Return the numbers of policies and calendar; UNKNOWN where none were drawn."""
        found = self._connection.execute(_GET, {"site": self._site}).one_or_none()
        return UNKNOWN if found is None else (found.policies, found.calendar)

    def changed(self, what: str) -> None:
        """Note that POLICIES or CALENDAR changed."""
        drawn = secrets.randbits(_BITS) + 1
        self._connection.execute(_CHANGED[what], {"site": self._site, "drawn": drawn})
