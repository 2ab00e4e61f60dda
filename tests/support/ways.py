"""Ways through a case, by the acts on them: with each of them every act comes about.

Who takes a step is whoever may. A step is an act, with which choice where there are several and
in which of three reports; or days that pass, or "keys" that change.
"""

Step = str | tuple[str, int | str] | tuple[str, int | str, int]
FOUND: tuple[Step, ...] = ("report.accepted", "finding.recorded", "message.sent")
UNTRUE: tuple[Step, ...] = ("report.accepted", ("finding.recorded", 1), "message.sent")
CLOSED: tuple[Step, ...] = ("closing.proposed", "case.closed")
# A claim opens by itself when the jobs process comes by.
PROPOSED: tuple[Step, ...] = (*FOUND, ("days", 1), "reward.proposed")
AWARDED: tuple[Step, ...] = (*PROPOSED, "reward.approved", "reward.funded")
RELEASED: tuple[Step, ...] = (
    "release.requested",
    "release.approved",
    "release.approved",
    "release.opened",
)
REFUSED: tuple[Step, ...] = ("report.read", "refusal.proposed", "report.refused")
RETALIATION: Step = ("milestone.recorded", "retaliation_reported")
WAYS: dict[str, tuple[Step, ...]] = {
    "closed": ("report.read", "file.read", *UNTRUE, "closing.proposed", "closing.declined",
               *CLOSED),
    "satisfied": (*UNTRUE, *CLOSED, "satisfaction.given", ("days", 40), "satisfaction.given"),
    "malicious": (*UNTRUE, *CLOSED, ("days", 20), "malice.proposed", "malice.declined",
                  "malice.proposed", "malice.confirmed"),
    "refused": (*REFUSED, "code.changed"),
    "not refused": ("refusal.proposed", "refusal.declined", "report.urged", "evidence.added"),
    "paid": (*AWARDED, "reward.claimed", *RELEASED, "reward.paid", "reward.reconciled",
             ("days", 60), ("days", 60)),
    "by hand": (*FOUND, "reward.reserved", "reward.sent_back", "reward.proposed",
                "reward.approved", "reward.rejected"),
    "at the counter": (*AWARDED, ("reward.claimed", "counter"), "reward.witnessed", "reward.paid",
                       "reward.recalled"),
    "by voucher": (*AWARDED, ("reward.claimed", "voucher"), "reward.witnessed", "reward.paid"),
    "by an agent": (*AWARDED, ("reward.claimed", "agent"), *RELEASED, "reward.witnessed",
                    "reward.paid"),
    "by identity card": (*AWARDED, ("release.requested", "compare"), *RELEASED[1:],
                         "reward.identified", "reward.witnessed", "reward.paid"),
    "by the bank": (*AWARDED, "reward.claimed", *RELEASED, "reward.ordered", "reward.undone",
                    "reward.ordered", "reward.paid", "reward.returned"),
    "stopped": (*AWARDED, "reward.claimed", *RELEASED, "reward.stopped", "reward.notified",
                "reward.claimed"),
    "shared": ("report.accepted", ("case.merged", 0, 1), *FOUND[1:], ("days", 1), "reward.proposed",
               "reward.approved", "reward.funded", ("reward.claimed", "counter", 1),
               ("reward.witnessed", 0, 1), ("reward.paid", 0, 1)),
    "lapsed": (*AWARDED, ("days", 60), ("days", 60), "reward.reopened"),
    "signed by two": (("reward.declared", 1), *AWARDED),
    "told by letter": (
        ("report.accepted", 0, 2), ("finding.recorded", 0, 2), ("days", 1),
        ("reward.proposed", 0, 2), ("reward.approved", 0, 2), ("reward.funded", 0, 2),
        ("reward.notified", 0, 2), ("days", 60), ("days", 60),
    ),
    "award reviewed": (*AWARDED, "reward.objected", ("reward.reviewed", "redo")),
    "not released": ("release.requested", "release.refused", "release.attempted",
                     "release.requested", ("days", 6)),
    "taken back": ("release.requested", "identity.withdrawn", ("days", 1), ("days", 25)),
    "more time": ("report.accepted", "extension.requested", "extension.granted"),
    "no more time": ("report.accepted", "extension.requested", "extension.refused"),
    "paused": ("report.accepted", "pause.requested", "pause.refused", "pause.requested",
               "pause.granted", "pause.ended"),
    "late": (("days", 25), "step.acknowledged", ("days", 70), "step.acknowledged"),
    "returned": ("return.requested", "report.transferred"),
    "not returned": ("return.requested", "return.overruled"),
    "pooled": (("assignment.proposed", 0, 2), ("report.transferred", 1, 2), "assignment.drawn"),
    "covered": ("assignment.drawn", "assignment.handed", ("days", 1), "assignment.handed"),
    "phoned": (
        *UNTRUE, *CLOSED, ("days", 40), "release.requested", "release.approved",
        "release.approved", "release.opened", "callback.phoned", ("callback.phoned", 1),
    ),
    "listed": (
        ("order.issued", "listing"), "order.answered", ("visit.planned", "follow_up"),
        "visit.recorded", "visit.signed", ("milestone.recorded", "delisted"),
    ),
    "visited": (
        "report.accepted", "visit.planned", "visit.photographed", "visit.recorded",
        "visit.returned", "visit.recorded", "visit.signed", "finding.recorded",
    ),
    "not visited": ("report.accepted", "visit.planned", "visit.dropped"),
    "rectified": (*FOUND, "rectification.ordered",
                  ("milestone.recorded", "rectified"), ("milestone.recorded", "rechecked")),
    "objected": (*UNTRUE, "objection.filed", ("review.decided", 1)),
    "referred": ("report.accepted", "referral.made", "referral.acknowledged"),
    "copied": (
        "copy.sent", "copy.acknowledged", "observation.given",
        ("copy.acknowledged", 0, 2),
        ("discipline.answered", 0, 2),
    ),
    "helped": ("cohandlers.named", "opinion.given", "recusal.noted"),
    "merged": ("report.accepted", ("case.merged", 0, 1), *FOUND[1:], ("message.sent", 0, 1),
               ("merge.undone", 0, 1)),
    "joined and objected": (
        "report.accepted", ("case.merged", 0, 1), ("finding.recorded", 1), ("message.sent", 0, 1),
        ("objection.filed", 0, 1), ("review.decided", "redo", 1),
    ),
    "joined and satisfied": (
        "report.accepted", ("case.merged", 0, 1), ("finding.recorded", 1), "message.sent",
        ("message.sent", 0, 1), *CLOSED, ("satisfaction.given", 0, 1), ("days", 40),
        ("satisfaction.given", "not_solved", 1), ("review.decided", "kept", 1),
    ),
    "pressed": ("interference.noted", "interference.read"),
    "held": ("hold.requested", "hold.approved", "hold.approved", "hold.lifted"),
    "protected": (RETALIATION, "protection.ordered", "protection.ended",
                  RETALIATION, "protection.declined"),
    "destroyed": (*REFUSED, "destruction.requested", "destruction.confirmed", ("days", 1)),
    "rewrapped": ("keys", "keys.rewrapped", "keys.resealed"),
    "rebuilt": ("keys", "keys.contributed", "keys.contributed", "keys.rebuilt"),
}  # fmt: skip
