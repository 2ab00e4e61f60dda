"""How awards are computed, as values: kinds of reward, amounts, uplifts, caps, settings.

Every figure stands in a policy file, never in code. What a text leaves open is a
setting of `AwardRule`, named and shown, never a silent choice (POLICIES.md (a2)).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from casework.domain.accident import Grade
from casework.domain.citation import Citation

# What is done to the base of an item, in the order of issue 6 unless the policy says otherwise.
ITEM_STEPS = ("item_floor", "item_cap")
ORDER = (*ITEM_STEPS, "class_cap", "uplift", "total_cap", "period_cap")

# Settings of a rule that are one word each, in the order in which people read them.
SETTINGS = (
    "principle",
    "anonymous_mode",
    "no_deaths",
    "several_fines",
    "concealed_count",
    "grade_from",
    "grade_by",
    "fine_changed",
    "combine",
    "uplift_stack",
    "joint",
    "duplicate",
    "helpers",
)


@dataclass(frozen=True, slots=True)
class Percent:
    """A share of the final fines in the case, with a floor and a cap in fen.

    Attributes:
        threshold_fen: fines below this in all earn nothing; None: no such bound.
    """

    rate: Fraction
    min_fen: int | None
    max_fen: int | None
    threshold_fen: int | None = None


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
class Tier:
    """One row of a table by a measured quantity: from *at_least* on, a range in fen."""

    at_least: int
    amount: Range


@dataclass(frozen=True, slots=True)
class ByMetric:
    """A range by a measured quantity; below the first tier nothing is due.

    Attributes:
        metric: one of reward_facts.METRICS; its unit is in the name.
        tiers: rising.
    """

    metric: str
    tiers: tuple[Tier, ...]


@dataclass(frozen=True, slots=True)
class Manual:
    """No figure in the rule: a named approver decides, with a reason."""


Amount = Percent | Fixed | Range | PerHead | ByGrade | ByMetric | Manual


@dataclass(frozen=True, slots=True)
class AwardItem:
    """One kind of reward: for which reports, and how much.

    Attributes:
        situations: codes it is limited to; empty: any.
        penalty: "any", "some" (a fine was imposed) or "none".
        clue_grades: grades it is limited to; empty: any.
        flags: facts that must all be there; empty: none.
    """

    id: str
    classes: tuple[str, ...]
    situations: tuple[str, ...]
    penalty: str
    clue_grades: tuple[int, ...]
    amount: Amount
    cite: Citation
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ClassCap:
    """The most that reports of some classes earn before an uplift, in fen."""

    classes: tuple[str, ...]
    cap_fen: int
    cite: Citation


@dataclass(frozen=True, slots=True)
class Uplift:
    """A share on top for some reporters, at least *min_add_fen*, within the total cap.

    Attributes:
        classes: classes it is limited to; empty: any.
        max_add_fen: the most that it adds; None: no such bound.
        flags: facts of which one must be there; empty: none.
        named: only for who gave a name.
    """

    who: tuple[str, ...]
    classes: tuple[str, ...]
    rate: Fraction
    min_add_fen: int
    cite: Citation
    max_add_fen: int | None = None
    flags: tuple[str, ...] = ()
    named: bool = False


@dataclass(frozen=True, slots=True)
class CapLift:
    """When the total cap may be exceeded: for some reporters, or where a fact is there.

    Attributes:
        who, flags: one of either is enough.
        cap_fen: the cap that then holds; None: none.
        approval: the approval "cap_override" is needed, too.
    """

    who: tuple[str, ...]
    flags: tuple[str, ...]
    cap_fen: int | None
    approval: bool
    cite: Citation


@dataclass(frozen=True, slots=True)
class PeriodCap:
    """The most that one reporter earns in a window, in fen, earlier awards counted.

    Attributes:
        scope: "reporter", or "reporter_and_type": the same matter and situation.
        window: "month" or "year", of the calendar.
        classes: classes it is limited to; empty: any.
    """

    scope: str
    window: str
    max_fen: int
    classes: tuple[str, ...]
    cite: Citation


@dataclass(frozen=True, slots=True)
class Rounding:
    """To what an award is rounded: *unit_fen*, "half_up", "down" or "up"."""

    unit_fen: int = 1
    mode: str = "half_up"


@dataclass(frozen=True, slots=True)
class AwardRule:
    """How an award is computed. Settings that the text leaves open are named here, never silent.

    Attributes:
        principle: who pays: receiver, penaliser or finder.
        anonymous_mode: "none": only who gave a name is rewarded; "code": the receipt code does.
        ineligible: relations that exclude.
        known: whether a matter found before, and dealt with lawfully, is rewarded.
        no_deaths: a concealed accident without concealed deaths: "violation" branch or "refuse".
        concealed_count: deaths that a per-head sum counts: "concealed", or "all" of a partly
            concealed accident.
        grade_from: deaths that its grade counts: "total" or "concealed".
        grade_by: "worst" of deaths, serious injuries and direct loss, or "deaths" alone.
        several_fines: "sum" before the share is taken, or "itemised": each fine by itself,
            floor and cap included, then added up.
        fine_changed: a fine that changes after the award: "recompute" or "keep".
        combine: of several items that match, the "first", the "max", or the "sum".
        uplift_stack: of several uplifts, the "highest", or the "sum".
        order: the steps of ORDER, each once.
        joint: "first_signer" collects it all, "equal" shares, "mandate": whoever the signers
            named in writing, "weighted": shares that an officer weighs.
        duplicate: of several reporters "first_accepted", or "first_effective", whose report
            was the first that could be verified.
        helpers: others who helped: "none", or "discretionary".
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
    concealed_count: str = "concealed"
    grade_from: str = "total"
    grade_by: str = "worst"
    fine_changed: str = "recompute"
    combine: str = "first"
    uplift_stack: str = "highest"
    order: tuple[str, ...] = ORDER
    duplicate: str = "first_accepted"
    helpers: str = "none"
    class_caps: tuple[ClassCap, ...] = ()
    cap_lifts: tuple[CapLift, ...] = ()
    period_caps: tuple[PeriodCap, ...] = ()
    rounding: Rounding = Rounding()
