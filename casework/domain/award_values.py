"""What an award is, as plain frozen values: where it stands, who agreed, how it is paid."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class AwardState(StrEnum):
    """Where an award stands: one claim beside the report (SCENARIOS.md F and G)."""

    ELIGIBILITY = "eligibility"  # opened, and nothing set aside: no figure, or no money
    COMPUTED = "computed"  # and its money set aside
    PROPOSED = "reserved"  # the word in which it was stored before claims opened by themselves
    APPROVED = "approved"  # everybody on the ladder agreed
    FUNDED = "funded"  # finance last
    NOTIFIED = "notified"
    CLAIMED = "claimed"
    ORDERED = "ordered"  # the bank has the payment order
    PAID = "paid"
    RECONCILED = "reconciled"
    CLOSED = "closed"
    REJECTED = "rejected"  # refused
    LAPSED = "lapsed"
    RECALLED = "recalled"  # to be paid back


# Nothing has been promised to the reporter: the sum may still change.
UNDECIDED = frozenset({AwardState.ELIGIBILITY, AwardState.COMPUTED, AwardState.PROPOSED})
AGREED = frozenset({AwardState.APPROVED, AwardState.FUNDED})
PAID_OUT = frozenset({AwardState.PAID, AwardState.RECONCILED, AwardState.CLOSED})
# No money is held for these any more; another award may be opened by hand.
GIVEN_UP = frozenset({AwardState.REJECTED, AwardState.LAPSED, AwardState.RECALLED})
SETTLED = GIVEN_UP | {AwardState.CLOSED}


# Why nothing is due, by the name that the reporter is told. Source: POLICIES.md (a3),
# ineligible; 安监总财〔2018〕19号 第七条 [M].
REFUSED_FOR: Final = (
    "anonymous",
    "relation",
    "duty_holder",
    "injured_party",
    "offender",
    "paid_by_competitor",
    "already_known",
    "from_media",
    "duplicate",
    "withdrawn",
    "no_rule",
)
# Why somebody on the ladder wants another proposal.
SENT_BACK_FOR: Final = ("amount", "facts", "grounds", "split")
# Why a lapsed one may be claimed after all; why a paid one must be paid back.
REOPENED_FOR: Final = ("illness", "away", "not_told", "disaster", "lost_code")
RECALLED_FOR: Final = ("fraud", "collusion", "mistake", "penalty_annulled")
# Why the cashier stops a payment who has seen the payee, or the reporter's name: it is not the
# reporter's account, what was declared of relations or earlier awards is not so, or worse.
STOPPED_FOR: Final = ("name_differs", "relation_differs", "prior_differs", "duplicate", "fraud")
# Why the bank did not pay, or sent money back.
BANK_REASONS: Final = ("account_unknown", "name_differs", "account_closed", "not_sent", "other")


@dataclass(frozen=True, slots=True)
class AwardApproval:
    """One person's yes, bound to what was agreed to."""

    account: str
    role: str
    ordinal: int


