"""Which rule sets were put in force, from which day."""

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from casework.storage.rows import Repository
from casework.storage.rule_version import POLICIES, RuleVersion
from casework.storage.work_tables import policy_activation

_c = policy_activation.c
_INSERT = sa.insert(policy_activation)
_IN_FORCE = (
    sa.select(_c.id, _c.policy, _c.sha256, _c.active_from, _c.event)
    .where(_c.site == sa.bindparam("site"), _c.active_from <= sa.bindparam("today"))
    .order_by(_c.active_from.desc(), _c.id.desc())
)


@dataclass(frozen=True, slots=True)
class PolicyActivation:
    """A policy file, by its hash, in force from a day on."""

    id: str
    policy: str
    sha256: str
    active_from: date
    event: str  # digest of the signed event, in hexadecimal


class Policies(Repository):
    """Rule sets in force."""

    def activate(self, new: PolicyActivation) -> None:
        """Put a policy in force."""
        self._connection.execute(
            _INSERT,
            {
                "id": new.id,
                "site": self._site,
                "policy": new.policy,
                "sha256": new.sha256,
                "active_from": new.active_from,
                "event": new.event,
            },
        )
        RuleVersion(self._connection, self._site).changed(POLICIES)

    def in_force(self, on: date) -> tuple[PolicyActivation, ...]:
        """Return what was put in force by the day *on*, the newest first."""
        found = self._connection.execute(_IN_FORCE, {"site": self._site, "today": on})
        return tuple(PolicyActivation(*row) for row in found)
