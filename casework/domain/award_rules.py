"""How awards are computed, as values: kinds of reward, amounts, uplifts, caps, settings.

Every figure stands in a policy file, never in code.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from casework.domain.accident import Grade
from casework.domain.citation import Citation


@dataclass(frozen=True, slots=True)
class Percent:
    """A share of all final fines in the case, with a floor and a cap in fen."""

    rate: Fraction
    min_fen: int | None
    max_fen: int | None


@dataclass(frozen=True, slots=True)
class Fixed:
    """A sum in fen."""

    amount_fen: int


@dataclass(frozen=True, slots=True)
class Range:
    """A sum that an officer must choose between two, in fen, both included."""

    low_fen: int
    high_fen: int


@dataclass(frozen=True, slots=True)
class PerHead:
    """Fen for each verified concealed death, by the grade of the accident."""

    by_grade: Mapping[Grade, int]


@dataclass(frozen=True, slots=True)
class ByGrade:
    """A range in fen for the whole case, by the grade of the accident."""

    by_grade: Mapping[Grade, Range]


@dataclass(frozen=True, slots=True)
class Manual:
    """No figure in the rule: a named approver decides, with a reason."""


Amount = Percent | Fixed | Range | PerHead | ByGrade | Manual


@dataclass(frozen=True, slots=True)
class AwardItem:
    """One kind of reward: for which reports, and how much. The first that matches counts.

    Attributes:
        situations: codes it is limited to; empty: any.
        penalty: "any", "some" (a fine was imposed) or "none".
        clue_grades: grades it is limited to; empty: any.
    """

    id: str
    classes: tuple[str, ...]
    situations: tuple[str, ...]
    penalty: str
    clue_grades: tuple[int, ...]
    amount: Amount
    cite: Citation


@dataclass(frozen=True, slots=True)
class Uplift:
    """A share on top for some reporters, at least *min_add_fen*, within the total cap."""

    who: tuple[str, ...]
    classes: tuple[str, ...]
    rate: Fraction
    min_add_fen: int
    cite: Citation


@dataclass(frozen=True, slots=True)
class AwardRule:
    """How an award is computed. Settings that the text leaves open are named here, never silent.

    Attributes:
        principle: who pays: receiver, penaliser or finder.
        anonymous_mode: "none": only who gave a name is rewarded; "code": the receipt code does.
        ineligible: relations that exclude.
        known: whether a matter found before, and dealt with lawfully, is rewarded.
        no_deaths: a concealed accident without concealed deaths: "violation" branch or "refuse".
        several_fines: "sum" before the share is taken.
        joint: "first_signer" collects it all, or "equal" shares.
    """

    principle: str
    anonymous_mode: str
    ineligible: tuple[str, ...]
    known: bool
    no_deaths: str
    several_fines: str
    joint: str
    items: tuple[AwardItem, ...]
    uplifts: tuple[Uplift, ...]
    total_cap_fen: int | None
    cite: Citation
    cap_cite: Citation
