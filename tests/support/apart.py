"""What may not be done by one person: written down once more, apart from the rules' own bars."""

# Decisions, and the act of another person that each answers.
ANSWERS = {
    "refusal.declined": "refusal.proposed",
    "report.refused": "refusal.proposed",
    "closing.declined": "closing.proposed",
    "case.closed": "closing.proposed",
    "return.overruled": "return.requested",
    "visit.returned": "visit.recorded",
    "visit.signed": "visit.recorded",
    "extension.granted": "extension.requested",
    "extension.refused": "extension.requested",
    "pause.granted": "pause.requested",
    "pause.refused": "pause.requested",
    "malice.confirmed": "malice.proposed",
    "malice.declined": "malice.proposed",
    "release.approved": "release.requested",
    "hold.approved": "hold.requested",
    "destruction.confirmed": "destruction.requested",
}
# Nobody agrees to what they proposed, refuses it, or asks twice on one ladder.
PROPOSING = {"reward.reserved", "reward.proposed"}
ON_PROPOSAL = {"reward.approved", "reward.funded", "reward.sent_back", "reward.rejected"}
# What a review judges: whoever did one of these does not review.
HANDLING = {
    "report.accepted", "finding.recorded", "closing.proposed", "closing.declined", "case.closed",
    "order.issued", "order.answered", "rectification.ordered", "extension.requested",
    "extension.granted", "extension.refused", "pause.requested",
}  # fmt: skip
# Nobody does one of these who has done one of those in the case before.
APART = {
    "case.closed": {"finding.recorded"},
    "reward.approved": {"finding.recorded", "report.accepted"},
    "reward.funded": {"finding.recorded", "report.accepted"},
    "reward.paid": {"finding.recorded", "reward.approved", "reward.funded", "reward.reserved"},
    "reward.ordered": {"finding.recorded", "reward.approved", "reward.funded"},
    "reward.witnessed": {"finding.recorded", "reward.approved", "reward.funded"},
    "reward.reconciled": {"reward.paid", "reward.witnessed"},
    "reward.reviewed": HANDLING | {"reward.approved", "reward.funded", "reward.paid"},
    "review.decided": HANDLING,
    "case.redone": HANDLING,
}
