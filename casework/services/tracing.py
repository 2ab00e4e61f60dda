"""From a line of the fund's books back to who approved it, what was found, and by which rules.

Everything is checked on the way as verification does: signatures, who signed, the case played
back from its events. No text of the case and no identity is read.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from casework.domain.award_forms import AWARD_FORMS
from casework.domain.case import Act, Award, Case
from casework.domain.errors import CaseworkError
from casework.domain.fund_moves import AGREED, PROPOSED, decide, propose
from casework.domain.ledger import Line
from casework.domain.ledger_lines import lines_of
from casework.domain.policy import Policies
from casework.domain.report import RECEIVED_KIND, advance, open_case
from casework.services.acts import act_of
from casework.services.trust import Trust
from casework.storage.events import StoredEvent, stored_event
from casework.storage.unit_of_work import UnitOfWork, query
from crypto.errors import EventError
from crypto.events import SignedEvent, check_signature

# What leads to an award, in the order of a case; the rest is checked and not shown.
SHOWN = frozenset({"report.accepted", "report.deemed_accepted", "finding.recorded", *AWARD_FORMS})


@dataclass(frozen=True, slots=True)
class Step:
    """One signed act on the way; *holds* tells whether it was signed so and was allowed.

    One whose row is not there has no kind.
    """

    kind: str
    at: str
    actor: str
    event: str
    holds: bool


@dataclass(frozen=True, slots=True)
class Trace:
    """A line of the books with what it rests on.

    Attributes:
        booked: its event makes exactly this line, and holds.
        steps: what led to it, the first one first.
        finding: code of the finding that the award rests on, "" where there is none.
        policy: id of the rules, "" where the line belongs to no award.
        policy_sha256: pin of these rules at acceptance.
        is_at_hand: the program has these very rules.
    """

    line: Line
    case_number: str
    report: str
    booked: bool
    steps: tuple[Step, ...]
    finding: str = ""
    policy: str = ""
    policy_sha256: str = ""
    is_at_hand: bool = False

    @property
    def holds(self) -> bool:
        """Whether nothing on the way was found altered."""
        return self.booked and all(one.holds for one in self.steps)


@query
def trace(uow: UnitOfWork, *, line: str, trust: Trust, policies: Policies) -> Trace | None:
    """Follow a line of the books to what it rests on; None when there is no such line.

    Args:
        uow: the transaction.
        line: its id.
        trust: whose signatures count.
        policies: the rules at hand.
    """
    found = uow.ledger.one(line)
    if found is None:
        return None
    try:
        signed = uow.events.get(found.event)
    except EventError:
        signed = None
    if signed is not None and signed.event.digest().hex() != found.event:
        signed = None
    if signed is not None and not signed.event.report:
        return _outside(uow, found, signed, trust)
    report = signed.event.report if signed else uow.awards.report_of(found.award)
    if not report:
        return Trace(found, "", "", booked=False, steps=())
    return _in_case(uow, found, report, trust, policies)


def _outside(uow: UnitOfWork, line: Line, signed: SignedEvent, trust: Trust) -> Trace:
    acts = [(signed, _act(uow.site, signed, None, trust))]
    holds = acts[0][1] is not None
    if signed.event.kind == AGREED:
        wanted = signed.event.facts.get("proposal")
        firsts = [
            one
            for one in uow.events.outside_of_kind(PROPOSED)
            if one.event.facts.get("proposal") == wanted
        ]
        acts = [*((one, _act(uow.site, one, None, trust)) for one in firsts), *acts]
        holds = _agreed([act for _signed, act in acts])
    steps = tuple(_step(one, act is not None and holds) for one, act in acts)
    return Trace(line, "", "", booked=holds and _makes(signed, line, None), steps=steps)


def _agreed(acts: Sequence[Act | None]) -> bool:
    try:
        first, second = acts
        if first is None or second is None:
            return False
        decide(propose(first), second)
    except (CaseworkError, ValueError):
        return False
    return True


def _in_case(uow: UnitOfWork, line: Line, report: str, trust: Trust, policies: Policies) -> Trace:
    steps: list[Step] = []
    booked, finding, award = False, "", None
    for one in _played(uow.events.stored_of_report(report), uow.site, report, trust):
        if one.step.event == line.event and one.signed is not None and one.after is not None:
            before = one.before.award_called(line.award) if one.before else None
            booked = _makes(one.signed, line, before)
        kept = one.after.award_called(line.award) if one.after is not None else None
        if one.after is not None and kept is not None:
            award, finding = kept, str(one.after.finding or "")
        if not one.step.holds or one.step.kind in SHOWN:
            steps.append(one.step)
    case = uow.reports.get(report)
    if award is not None and award.of and case.merged is not None:
        earlier, finding = _of_shared(uow, case.merged.into, award.of, trust)
        steps = [*earlier, *steps]
    policy = policies.by_id.get(award.policy_id) if award else None
    return Trace(
        line,
        case.case_number,
        report,
        booked=booked,
        steps=tuple(steps),
        finding=finding,
        policy=award.policy_id if award else "",
        policy_sha256=award.policy_sha256 if award else "",
        is_at_hand=bool(policy and award and policy.pin == award.policy_sha256),
    )


def _of_shared(
    uow: UnitOfWork, report: str, award: str, trust: Trust
) -> tuple[Iterator[Step], str]:
    """Return what led to an award in the case that leads, and its finding, for who shares it."""
    played = [*_played(uow.events.stored_of_report(report), uow.site, report, trust)]
    steps = (one.step for one in played if not one.step.holds or one.step.kind in SHOWN)
    cases = (one.after for one in played if one.after is not None and one.after.award_called(award))
    return steps, next((str(one.finding or "") for one in reversed([*cases])), "")


@dataclass(frozen=True, slots=True)
class _Played:
    """A row of a case's events, with the case before and after it; None after a refused one."""

    step: Step
    signed: SignedEvent | None = None
    before: Case | None = None
    after: Case | None = None


