"""Reports of the same matter, worked on once.

The report that came in first leads; a later one joins it and keeps its thread, its evidence and
its keys to itself. Its clocks end without a verdict: those of the leading case count from then
on. Which came first, the log of all events says: its place for report.received.

A join is two acts of one person in one transaction: `case.merged` in the case that joins,
`merge.joined` in the one that leads (`services/merging.py`). Undone, the case stands where it
stood, and its clocks run from their own first day as if they had never ended.

Source: SCENARIOS.md S14; POLICIES.md (c), several reporters of one matter.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from casework.domain import (
    assignment,
    closing,
    extension,
    order,
    referral,
    refusal,
    returning,
)
from casework.domain import standstill as pauses
from casework.domain.act_facts import civil_day, number_of, text_of
from casework.domain.case import Act, Case, Matter, State
from casework.domain.case_turns import Joined, Merged
from casework.domain.errors import AlreadyDoneError, BadActError, MergeRefusedError, WrongStateError
from casework.domain.marks import unanswered
from casework.domain.trial import is_trial

SAME, SUPPLEMENTARY = "same", "supplementary"
UNDO_REASONS: Final = ("another_matter", "merged_by_mistake")
FIRST: Final = 1  # the rank of the case that leads
MARK: Final = "merged"
_LEADS: Final = frozenset({State.ACCEPTED, State.CONCLUDED})


def merge(case: Case, act: Act) -> Case:
    """Join the case to another one.

    Raises:
        MergeRefusedError: something of its own has to be done first; the reason is its code.
        BadActError: it joins itself, or takes the first rank.
    """
    into = text_of(act, "into")
    for reason in in_the_way(case):
        raise MergeRefusedError(reason)
    if into == case.report_id:
        raise BadActError("into", "another report")
    if number_of(act, "rank") <= FIRST:
        raise BadActError("rank", f"more than {FIRST}")
    merged = Merged(
        ordinal=act.ordinal,
        into=into,
        rank=number_of(act, "rank"),
        kind=text_of(act, "kind"),
        before=str(case.state),
        merged_on=civil_day(act.at).isoformat(),
    )
    return replace(case, state=State.MERGED, merged=merged)


def join(case: Case, act: Act) -> Case:
    """Let another case join this one.

    Raises:
        MergeRefusedError: this one is not being worked on; the reason is a code.
        BadActError: it joins itself, or its rank is not the one that its place gives.
        AlreadyDoneError: it has joined already.
    """
    reason = cannot_lead(case)
    if reason:
        raise MergeRefusedError(reason)
    report, place = text_of(act, "report"), number_of(act, "place")
    if report == case.report_id:
        raise BadActError("report", "another report")
    if any(one.report == report for one in standing(case)):
        raise AlreadyDoneError(step=act.kind)
    if number_of(act, "rank") != rank_at(case, place):
        raise BadActError("rank", str(rank_at(case, place)))
    new = Joined(
        ordinal=act.ordinal,
        report=report,
        rank=number_of(act, "rank"),
        kind=text_of(act, "kind"),
        place=place,
    )
    return replace(case, joined=(*case.joined, new))


def undo(case: Case, act: Act) -> Case:
    """Put a case back where it stood when it joined another.

    Its clocks were void, never met: they run on from the days on which they began.

    Raises:
        WrongStateError: it has not joined that case.
        MergeRefusedError: its reporter has objected, and the review is open; or has a part of
            the award of the matter.
    """
    merged = case.merged
    if merged is None or merged.into != text_of(act, "from"):
        raise WrongStateError(kind=act.kind, state="not joined to it")
    if unanswered(case, "objection_received", "reviewed") is not None:
        raise MergeRefusedError("review_open")
    if case.live_award is not None:
        raise MergeRefusedError("award_shared")
    marks = tuple(one for one in case.marks if one.name != MARK)
    return replace(case, state=State(merged.before), merged=None, marks=marks)


def part(case: Case, act: Act) -> Case:
    """Let a case that joined this one leave it.

    Raises:
        WrongStateError: it has not joined this one.
    """
    report = text_of(act, "report")
    left = next((one for one in standing(case) if one.report == report), None)
    if left is None:
        raise WrongStateError(kind=act.kind, state="not joined")
    gone = replace(left, left=act.ordinal)
    return replace(case, joined=tuple(gone if one is left else one for one in case.joined))


def note_told(case: Case, act: Act) -> Case:
    """Return the case with what an answer about the result tells a reporter whose case joined.

    Raises:
        BadActError: it does not name the finding that it is about, or names one out of place.
    """
    if case.merged is None or act.facts.get("about") != "result":
        if "found" in act.facts:
            raise BadActError("found", "only in an answer about the result of a joined case")
        return case
    found = number_of(act, "found")
    if not found:
        raise BadActError("found", "which finding of the leading case it is about")
    told = replace(case.merged, told=found, told_on=civil_day(act.at).isoformat())
    return replace(case, merged=told)


def check_stays(case: Case) -> None:
    """Refuse to give away a case that others have joined: they would stay behind.

    Raises:
        MergeRefusedError: others have joined it.
    """
    if standing(case):
        raise MergeRefusedError("leads_others")


def check_pair(lead: Case, joining: Case, *, lead_place: int, place: int) -> None:
    """Refuse two cases that do not belong together.

    Args:
        lead: the case that would lead.
        joining: the one that would join it.
        lead_place: of report.received of *lead* in the log of all events.
        place: the same of *joining*.

    Raises:
        MergeRefusedError: other offices, one accuses an office of the other, the discipline body
            has one of them alone, the wrong order, or
            a reporter would wait longer than was promised.
    """
    if lead.lead != joining.lead:
        raise MergeRefusedError("other_office")
    if lead.matter == Matter.RETALIATION:
        raise MergeRefusedError("retaliation")
    if lead.kept_out & set(joining.offices) or joining.kept_out & set(lead.offices):
        raise MergeRefusedError("accused")
    if lead.discipline != joining.discipline:
        raise MergeRefusedError("discipline")
    if is_trial(lead) != is_trial(joining):
        raise MergeRefusedError("trial")
    if place < lead_place:
        raise MergeRefusedError("not_first")
    promised, instead = joining.verify_due_on, lead.verify_due_on
    if promised is not None and instead is not None and instead > promised:
        raise MergeRefusedError("later_clock")


def standing(case: Case) -> tuple[Joined, ...]:
    """Return the cases that have joined this one, by what came in first."""
    return tuple(sorted((one for one in case.joined if not one.left), key=lambda one: one.place))


def rank_at(case: Case, place: int) -> int:
    """Return which rank a report of this place in the log has among those of the case."""
    return FIRST + 1 + sum(one.place < place for one in standing(case))


def rank_of(lead: Case, report: str) -> int:
    """Return the rank as of now of a case that has joined *lead*; 0 where it has not.

    An earlier report that joined later moves it back, one that left moves it up.
    """
    reports = [one.report for one in standing(lead)]
    return FIRST + 1 + reports.index(report) if report in reports else 0


def cannot_lead(case: Case) -> str:
    """Return the code of why no other case can join this one, "" where it can."""
    return "" if case.state in _LEADS else f"into_{case.state}"


def in_the_way(case: Case) -> tuple[str, ...]:
    """Return the codes of all that keeps a case from joining another."""
    return tuple(code for code, waits in _WAITS.items() if waits(case))


def may_merge(case: Case) -> bool:
    """Whether joining another case would come to something."""
    return not in_the_way(case)


def is_untold(joined: Case, lead: Case) -> bool:
    """Whether the reporter of a joined case has not been told what was found last."""
    if joined.channel in closing.WITHOUT_A_WAY_BACK or joined.destroyed:
        return False
    return joined.merged is not None and joined.merged.told != lead.found_at


def _retaliation(case: Case) -> bool:
    """Whether it is about what was done to its reporter, which is nobody else's matter."""
    reported = unanswered(case, "retaliation_reported", "retaliation_answered")
    return case.matter == Matter.RETALIATION or reported is not None