@dataclass(frozen=True, slots=True)
class Award:
    """One award of a case; money in fen of the budget *year*.

    Attributes:
        amount_fen: what is proposed or agreed; before, what the rules give, of a range the
            upper end.
        reserved_fen: what is set aside for it now.
        opened, proposed: ordinals of the acts; 0 before.
        low_fen: lower end of a range, else 0.
        outcome: "amount", "range", "manual" or "none", as the quote has it.
        reason: why nothing is set aside: the code of the quote, or "short" of money.
        facts_sha256: digest of the facts of the case that it was worked out from.
        because: the reason of a sum that no rule gives.
        floor_fen: the least after a review, which takes nothing away.
        rungs: roles that must agree, in order; approvals: who did.
        payer: office that pays; "" for the lead.
        how: "account", "counter", "voucher", "agent" or "card", once claimed.
        item, version: payee item or mandate, where the way has one.
        claim_hash, confirm_hash: of the one-time numbers for the counter.
        claimed: ordinal of the claim; witnessed, witness: of the second officer's yes to it.
        batch, reference: of the payment order.
        returned: how often the bank sent the money back.
        notified_how, notice: "mailbox", "letter" or "announced", and the number of the paper.
        objected: ordinal of an objection that is still to be reviewed; 0 for none.
        refused: code of why it was refused.
        statement: what it was reconciled with.
        recall_fen, recall_reason: what is to be paid back, and why.
        split: how a sum that is shared is to be shared, as `split.as_text` writes it.
        whole_fen: of one whose shares were given out, the sum of them all.
        of: of a share, the award that it is a part of; "" for the award itself.
        signer: of the report, who gets it; 1 is the first.
        booked: how many lines of each kind the fund has of it, as "KIND:count".
    """

    id: str
    state: AwardState
    amount_fen: int
    year: int
    policy_id: str
    policy_sha256: str
    trace_sha256: str
    proposer: str
    approver: str = ""
    binding: str = ""
    how: str = ""
    item: str = ""
    version: int = 0
    claim_hash: str = ""
    cashier: str = ""
    means: str = ""
    paid_at: str = ""
    pot: str = ""  # of the fund; "" for what was reserved before there were several
    reserved_fen: int = 0
    opened: int = 0
    proposed: int = 0
    low_fen: int = 0
    outcome: str = "amount"
    reason: str = ""
    facts_sha256: str = ""
    because: str = ""
    floor_fen: int = 0
    rungs: tuple[str, ...] = ()
    approvals: tuple[AwardApproval, ...] = ()
    payer: str = ""
    confirm_hash: str = ""
    claimed: int = 0
    witnessed: int = 0
    witness: str = ""
    batch: str = ""
    reference: str = ""
    returned: int = 0
    notified_how: str = ""
    notice: str = ""
    objected: int = 0
    refused: str = ""
    statement: str = ""
    recall_fen: int = 0
    recall_reason: str = ""
    split: str = ""
    whole_fen: int = 0
    of: str = ""
    signer: int = 1
    booked: tuple[str, ...] = ()

    @property
    def is_shared(self) -> bool:
        """Whether parts of it were given out, or it is one of them."""
        return bool(self.whole_fen or self.of)

    @property
    def is_over(self) -> bool:
        """Whether another may be opened in its place: nobody has, or may get, anything of it.

        Of one that was shared others have their parts, whatever became of its own; and of one
        that is to be paid back in part the reporter keeps the rest.
        """
        kept = self.amount_fen - self.recall_fen if self.state is AwardState.RECALLED else 0
        return self.state in GIVEN_UP and not self.whole_fen and kept <= 0

    @property
    def counted_fen(self) -> int:
        """What it counts against the cap of a matter; a part counts with the one it was part of."""
        if self.of:
            return 0
        if self.whole_fen:
            return self.whole_fen
        if self.state is AwardState.RECALLED:
            return self.amount_fen - self.recall_fen
        return 0 if self.state in GIVEN_UP else self.amount_fen

    @property
    def approvers(self) -> frozenset[str]:
        """Accounts that agreed to it; what they agreed to may have changed since."""
        return frozenset(one.account for one in self.approvals) | frozenset({self.approver} - {""})

    @property
    def next_rung(self) -> str:
        """The role whose yes it waits for; "" where there is none."""
        if self.state is not AwardState.PROPOSED or len(self.approvals) >= len(self.rungs):
            return ""
        return self.rungs[len(self.approvals)]

    def times(self, kind: str) -> int:
        """Return how many lines of this kind the fund has of it."""
        counts = dict(one.split(":") for one in self.booked)
        return int(counts.get(kind, 0))


@dataclass(frozen=True, slots=True)
class Declaration:
    """What the reporter said for the award, under the signature of the receipt code.

    Attributes:
        relation: one of reward_facts.RELATIONS.
        prior: canonical JSON of the earlier awards.
        signers: how many signed the report.
    """

    ordinal: int
    relation: str
    prior: str = "[]"
    signers: int = 1
