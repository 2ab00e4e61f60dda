"""From an approved award to the money: claims, releases of the payee item, payments."""

from datetime import timedelta
from typing import Any

from casework.domain.award import AT_COUNTER
from casework.domain.case import Case
from casework.domain.ids import new_id
from casework.services import (
    disclosure,
    keysets,
    mailbox,
    payments,
)
from casework.storage.sealed_vault import SealedVault
from crypto.canonical import canonical
from crypto.context import (
    item_context,
    piece_context,
    seat_wrap_context,
)
from crypto.dossier import seal_item
from crypto.events import IdentityItem, IdentityPiece
from crypto.objects import object_key_id
from crypto.private_key import PrivateKey
from crypto.seal import seal_approval
from crypto.shares import combine
from crypto.unseal import open_approval, open_pieces, unseal_identity, unwrap_key
from people import SITE, Filed
from signing import Signing

WITNESS = "operator"
PAYEE = {"name": "样本甲", "account": "6222000000000000", "bank": "样本银行"}


class Paying(Signing):
    """What reporter, custodians and cashiers do with an approved award."""

    def claim(
        self,
        filed: Filed,
        *,
        how: str = "account",
        claim_hash: str = "ab" * 32,
        confirm_hash: str = "",
    ) -> Case:
        """Claim the award as the reporter: to a sealed account, at the counter, by an agent."""
        award = self.case(filed.report).award
        assert award is not None
        facts: dict[str, Any] = {"award": award.id, "how": how}
        item: IdentityItem | None = None
        pieces: tuple[IdentityPiece, ...] = ()
        if how != "account":
            facts["claim_hash"] = claim_hash
            facts |= {"confirm_hash": confirm_hash} if confirm_hash else {}
        if how in ("account", "agent"):
            item, pieces = seal_item(
                canonical(PAYEE).decode(),
                site=SITE,
                report=filed.report,
                kind="mandate" if how == "agent" else "payee",
                item_id=new_id(),
                keyset=self.trust.keyset,
                new_id=new_id,
            )
            facts |= {"item": item.id, "version": 1}
        return mailbox.claim_reward(
            self.store,
            act=self.sign_as_reporter(
                filed, "reward.claimed", facts, [item, *pieces] if item else []
            ),
            item=item,
            pieces=pieces,
            trust=self.trust,
            now=self.now,
        )

    def request(self, report: str, who: str = "cashier", hours: int = 24) -> str:
        """Ask for the payee item; return the release's id."""
        award = self.case(report).award
        assert award is not None
        return self.ask_for(report, award.item, "pay_award", who, award.version, hours)

    def ask_for(
        self,
        report: str,
        item: str,
        purpose: str,
        who: str = "cashier",
        version: int = 1,
        hours: int = 24,
    ) -> str:
        """Ask for an item for a purpose; return the release's id."""
        release = new_id()
        facts = {
            "release": release,
            "item": item,
            "version": version,
            "purpose": purpose,
            "expires_at": (self.now + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "threshold": 2,
        }
        disclosure.request_release(
            self.store,
            act=self.sign(who, "release.requested", report, facts),
            trust=self.trust,
            now=self.now,
        )
        return release

    def agree(self, report: str, release: str, who: str) -> Case:
        """Approve a release from *who*'s seat, with the real boxes."""
        person, keyset = self.people[who], self.trust.keyset
        seat = keyset.seat_of(person.account)
        assert seat is not None
        material = disclosure.custody_material(
            self.store, report=report, release=release, seat=seat.number
        )
        wrap = keysets.member_wraps(
            self.store, kind="seat", owner=str(seat.number), account=person.account
        )[0]
        seat_key = PrivateKey(
            unwrap_key(
                wrap.body,
                context=seat_wrap_context(SITE, seat.number),
                holder=person.deed,
                key_id=bytes.fromhex(wrap.key_id),
            )
        )
        context = piece_context(SITE, report, material.item.id, seat.number, material.item.version)
        pieces = open_pieces(
            material.piece.body,
            context=context,
            holder=seat_key,
            item_key_id=object_key_id(material.item.body),
        )
        requester = self.trust.member(material.case.releases[release].requester)
        body = seal_approval(
            pieces,
            request_digest=material.request.event.digest(),
            item=material.item.id,
            seat=seat.number,
            requester=requester.deed,
        )
        approval = disclosure.approval_object(release, seat.number, body)
        return disclosure.approve_release(
            self.store,
            act=self.sign(
                who,
                "release.approved",
                report,
                {
                    "release": release,
                    "seat": seat.number,
                    "seat_key": seat.key.box.hex(),
                },
                [approval],
            ),
            approval=approval,
            trust=self.trust,
            now=self.now,
        )

    def open(self, report: str, release: str, who: str = "cashier") -> str:
        """Open a released item as its requester; return its text."""
        material = disclosure.open_release(
            self.store,
            act=self.sign(who, "release.opened", report, {"release": release}),
            trust=self.trust,
            now=self.now,
        )
        bundles = {
            seat: open_approval(
                body,
                request_digest=material.request.event.digest(),
                item=material.item.id,
                seat=seat,
                requester=self.people[who].deed,
            )
            for seat, body in material.approvals.items()
        }
        key = combine(bundles, n=len(self.trust.keyset.seats), k=self.trust.keyset.threshold)
        item = material.item
        context = item_context(SITE, report, item.kind, item.id, item.version)
        return unseal_identity(item.body, key=key, context=context)

    def payment(self, report: str, means: str = "transfer", claim_hash: str = "") -> dict[str, Any]:
        """The facts of a payment of the award."""
        award = self.case(report).award
        assert award is not None
        facts = {
            "award": award.id,
            "amount_fen": award.amount_fen,
            "year": award.year,
            "means": means,
        }
        return facts | ({"claim_hash": claim_hash} if claim_hash else {})

    def pay(self, report: str, who: str = "cashier", **given: str) -> Case:
        """Book the payment."""
        award = self.case(report).award
        if award is not None and award.how in AT_COUNTER and award.witnessed <= award.claimed:
            self.see(report)
        return payments.pay_reward(
            self.store,
            act=self.sign(who, "reward.paid", report, self.payment(report, **given)),
            trust=self.trust,
            now=self.now,
        )

    def item_of(self, report: str, kind: str) -> str:
        """Return the id of the report's newest item of a kind."""
        found = self.store.read(lambda uow: SealedVault(uow).items(report))
        return next(one.id for one in reversed(found) if one.kind == kind)

    def see(self, report: str, who: str = WITNESS) -> Case:
        """Confirm at the counter who came, as the second officer."""
        award = self.case(report).award
        assert award is not None
        facts = {"award": award.id}
        hashes = {"claim_hash": award.claim_hash, "confirm_hash": award.confirm_hash}
        facts |= {name: value for name, value in hashes.items() if value}
        return payments.witness_claim(
            self.store,
            act=self.sign(who, "reward.witnessed", report, facts),
            trust=self.trust,
            now=self.now,
        )