def _urgent(case: Case) -> bool:
    """Whether lives are at stake and nobody has been there or accepted it."""
    return case.state is State.RECEIVED and unanswered(case, "urgent", "attended") is not None


_WAITS: Mapping[str, Callable[[Case], bool]] = {
    "leads_others": lambda case: bool(standing(case)),
    "retaliation": _retaliation,
    "urgent_waits": _urgent,
    "award_waits": lambda case: case.live_award is not None,
    "release_waits": lambda case: any(one.running for one in case.releases.values()),
    "refusal_waits": refusal.is_asked,
    "closing_waits": lambda case: closing.standing(case) is not None,
    "return_waits": returning.is_asked,
    "assignment_waits": lambda case: assignment.newest(case) is not None,
    "extension_waits": extension.is_asked,
    "pause_waits": lambda case: pauses.is_asked(case) or pauses.lasts(case),
    "order_open": order.is_open,
    "referral_waits": referral.waits,
    "listed": lambda case: unanswered(case, "listed", "delisted") is not None,
    "review_open": lambda case: unanswered(case, "objection_received", "reviewed") is not None,
}
REASONS: Final = (
    *_WAITS, "into_received", "into_refused", "into_closed", "into_merged", "other_office",
    "accused", "discipline", "trial", "not_first", "later_clock", "not_logged", "award_shared",
)  # fmt: skip
