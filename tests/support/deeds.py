"""Everything that can be done in a case, each through its own use case, by whoever is named.

    deed = Deed(world, filed, "yjj-leader", pick=choice, others=[other])
    DEEDS["case.closed"](deed)            raises what the service refuses with

What a deed says is what the pages would say of the case as it stands; only who signs it is
anybody. `NothingToTryError` is raised where no page could even be made.
"""

from collections.abc import Callable, Mapping

import asking
import deeds_of_cases as cases
import deeds_of_money as money
import deeds_of_notes
import objecting
import turning
from casework.domain.act_facts import DESTRUCTION_REASONS, LEAD_BASES, PROTECTION_MEASURES
from casework.domain.case import HoldState
from casework.domain.satisfaction import ANSWERS, question
from casework.services import (
    assignment,
    closing,
    copies,
    disclosure,
    holds,
    mailbox,
    malice,
    protection,
    rectification,
    referral,
    refusals,
    returning,
)
from deed import (
    JW,
    PAPER,
    YJJ,
    ZJJ,
    Deed,
    plain,
)
from deeds_of_awards import AWARDS
from deeds_of_keys import contribute, rebuild, reseal
from deeds_of_visits import VISITS
from key_changing import rewrap
from rich_instance import adds_evidence

DEEDS: Mapping[str, Callable[[Deed], None]] = {
    **VISITS,
    "interference.noted": deeds_of_notes.note,
    "interference.read": deeds_of_notes.read,
    "observation.given": deeds_of_notes.observe,
    "report.read": cases.read,
    "file.read": cases.read_file,
    "report.accepted": lambda deed: done(
        deed.world.accept(deed.report, "", deed.pick(("", "ab" * 16)))
    ),
    "refusal.proposed": cases.propose_refusal,
    "refusal.declined": plain(
        refusals.decline_refusal,
        "refusal.declined",
        lambda deed: {"asked": deed.asked(deed.case.refusals), "reason_code": "to_be_accepted"},
    ),
    "report.refused": cases.refuse,
    "report.transferred": cases.transfer,
    "assignment.proposed": plain(
        assignment.propose_lead,
        "assignment.proposed",
        lambda deed: {"lead": YJJ, "co": [JW], "basis": deed.pick(LEAD_BASES)},
    ),
    "assignment.drawn": cases.draw,
    "assignment.handed": cases.hand_over,
    "return.requested": plain(
        returning.request_return,
        "return.requested",
        lambda deed: {
            "citation": turning.CITATION,
            "reason_code": "not_competent",
            "to": deed.pick((ZJJ, "")),
        },
    ),
    "return.overruled": plain(
        returning.overrule_return,
        "return.overruled",
        lambda deed: {"asked": deed.asked(deed.case.returns)},
        ruling="ruling",
    ),
    "cohandlers.named": cases.name_helpers,
    "copy.sent": plain(
        copies.send_copies, "copy.sent", lambda deed: {"copies": [deed.pick((ZJJ, JW, YJJ))]}
    ),
    "copy.acknowledged": plain(copies.acknowledge_copy, "copy.acknowledged"),
    "discipline.answered": plain(
        copies.answer_for_discipline,
        "discipline.answered",
        lambda _deed: {"document": PAPER},
        answer="discipline_answer",
    ),
    "opinion.given": lambda deed: done(turning.advise(deed.world, deed.report)),
    "case.merged": cases.merge,
    "merge.joined": cases.merge,
    "merge.undone": cases.undo_merge,
    "merge.left": cases.undo_merge,
    "recusal.noted": cases.recuse,
    "finding.recorded": cases.find,
    "message.sent": cases.say,
    "evidence.added": lambda deed: adds_evidence(deed.rich, "it"),
    "closing.proposed": plain(closing.propose_closing, "closing.proposed"),
    "closing.declined": plain(
        closing.decline_closing,
        "closing.declined",
        lambda deed: {"asked": deed.asked(deed.case.closings)},
        note="closing_note",
    ),
    "case.closed": cases.close,
    "referral.made": plain(
        referral.make_referral,
        "referral.made",
        lambda deed: {"to": deed.pick(("police", "discipline")), "document": PAPER},
    ),
    "referral.acknowledged": plain(
        referral.acknowledge_referral,
        "referral.acknowledged",
        lambda deed: {"asked": deed.asked(deed.case.referrals), "document": PAPER},
    ),
    "rectification.ordered": plain(
        rectification.order_rectification,
        "rectification.ordered",
        lambda deed: {"document": PAPER, "due_on": deed.in_days(10)},
        text="rectification",
    ),
    "milestone.recorded": cases.milestone,
    "step.acknowledged": cases.acknowledge,
    "extension.requested": cases.ask_more,
    "extension.granted": cases.grant_more,
    "extension.refused": lambda deed: done(
        asking.refuse_more(deed.world, deed.report, deed.asked(deed.case.extensions))
    ),
    "pause.requested": cases.ask_pause,
    "pause.granted": lambda deed: done(
        asking.decide_pause(deed.world, deed.report, deed.asked(deed.case.standstills))
    ),
    "pause.refused": lambda deed: done(
        asking.decide_pause(
            deed.world, deed.report, deed.asked(deed.case.standstills), kind="pause.refused"
        )
    ),
    "pause.ended": cases.end_pause,
    "order.issued": cases.order,
    "order.answered": cases.answer_order,
    **AWARDS,
    "report.urged": plain(
        mailbox.urge_report, "report.urged", lambda deed: {"urged_on": deed.day}
    ),
    "objection.filed": cases.object_to,
    "review.decided": cases.review,
    "case.redone": cases.review,
    "callback.phoned": money.phone,
    "satisfaction.given": lambda deed: done(
        objecting.answers(
            deed.world, deed.filed, question(deed.case) or 0, deed.pick(ANSWERS)
        )
    ),
    "protection.ordered": plain(
        protection.order_protection,
        "protection.ordered",
        lambda deed: {"measure": deed.pick(PROTECTION_MEASURES), "document": PAPER},
    ),
    "protection.declined": plain(
        protection.decline_protection, "protection.declined", reason="reason"
    ),
    "protection.ended": plain(
        protection.end_protection,
        "protection.ended",
        lambda deed: {"asked": deed.asked(deed.case.protections)},
    ),
    "malice.proposed": plain(
        malice.propose_malice,
        "malice.proposed",
        lambda _deed: {"basis": "《治安管理处罚法》第二十九条"},
    ),
    "malice.confirmed": plain(
        malice.decide_malice, "malice.confirmed", lambda deed: {"asked": _malice(deed)}
    ),
    "malice.declined": plain(
        malice.decide_malice, "malice.declined", lambda deed: {"asked": _malice(deed)}
    ),
    "code.changed": money.new_code,
    "keys.resealed": reseal,
    "keys.contributed": contribute,
    "keys.rebuilt": rebuild,
    "keys.rewrapped": lambda deed: rewrap(deed.world, deed.report, deed.login("yjj-officer")),
    "release.requested": money.ask_release,
    "release.approved": money.give_agreement,
    "release.refused": plain(
        disclosure.refuse_release,
        "release.refused",
        lambda deed: {"release": money.release_of(deed), "reason_code": "not_necessary"},
    ),
    "release.opened": money.open_release,
    "release.attempted": plain(
        disclosure.note_attempt,
        "release.attempted",
        lambda deed: {"release": money.release_of(deed, running=False), "why": "separation"},
    ),
    "hold.requested": plain(
        holds.request_hold,
        "hold.requested",
        lambda deed: {
            "hold": f"h{deed.case.events}",
            "reason_code": "criminal_case",
            "until": deed.in_days(60),
            "threshold": 2,
        },
    ),
    "hold.approved": money.approve_hold,
    "hold.lifted": plain(
        holds.lift_hold,
        "hold.lifted",
        lambda deed: {"hold": money.hold_of(deed, HoldState.REQUESTED, HoldState.ACTIVE)},
    ),
    "identity.withdrawn": money.withdraw,
    "destruction.requested": plain(
        holds.request_destruction,
        "destruction.requested",
        lambda deed: {"reason_code": deed.pick(DESTRUCTION_REASONS[:1])},
    ),
    "destruction.confirmed": plain(
        holds.confirm_destruction,
        "destruction.confirmed",
        lambda deed: {"reason_code": deed.pick(DESTRUCTION_REASONS[:1])},
    ),
}  # fmt: skip


def _malice(deed: Deed) -> int:
    return deed.case.malice.ordinal if deed.case.malice else 1


def done(_what: object) -> None:
    """What came of a deed is read from its events."""
