"""What each act marks, and what starts, meets and ends each clock, for benchmarks.year_check.

Written once more from the rules' words, with nothing of the engine.
"""

from collections.abc import Collection, Mapping
from typing import Any, Final

# What meets each clock, and what ends it without a verdict. The marks are those of `_marks`.
ENDS: Final[Mapping[str, tuple[str, str]]] = {
    "first_contact": ("contacted accepted refused", ""),
    "accept": ("accepted refused", ""),
    "hand_over": ("dispatched accepted refused", ""),
    "assign": ("dispatched accepted refused", ""),
    "return": ("return_requested transferred", "accepted refused concluded"),
    "sign_in": ("signed_in accepted refused concluded closed", "transferred"),
    "verify": ("concluded", ""),
    "tell_result": ("told", "redone"),
    "object": ("objection_received", ""),
    "review": ("reviewed", ""),
    "listing": ("delisted", "taken_away"),
    "rectify": ("rectified", ""),
    "recheck": ("rechecked", ""),
    "propose": ("proposed reward_declined rejected", "redone"),
    "approve": ("approved rejected", "sent_back redone"),
    "notify": ("notified", ""),
    "claim": ("claimed", "lapsed"),
    "pay": ("paid", "lapsed"),
    "reward_object": ("award_objected", ""),
    "reward_review": ("award_reviewed", ""),
    "accident_entry": ("accident_entered", ""),
    "accident_completion": ("accident_completed", ""),
    "close": ("closed", "redone"),
    "order_reply": ("order_answered", ""),
    "protect": ("protection_ordered protection_declined", "refused"),
    "retaliation_answer": ("retaliation_answered", ""),
    "urgent": ("attended accepted refused", ""),
}
RIGHTS: Final = frozenset({"return", "object", "claim", "reward_object"})
BIND_ABOVE: Final = frozenset({"review"})
VOIDS_ALL: Final = "merged"  # from then on the clocks of the case that it joined count
_ALONE: Final[Mapping[str, tuple[str, ...]]] = {
    "report.accepted": ("accepted",),
    "report.deemed_accepted": ("accepted",),
    "report.refused": ("refused",),
    "return.requested": ("return_requested",),
    "case.merged": ("merged",),
    "case.closed": ("closed",),
    "objection.filed": ("objection_received",),
    "rectification.ordered": ("ordered",),
    "protection.ordered": ("protection_ordered",),
    "protection.declined": ("protection_declined",),
    "order.issued": ("order_issued",),
    "order.answered": ("order_answered",),
    "reward.reserved": ("proposed",),
    "reward.proposed": ("proposed",),
    # One person agrees to so little, and the mailbox tells of it at once.
    "reward.approved": ("approved", "notified"),
    "reward.claimed": ("claimed",),
    "reward.paid": ("paid",),
    "reward.lapsed": ("lapsed",),
}


def ends(key: str) -> frozenset[str]:
    """Return what ends a clock, with a verdict or without."""
    met, void = (names.split() for names in ENDS[key])
    return frozenset((*met, *void, VOIDS_ALL))


def marks_of(kind: str, facts: Mapping[str, Any], before: Collection[str]) -> tuple[str, ...]:
    """Return what an event marks.

    Args:
        kind: of the event.
        facts: of the event.
        before: what the case was marked with before.
    """
    if kind == "report.received":
        return _received(facts)
    if kind == "milestone.recorded":
        anew = ("ordered",) if facts.get("outcome") == "not_fixed" else ()
        return (facts["milestone"], *anew)
    if kind == "finding.recorded":
        true = facts["finding"] in ("substantiated", "partly")
        return ("concluded", "substantiated") if true else ("concluded",)
    if kind == "message.sent":
        told = ("told",) if facts.get("about") == "result" else ()
        known = "contacted" in before or "merged" in before
        return told if known else ("contacted", *told)
    if kind == "review.decided":
        redo = facts["outcome"] == "redo"
        return ("reviewed", "redone", "accepted") if redo else ("reviewed",)
    if kind == "case.escalated":
        return ("listed",) if facts["rung"] == "listing" else ()
    if kind == "report.transferred":
        # What was returned is passed on by the office above.
        from_above = facts["lead"] == facts["supervisor"] or facts.get("returned")
        return ("transferred", "dispatched", *(("taken_away",) if from_above else ()))
    return _ALONE.get(kind, ())


def _received(facts: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what a report marks as it comes in."""
    hurt = ("retaliation_reported",) if facts.get("matter") == "retaliation" else ()
    urgent = ("urgent",) if facts.get("urgent") else ()
    return ("submitted", "dispatched" if facts.get("rule") else "undetermined", *hurt, *urgent)
