"""What waits for a person's yes, sight or answer in a case, beside its clocks.

A request for more time, a pause or a return waits for who decides, an award for the next on its
ladder, an objection to it for the office above, a proposal who should lead
for who carries it out, a rung of the ladder for whom it brought the case before, a supervision
order for the head of the office that it went to. A case also waits with each co-handler, whose
opinion is welcome as long as it is open. The discipline body has in its list what accuses staff,
as long as it is kept; the township has what it got a copy of, until it ends. Who is recused has a
row of their own that waits for nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from casework.domain import assignment, closing, cover, malice, refusal, returning
from casework.domain.award_opening import wants_computing
from casework.domain.case import AskState, Case, Extension, Standstill, State
from casework.domain.clock_kinds import KINDS, Binds
from casework.domain.copies import is_copied, is_discipline, receipt_of
from casework.domain.marks import last_mark
from casework.domain.policy_rules import RUNGS
from casework.domain.roles import Role
from casework.domain.supervision import HEAD

COMPUTE = "compute"  # an award that the jobs process has to look at; for no office
DECIDE, CONFIRM, ANSWER, HELP = "decide", "confirm", "answer", "help"
ASSIGNED = "assigned"  # an officer handles it by name; `of` is the account
SIGN = "sign"  # a record of a visit, for its second officer; `of` is the account
OUT = "out"  # of who is recused: sorted by the account, for no office
DISCIPLINE, COPY, INTERFERENCE = "discipline", "copy", "interference"
EXTENSION, PAUSE = "extension", "pause"
REFUSAL, REFUSAL_ABOVE = "refusal", "refusal_above"
CLOSING, MALICE = "closing", "malice"
ORDER_REPLY, ACCEPT, CLOSE = "order_reply", "accept", "close"
ASSIGNMENT, RETURN = "assignment", "return"
AWARD, AWARD_REVIEW, AWARD_REVIEW_HEAD = "award", "award_review", "award_review_head"
OF_AWARD = frozenset({AWARD, AWARD_REVIEW, AWARD_REVIEW_HEAD})
URGENT = "urgent"  # both a kind and the key of its clock
_ENDED = frozenset({State.REFUSED, State.CLOSED, State.MERGED})
_NOT_DECIDED = frozenset({State.RECEIVED, State.ACCEPTED})


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that waits.

    Attributes:
        kind: DECIDE, CONFIRM, ANSWER, HELP, DISCIPLINE, COPY, INTERFERENCE, URGENT,
            ASSIGNED, SIGN, COMPUTE or OUT.
        key, since: the clock that it is about.
        of: EXTENSION, PAUSE, REFUSAL, REFUSAL_ABOVE, CLOSING, MALICE, ASSIGNMENT, RETURN, AWARD,
            AWARD_REVIEW or AWARD_REVIEW_HEAD; the rung; the id of the order; the co-handler, or
            who has a copy; to whom it is assigned; who is to sign; who is out; the reader of a
            note of interference, whose ordinal is *since*.
        office, role: who it waits for; "" where it waits for nobody.
        sort_key: what is more urgent sorts first among its kind.
    """

    kind: str
    key: str
    since: int
    of: str
    office: str
    role: str
    sort_key: str


def waiting_in(case: Case) -> tuple[Waiting, ...]:
    """Return what waits for somebody in a case, in order; nothing once it is destroyed."""
    if case.destroyed:
        return ()
    found = [
        *_urgent(case),
        *_asked(case),
        *_handed(case),
        *_helped(case),
        *_copied(case),
        *_noted(case),
        *_refused(case),
        *_closed(case),
        *_held_malicious(case),
        *_brought(case),
        *_ordered(case),
        *_to_compute(case),
        *_to_agree(case),
    ]
    return tuple(sorted(found, key=lambda one: (one.kind, one.key, one.since, one.of)))


def out_of(case: Case) -> tuple[Waiting, ...]:
    """Return who is recused, in order, for good: it keeps the case out of their lists."""
    return tuple(Waiting(OUT, "", 0, one, "", "", one) for one in sorted(case.recused))


