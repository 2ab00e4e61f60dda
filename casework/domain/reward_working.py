"""The working of an award: amounts on their way, step by step, each fit for a pocket calculator."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from casework.domain.award_rules import AwardItem, Rounding
from casework.domain.money import Fen, plain, round_half_up

Ends = tuple[Fraction, ...]  # one sum, or the two ends of a range; in fen


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the working: the amount after it, in fen, and how it came about."""

    step: str
    amount_fen: int
    clause: str
    note: str

    def as_json(self) -> dict[str, object]:
        """Return the step as the answer of issue 6 has it."""
        return {
            "step": self.step,
            "amount_fen": self.amount_fen,
            "clause": self.clause,
            "note": self.note,
        }


@dataclass(slots=True)
class Line:
    """One sum on its way, with the item that it comes from; None once lines were combined."""

    ends: Ends
    item: AwardItem | None


@dataclass(slots=True)
class Working:
    """Sums on their way, the steps so far, and what the award still needs.

    Attributes:
        caps: that were looked at, in fen, whether they cut anything or not.
    """

    lines: list[Line] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    needs: list[str] = field(default_factory=list)
    caps: list[int] = field(default_factory=list)

    @property
    def ends(self) -> Ends:
        """The ends of the one sum that is left after combining."""
        (line,) = self.lines
        return line.ends

    def begin(self, step: str, item: AwardItem, ends: Sequence[Fraction], note: str) -> None:
        """Put a base sum of *item* down."""
        self.lines.append(Line(tuple(ends), item))
        self._note(step, tuple(ends), item.cite.shown, note)

    def change(
        self, line: Line, step: str, ends: Sequence[Fraction], clause: str, note: str
    ) -> None:
        """Make *ends* of a sum, and say how."""
        line.ends = tuple(ends)
        self._note(step, line.ends, clause, note)

    def at_least(self, line: Line, step: str, floor: int | None, clause: str) -> None:
        """Raise a sum to its floor."""
        if floor is not None and line.ends[0] < floor:
            raised = [max(end, Fraction(floor)) for end in line.ends]
            self.change(line, step, raised, clause, f"不低于 {plain(floor)}")

    def at_most(self, line: Line, step: str, cap: int | None, clause: str, note: str = "") -> None:
        """Cut a sum down to its cap."""
        if cap is None:
            return
        self.caps.append(cap)
        if line.ends[-1] > cap:
            cut = [min(end, Fraction(cap)) for end in line.ends]
            self.change(line, step, cut, clause, note or f"不超过 {plain(cap)}")

    def combine(self, how: str, clause: str) -> None:
        """Make one sum of several: those of one item are added; items: "max", or "sum"."""
        if len(self.lines) == 1:
            return
        by_item: dict[str, list[Line]] = {}
        for line in self.lines:
            by_item.setdefault(line.item.id if line.item else "", []).append(line)
        sums = [_added(lines) for lines in by_item.values()]
        step = "combine_sum"
        if len(sums) > 1 and how == "max":
            total, step = max(sums, key=lambda ends: ends[-1]), "combine_max"
            note = "取最高：" + "、".join(_told(ends) for ends in sums)
        else:
            total = _widened(sums)
            note = " + ".join(_told(line.ends) for line in self.lines)
        self.lines = [Line(total, None)]
        self.caps.clear()  # they were of the parts
        self._note(step, total, clause, note)

    def rounded(self, rounding: Rounding) -> tuple[int, ...]:
        """Return the ends rounded to the unit of the rule, never up past a cap that held."""
        ends = tuple(_rounded(end, rounding) for end in self.ends)
        if rounding.unit_fen > 1 and any(
            one != round_half_up(end) for one, end in zip(ends, self.ends, strict=True)
        ):
            note = f"取整到 {plain(rounding.unit_fen)} 元"
            self._note("rounding", tuple(map(Fraction, ends)), "", note)
        most = min((cap for cap in self.caps if self.ends[-1] <= cap), default=ends[-1])
        if ends[-1] > most:
            ends = tuple(min(end, Fen(most)) for end in ends)
            self._note("rounding", tuple(map(Fraction, ends)), "", f"不超过 {plain(most)}")
        return ends

    def _note(self, step: str, ends: Ends, clause: str, note: str) -> None:
        self.steps.append(Step(step, round_half_up(ends[-1]), clause, note))


def _added(lines: Sequence[Line]) -> Ends:
    return _widened([line.ends for line in lines])


def _widened(sums: Sequence[Ends]) -> Ends:
    """Add sums and ranges: the low ends, and the high ends; one number where all have one."""
    low = sum((ends[0] for ends in sums), Fraction())
    high = sum((ends[-1] for ends in sums), Fraction())
    return (low,) if all(len(ends) == 1 for ends in sums) else (low, high)


def _told(ends: Ends) -> str:
    told = [plain(round_half_up(end)) for end in ends]
    return " 至 ".join(told)


def _rounded(amount: Fraction, rounding: Rounding) -> Fen:
    units = amount / rounding.unit_fen
    match rounding.mode:
        case "down":
            whole = int(units)
        case "up":
            whole = -int(-units // 1)
        case _:
            whole = round_half_up(units)
    return Fen(whole * rounding.unit_fen)
