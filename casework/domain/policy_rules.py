"""Rule sets as values: time limits, amounts, approval and fund, each with its source.

Amounts and limits stand in the policy files, never in code.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from casework.domain.award_rules import AwardRule
from casework.domain.citation import Citation
from casework.domain.claim_rules import ClaimRule
from casework.domain.deadline import End, Unit, Window
from casework.domain.errors import UnknownClockError

NATION = "000000"  # region code of national rules

# What follows when a clock runs out: the ladder of the policy; a right ends; the report counts
# as accepted; the award is forfeited.
BREACHES = ("ladder", "lapse", "deem_accepted", "forfeit")

# The rungs that an overdue clock climbs, in this order (POLICIES.md (c), after the reminders):
# department head, supervising office, supervision list, committee report, assessment.
RUNGS = ("head", "supervisor", "listing", "committee", "assessment")


@dataclass(frozen=True, slots=True)
class Extension:
    """How far a limit may be lengthened, by whom, and whether the reporter is told.

    Attributes:
        max_times: how often one clock may be lengthened.
        max_value: at most this many of *unit* each time.
        max_total: at most this many of *unit* all times together; None: every time the most.
        approver_role: who decides.
        over, over_role: for more than *over* of *unit* at a time, this role decides.
        again_role: who decides from the second time on; "": as the first time.
        reasons: codes of clock_reasons.EXTENSION_REASONS; empty: the usual ones
            of the clock (`clock_reasons.usual_codes`).
    """

    max_times: int
    max_value: int
    unit: Unit
    approver_role: str
    must_tell_reporter: bool
    cite: Citation
    max_total: int | None = None
    over: int | None = None
    over_role: str = ""
    again_role: str = ""
    reasons: tuple[str, ...] = ()

    @property
    def total(self) -> int:
        """The most that all extensions of one clock make together, in *unit*."""
        return self.max_times * self.max_value if self.max_total is None else self.max_total

    def role_for(self, value: int, times: int) -> str:
        """Return the role that decides on *value* of *unit* after *times* granted before.

        A further request goes to who decides on those, however short it is.
        """
        if times and self.again_role:
            return self.again_role
        if self.over is not None and value > self.over:
            return self.over_role
        return self.approver_role


@dataclass(frozen=True, slots=True)
class PauseRule:
    """Why a clock may stand still, for how many days in all, and who decides.

    Attributes:
        reasons: codes of clock_reasons.PAUSE_REASONS, at least one.
        max_days: all pauses of one clock together, in calendar days.
    """

    reasons: tuple[str, ...]
    max_days: int
    cite: Citation
    approver_role: str = "supervisor"


@dataclass(frozen=True, slots=True)
class Rung:
    """One rung of the ladder that an overdue clock climbs.

    Attributes:
        name: one of RUNGS.
        after, unit: so long after the last day (hours: after its moment); day, working_day
            or hour.
    """

    name: str
    after: int
    unit: Unit
    cite: Citation


@dataclass(frozen=True, slots=True)
class ClockRule:
    """One time limit.

    Attributes:
        key: one of deadline.CLOCK_KEYS.
        from_event: what starts it, such as "accepted".
        hard: no policy that inherits this one may have a longer limit.
        remind_at: "50%" of the way, or "T-3" days before the last day.
        on_breach: one of BREACHES.
        windows: hours that count, for limits in minutes and hours; empty: all hours of all days.
    """

    key: str
    policy_id: str
    from_event: str
    value: int
    unit: Unit
    end: End
    hard: bool
    extend: Extension | None
    pause: PauseRule | None
    remind_at: tuple[str, ...]
    on_breach: str
    cite: Citation
    windows: tuple[Window, ...] = ()


@dataclass(frozen=True, slots=True)
class ApprovalTier:
    """Who must agree when an award is over *over_fen* (`approval.rungs`).

    Attributes:
        needs: roles, in the order in which they agree.
        instead: these roles alone, not those of the tiers before.
    """

    over_fen: int
    needs: tuple[str, ...]
    cite: Citation
    instead: bool = False


@dataclass(frozen=True, slots=True)
class Budget:
    """The earmarked money of one year."""

    source: str
    yearly_fen: int
    on_exhausted: str
    year_end: str
    warn_at_percent: tuple[int, ...]
    cite: Citation


@dataclass(frozen=True, slots=True)
class Retention:
    """How long the sealed rows of a finished case are kept.

    Attributes:
        months: by class of case (`retention.CLASSES`), counted from closing or payment.
        identity_months: after which identity items go, the rest of the case staying.
        cite: where the figures come from.
    """

    months: Mapping[str, int]
    identity_months: int
    cite: Citation


@dataclass(frozen=True, slots=True)
class Policy:
    """One rule set of one jurisdiction and version, with the one it inherits.

    Attributes:
        region: GB/T 2260 code; NATION for the whole country.
        sectors: sector codes; empty: all.
        selector: which day picks the version: "accepted_at", "submitted_at" or "decided_at".
        read: how much of the text was at hand, in one honest sentence.
        open_points: what a person who works in the field must still confirm.
        sha256: of the file's own bytes; what a case pins is `pin`.
        comparator: a rule to compare with, found by its id and never chosen for a case.
    """

    id: str
    title: str
    doc_no: str
    issuer_level: str
    region: str
    sectors: tuple[str, ...]
    effective_from: date
    effective_to: date | None
    selector: str
    precedence: int
    read: str
    open_points: tuple[str, ...]
    file: str
    sha256: str
    parent: "Policy | None"
    own_clocks: Mapping[str, ClockRule]
    own_award: AwardRule | None
    own_approval: tuple[ApprovalTier, ...]
    own_budget: Budget | None
    own_retention: Retention | None = None
    own_ladder: tuple[Rung, ...] = ()
    comparator: bool = False
    own_claim: ClaimRule | None = None

    def chain(self) -> Iterator["Policy"]:
        """Yield this policy, then what it inherits, nearest first."""
        policy: Policy | None = self
        while policy is not None:
            yield policy
            policy = policy.parent

    @property
    def inherits(self) -> str | None:
        """Id of the policy that this one inherits, or None."""
        return self.parent.id if self.parent else None

    @property
    def pin(self) -> str:
        """Hash over this file and all it inherits: what a case pins beside the id (hex).

        Without a parent it is the file's own SHA-256.
        """
        if self.parent is None:
            return self.sha256
        return hashlib.sha256(
            f"tonggui-policy\n{self.sha256}\n{self.parent.pin}".encode()
        ).hexdigest()

    @property
    def ladder(self) -> tuple[Rung, ...]:
        """The ladder of overdue clocks, own or inherited as a whole, in the order of RUNGS."""
        return next((p.own_ladder for p in self.chain() if p.own_ladder), ())

    @property
    def award(self) -> AwardRule | None:
        """The award rule, own or inherited; it is taken over as a whole, never in parts."""
        return next((p.own_award for p in self.chain() if p.own_award), None)

    @property
    def claim(self) -> ClaimRule:
        """How awards are claimed, own or inherited as a whole; else the usual rule."""
        return next((p.own_claim for p in self.chain() if p.own_claim), ClaimRule())

    @property
    def approval(self) -> tuple[ApprovalTier, ...]:
        """The approval tiers, own or inherited."""
        return next((p.own_approval for p in self.chain() if p.own_approval), ())

    @property
    def budget(self) -> Budget | None:
        """The fund, own or inherited."""
        return next((p.own_budget for p in self.chain() if p.own_budget), None)

    @property
    def retention(self) -> Retention | None:
        """How long cases are kept, own or inherited; None: nothing is destroyed by itself."""
        return next((p.own_retention for p in self.chain() if p.own_retention), None)

    @property
    def clocks(self) -> Mapping[str, ClockRule]:
        """All clocks by key, an own one before an inherited one of the same key."""
        merged: dict[str, ClockRule] = {}
        for policy in reversed(tuple(self.chain())):
            merged.update(policy.own_clocks)
        return merged

    def clock(self, key: str) -> ClockRule:
        """Return the clock of this key, own or inherited.

        Raises:
            UnknownClockError: neither this policy nor what it inherits has one.
        """
        for policy in self.chain():
            if key in policy.own_clocks:
                return policy.own_clocks[key]
        raise UnknownClockError(policy=self.id, clock=key)

    def hard_limits(self, key: str) -> tuple[ClockRule, ...]:
        """Return the hard clocks of this key above the one in force, nearest first."""
        found = [p.own_clocks[key] for p in self.chain() if key in p.own_clocks]
        return tuple(rule for rule in found[1:] if rule.hard)

    def in_force(self, on: date) -> bool:
        """Tell whether the policy is in force on this day (its first and last included)."""
        return self.effective_from <= on and (self.effective_to is None or on <= self.effective_to)