def assigned_in(case: Case) -> tuple[Waiting, ...]:
    """Return to whom an open case is assigned by name; it waits in a list of their own."""
    if case.destroyed or not cover.is_assigned(case):
        return ()
    key, since = _main_clock(case)
    concluded = last_mark(case, "concluded")
    if case.state is State.CONCLUDED and concluded is not None:
        key, since = CLOSE, concluded.ordinal
    to, on = cover.assigned(case), case.received_on.isoformat()
    return (Waiting(ASSIGNED, key, since, to, case.lead, Role.OFFICER, on),)


def to_sign_in(case: Case) -> tuple[Waiting, ...]:
    """Return who is to sign a record of a visit: the other of its two, of whichever office."""
    if case.destroyed or case.state in _ENDED:
        return ()
    key, since = _main_clock(case)
    return tuple(
        Waiting(SIGN, key, since, account, "", "", one.visited_on)
        for one in case.visits
        if one.recorded and not one.signed and not one.dropped
        for account in one.officers
        if account != one.recorder
    )


def _to_compute(case: Case) -> Iterator[Waiting]:
    if wants_computing(case):
        key, since = _main_clock(case)
        at = case.concluded_on or case.received_on
        yield Waiting(COMPUTE, key, since, "", "", "jobs", at.isoformat())


def _to_agree(case: Case) -> Iterator[Waiting]:
    """The next on the ladder of an award, and who reviews it; approvers and finance see all."""
    on = (case.concluded_on or case.received_on).isoformat()
    for one in case.awards:
        if one.next_rung:
            role = one.next_rung
            is_here = role in (Role.LEADER, Role.SUPERVISOR)
            office = (_office(case, role) or case.lead) if is_here else ""
            yield Waiting(DECIDE, "approve", one.proposed, AWARD, office, role, on)
        if one.objected:
            office, since = case.supervisor or case.lead, one.objected
            for of, role in ((AWARD_REVIEW, Role.SUPERVISOR), (AWARD_REVIEW_HEAD, Role.LEADER)):
                yield Waiting(DECIDE, "reward_review", since, of, office, role, on)


def _urgent(case: Case) -> Iterator[Waiting]:
    """Lives are at stake until somebody is there, or the case is worked through (S03)."""
    begun = last_mark(case, "urgent")
    if begun is None or case.state not in _NOT_DECIDED or last_mark(case, "attended") is not None:
        return
    for of, office, role in (
        ("lead", case.lead, Role.OFFICER),
        ("above", case.supervisor, Role.SUPERVISOR),
    ):
        if office:
            yield Waiting(URGENT, URGENT, begun.ordinal, of, office, role, begun.at)


def _asked(case: Case) -> Iterator[Waiting]:
    # Nobody decides any more once the case has ended, but on the time to claim its award.
    is_over = case.state in _ENDED
    asked: list[tuple[Extension | Standstill, str, str]] = [
        *((one, EXTENSION, one.was) for one in case.extensions),
        *((one, PAUSE, one.first) for one in case.standstills),
    ]
    for one, of, by in asked:
        if one.state is AskState.REQUESTED and (KINDS[one.clock].for_cause or not is_over):
            office = _office(case, one.approver_role)
            yield Waiting(DECIDE, one.clock, one.since, of, office, one.approver_role, by)


def _refused(case: Case) -> Iterator[Waiting]:
    """A proposal not to accept waits for the head of the office and for the one above: for either.

    Before it stands the limit for acceptance, which runs on.
    """
    asked, begun = refusal.pending(case), last_mark(case, "submitted")
    if asked is None or begun is None:
        return
    since, by = begun.ordinal, case.received_on.isoformat()
    for of, role in ((REFUSAL, Role.LEADER), (REFUSAL_ABOVE, Role.SUPERVISOR)):
        yield Waiting(DECIDE, ACCEPT, since, of, _office(case, role), role, by)


