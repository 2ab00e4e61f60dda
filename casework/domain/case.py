"""What a case is: plain frozen values, changed only by `report.advance`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from casework.domain.award_values import Award as Award
from casework.domain.award_values import AwardState as AwardState
from casework.domain.award_values import Declaration
from casework.domain.case_turns import (
    Callback,
    Closing,
    CopyReceipt,
    HandOver,
    InterferenceNote,
    Joined,
    LeadProposal,
    Malice,
    Merged,
    OfficerDraw,
    Protection,
    Rectification,
    Referral,
    RefusalProposal,
    ReturnAsk,
    Review,
    Visit,
)


class State(StrEnum):
    """Where a case stands. The award and the releases beside it have states of their own."""

    RECEIVED = "received"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    CONCLUDED = "concluded"
    CLOSED = "closed"
    MERGED = "merged"  # worked on in the case that it joined


class Finding(StrEnum):
    """What verification found."""

    SUBSTANTIATED = "substantiated"
    PARTLY = "partly"
    UNSUBSTANTIATED = "unsubstantiated"
    CANNOT_BE_VERIFIED = "cannot_be_verified"


REWARDED_FINDINGS = frozenset({Finding.SUBSTANTIATED, Finding.PARTLY})


class Matter(StrEnum):
    """What a report is about: the classes that routing and rewards know."""

    GENERAL_HAZARD = "general_hazard"  # 一般事故隐患
    MAJOR_HAZARD = "major_hazard"  # 重大事故隐患
    VIOLATION = "violation"  # 安全生产违法行为
    CONCEALED_ACCIDENT = "concealed_accident"  # 瞒报、谎报
    STAFF_MISCONDUCT = "staff_misconduct"  # 对监管人员的投诉
    RETALIATION = "retaliation"  # 打击报复


class ReleaseState(StrEnum):
    """Where the release of one identity item stands."""

    REQUESTED = "requested"
    APPROVED = "approved"
    OPENED = "opened"
    REFUSED = "refused"
    EXPIRED = "expired"
    VOIDED = "voided"


class AskState(StrEnum):
    """Where a request for more time, or for a pause, stands."""

    REQUESTED = "requested"
    GRANTED = "granted"
    REFUSED = "refused"
    ENDED = "ended"  # a pause that is over


class HoldState(StrEnum):
    """Where a hold on the erasing of a case stands."""

    REQUESTED = "requested"
    ACTIVE = "active"
    LIFTED = "lifted"


@dataclass(frozen=True, slots=True)
class Act:
    """One signed event, as the rules see it.

    Attributes:
        kind: such as "report.accepted".
        ordinal: 1, 2, 3… within the report.
        at: "YYYY-MM-DD" for report.received, else "YYYY-MM-DDTHH:MM:SSZ" (UTC).
        actor: account id, "reporter", "jobs", or "nobody" for the first event.
        office: the actor's office, "" for reporter, jobs and nobody.
        roles: the actor's roles, empty for reporter, jobs and nobody.
        facts: structured facts, money in fen, dates as ISO text.
    """

    kind: str
    ordinal: int
    at: str
    actor: str
    office: str
    roles: frozenset[str]
    facts: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Approval:
    """One custodian's yes: from which seat, by whom, of which office."""

    seat: int
    account: str
    office: str


@dataclass(frozen=True, slots=True)
class Release:
    """The release of one identity item to one person, who sees it once."""

    id: str
    state: ReleaseState
    item: str
    version: int
    purpose: str
    requester: str
    office: str
    threshold: int
    requested_at: str
    expires_at: str
    approvals: tuple[Approval, ...] = ()
    refused_by: str = ""
    reason_code: str = ""  # why it was refused, or became void
    opened_at: str = ""

    @property
    def running(self) -> bool:
        """Whether the release can still lead to an opening."""
        return self.state in (ReleaseState.REQUESTED, ReleaseState.APPROVED)


@dataclass(frozen=True, slots=True)
class Hold:
    """A hold: while it stands, nothing of the case is erased, whoever asks for it."""

    id: str
    state: HoldState
    reason_code: str
    requester: str
    office: str
    until: str  # the last day on which it holds
    threshold: int
    requested_at: str
    approvals: tuple[Approval, ...] = ()
    lifted_by: str = ""