def _played(rows: Sequence[StoredEvent], site: str, report: str, trust: Trust) -> Iterator[_Played]:
    """Yield each row until the first that does not hold: what follows rests on nothing."""
    case: Case | None = None
    for ordinal, row in enumerate(rows, 1):
        if row.ordinal != ordinal:
            yield _Played(Step("", "", "", "", holds=False))
            return
        event, problem = stored_event(row)
        signed = SignedEvent(event, row.signature) if event and not problem else None
        before, case = case, _after(signed, case, site, report, trust)
        at = row.at if not problem else ""  # what somebody wrote there need not be a time
        step = Step(row.kind, at, row.actor, row.id, holds=case is not None)
        yield _Played(step, signed, before, case)
        if case is None:
            return


def _after(
    signed: SignedEvent | None, case: Case | None, site: str, report: str, trust: Trust
) -> Case | None:
    act = _act(site, signed, case, trust) if signed is not None else None
    try:
        if act is None or signed is None:
            return None
        if case is not None:
            return advance(case, act)
        if act.kind == RECEIVED_KIND:
            return open_case(signed.event.facts, report_id=report)
    except CaseworkError:
        pass
    return None


def _act(site: str, signed: SignedEvent, case: Case | None, trust: Trust) -> Act | None:
    """Return the act of an event that is signed by whom it names; None for another."""
    try:
        check_signature(signed)
        if signed.event.site != site:
            return None
        return act_of(signed.event, case, trust, past=True)
    except (EventError, CaseworkError):
        return None


def _makes(signed: SignedEvent, line: Line, award: Award | None) -> bool:
    event = signed.event
    try:
        made = lines_of(event.kind, event.facts, event.digest().hex(), award=award)
    except CaseworkError:
        return False
    return line in made


def _step(signed: SignedEvent, holds: bool) -> Step:
    event = signed.event
    return Step(event.kind, event.at, event.actor, event.digest().hex(), holds)
