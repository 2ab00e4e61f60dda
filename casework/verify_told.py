"""A proposal about rules as its signed events tell it, for `tonggui register verify`."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from casework.domain.case import Act
from casework.domain.rule_events import RuleChange
from casework.services.acts import instant

NOBODY: Final = "is named by no event"


@dataclass(slots=True)
class Told:
    """A proposal, with the digests and acts of its events by kind."""

    change: RuleChange
    events: dict[str, str] = field(default_factory=dict)
    acts: dict[str, Act] = field(default_factory=dict)

    def at(self, kind: str) -> datetime | None:
        """When the act of a kind was signed; None when it was not."""
        act = self.acts.get(kind)
        return None if act is None else instant(act.at)