def _closed(case: Case) -> Iterator[Waiting]:
    """A proposal to close waits for the head of the office; above, where the head made it."""
    asked, begun = closing.standing(case), last_mark(case, "concluded")
    if asked is None or begun is None or case.state is not State.CONCLUDED:
        return
    role = Role(asked.decider_role)
    since, by = begun.ordinal, asked.proposed_on
    yield Waiting(DECIDE, CLOSE, since, CLOSING, _office(case, role), role, by)


def _held_malicious(case: Case) -> Iterator[Waiting]:
    """That a report was malicious waits for the office above; an open review has its own clock."""
    begun = last_mark(case, "closed")
    if case.malice is None or not malice.waits(case) or begun is None:
        return
    office, by = case.supervisor or case.lead, begun.at[:10]
    yield Waiting(DECIDE, CLOSE, begun.ordinal, MALICE, office, Role.SUPERVISOR, by)


def _handed(case: Case) -> Iterator[Waiting]:
    """Who should have the case: a proposal for the pool, or a request to return it."""
    proposed, asked = assignment.newest(case), returning.pending(case)
    if proposed is not None:
        on = case.received_on.isoformat()
        yield Waiting(DECIDE, "assign", 1, ASSIGNMENT, case.lead, Role.SUPERVISOR, on)
    if asked is not None and case.state not in _ENDED:
        key, since = _main_clock(case)
        role, by = asked.decider_role, asked.asked_on
        yield Waiting(DECIDE, key, since, RETURN, case.supervisor, role, by)


def _helped(case: Case) -> Iterator[Waiting]:
    if case.state in _ENDED:
        return
    key, since = _main_clock(case)
    for office in case.co_handlers:
        on = case.received_on.isoformat()
        yield Waiting(HELP, key, since, office, office, Role.OFFICER, on)


def _copied(case: Case) -> Iterator[Waiting]:
    """What has been sent out as a copy: what nobody has signed for stands first."""
    key, since = _main_clock(case)
    kinds = [(DISCIPLINE, case.discipline)] if is_discipline(case, case.discipline) else []
    if case.state not in _ENDED:
        kinds += [(COPY, office) for office in case.copies if is_copied(case, office)]
    for kind, office in kinds:
        signed = int(receipt_of(case, office) is not None)
        place = f"{signed} {case.received_on.isoformat()}"
        yield Waiting(kind, key, since, office, office, Role.OFFICER, place)


def _noted(case: Case) -> Iterator[Waiting]:
    """Notes of interference, with who may read them, for as long as the case is kept."""
    key = _main_clock(case)[0]
    for one in case.interference:
        for office in one.readers:
            on = one.noted_on
            yield Waiting(INTERFERENCE, key, one.ordinal, office, office, Role.OFFICER, on)


def _main_clock(case: Case) -> tuple[str, int]:
    """The clock that the case as a whole is under: to accept it, then to verify it."""
    begun = last_mark(case, "accepted")
    return ("verify", begun.ordinal) if begun else (ACCEPT, 1)


def _brought(case: Case) -> Iterator[Waiting]:
    for step in case.escalated:
        clock, _slash, rung = step.partition("/")
        key, _dot, since = clock.rpartition(".")
        if step in case.acknowledged or rung not in RUNGS or not since.isdecimal():
            continue
        role = Role.LEADER if rung == HEAD and _has_a_leader(case, key) else Role.SUPERVISOR
        height = str(len(RUNGS) - RUNGS.index(rung))
        yield Waiting(CONFIRM, key, int(since), rung, _office(case, role), role, height)


def _has_a_leader(case: Case, key: str) -> bool:
    """Whether a clock binds an office below the supervising one (supervision.acknowledge)."""
    return KINDS[key].binds is not Binds.SUPERVISOR and case.lead != case.supervisor


def _ordered(case: Case) -> Iterator[Waiting]:
    for one in case.orders:
        if not one.answered_by:
            yield Waiting(
                ANSWER, ORDER_REPLY, one.ordinal, one.id, case.lead, Role.LEADER, one.issued_on
            )


def _office(case: Case, role: str) -> str:
    return case.lead if role == Role.LEADER else case.supervisor
