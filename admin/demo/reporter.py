"""The reporter's side of a demo case: sealed and signed as the public site does it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from admin.demo.script import DemoCase
from admin.extensions import Console
from casework.domain.case import Case
from casework.domain.co_handling import offices_of
from casework.domain.ids import new_case_number, new_id
from casework.domain.routing import route
from casework.queries.cases import case as find_case
from casework.services import intake, mailbox
from crypto.canonical import JSON, canonical
from crypto.claim_number import claim_hash, confirm_hash
from crypto.context import digest, part_context, wrap_context
from crypto.dossier import Dossier, Facts, Sending, compose, identity_texts, seal_item
from crypto.events import (
    REPORTER,
    Event,
    Record,
    SealedObject,
    SignedEvent,
    signing_bytes,
)
from crypto.mailbox import ReporterKey, seal_message
from crypto.receipt import Receipt, derive

# Plainly nobody's: the name says so, and no such number is given out.
NAME = "样本举报人（演示）"
PHONE = "13800000000"
CONTACT = "演示联系方式，请勿拨打"
PAYEE: Mapping[str, str] = {
    "name": NAME,
    "bank": "演示银行（样本）",
    "account": "00000000",
    "phone": PHONE,
}
QUESTION = "请问核查大概什么时候有结果？（演示留言）"


@dataclass(frozen=True, slots=True)
class DemoReporter:
    """Whoever holds the receipt code of one demo report."""

    receipt: Receipt = field(repr=False)
    key: ReporterKey = field(repr=False)
    report_id: str

    @classmethod
    def holding(cls, here: Console, code: str, report_id: str) -> "DemoReporter":
        """Derive the keys of a receipt code."""
        receipt = derive(
            code,
            parameters=here.trust().keyset.code_parameters,
            pepper=here.secrets.receipt_pepper,
        )
        return cls(receipt, ReporterKey(receipt.secret), report_id)

    def submit(self, here: Console, case: DemoCase) -> None:
        """File the report."""
        dossier = self._composed(here, case)
        intake.submit_report(
            here.store,
            new=intake.NewReport(
                event=dossier.event,
                objects=(dossier.manifest, *dossier.objects),
                wraps=dossier.wraps,
                items=dossier.items,
                pieces=dossier.pieces,
                files=dossier.files,
                locator=self.receipt.locator,
                reporter_key=self.key.public.encode(),
                retry_id=b"",
                retry_box=b"",
                retry_expires_at=here.clock.now(),
            ),
            now=here.clock.now(),
        )

    def ask(self, here: Console) -> None:
        """Send the office a message."""
        message_id = new_id()
        context = part_context(here.store.site, self.report_id, "message", message_id)
        body = seal_message(QUESTION, key=self._thread_key(here), context=context)
        message = SealedObject(message_id, "", "message", 1, body)
        act = self._signed(here, "message.sent", {"from": "reporter"}, message)
        mailbox.post_message(
            here.store, act=act, message=message, trust=here.trust(), now=here.clock.now()
        )

    def claim_to_account(self, here: Console) -> None:
        """Ask for the award on a bank account, sealed like identity."""
        item, pieces = seal_item(
            canonical(dict(PAYEE)).decode(),
            site=here.store.site,
            report=self.report_id,
            kind="payee",
            item_id=new_id(),
            keyset=here.trust().keyset,
            new_id=new_id,
        )
        facts: dict[str, JSON] = {
            "award": _award_of(here, self.report_id),
            "how": "account",
            "item": item.id,
            "version": item.version,
        }
        act = self._signed(here, "reward.claimed", facts, item, *pieces)
        mailbox.claim_reward(
            here.store,
            act=act,
            item=item,
            pieces=pieces,
            trust=here.trust(),
            now=here.clock.now(),
        )

    def claim_at_counter(self, here: Console, number: str, confirmation: str) -> None:
        """Ask for the award at the counter, by a one-time number and its confirmation."""
        pepper = here.secrets.receipt_pepper
        claimed = claim_hash(number, pepper=pepper)
        facts: dict[str, JSON] = {
            "award": _award_of(here, self.report_id),
            "how": "counter",
            "claim_hash": claimed,
            "confirm_hash": confirm_hash(confirmation, claimed, pepper=pepper),
        }
        act = self._signed(here, "reward.claimed", facts)
        mailbox.claim_reward(
            here.store, act=act, item=None, pieces=(), trust=here.trust(), now=here.clock.now()
        )

    def _composed(self, here: Console, case: DemoCase) -> Dossier:
        sending = Sending.begin(site=here.store.site, report_id=self.report_id, sending_id=new_id())
        return compose(
            sending,
            facts=_facts(here, case),
            parts={
                "narrative": f"{case.narrative}\n\n（演示：据公开案例改写，来源 {case.source}）",
                "enterprise": case.enterprise,
                "place": f"{case.place}（原案地点，演示中移到伊川县）",
                "relation": "none",
            },
            identity=identity_texts(name=NAME, phone=PHONE, contact=CONTACT),
            files=(),
            keyset=here.trust().keyset,
            reporter=self.key.public,
            new_id=new_id,
        )

    def _thread_key(self, here: Console) -> bytes:
        opened = mailbox.open_mailbox(here.store, locator=self.receipt.locator)
        assert opened is not None, "a demo report without a mailbox"
        manifests = {one.sending: digest(one.body) for one in opened.manifests}
        wrap = opened.wraps[-1]
        context = wrap_context(
            here.store.site, self.report_id, wrap.sending, "thread", manifests[wrap.sending]
        )
        return self.key.open_thread_key(wrap.body, context, wrap.key_id)

    def _signed(
        self, here: Console, kind: str, facts: Mapping[str, JSON], *added: Record
    ) -> SignedEvent:
        event = Event(
            site=here.store.site,
            report=self.report_id,
            kind=kind,
            ordinal=find_case(here.store, report=self.report_id).events + 1,
            at=here.clock.stamp(),
            actor=REPORTER,
            signer=self.key.public.sign.hex(),
            facts=dict(facts),
            added=tuple(one.named for one in added),
        )
        return SignedEvent(event, self.key.sign(signing_bytes(event)))


def _facts(here: Console, case: DemoCase) -> Facts:
    today, about = here.clock.today(), case.about or None
    routed = route(here.routing, case.region, case.sector, case.matter, about=about, on=today)
    discipline = routed.discipline or ""
    return Facts(
        region=case.region,
        sector=case.sector,
        matter=case.matter,
        about=about,
        channel="web",
        received_on=today.isoformat(),
        case_number=new_case_number(case.region, today.year),
        lead=routed.lead,
        supervisor=routed.supervisor,
        offices=offices_of(routed.lead, routed.supervisor, discipline=discipline),
        rule=routed.rule or "",
        urgent_from=f"{here.clock.now():%Y-%m-%dT%H}:00:00Z" if case.urgent else "",
        co=routed.co_handlers,
        discipline=discipline,
    )


def _award_of(here: Console, report_id: str) -> str:
    found: Case = find_case(here.store, report=report_id)
    return found.award.id if found.award else ""
