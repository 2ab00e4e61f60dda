"""Where the lives of benchmarks.year are acted out: who works there, an agenda, a pen."""

import heapq
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from casework.clock import SHANGHAI
from casework.domain.case import Case
from casework.domain.errors import CaseworkError
from crypto.events import Record

if TYPE_CHECKING:
    from benchmarks.year_people import Life
    from instance import World

Step = Callable[["Life", "Desk", Case], None]


def staff(leads: Sequence[str]) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return the officer and the head of each office, by login name."""
    return {
        login_of(office, role): (office, (role,))
        for office in leads
        for role in ("officer", "leader")
    }


def login_of(office: str, role: str) -> str:
    """Return the login name of an office's officer or head."""
    return f"{office.partition('-')[2]}-{role}"


@dataclass(slots=True)
class Desk:
    """Where one process's share of the lives is acted out.

    Attributes:
        offices: codes of the offices that lead, the late ones first.
        agenda: moment, a number that decides between equal ones, and what is done then.
        done, refused: acts by kind; refusals by class.
    """

    world: "World"
    offices: Sequence[str]
    sectors: Mapping[str, str]
    end: datetime
    agenda: list[tuple[datetime, int, "Life", Step]] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    counted: int = 0

    def later(self, at: datetime, life: "Life", step: Step) -> None:
        """Have something done at a moment, if the year lasts so long."""
        if at < self.end:
            self.counted += 1
            heapq.heappush(self.agenda, (at, self.counted, life, step))

    def act_until(self, until: datetime) -> None:
        """Do everything that is to be done before a moment."""
        while self.agenda and self.agenda[0][0] < until:
            at, _, life, step = heapq.heappop(self.agenda)
            self.world.now = at
            if not life.report:
                life.file(self)
                continue
            try:
                step(life, self, self.world.case(life.report))
            except CaseworkError as refusal:
                self.refused[f"{step.__name__}: {type(refusal).__name__} {refusal}"] += 1

    def sign(
        self,
        case: Case,
        who: str,
        kind: str,
        facts: Mapping[str, Any],
        added: Sequence[Record] = (),
    ) -> dict[str, Any]:
        """Return what every service takes: the signed act, whose signatures count, and now."""
        self.done[kind] += 1
        ordinal = case.events + 1
        act = self.world.sign(who, kind, case.report_id, facts, added, ordinal=ordinal)
        return {"act": act, "trust": self.world.trust, "now": self.world.now}

    @property
    def today(self) -> str:
        """The civil day."""
        return self.world.now.astimezone(SHANGHAI).date().isoformat()
