"""What ends each clock, and whom it binds. When it starts, and how long it is, the policy says.

A clock's *instance* is its key and the ordinal of the act that started it: the same clock
may run again after a transfer, or for several orders at a time.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

# Clocks that every policy under which cases are accepted must have: with them no open case
# is ever without a running clock.
MANDATORY = ("accept", "verify", "close")


class Binds(StrEnum):
    """Who has to meet a clock."""

    LEAD = "lead"
    SUPERVISOR = "supervisor"
    NOBODY = "nobody"  # a right: it ends quietly, nobody is late
    OUTSIDE = "outside"  # a body that is not in this system; the lead office asks there


@dataclass(frozen=True, slots=True)
class ClockKind:
    """One kind of clock.

    Attributes:
        stops: marks that meet it.
        binds: who has to meet it.
        voids: marks that end it without a verdict.
        each: whether a mark meets only the instance it belongs to (`Mark.of`).
        for_cause: a right that may be lengthened for a good reason, on request of the lead.
    """

    stops: frozenset[str]
    binds: Binds = Binds.LEAD
    voids: frozenset[str] = frozenset()
    each: bool = False
    for_cause: bool = False

    @property
    def may_be_longer(self) -> bool:
        """Whether the lead office may ask for more time on it."""
        return self.binds is Binds.LEAD or self.for_cause

    @property
    def is_right(self) -> bool:
        """Whether it is somebody's right, which ends quietly, and no duty."""
        return self.binds is Binds.NOBODY


def _met(
    *stops: str,
    binds: Binds = Binds.LEAD,
    voids: tuple[str, ...] = (),
    each: bool = False,
    for_cause: bool = False,
) -> ClockKind:
    # The clocks of the case that it joins count from then on.
    return ClockKind(frozenset(stops), binds, frozenset((*voids, "merged")), each, for_cause)


KINDS: Mapping[str, ClockKind] = {
    "first_contact": _met("contacted", "accepted", "refused"),
    "accept": _met("accepted", "refused"),
    # Who has been put in charge, by the routing or by hand, has it: no other clock says so.
    "hand_over": _met("dispatched", "accepted", "refused"),
    # What no rule matched waits in the pool until somebody is put in charge, by whoever has it.
    "assign": _met("dispatched", "accepted", "refused"),
    # Somebody else's case may be returned for two days, signed for or not; then it is kept.
    "return": _met(
        "return_requested",
        "transferred",
        binds=Binds.NOBODY,
        voids=("accepted", "refused", "concluded"),
    ),
    "sign_in": _met(
        "signed_in", "accepted", "refused", "concluded", "closed", voids=("transferred",)
    ),
    "verify": _met("concluded"),
    # A case that is redone after an objection has a finding, and what follows from it, anew.
    "tell_result": _met("told", voids=("redone",)),
    "object": _met("objection_received", binds=Binds.NOBODY),
    "review": _met("reviewed", binds=Binds.SUPERVISOR),
    "accident_entry": _met("accident_entered"),
    "accident_completion": _met("accident_completed"),
    # Only the office above takes a case off the list: who passes it on takes its listing along.
    "listing": _met("delisted", voids=("taken_away",)),
    "rectify": _met("rectified"),
    "recheck": _met("rechecked"),
    "police_answer": _met("police_answered", binds=Binds.OUTSIDE),
    "publish_penalty": _met("penalty_published"),
    "publish_decision": _met("decision_published"),
    "retaliation_answer": _met("retaliation_answered"),
    # Whether the reporter needs a measure, or none; what is not accepted needs no answer.
    "protect": _met("protection_ordered", "protection_declined", voids=("refused",)),
    "propose": _met("proposed", "reward_declined", "rejected", voids=("redone",)),
    # Sent back, it is proposed anew; what a changed finding did away with is not.
    "approve": _met("approved", "rejected", voids=("sent_back", "redone")),
    "notify": _met("notified"),
    # Who signed a report together claim and are paid each by themselves; who has a good reason not
    # to come in time may have longer.
    "claim": _met("claimed", binds=Binds.NOBODY, voids=("lapsed",), each=True, for_cause=True),
    "pay": _met("paid", voids=("lapsed", "stopped"), each=True),
    "reward_review": _met("award_reviewed", binds=Binds.SUPERVISOR),
    # The reporter's right stays when the case is closed: an award may be paid the day before.
    "reward_object": _met("award_objected", binds=Binds.NOBODY),
    "close": _met("closed", voids=("redone",)),
    "order_reply": _met("order_answered", each=True),
    # Lives are at stake: somebody is there, or the report is decided on.
    "urgent": _met("attended", "accepted", "refused"),
}


def instance_of(key: str, since: int) -> str:
    """Return what a case calls one clock instance: "verify.3"."""
    return f"{key}.{since}"
