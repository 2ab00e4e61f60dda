"""Which acts mark the start or the end of a clock, without anybody having to say so again."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from casework.domain.act_facts import number_of, text_of
from casework.domain.award_values import AwardState
from casework.domain.case import Act, Case, Mark, Matter, State
from casework.domain.clock_kinds import KINDS, ClockKind
from casework.domain.referral import MARKS, of_ordinal

Names = Callable[[Case, Case, Act], tuple[str, ...]]


def opening_marks(matter: str, received_on: str, rule: str) -> tuple[Mark, ...]:
    """Return the marks of a report that has just come in; *rule* is "" if none matched."""
    names = ["submitted", "dispatched" if rule else "undetermined"]
    if matter == Matter.RETALIATION:
        names.append("retaliation_reported")
    return tuple(Mark(name, 1, received_on) for name in names)


def with_marks(before: Case, after: Case, act: Act) -> Case:
    """Return *after* with what *act* marked added."""
    names = _NAMES.get(act.kind)
    found = names(before, after, act) if names else ()
    if not found:
        return after
    # Verification counts from the day that was signed; the service refuses any but today's.
    at = text_of(act, "accepted_on") or act.at
    new = tuple(Mark(name, act.ordinal, at, of=_belongs_to(after, act)) for name in found)
    return replace(after, marks=after.marks + new)


def last_mark(case: Case, name: str) -> Mark | None:
    """Return the newest mark of this name; None when there is none."""
    return next((one for one in reversed(case.marks) if one.name == name), None)


def unanswered(case: Case, name: str, by: str) -> Mark | None:
    """Return the newest mark *name* if none called *by* has followed it; else None."""
    asked, done = last_mark(case, name), last_mark(case, by)
    is_open = asked is not None and (done is None or done.ordinal < asked.ordinal)
    return asked if is_open else None


def ended_by(case: Case, kind: ClockKind, begun: Mark) -> Mark | None:
    """Return the mark that ended a clock which *begun* started; None while it runs.

    One act may do both: an award is notified as it is approved.
    """
    ends = kind.stops | kind.voids
    later = case.marks[case.marks.index(begun) + 1 :]
    return next(
        (mark for mark in later if mark.name in ends and (not kind.each or mark.of == begun.of)),
        None,
    )


def runs(case: Case, key: str, since: int) -> bool:
    """Whether something started a clock there and nothing has ended it.

    Which mark starts it is the policy's to say; that one of this act did, the events tell.
    """
    begun = [mark for mark in case.marks if mark.ordinal == since]
    return any(ended_by(case, KINDS[key], mark) is None for mark in begun)


def _belongs_to(after: Case, act: Act) -> str:
    """Return the order that an act is about, or the award where there are several beside it."""
    if act.kind in ("order.issued", "order.answered"):
        return text_of(act, "order")
    award = text_of(act, "award") if act.kind.startswith("reward.") else ""
    return award if any(one.id == award for one in after.shares) else ""


def _always(*names: str) -> Names:
    return lambda _before, _after, _act: names


def _finding(before: Case, after: Case, _act: Act) -> tuple[str, ...]:
    """A corrected finding neither stops the clock again nor starts one twice."""
    concluded = ("concluded",) if before.state is State.ACCEPTED else ()
    first_true = after.rewarded and not _found_true(before)
    return (*concluded, *(("substantiated",) if first_true else ()))


def _found_true(case: Case) -> bool:
    """Whether it was found true since it was last redone, if ever."""
    true, redone = last_mark(case, "substantiated"), last_mark(case, "redone")
    return true is not None and (redone is None or redone.ordinal < true.ordinal)


def _review(before: Case, _after: Case, act: Act) -> tuple[str, ...]:
    """Redone it is accepted anew; what was to follow from the old finding is void.

    Of a case that has joined another one, it is that one which is redone.
    """
    if before.state is State.MERGED:
        return ("reviewed",)
    return ("reviewed", "redone", "accepted") if act.facts["outcome"] == "redo" else ("reviewed",)


def _satisfaction(before: Case, _after: Case, act: Act) -> tuple[str, ...]:
    opens = act.facts["answer"] == "not_solved" and not unanswered(
        before, "objection_received", "reviewed"
    )
    return ("objection_received",) if opens else ()


def _message(before: Case, _after: Case, act: Act) -> tuple[str, ...]:
    if act.facts["from"] != "office":
        return ()
    told = ("told",) if act.facts.get("about") == "result" else ()
    # What a reporter is told of a case that theirs has joined gives them the right to object.
    if before.merged is not None:
        return told
    contacted = ("contacted",) if last_mark(before, "contacted") is None else ()
    return (*contacted, *told)


def _order(_before: Case, _after: Case, act: Act) -> tuple[str, ...]:
    return ("order_issued", "listed") if act.facts["kind"] == "listing" else ("order_issued",)


def _transferred(before: Case, after: Case, act: Act) -> tuple[str, ...]:
    """Who is above takes a case from a listed department, or leads it from now on itself."""
    by_above = act.office == before.supervisor and act.office != before.lead
    taken_away = ("taken_away",) if by_above or after.lead == after.supervisor else ()
    return ("transferred", "dispatched", *taken_away)


def _escalated(_before: Case, _after: Case, act: Act) -> tuple[str, ...]:
    return ("listed",) if act.facts["rung"] == "listing" else ()


def _referred(_before: Case, _after: Case, act: Act) -> tuple[str, ...]:
    to = text_of(act, "to")
    return MARKS[to][:1] if to in MARKS else ()


def _answered(before: Case, _after: Case, act: Act) -> tuple[str, ...]:
    asked = of_ordinal(before, number_of(act, "asked"))
    return MARKS[asked.to][1:] if asked and asked.to in MARKS else ()


def _agreed(before: Case, after: Case, act: Act) -> tuple[str, ...]:
    """With the last yes of the ladder; the reporter is told at once where there is a mailbox."""
    award = after.award_called(text_of(act, "award"))
    if award is None or award.state is AwardState.PROPOSED:
        return ()
    return ("approved", "notified") if award.notified_how else ("approved",)


_NAMES: Mapping[str, Names] = {
    "report.accepted": _always("accepted"),
    "report.deemed_accepted": _always("accepted"),
    "report.refused": _always("refused"),
    "report.transferred": _transferred,
    "case.merged": _always("merged"),
    "return.requested": _always("return_requested"),
    "finding.recorded": _finding,
    "message.sent": _message,
    "case.closed": _always("closed"),
    "objection.filed": _always("objection_received"),
    "satisfaction.given": _satisfaction,
    "callback.phoned": _satisfaction,
    "review.decided": _review,
    "case.redone": _always("redone", "accepted"),
    "rectification.ordered": _always("ordered"),
    "protection.ordered": _always("protection_ordered"),
    "protection.declined": _always("protection_declined"),
    "referral.made": _referred,
    "referral.acknowledged": _answered,
    "reward.reserved": _always("proposed"),
    "reward.proposed": _always("proposed"),
    "reward.approved": _agreed,
    "reward.funded": _agreed,
    "reward.shared": _agreed,
    "reward.sent_back": _always("sent_back"),
    "reward.rejected": _always("rejected"),
    "reward.notified": _always("notified"),
    "reward.claimed": _always("claimed"),
    "reward.identified": _always("claimed"),
    "reward.stopped": _always("stopped"),
    "reward.paid": _always("paid"),
    "reward.returned": _always("notified"),
    "reward.reopened": _always("notified"),
    "reward.lapsed": _always("lapsed"),
    "reward.objected": _always("award_objected"),
    "reward.reviewed": _always("award_reviewed"),
    "order.issued": _order,
    "order.answered": _always("order_answered"),
    "case.escalated": _escalated,
}
