"""Turns of a case that not every case takes, as plain frozen values."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rectification:
    """An order to put right what was found, with what must be mended sealed beside it.

    Attributes:
        document: number of the paper that was served.
        officer: who ordered it.
        due_on: last day that the paper gives, "" where it gives none.
    """

    ordinal: int
    document: str
    officer: str
    due_on: str = ""


@dataclass(frozen=True, slots=True)
class Closing:
    """A proposal to close, and what became of it.

    Attributes:
        decider_role: for whose list it is: the head of the office, or of the one above where
            the head proposed it.
        proposed_on: "YYYY-MM-DD".
        answer: "agreed", "declined", "overtaken" by a new finding; "" while it waits.
        decider: who agreed or declined, "" before.
    """

    ordinal: int
    proposer: str
    decider_role: str
    proposed_on: str
    answer: str = ""
    decider: str = ""


@dataclass(frozen=True, slots=True)
class RefusalProposal:
    """A proposal not to accept a report, with the words for the reporter sealed beside it.

    Attributes:
        basis: the clause that it rests on.
        decider: who confirmed or declined it; "" before.
        declined: code of why it was sent back; "" where it was not.
    """

    ordinal: int
    reason_code: str
    basis: str
    proposer: str
    decider: str = ""
    declined: str = ""


@dataclass(frozen=True, slots=True)
class Review:
    """What people one level up decided after an objection.

    Attributes:
        asked: ordinal of the act that opened it; its own where a case that joined was reviewed.
        outcome: "kept" or "redo".
        decided_on: "YYYY-MM-DD".
    """

    asked: int
    outcome: str
    decider: str
    ordinal: int
    decided_on: str


@dataclass(frozen=True, slots=True)
class Callback:
    """A question to the reporter after closing, whether it was solved, and the answer.

    Attributes:
        closing: ordinal of the act that closed the case; after a redo all are asked again.
        month: 0 right after closing, then 1, 3 and 6.
        asked_on: "YYYY-MM-DD"; so *answered_on*, "" before.
        answer: "solved", "partly", "not_solved"; "" before.
    """

    closing: int
    month: int
    asked_on: str
    answer: str = ""
    answered_on: str = ""


@dataclass(frozen=True, slots=True)
class InterferenceNote:
    """That somebody interfered in a case; who and how is sealed.

    Attributes:
        readers: offices that it is sealed to.
        noted_on: "YYYY-MM-DD".
    """

    ordinal: int
    noter: str
    readers: tuple[str, ...]
    noted_on: str


@dataclass(frozen=True, slots=True)
class CopyReceipt:
    """That an office has its copy of a case, as one of its people signed.

    Attributes:
        signed_on: "YYYY-MM-DD".
    """

    ordinal: int
    office: str
    officer: str
    signed_on: str


@dataclass(frozen=True, slots=True)
class Malice:
    """A proposal to hold the report for malicious, on a legal basis.

    Attributes:
        answer: "confirmed" or "declined", "" while it waits for the second person.
        decider: who that was, "" before.
    """

    ordinal: int
    proposer: str
    basis: str
    answer: str = ""
    decider: str = ""


@dataclass(frozen=True, slots=True)
class LeadProposal:
    """Who should lead a case of the pool, and who should help.

    Attributes:
        ordinal: of the act that proposed it.
        co: co-handlers, in order.
        basis: code of one of assignment.BASES.
        proposer: account.
    """

    ordinal: int
    lead: str
    co: tuple[str, ...]
    basis: str
    proposer: str


@dataclass(frozen=True, slots=True)
class ReturnAsk:
    """A request to return a case, and what became of it.

    Attributes:
        ordinal: of the act that asked.
        since: ordinal of the act that had dispatched the case to the office that asks.
        citation: the clause that says whose duty it is.
        to: code of the office that should have it, "" where none is named.
        asked_on: "YYYY-MM-DD".
        decider_role: role of the supervising office that decides.
        outcome: "" while it waits, "upheld", "overruled", or "kept": accepted after all.
        decider: account, "" before.
    """

    ordinal: int
    since: int
    office: str
    requester: str
    reason_code: str
    citation: str
    to: str
    asked_on: str
    decider_role: str
    outcome: str = ""
    decider: str = ""


@dataclass(frozen=True, slots=True)
class Merged:
    """That the case has joined another one of the same matter.

    Attributes:
        into: report id of the case that leads.
        rank: among the reports of the matter when it joined, by what came in first; 2 or more.
        kind: "same" or "supplementary".
        before: the state in which it was.
        told: ordinal, in the leading case, of the finding that its reporter was told last; 0.
        merged_on, told_on: "YYYY-MM-DD", the latter "" before.
    """

    ordinal: int
    into: str
    rank: int
    kind: str
    before: str
    merged_on: str
    told: int = 0
    told_on: str = ""


@dataclass(frozen=True, slots=True)
class Joined:
    """A case that has joined this one.

    Attributes:
        rank, kind: as `Merged` has them.
        place: of its report.received in the log of all events, from 0.
        left: ordinal of the act by which it left, 0 while it stands.
    """

    ordinal: int
    report: str
    rank: int
    kind: str
    place: int
    left: int = 0


@dataclass(frozen=True, slots=True)
class Referral:
    """A case referred to a body outside the system.

    Attributes:
        to: "police" or "discipline".
        document: number of the paper that went out.
        made_on, answered_on: "YYYY-MM-DD"; the latter "" while nothing came back.
        answer: number of the paper that came back, "" before.
    """

    ordinal: int
    to: str
    document: str
    officer: str
    made_on: str
    answer: str = ""
    answered_on: str = ""


@dataclass(frozen=True, slots=True)
class OfficerDraw:
    """An officer of the lead office who was drawn for the case.

    Attributes:
        ordinal: of the act that drew.
        office: the lead office then.
        seed: what the draw follows from, 64 hexadecimal digits.
        reason_code: why it was drawn anew, "" for an office's first draw.
    """

    ordinal: int
    office: str
    officer: str
    seed: str
    reason_code: str = ""


@dataclass(frozen=True, slots=True)
class HandOver:
    """A case that went from one officer of its lead office to another, for a leave or back.

    Attributes:
        ordinal: of the act.
        office: the lead office then.
        giver, to: accounts.
        reason_code: "on_leave" or "back".
    """

    ordinal: int
    office: str
    giver: str
    to: str
    reason_code: str


@dataclass(frozen=True, slots=True)
class Protection:
    """A measure that protects the reporter from retaliation.

    Attributes:
        measure: code of one of protection.MEASURES.
        document: number of the paper that it rests on.
        ordered_on: "YYYY-MM-DD"; so *until*, its last day, and *ended_on*, each "" for none.
    """

    ordinal: int
    measure: str
    document: str
    ordered_on: str
    until: str = ""
    ended_on: str = ""


@dataclass(frozen=True, slots=True)
class Visit:
    """An on-site verification by two officers.

    Attributes:
        ordinal: of the act that opened it.
        purpose: "verify", "recheck" or "follow_up".
        officers: accounts of the two.
        planned_on, visited_on, signed_on: "YYYY-MM-DD", "" before.
        unannounced: whether nobody is told beforehand (四不两直).
        photos: ids of the sealed photos that were added, in order.
        recorded: ordinal of the record that stands, 0 for none; so *signed*, 0 before.
        recorder: who made that record, "" for none.
        result: "complete" or "partial", "" for none.
        shown: ids of the photos that the record names.
        tries: how many records were made.
        dropped: code of why it was given up, "" if it was not.
        at_first: whether the record says that the report looks true at first sight.
    """

    ordinal: int
    purpose: str
    officers: tuple[str, ...]
    planned_on: str
    unannounced: bool = False
    photos: tuple[str, ...] = ()
    recorded: int = 0
    recorder: str = ""
    visited_on: str = ""
    result: str = ""
    shown: tuple[str, ...] = ()
    tries: int = 0
    signed: int = 0
    signed_on: str = ""
    dropped: str = ""
    at_first: bool = False
