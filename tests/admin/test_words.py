"""Codes have words, amounts are read as people type them, and days left are words."""

from datetime import date

import pytest

from admin.forms import clock_words, deed_words, visit_words, words
from admin.views.deadlines import light
from admin.views.timeline import sentence
from casework.domain.act_facts import FORMS, VISIT_DROPS, VISIT_PURPOSES
from casework.domain.case import AskState, AwardState, Finding, Matter, ReleaseState, State
from casework.domain.checklists import ANSWERS
from casework.domain.clock_reasons import EXTENSION_CODES, PAUSE_CODES
from casework.domain.deadline import CLOCK_KEYS, Unit
from casework.domain.ledger import Account, LineKind
from casework.domain.milestone import MILESTONES
from casework.domain.money import read_yuan
from casework.domain.order import ORDER_KINDS
from casework.domain.policy_rules import RUNGS
from casework.domain.roles import Role
from casework.domain.visit import BASES
from casework.queries.cases import TimelineLine


@pytest.mark.parametrize(
    ("known", "codes"),
    [
        (words.ROLES, Role),
        (words.STATES, State),
        (words.MATTERS, Matter),
        (words.FINDINGS, Finding),
        (words.AWARD_STATES, AwardState),
        (words.RELEASE_STATES, ReleaseState),
        (words.LEDGER_KINDS, [str(kind).lower() for kind in LineKind]),
        (words.LEDGER_ACCOUNTS, Account),
        (deed_words.EVENTS, FORMS),
        (visit_words.PURPOSES, VISIT_PURPOSES),
        (visit_words.DROPS, VISIT_DROPS),
        (visit_words.BASES, BASES),
        (visit_words.ANSWERS, ANSWERS),
        (clock_words.CLOCKS, CLOCK_KEYS),
        (clock_words.RUNGS, RUNGS),
        (clock_words.UNITS, Unit),
        (clock_words.MILESTONES, MILESTONES),
        (clock_words.ORDER_KINDS, ORDER_KINDS),
        (clock_words.ASK_STATES, AskState),
        (clock_words.EXTENSION_REASONS, EXTENSION_CODES),
        (clock_words.PAUSE_REASONS, PAUSE_CODES),
    ],
    ids=lambda value: None,
)
def test_every_code_of_the_domain_has_a_word(known, codes):
    assert {str(code) for code in codes} - set(known) == set()


@pytest.mark.parametrize(
    ("typed", "fen"),
    [
        ("30000", 3_000_000),
        ("30,000", 3_000_000),
        ("30，000.5", 3_000_050),
        (" 1234.56 元 ", 123_456),
        ("0.01", 1),
        ("¥8", 800),
    ],
)
def test_yuan_as_people_type_them(typed, fen):
    assert read_yuan(typed) == fen


@pytest.mark.parametrize(
    "typed", ["", "0", "0.00", "-1", "1.234", "abc", "１２", "9" * 13, "1.2.3", "1\n2"]
)
def test_what_is_no_amount(typed):
    with pytest.raises(ValueError):
        read_yuan(typed)


def test_light_without_a_deadline_is_none(visit):
    desk = visit()
    with desk.client.application.test_request_context():
        assert light(None, date(2026, 3, 1)) is None
        dues = [date(2026, 3, 9), date(2026, 3, 8), date(2026, 2, 28)]
        found = [light(due_on, date(2026, 3, 1)) for due_on in dues]
        assert [one.level for one in found if one] == ["normal", "near", "late"]