@dataclass(frozen=True, slots=True)
class Destruction:
    """An early destruction: asked for by one person, confirmed by another."""

    reason_code: str
    requester: str
    confirmer: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that starts or ends a clock (`clock_kinds.py`).

    Attributes:
        name: what happened: "submitted", "accepted", "signed_in", "told"…
        ordinal: of the act that told it, within the report.
        at: civil day in Asia/Shanghai "YYYY-MM-DD", or instant "YYYY-MM-DDTHH:MM:SSZ" (UTC).
        of: what it belongs to where several run at a time: the order answered, say.
        document: number of the paper it rests on, "" where there is none.
    """

    name: str
    ordinal: int
    at: str
    of: str = ""
    document: str = ""


@dataclass(frozen=True, slots=True)
class Extension:
    """A request for more time on one clock, and what became of it.

    Attributes:
        clock, since: the clock: its key, and the ordinal of the act that started it.
        value: how many of *unit* are asked for.
        approver_role: who decides, by the pinned policy.
        was: the last day when it was asked for, "YYYY-MM-DD".
        due_on: the last day that was granted, "" before.
    """

    clock: str
    since: int
    ordinal: int
    value: int
    unit: str
    reason_code: str
    approver_role: str
    requester: str
    was: str
    state: AskState = AskState.REQUESTED
    decider: str = ""
    due_on: str = ""


@dataclass(frozen=True, slots=True)
class Standstill:
    """A pause of one clock: asked for by its office, granted by the one above, with a document.

    Attributes:
        clock, since: the clock: its key, and the ordinal of the act that started it.
        first: first day that does not count, "YYYY-MM-DD".
        until: last day that may be left out at most.
        last: last day that was left out; "" while it lasts, the day before *first* if none was.
        due_on: the clock's last day after it ended, "" before.
    """

    clock: str
    since: int
    ordinal: int
    reason_code: str
    document: str
    approver_role: str
    requester: str
    first: str
    until: str
    state: AskState = AskState.REQUESTED
    decider: str = ""
    last: str = ""
    due_on: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """A supervision order: who must answer, and whether the office did.

    Attributes:
        number: what the paper calls it; never a counter.
        kind: "urge" (督办提醒), "order" (督办单) or "listing" (挂牌督办).
        answered_by: account, "" while it is not answered.
    """

    id: str
    number: str
    kind: str
    issuer: str
    ordinal: int
    issued_on: str
    answered_by: str = ""
    answered_on: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """A report and all that was done about it, rebuilt from its events alone.

    Attributes:
        about: department that the report accuses, or None.
        rule: routing rule that chose the lead, "transfer" once a person did, "" while nobody has.
        offices: departments that may open the case: lead, supervisor, the discipline body that it
            was also sealed to, co-handlers; never *about*.
        events: number of events so far; the next act has ordinal events + 1.
        accepted_by: account that accepted the report, "" before.
        accepted_in, found_in, fined_in: offices that accepted it, that first found it true, and
            that recorded the penalty decision in force; "" where none did.
        finding_facts: canonical JSON of the facts that the finding gave for the reward.
        investigators: accounts that recorded a finding.
        supervised_by: accounts that acted for the supervising office.
        marks: what started and ended its clocks, in order.
        extensions, standstills: what was asked for its clocks, in order.
        orders: of the supervising office, in order.
        found_at: ordinal of the act that last changed what was found, 0 before.
        penalty_on, penalty_by: day of the penalty decision and who made it, "" where not told.
        rectifications, closings: what was ordered mended, and proposals to close, in order.
        referrals: to bodies outside, and what these answered, in order.
        reviews, callbacks: what became of objections, and questions after closing, in order.
        protections: measures that protect the reporter, in order.
        visits: on-site verifications by two officers, in order.
        barred: offices that must never have it although it accuses none of them: they handled
            the report for which the reporter was punished.
        discipline: the body that a report about staff was also sealed to, "" for none.
        copies: bodies of the township and grid that have the facts of the order, without keys.
        receipts: who of these signed for a copy, in order.
        interference: notes that somebody leant on those who work on it, in order.
        recused: accounts that have no part in it any more.
        malice: the newest proposal to hold the report for malicious; None after a redo.
        basis: on what the finding rests: "visit", "documents", "phone" or "other_body"; "" if it
            was not told.
        allegations: the finding on each of several, in the order of the sealed account.
        merged, joined: the case that it joined, None for none; those that joined it, in order.
        routed_co: who should help by the routing rule; they have no keys until they are named.
        co_handlers: offices that help; they may read and give an opinion, nothing else.
        proposals, returns: who should lead, and requests to return it, in order.
        draws, handed: officers who were drawn for it, and to whom it went for a leave, in order.
        reminded, overdue, escalated, acknowledged: "clock.since/stage", "clock.since",
            "clock.since/rung", "clock.since/rung" of each, in order.
        urged: days on which the reporter urged the case, oldest first.
        code_changes: "ordinal/key" of each change of code: the act that made it, and the hex of
            the signing key that ended with that act.
        award: the newest award; one that was given up stays to be seen until the next is opened.
        shares: awards beside it: of further signers, and what a review added to a paid one.
        declared: what the reporter said for it last; None for nothing.
        spent: ids of all awards so far, never to be used again.
        refusals: proposals not to accept it, in order.
        urgent: whether its reporter said that lives are at stake right now.
        scope: as what the reporter sorted it, where it is no matter of work safety; "" else.
        read: whether an office has opened the report.
        withdrawn: identity items that the reporter has withdrawn and that still stand.
        erased: identity items that are erased.
        unforgotten: how many erasures the running database has not yet surely forgotten.
        holds: what keeps the case from being erased, by id.
        destruction: the early destruction that somebody asked for last.
        destroyed: why every sealed row was destroyed: "retention", "early" or "trial"; else "".
        destroyed_at: when.
    """

    report_id: str
    case_number: str
    region: str
    sector: str
    matter: str
    about: str | None
    channel: str
    lead: str
    supervisor: str
    offices: tuple[str, ...]
    rule: str
    received_on: date
    state: State
    events: int
    manifest: str
    reporter_box: str
    reporter_sign: str
    policy_id: str = ""
    policy_sha256: str = ""
    accepted_on: date | None = None
    accepted_by: str = ""
    accepted_in: str = ""
    found_in: str = ""
    fined_in: str = ""
    verify_due_on: date | None = None
    reason_code: str = ""
    refused_on: date | None = None
    finding: Finding | None = None
    finding_facts: str = "{}"
    penalty_no: str = ""
    fines_fen: tuple[int, ...] = ()
    concluded_on: date | None = None
    investigators: frozenset[str] = frozenset()
    supervised_by: frozenset[str] = frozenset()
    award: Award | None = None
    shares: tuple[Award, ...] = ()
    declared: Declaration | None = None
    spent: frozenset[str] = frozenset()
    reminded: tuple[str, ...] = ()
    overdue: tuple[str, ...] = ()
    escalated: tuple[str, ...] = ()
    acknowledged: tuple[str, ...] = ()
    marks: tuple[Mark, ...] = ()
    extensions: tuple[Extension, ...] = ()
    standstills: tuple[Standstill, ...] = ()
    orders: tuple[Order, ...] = ()
    found_at: int = 0
    penalty_on: str = ""
    penalty_by: str = ""
    rectifications: tuple[Rectification, ...] = ()
    closings: tuple[Closing, ...] = ()
    referrals: tuple[Referral, ...] = ()
    reviews: tuple[Review, ...] = ()
    callbacks: tuple[Callback, ...] = ()
    protections: tuple[Protection, ...] = ()
    visits: tuple[Visit, ...] = ()
    barred: tuple[str, ...] = ()
    discipline: str = ""
    copies: tuple[str, ...] = ()
    receipts: tuple[CopyReceipt, ...] = ()
    interference: tuple[InterferenceNote, ...] = ()
    recused: frozenset[str] = frozenset()
    malice: Malice | None = None
    merged: Merged | None = None
    joined: tuple[Joined, ...] = ()
    routed_co: tuple[str, ...] = ()
    co_handlers: tuple[str, ...] = ()
    allegations: tuple[str, ...] = ()
    basis: str = ""
    proposals: tuple[LeadProposal, ...] = ()
    returns: tuple[ReturnAsk, ...] = ()
    draws: tuple[OfficerDraw, ...] = ()
    handed: tuple[HandOver, ...] = ()
    closed_on: date | None = None
    closed_by: str = ""
    urged: tuple[str, ...] = ()
    code_changes: tuple[str, ...] = ()
    releases: Mapping[str, Release] = field(default_factory=dict)
    refusals: tuple[RefusalProposal, ...] = ()
    urgent: bool = False
    scope: str = ""
    read: bool = False
    withdrawn: tuple[str, ...] = ()
    erased: tuple[str, ...] = ()
    unforgotten: int = 0
    holds: Mapping[str, Hold] = field(default_factory=dict)
    destruction: Destruction | None = None
    destroyed: str = ""
    destroyed_at: str = ""

    @property
    def live_award(self) -> Award | None:
        """The award that is under way or paid, first the newest; None when all were given up."""
        return next((one for one in self.awards if not one.is_over), None)

    @property
    def awards(self) -> tuple[Award, ...]:
        """The newest award and those beside it."""
        return (*((self.award,) if self.award else ()), *self.shares)

    def award_called(self, award: object) -> Award | None:
        """Return the award of this id, None where there is none."""
        return next((one for one in self.awards if one.id == award), None)

    @property
    def kept_out(self) -> frozenset[str]:
        """Offices that must learn nothing of it: whom it accuses, and who is barred from it."""
        return frozenset((*self.barred, *((self.about,) if self.about else ())))

    def reporter_sign_at(self, ordinal: int) -> str:
        """Return the hex of the key that signs for the reporter in the act of this *ordinal*.

        A change of code is signed by the key that it ends.
        """
        for change in self.code_changes:
            last, _, ended = change.partition("/")
            if ordinal <= int(last):
                return ended
        return self.reporter_sign

    @property
    def proposer(self) -> str:
        """The account that proposed the present award, or ""."""
        return self.award.proposer if self.award else ""

    @property
    def rewarded(self) -> bool:
        """Whether the finding is one that a reward may follow."""
        return self.finding in REWARDED_FINDINGS
