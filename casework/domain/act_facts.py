"""Which facts an act of each kind carries, and how each must look.

An act with a fact missing, unknown or of the wrong form is refused: what is
signed must mean one thing, now and when the register is verified.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone

from casework.domain.award_forms import AWARD_FORMS
from casework.domain.case import Act, Finding, Matter
from casework.domain.errors import BadActError, UnknownActError
from casework.domain.fact_forms import (
    AMOUNT,
    COUNT,
    DAY,
    HEX,
    INSTANT,
    ORDINAL,
    SEAT,
    SHA256,
    TEXT,
    TOKEN,
    TOKENS,
    Form,
    is_list,
    is_plain,
    is_whole,
    one_of,
)

ITEM_KINDS = Form(
    "the items' kinds, in their order",
    lambda value: is_list(value, lambda one: one in ("who", "contact", "payee", "mandate", "file")),
    optional=True,
)
FINES = Form("a list of fen, integers above 0", lambda value: is_list(value, AMOUNT.test))
PLAIN = Form("an object of plain values", lambda v: isinstance(v, Mapping) and is_plain(v))
OFFICE_OR_NONE = Form(
    "a department code or null", lambda value: value in (None, "") or TOKEN.test(value)
)
THRESHOLD = Form("an integer from 2 to 4", lambda v: is_whole(v, 2, 4), optional=True)
SUPERVISOR = Form("a department code, or empty for none", lambda v: v == "" or TOKEN.test(v))
RULE = Form("a rule's id, or empty when none matched", lambda v: v == "" or TOKEN.test(v))

HEX_OR_NONE = Form("lower-case hexadecimal, or empty for none", lambda v: v == "" or HEX.test(v))

REQUEST_PURPOSES = (
    "pay_award", "compare_payee", "compare_claimant", "contact_reporter", "examine_evidence",
    "trial",
)  # fmt: skip
RELEASE_REFUSALS = ("not_necessary", "wrong_item", "basis_missing", "not_verified")
VOID_REASONS = ("item_withdrawn", "new_version", "requester_left", "seat_changed")
HOLD_REASONS = ("criminal_case", "discipline_case", "retaliation_case", "reward_fraud")
DESTRUCTION_REASONS = ("court_order", "not_lawful", "reporter_in_danger", "duplicate")
PROTECTION_MEASURES = (
    "explain", "stop", "restore", "labour", "compensate", "police", "contact",
)  # fmt: skip
DESTROYED_FOR = ("retention", "early", "trial")
RETENTION_CLASSES = ("refused", "unsubstantiated", "substantiated", "rewarded")
SHANGHAI = timezone(timedelta(hours=8))
DRAW_REASONS = ("recused", "on_leave", "left")
LEAD_BASES = ("who_governs", "who_is_main", "who_is_near")
VISIT_PURPOSES = ("verify", "recheck", "follow_up")
# The last one a transfer has, nobody else.
VISIT_DROPS = ("officer_away", "recused", "not_needed", "opened_by_mistake", "transferred")
RECUSAL_GROUNDS = ("declared", "found", "own")
TRANSFER_REASONS = ("not_competent", "territory", "lead_by_duty", "assigned_from_above", "accused")

# Missing only in what was stored before a close had to be proposed; closing.py demands it.
TRUTH_IF_SEEN = Form("1, where it looks true", lambda v: is_whole(v, 1, 1), optional=True)
COUNT_IF_ASKED = Form(ORDINAL.expected, ORDINAL.test, optional=True)
TEXT_IF_ANY = Form(TEXT.expected, TEXT.test, optional=True)
TOKEN_IF_ANY = Form(TOKEN.expected, TOKEN.test, optional=True)
DAY_IF_ANY = Form(DAY.expected, DAY.test, optional=True)
ALLEGATIONS_IF_SEVERAL = Form(
    "a list of 2 to 20 findings, one an allegation",
    lambda value: (
        isinstance(value, list | tuple)
        and 2 <= len(value) <= 20
        and is_list(value, lambda one: one in set(Finding))
    ),
    optional=True,
)
OUTCOME_IF_CHECKED = Form(
    "fixed or not_fixed", lambda value: value in ("fixed", "not_fixed"), optional=True
)
# Missing only in what was stored before a refusal had to be proposed; refusal.py demands it.
PROPOSAL_IF_ASKED = Form(ORDINAL.expected, ORDINAL.test, optional=True)
URGENT_IF_SO = Form("1", lambda value: is_whole(value, 1, 1), optional=True)
INSTANT_IF_URGENT = Form(INSTANT.expected, INSTANT.test, optional=True)
SCOPE_CODES = ("labour", "consumer", "police", "petition")
SCOPE_IF_ELSEWHERE = Form(
    f"one of {', '.join(SCOPE_CODES)}", lambda value: value in SCOPE_CODES, optional=True
)
CO_IF_ANY = Form(TOKENS.expected, TOKENS.test, optional=True)
OFFICE_IF_ANY = Form(TOKEN.expected, TOKEN.test, optional=True)
REASON_IF_ANEW = Form(
    f"one of {', '.join(DRAW_REASONS)}", lambda value: value in DRAW_REASONS, optional=True
)
ORDINAL_IF_ANY = Form(ORDINAL.expected, ORDINAL.test, optional=True)
INSTANT_IF_EARLIER = Form(INSTANT.expected, INSTANT.test, optional=True)
DAY_IF_REDONE = Form(DAY.expected, DAY.test, optional=True)
_CALLED_BACK = Form("1, 3 or 6", lambda v: is_whole(v, 1, 6) and v in (1, 3, 6))
_PHONED = one_of("solved", "partly", "not_solved", "not_reached")
_ASKED_IN = Form("0, 1, 3 or 6", lambda v: is_whole(v, 0, 6) and v in (0, 1, 3, 6))
TEMPLATE_IF_ANY = Form(TOKEN.expected, TOKEN.test, optional=True)
VERSION_IF_TEMPLATE = Form(SHA256.expected, SHA256.test, optional=True)
RESULT_IF_SO = Form("result", lambda value: value == "result", optional=True)
# Where the log of all events has an event, from 0.
PLACE = Form("a place in the log", lambda value: is_whole(value, 0, 10**12))
TOKEN_IF_MERGED = Form(TOKEN.expected, TOKEN.test, optional=True)
FOUND_IF_MERGED = Form(COUNT.expected, COUNT.test, optional=True)
_MERGE_KIND = one_of("same", "supplementary")
BASIS_IF_NAMED = Form(
    "visit, documents, phone or other_body",
    lambda value: value in ("visit", "documents", "phone", "other_body"),
    optional=True,
)
UNIT = one_of("minute", "hour", "day", "working_day", "month", "year")
# Which clock an act is about: its key, and the ordinal of the act that started it.
_CLOCK: Mapping[str, Form] = {"clock": TOKEN, "since": ORDINAL}

FORMS: Mapping[str, Mapping[str, Form]] = {
    "report.received": {
        "region": TOKEN,
        "sector": TOKEN,
        "matter": one_of(*Matter),
        "about": OFFICE_OR_NONE,
        "channel": TOKEN,
        "received_on": DAY,
        "case_number": TOKEN,
        "lead": TOKEN,
        "supervisor": SUPERVISOR,
        "offices": TOKENS,
        "sending": TOKEN,
        "manifest": HEX,
        "reporter_box": HEX,
        "reporter_sign": HEX,
        "rule": RULE,
        "urgent": URGENT_IF_SO,
        "urgent_from": INSTANT_IF_URGENT,
        "scope": SCOPE_IF_ELSEWHERE,
        "co": CO_IF_ANY,
        "barred": CO_IF_ANY,
        "discipline": OFFICE_IF_ANY,
    },
    "report.read": {"sending": TOKEN},
    "file.read": {"file": TOKEN},
    "report.accepted": {
        "policy": TOKEN,
        "policy_sha256": SHA256,
        "accepted_on": DAY,
        "verify_due_on": DAY,
    },
    "refusal.proposed": {"reason_code": TOKEN, "basis": TEXT},
    "refusal.declined": {"asked": ORDINAL, "reason_code": TOKEN},
    "report.refused": {"reason_code": TOKEN, "refused_on": DAY, "asked": PROPOSAL_IF_ASKED},
    "report.transferred": {
        "lead": TOKEN,
        "supervisor": SUPERVISOR,
        "reason_code": one_of(*TRANSFER_REASONS),
        "co": CO_IF_ANY,
        "proposal": ORDINAL_IF_ANY,
        "returned": ORDINAL_IF_ANY,
    },
    "assignment.proposed": {"lead": TOKEN, "co": CO_IF_ANY, "basis": one_of(*LEAD_BASES)},
    "assignment.drawn": {
        "seed": SHA256,
        "candidates": TOKENS,
        "officer": TOKEN,
        "reason_code": REASON_IF_ANEW,
    },
    "assignment.handed": {"from": TOKEN, "to": TOKEN, "reason_code": one_of("on_leave", "back")},
    "return.requested": {
        "citation": TEXT,
        "reason_code": one_of(*TRANSFER_REASONS),
        "to": OFFICE_OR_NONE,
    },
    "return.overruled": {"asked": ORDINAL},
    "cohandlers.named": {"co": TOKENS},
    "recusal.noted": {"account": TOKEN, "why": one_of(*RECUSAL_GROUNDS)},
    "opinion.given": {},
    "copy.sent": {"copies": TOKENS},
    "copy.acknowledged": {},
    "observation.given": {},
    "interference.noted": {"readers": TOKENS},
    "interference.read": {"asked": ORDINAL},
    "discipline.answered": {"document": TEXT},
    "finding.recorded": {
        "finding": one_of(*Finding),
        "penalty_no": TEXT,
        "fines_fen": FINES,
        "facts": PLAIN,
        "concluded_on": DAY,
        "penalty_on": DAY_IF_ANY,
        "penalty_by": TEXT_IF_ANY,
        "allegations": ALLEGATIONS_IF_SEVERAL,
        "basis": BASIS_IF_NAMED,
    },
    "visit.planned": {
        "purpose": one_of(*VISIT_PURPOSES),
        "officers": TOKENS,
        "unannounced": URGENT_IF_SO,
    },
    "visit.photographed": {"visit": ORDINAL, "photos": TOKENS},
    "visit.recorded": {
        "visit": ORDINAL,
        "visited_on": DAY,
        "result": one_of("complete", "partial"),
        "checklist": TOKEN,
        "checklist_sha256": SHA256,
        "photos": CO_IF_ANY,
        "at_first": TRUTH_IF_SEEN,
    },
    "visit.returned": {"visit": ORDINAL, "recorded": ORDINAL},
    "visit.signed": {"visit": ORDINAL, "recorded": ORDINAL, "record": SHA256},
    "visit.dropped": {"visit": ORDINAL, "reason_code": one_of(*VISIT_DROPS)},
    "message.sent": {
        "from": one_of("office", "reporter"),
        "about": RESULT_IF_SO,
        "found": FOUND_IF_MERGED,
        "template": TEMPLATE_IF_ANY,
        "template_sha256": VERSION_IF_TEMPLATE,
    },
    "case.merged": {"into": TOKEN, "rank": COUNT, "kind": _MERGE_KIND},
    "merge.joined": {"report": TOKEN, "rank": COUNT, "kind": _MERGE_KIND, "place": PLACE},
    "merge.undone": {
        "from": TOKEN,
        "reason_code": one_of("another_matter", "merged_by_mistake"),
    },
    "merge.left": {"report": TOKEN},
    "evidence.added": {"sending": TOKEN, "manifest": HEX},
    "case.closed": {"closed_on": DAY, "asked": COUNT_IF_ASKED},
    "closing.proposed": {},
    "closing.declined": {"asked": ORDINAL},
    "rectification.ordered": {"document": TEXT, "due_on": DAY_IF_ANY},
    "referral.made": {"to": one_of("police", "discipline"), "document": TEXT},
    "referral.acknowledged": {"asked": ORDINAL, "document": TEXT},
    "report.deemed_accepted": {
        "policy": TOKEN,
        "policy_sha256": SHA256,
        "accepted_on": DAY,
        "verify_due_on": DAY,
    },
    "milestone.recorded": {
        "milestone": TOKEN,
        "document": TEXT,
        "at": INSTANT_IF_EARLIER,
        "outcome": OUTCOME_IF_CHECKED,
    },
    "clock.reminded": {**_CLOCK, "stage": TOKEN, "on": DAY},
    "clock.overdue": {**_CLOCK, "due_on": DAY, "on": DAY},
    "clock.recomputed": {**_CLOCK, "was": DAY, "due_on": DAY, "calendar": SHA256},
    "case.escalated": {**_CLOCK, "rung": TOKEN, "to": TOKEN, "on": DAY},
    "step.acknowledged": {**_CLOCK, "rung": TOKEN},
    "extension.requested": {
        **_CLOCK,
        "value": COUNT,
        "unit": UNIT,
        "reason_code": TOKEN,
        "approver_role": TOKEN,
        "was": DAY,
    },
    "extension.granted": {"asked": ORDINAL, "due_on": DAY},
    "extension.refused": {"asked": ORDINAL},
    "pause.requested": {
        **_CLOCK,
        "reason_code": TOKEN,
        "document": TEXT,
        "approver_role": TOKEN,
        "first": DAY,
        "until": DAY,
    },
    "pause.granted": {"asked": ORDINAL},
    "pause.refused": {"asked": ORDINAL},
    "pause.ended": {"asked": ORDINAL, "on": DAY, "due_on": DAY},
    "order.issued": {
        "order": TOKEN,
        "number": TEXT,
        "kind": one_of("urge", "order", "listing"),
    },
    "order.answered": {"order": TOKEN},
    **AWARD_FORMS,
    "report.urged": {"urged_on": DAY},
    "objection.filed": {"since": ORDINAL, "until": DAY},
    "review.decided": {
        "asked": ORDINAL,
        "outcome": one_of("kept", "redo"),
        "verify_due_on": DAY_IF_REDONE,
        "into": TOKEN_IF_MERGED,
    },
    "case.redone": {"report": TOKEN, "asked": ORDINAL, "verify_due_on": DAY},
    "callback.asked": {"month": _CALLED_BACK, "on": DAY},
    "callback.phoned": {"month": _CALLED_BACK, "release": TOKEN, "answer": _PHONED},
    "satisfaction.given": {
        "month": _ASKED_IN,
        "answer": one_of("solved", "partly", "not_solved"),
    },
    "protection.ordered": {
        "measure": one_of(*PROTECTION_MEASURES),
        "document": TEXT,
        "until": DAY_IF_ANY,
    },
    "protection.declined": {},
    "protection.ended": {"asked": ORDINAL},
    "malice.proposed": {"basis": TEXT},
    "malice.confirmed": {"asked": ORDINAL},
    "malice.declined": {"asked": ORDINAL},
    "code.changed": {"reporter_box": SHA256, "reporter_sign": SHA256},
    "keys.resealed": {"seat": SEAT, "from": SHA256, "to": SHA256},
    "keys.contributed": {"seat": SEAT, "from_seat": SEAT},
    "keys.rebuilt": {"seat": SEAT},
    "keys.rewrapped": {"office": TOKEN, "key_id": SHA256},
    "release.requested": {
        "release": TOKEN,
        "item": TOKEN,
        "version": COUNT,
        "purpose": one_of(*REQUEST_PURPOSES),
        "expires_at": INSTANT,
        "threshold": THRESHOLD,
    },
    "release.approved": {"release": TOKEN, "seat": COUNT, "seat_key": SHA256},
    "release.refused": {"release": TOKEN, "reason_code": one_of(*RELEASE_REFUSALS)},
    "release.opened": {"release": TOKEN},
    "release.expired": {"release": TOKEN},
    "release.voided": {"release": TOKEN, "why": one_of(*VOID_REASONS)},
    "release.attempted": {"release": TOKEN, "why": TOKEN},
    "hold.requested": {
        "hold": TOKEN,
        "reason_code": one_of(*HOLD_REASONS),
        "until": DAY,
        "threshold": THRESHOLD,
    },
    "hold.approved": {"hold": TOKEN, "seat": COUNT},
    "hold.lifted": {"hold": TOKEN},
    "identity.withdrawn": {"items": TOKENS, "kinds": ITEM_KINDS},
    "identity.erased": {"items": TOKENS, "asked": HEX_OR_NONE, "backups_until": DAY},
    "identity.forgotten": {"erased": SHA256, "forgotten_on": DAY},
    "destruction.requested": {"reason_code": one_of(*DESTRUCTION_REASONS)},
    "destruction.confirmed": {"reason_code": one_of(*DESTRUCTION_REASONS)},
    "case.destroyed": {
        "reason": one_of(*DESTROYED_FOR),
        "class": one_of(*RETENTION_CLASSES),
    },
}


def check_facts(
    kind: str, facts: Mapping[str, object], known: Mapping[str, Mapping[str, Form]] = FORMS
) -> None:
    """Check that *facts* are exactly those of an act of this *kind*.

    Args:
        kind: such as "report.accepted".
        facts: what the act says.
        known: the forms of every kind there is; without it those of acts in a case.

    Raises:
        UnknownActError: no act of this kind exists.
        BadActError: a fact is missing, unknown or of the wrong form; it is named.
    """
    forms = known.get(kind)
    if forms is None:
        raise UnknownActError(kind=kind)
    for name in facts:
        if name not in forms:
            raise BadActError(name, f"no such fact in {kind}")
    for name, form in forms.items():
        if name not in facts:
            if not form.optional:
                raise BadActError(name, form.expected)
        elif not form.test(facts[name]):
            raise BadActError(name, form.expected)


def text_of(act: Act, name: str) -> str:
    """Return a fact that `check_facts` knows to be text; "" where it is optional and missing."""
    return str(act.facts.get(name) or "")


def day_of(act: Act, name: str) -> date:
    """Return a fact that `check_facts` knows to be a day."""
    return date.fromisoformat(str(act.facts[name]))


def civil_day(at: str) -> date:
    """Return the day in China of a UTC instant that `is_instant` knows to be one."""
    moment = datetime.fromisoformat(at.replace("Z", "+00:00")).replace(tzinfo=UTC)
    return moment.astimezone(SHANGHAI).date()


def number_of(act: Act, name: str, default: int = 0) -> int:
    """Return a fact that `check_facts` knows to be an integer."""
    value = act.facts.get(name, default)
    assert isinstance(value, int)
    return value


def numbers_of(act: Act, name: str) -> tuple[int, ...]:
    """Return a fact that `check_facts` knows to be a list of integers."""
    value = act.facts[name]
    assert isinstance(value, list | tuple)
    return tuple(value)


def texts_of(act: Act, name: str) -> tuple[str, ...]:
    """Return a fact that `check_facts` knows to be a list of text."""
    value = act.facts[name]
    assert isinstance(value, list | tuple)
    return tuple(value)
