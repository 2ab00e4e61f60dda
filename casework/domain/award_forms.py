"""Which facts the acts of an award carry, and how each must look; act_facts.py puts them in."""

from collections.abc import Mapping
from typing import Final

from casework.domain.award_values import (
    BANK_REASONS,
    RECALLED_FOR,
    REFUSED_FOR,
    REOPENED_FOR,
    SENT_BACK_FOR,
    STOPPED_FOR,
)
from casework.domain.fact_forms import (
    AMOUNT,
    COUNT,
    HEX,
    ORDINAL,
    SHA256,
    TEXT,
    TOKEN,
    TOKENS,
    YEAR,
    Form,
    is_list,
    is_plain,
    is_whole,
    one_of,
)
from casework.domain.money import FEN_MAX
from casework.domain.reward_facts import RELATIONS
from casework.domain.split import SIGNERS_MAX, SPLIT_IF_ANY


def _optional(form: Form) -> Form:
    return Form(form.expected, form.test, optional=True)


_FEN = Form("fen, an integer from 0 on", lambda value: is_whole(value, 0, FEN_MAX))
_OUTCOME = one_of("amount", "range", "manual", "none")
_RULE: Final[Mapping[str, Form]] = {
    "policy": TOKEN,
    "policy_sha256": SHA256,
    "trace_sha256": SHA256,
}
_PRIOR = Form(
    "a list of at most 50 earlier awards",
    lambda value: is_list(value, is_plain) and isinstance(value, list | tuple) and len(value) <= 50,
)
_PROPOSED: Final[Mapping[str, Form]] = {
    "outcome": _optional(_OUTCOME),
    "because": _optional(TEXT),
    "lifted": Form("1", lambda value: is_whole(value, 1, 1), optional=True),
    "rungs": _optional(TOKENS),
    "pot": _optional(TOKEN),
    "split": SPLIT_IF_ANY,
}
_YES: Final[Mapping[str, Form]] = {
    "award": TOKEN,
    "amount_fen": AMOUNT,
    "binding": SHA256,
    "less_fen": _optional(AMOUNT),
}

AWARD_FORMS: Final[Mapping[str, Mapping[str, Form]]] = {
    "reward.computed": {
        "award": TOKEN,
        "year": YEAR,
        **_RULE,
        "outcome": _OUTCOME,
        "amount_fen": _FEN,
        "low_fen": _optional(AMOUNT),
        "pot": _optional(TOKEN),
        "payer": _optional(TOKEN),
        "more_fen": _optional(AMOUNT),
        "less_fen": _optional(AMOUNT),
        "reason": _optional(TOKEN),
    },
    "reward.declared": {
        "relation": one_of(*RELATIONS),
        "prior": _PRIOR,
        "signers": Form(
            f"an integer from 1 to {SIGNERS_MAX}",
            lambda value: is_whole(value, 1, SIGNERS_MAX),
        ),
    },
    "reward.reserved": {
        "award": TOKEN,
        "amount_fen": AMOUNT,
        "year": YEAR,
        "payer": _optional(TOKEN),
        **_RULE,
        **_PROPOSED,
    },
    "reward.proposed": {
        "award": TOKEN,
        "amount_fen": AMOUNT,
        "year": YEAR,
        "trace_sha256": SHA256,
        "more_fen": _optional(AMOUNT),
        **_PROPOSED,
    },
    "reward.approved": _YES,
    "reward.funded": _YES,
    "reward.shared": {
        "award": TOKEN,
        "amount_fen": AMOUNT,
        "year": YEAR,
        **_RULE,
        "pot": TOKEN,
        "payer": _optional(TOKEN),
        "of": TOKEN,
        "report": TOKEN,
        "signer": Form(
            f"an integer from 1 to {SIGNERS_MAX}",
            lambda value: is_whole(value, 1, SIGNERS_MAX),
        ),
        "proposer": TOKEN,
        "approvers": TOKENS,
        "investigators": _optional(TOKENS),
    },
    "reward.sent_back": {"award": TOKEN, "reason_code": _optional(one_of(*SENT_BACK_FOR))},
    "reward.rejected": {"award": TOKEN, "reason_code": _optional(one_of(*REFUSED_FOR))},
    "reward.notified": {"award": TOKEN, "how": one_of("letter", "announced"), "document": TEXT},
    "reward.claimed": {
        "award": TOKEN,
        "how": one_of("account", "counter", "voucher", "agent"),
        "item": _optional(TOKEN),
        "version": _optional(COUNT),
        "claim_hash": _optional(HEX),
        "confirm_hash": _optional(HEX),
    },
    "reward.identified": {"award": TOKEN, "release": TOKEN},
    "reward.witnessed": {
        "award": TOKEN,
        "claim_hash": _optional(HEX),
        "confirm_hash": _optional(HEX),
    },
    "reward.ordered": {"award": TOKEN, "amount_fen": AMOUNT, "batch": TOKEN, "reference": TOKEN},
    "reward.stopped": {"award": TOKEN, "reason_code": one_of(*STOPPED_FOR)},
    "reward.undone": {"award": TOKEN, "batch": TOKEN, "reason_code": one_of(*BANK_REASONS)},
    "reward.paid": {
        "award": TOKEN,
        "amount_fen": AMOUNT,
        "year": YEAR,
        "means": one_of("transfer", "cash", "voucher", "agent"),
        "claim_hash": _optional(HEX),
        "reference": _optional(TOKEN),
        "cut_fen": _optional(AMOUNT),
        "tax_fen": _optional(AMOUNT),
    },
    "reward.returned": {
        "award": TOKEN,
        "amount_fen": AMOUNT,
        "year": YEAR,
        "reason_code": one_of(*BANK_REASONS),
    },
    "reward.reconciled": {"award": TOKEN, "statement": TOKEN},
    "reward.closed": {"award": TOKEN},
    "reward.lapsed": {"award": TOKEN},
    "reward.reopened": {
        "award": TOKEN,
        "reason_code": one_of(*REOPENED_FOR),
        "year": YEAR,
        "pot": TOKEN,
        "more_fen": AMOUNT,
    },
    "reward.objected": {"award": TOKEN},
    "reward.reviewed": {
        "award": TOKEN,
        "asked": ORDINAL,
        "outcome": one_of("kept", "redo"),
        "beside": _optional(TOKEN),
    },
    "reward.recalled": {
        "award": TOKEN,
        "amount_fen": AMOUNT,
        "reason_code": one_of(*RECALLED_FOR),
        "document": TEXT,
    },
}
