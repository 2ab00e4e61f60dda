"""The parts of which the table of transitions is made: who, where, unless, and what comes of it."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from casework.domain.case import Act, Case, State

Step = Callable[[Case, Act], Case]


class Place(StrEnum):
    """Where the actor's office must stand towards the case."""

    LEAD = "lead"
    SUPERVISOR = "supervisor"
    IN_CHARGE = "in_charge"  # lead or supervisor
    HELPS = "helps"  # co-handler
    DISCIPLINE = "discipline"  # has it as discipline body alone
    COPIED = "copied"  # that, or has the facts of the order alone
    NOTED = "noted"  # has the key of a note of interference
    OFFICES = "offices"  # all that may open the case
    KEYS = "keys"  # these, and who has the key of such a note
    ABOVE = "above"  # the supervising office; the lead office where there is none
    ANY = "any"


@dataclass(frozen=True, slots=True)
class Who:
    """One way to be allowed: a role in a place, or a party that is no account."""

    role: str
    place: Place = Place.ANY


@dataclass(frozen=True, slots=True)
class Bar:
    """Something the actor did in this case that excludes the act; *rule* is its code."""

    rule: str
    hit: Callable[[Case, Act], bool]


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of the table: when, by whom, unless, and what it makes of the case."""

    states: frozenset[State]
    who: tuple[Who, ...]
    step: Step
    bars: tuple[Bar, ...] = ()
    # Whether it makes sense to offer the act now; the step itself refuses with the reason.
    ready: Callable[[Case], bool] = lambda _case: True
    # Seals to a new key what a seat holds and tells nothing: done for reports about one's own
    # office, and by who is recused, too, or they would lose that seat.
    seals_anew: bool = False