FACTS: dict[str, dict[str, object]] = {
    "report.accepted": {"verify_due_on": "2026-04-01"},
    "report.refused": {"reason_code": "repeated"},
    "refusal.proposed": {"reason_code": "repeated", "basis": "《样本办法》第一条"},
    "refusal.declined": {"asked": 2, "reason_code": "to_be_transferred"},
    "report.transferred": {"lead": "410329-zjj", "reason_code": "territory"},
    "assignment.proposed": {"lead": "410329-zjj", "co": ["410329-jw"], "basis": "who_is_near"},
    "return.requested": {"reason_code": "territory", "citation": "第十八条", "to": "410329-zjj"},
    "assignment.handed": {"from": "x", "to": "y", "reason_code": "on_leave"},
    "assignment.drawn": {"officer": "x", "seed": "ab" * 32, "reason_code": "on_leave"},
    "cohandlers.named": {"co": ["410329-zjj", "410329-jw"]},
    "copy.sent": {"copies": ["410329-zjj", "410329-jw"]},
    "interference.noted": {"readers": ["410329-jw"]},
    "discipline.answered": {"document": "伊纪函〔2026〕1号"},
    "case.merged": {"kind": "same", "rank": 2},
    "merge.joined": {"kind": "supplementary", "rank": 3},
    "merge.undone": {"reason_code": "another_matter"},
    "finding.recorded": {"finding": "partly"},
    "referral.made": {"to": "police", "document": "伊应急移〔2026〕1号"},
    "referral.acknowledged": {"asked": 4, "document": "伊公回〔2026〕1号"},
    "visit.planned": {"purpose": "follow_up", "officers": ["x", "y"], "unannounced": 1},
    "visit.photographed": {"visit": 3, "photos": ["p1", "p2"]},
    "visit.recorded": {"visit": 3, "visited_on": "2026-03-02", "result": "partial"},
    "visit.dropped": {"visit": 3, "reason_code": "recused"},
    "rectification.ordered": {"document": "伊应急责改〔2026〕1号", "due_on": "2026-05-01"},
    "message.sent": {"from": "reporter"},
    "clock.reminded": {"clock": "verify"},
    "clock.overdue": {"clock": "verify"},
    "case.escalated": {"clock": "verify", "since": 2, "rung": "listing", "to": "410329-awb"},
    "report.deemed_accepted": {"verify_due_on": "2026-04-01"},
    "milestone.recorded": {"milestone": "accident_known", "document": "伊应急〔2026〕3号"},
    "clock.recomputed": {"clock": "verify", "was": "2026-04-01", "due_on": "2026-04-02"},
    "step.acknowledged": {"clock": "order_reply", "since": 9, "rung": "head"},
    "extension.requested": {
        "clock": "verify",
        "value": 10,
        "unit": "working_day",
        "reason_code": "force_majeure",
    },
    "extension.granted": {"asked": 3, "due_on": "2026-05-01"},
    "pause.requested": {
        "clock": "verify",
        "reason_code": "expert_test",
        "document": "伊应急鉴〔2026〕1号",
        "first": "2026-03-20",
        "until": "2026-04-20",
    },
    "pause.ended": {"asked": 3, "on": "2026-03-22", "due_on": "2026-05-01"},
    "order.issued": {"order": "o1", "number": "伊督〔2026〕K7M2Q9XR号", "kind": "listing"},
    "case.redone": {"report": "r2", "asked": 7, "verify_due_on": "2026-05-02"},
    "review.decided": {"asked": 7, "outcome": "redo", "verify_due_on": "2026-05-02"},
    "callback.asked": {"month": 3, "on": "2026-06-02"},
    "callback.phoned": {"month": 1, "release": "r1", "answer": "not_reached"},
    "satisfaction.given": {"month": 3, "answer": "not_solved"},
    "recusal.noted": {"account": "x", "why": "found"},
    "protection.ordered": {"measure": "stop", "document": "文1号", "until": "2026-05-01"},
    "protection.ended": {"asked": 4},
    "malice.proposed": {"basis": "《治安管理处罚法》第二十九条"},
    "reward.reserved": {"amount_fen": 100},
    "reward.approved": {"amount_fen": 100},
    "reward.paid": {"amount_fen": 100},
    "reward.computed": {"amount_fen": 100},
    "reward.shared": {"amount_fen": 100},
    "reward.proposed": {"amount_fen": 100},
    "reward.funded": {"amount_fen": 100},
    "reward.ordered": {"amount_fen": 100},
    "reward.stopped": {"reason_code": "fraud"},
    "reward.sent_back": {"reason_code": "facts"},
    "reward.rejected": {"reason_code": "from_media"},
    "reward.reopened": {"reason_code": "illness"},
    "reward.undone": {"reason_code": "name_differs"},
    "reward.returned": {"amount_fen": 100, "reason_code": "other"},
    "reward.recalled": {
        "amount_fen": 100,
        "reason_code": "fraud",
        "document": "伊应急追〔2026〕1号",
    },
    "reward.notified": {"how": "letter", "document": "伊应急奖〔2026〕1号"},
    "reward.reviewed": {"outcome": "redo"},
    "reward.declared": {"relation": "staff", "prior": [], "signers": 2},
    "reward.claimed": {"how": "counter"},
    "release.requested": {"purpose": "pay_award"},
    "release.approved": {"seat": 2},
    "release.refused": {"reason_code": "wrong_item"},
    "release.voided": {"why": "new_version"},
    "release.attempted": {"why": "another_opens_release"},
    "hold.requested": {"reason_code": "reward_fraud", "until": "2026-05-01"},
    "hold.approved": {"seat": 2},
    "identity.erased": {"asked": "", "backups_until": "2026-05-01"},
    "identity.forgotten": {"forgotten_on": "2026-05-01"},
    "destruction.requested": {"reason_code": "court_order"},
    "destruction.confirmed": {"reason_code": "not_lawful"},
    "case.destroyed": {"class": "rewarded"},
    "keys.resealed": {"seat": 2},
    "keys.contributed": {"seat": 2, "from_seat": 1},
    "keys.rebuilt": {"seat": 2},
}


@pytest.mark.parametrize("kind", FORMS)
def test_every_event_is_one_sentence_without_codes(visit, kind):
    line = TimelineLine(kind, "2026-03-01T00:00:00Z", "jobs", FACTS.get(kind, {}), "", ())
    with visit().client.application.test_request_context():
        told = sentence(line)
    assert told.startswith("系统：")
    assert "_" not in told
    assert "410329" not in told
    assert kind not in told
