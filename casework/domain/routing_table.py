"""What a routing table is made of: departments, sectors and rules, each for some days."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from casework.domain.region import Region

ANY: Final = "*"
SUPERVISING: Final = "supervisor"  # kind of a department that supervises others
DISCIPLINE: Final = "discipline"
KINDS: Final = ("department", SUPERVISING, DISCIPLINE, "fund", "enterprise")
HANDLING: Final = frozenset({"department", SUPERVISING, DISCIPLINE})
# Whose enterprise it is: central and provincial ones are named in 003 (clauses 14, 25, 28), the
# others follow the tiered responsibility of clause 43.
TIERS: Final = ("central", "provincial", "city", "county", "township", "other")
GRADES: Final = ("general", "major")  # of a hazard, 003 clause 41
TOWNSHIP: Final = "township"  # in `copy`: the body of the township where it happened
GRID: Final = "grid"  # in `copy`: the body of the village or community
NEAR: Final = (TOWNSHIP, GRID)


@dataclass(frozen=True, slots=True)
class Days:
    """The days for which something is so; None leaves an end open."""

    first: date | None = None
    last: date | None = None

    def __contains__(self, on: date) -> bool:
        return (self.first or date.min) <= on <= (self.last or date.max)

    def within(self, other: "Days") -> bool:
        """Tell whether all of them are among the *other* days."""
        return (other.first or date.min) <= (self.first or date.min) and (
            self.last or date.max
        ) <= (other.last or date.max)

    def overlap(self, other: "Days") -> bool:
        """Tell whether there is a day in both."""
        return (self.first or date.min) <= (other.last or date.max) and (
            other.first or date.min
        ) <= (self.last or date.max)


@dataclass(frozen=True, slots=True)
class Department:
    """A body that may handle, supervise, pay, or be accused.

    Attributes:
        code: region code, hyphen, short letters.
        kind: one of KINDS; "fund" and "enterprise" never handle a report.
        supervisor: code of the next level up, "" at the top.
        duties: what it handles, for the duty list that anyone can read.
        clauses: clauses of the source that name it.
        days: when it is there ("from" and "until" of the file).
    """

    code: str
    name: str
    short: str
    kind: str
    supervisor: str
    duties: str
    clauses: tuple[int, ...]
    days: Days = Days()

    @property
    def region(self) -> str:
        """The region that the code names."""
        return self.code.partition("-")[0]

    @property
    def handles(self) -> bool:
        """Whether reports may be sent to it."""
        return self.kind in HANDLING


@dataclass(frozen=True, slots=True)
class Sector:
    """A sector that a reporter may choose."""

    code: str
    name: str
    name_en: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the routing table; "*" stands for any sector, matter, tier or grade.

    Attributes:
        lead: who handles what it is for.
        co: who helps.
        tier: one of TIERS, whose enterprise it is about.
        grade: one of GRADES, of the hazard.
        days: when it counts, by the day on which a report comes in.
        copy: who gets a copy of the order, without identity: codes, or of NEAR the body of
            the township or of the grid where it happened, if the table has one.
    """

    id: str
    region: str
    sector: str
    matter: str
    lead: str
    co: tuple[str, ...]
    reason: str
    clause: str
    tier: str = ANY
    grade: str = ANY
    days: Days = Days()
    copy: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, str, str, str, str]:
        """What it is for; two rules of one key and one day would be a tie."""
        return (self.region, self.matter, self.sector, self.tier, self.grade)


@dataclass(frozen=True, slots=True)
class Tables:
    """A routing file, read and checked.

    Attributes:
        discipline: the body that reports accusing staff are also for, "" if there is none.
    """

    site: str
    source: str
    sha256: str
    discipline: str
    regions: Mapping[str, Region]
    departments: Mapping[str, Department]
    sectors: Mapping[str, Sector]
    rules: tuple[Rule, ...]
