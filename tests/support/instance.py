"""A whole instance for tests: real stores, real keys, a real ceremony, cheap Argon2id.

    world = make_world(tmp_path, database_url)
    filed = world.file_report()                       # what the public site does
    world.accept(filed.report)                        # what officers do, signed
    world.act("yjj-leader", "case.closed", …)         # any act

Dates are literal: the world's clock stands still at `NOW` until moved.
"""

import base64
import json
import os
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyotp

from admin import founding
from casework.clock import SHANGHAI
from casework.config import Settings
from casework.domain.award import binding
from casework.domain.case import Case
from casework.domain.ids import new_case_number, new_id
from casework.domain.legal_clock import clock_due
from casework.domain.policy import Policies
from casework.domain.routing import Routing, load_routing, route
from casework.instance import Instance
from casework.services import (
    calendar,
    disclosure,
    fund,
    intake,
    keysets,
    mailbox,
    reading,
    rewards,
    verification,
)
from casework.services.trust import Trust, load_trust
from casework.storage.accounts import Account
from casework.storage.blobs import Blobs
from casework.storage.key_wraps import RECOVERY, MemberWrap
from casework.storage.unit_of_work import Store
from crypto.argon import CodeParameters
from crypto.cli import Costs, OfficePlan, SeatPlan, ceremony
from crypto.context import (
    account_context,
    item_context,
    part_context,
    piece_context,
    seat_wrap_context,
)
from crypto.dossier import Facts, FileEntry, Sending, compose, seal_item
from crypto.events import Event, Named, Record, SealedObject, SignedEvent, signing_bytes
from crypto.keyset import keyset_signing_bytes
from crypto.keyset_rows import Member
from crypto.mailbox import ReporterKey, seal_message
from crypto.notes import LogKey
from crypto.objects import object_key_id
from crypto.passwords import password_key, pepper_key, seal_secret
from crypto.private_key import PrivateKey
from crypto.receipt import derive, draw_code
from crypto.seal import seal_approval, seal_text
from crypto.shares import combine
from crypto.unseal import open_approval, open_pieces, unseal_identity, unwrap_key

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)  # Monday, 10:00 in Shanghai
SITE = "410329-demo"
ROOT = Path(__file__).parents[2]
CHEAP = Costs(code_opslimit=1, code_memlimit=8192, password_opslimit=1, password_memlimit=8192)
PASSWORD = "correct horse battery"

# login → office, roles; two members an office, three seats in three offices.
STAFF: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "yjj-officer": ("410329-yjj", ("officer",)),
    "yjj-officer-2": ("410329-yjj", ("officer",)),
    "yjj-leader": ("410329-yjj", ("leader",)),
    "zjj-officer": ("410329-zjj", ("officer",)),
    "zjj-leader": ("410329-zjj", ("leader",)),
    "jw-officer": ("410329-jw", ("officer",)),
    "jw-leader": ("410329-jw", ("leader",)),
    "awb-supervisor": ("410329-awb", ("supervisor",)),
    "awb-approver": ("410329-awb", ("approver",)),
    "city-supervisor": ("410300-awb", ("supervisor",)),
    "city-supervisor-2": ("410300-awb", ("supervisor",)),
    "finance": ("410329-czj", ("finance",)),
    "cashier": ("410329-czj", ("cashier",)),
    "cashier-2": ("410329-czj", ("cashier",)),
    "seat1-holder": ("410329-sfj", ("custodian",)),
    "seat1-deputy": ("410329-sfj", ("custodian",)),
    "seat2-holder": ("410329-nyncj", ("custodian",)),
    "seat2-deputy": ("410329-nyncj", ("custodian",)),
    "seat3-holder": ("410329-swj", ("custodian",)),
    "seat3-deputy": ("410329-swj", ("custodian",)),
    "auditor": ("410329-awb", ("auditor",)),
    "administrator": ("410329-awb", ("administrator",)),
}


@dataclass(frozen=True, slots=True)
class Person:
    """A member of staff with all secrets at hand."""

    account: str
    login: str
    office: str
    roles: tuple[str, ...]
    day: PrivateKey = field(repr=False)
    deed: PrivateKey = field(repr=False)
    totp: bytes = field(repr=False)

    def code(self, now: datetime) -> str:
        """The one-time password that this person's authenticator shows at *now*."""
        return pyotp.TOTP(base64.b32encode(self.totp).decode()).at(now)

    @property
    def member(self) -> Member:
        """The person as the key set has them."""
        return Member(self.account, self.office, self.roles, self.day.public, self.deed.public)


@dataclass(frozen=True, slots=True)
class Filed:
    """A report as its reporter holds it."""

    report: str
    case_number: str
    code: str
    key: ReporterKey = field(repr=False)
    locator: bytes = field(repr=False)


@dataclass(slots=True)
class World:
    """One instance and everybody in it."""

    settings: Settings
    store: Store
    blobs: Blobs
    trust: Trust
    routing: Routing
    policies: Policies
    people: Mapping[str, Person]
    log_key: LogKey
    now: datetime = NOW

    @property
    def environ(self) -> dict[str, str]:
        """Settings for a process of this instance."""
        return os.environ | {
            "TONGGUI_HOME": str(self.settings.home),
            "TONGGUI_DATABASE_URL": self.settings.database_url,
        }

    @property
    def pepper(self) -> bytes:
        """The receipt pepper, as the public site has it."""
        return (self.settings.secrets / "portal" / "receipt-pepper").read_bytes()

    def move(self, **delta: float) -> None:
        """Let time pass."""
        self.now += timedelta(**delta)

    def case(self, report: str) -> Case:
        """Where a case stands."""
        return self.store.read(lambda uow: uow.reports.get(report))

    # What people sign ---------------------------------------------------------

    def sign(
        self,
        who: str,
        kind: str,
        report: str,
        facts: Mapping[str, Any],
        added: Sequence[Record] = (),
        *,
        deed: bool | None = None,
        ordinal: int | None = None,
        removed: Sequence[Named] = (),
    ) -> SignedEvent:
        """Sign an act as *who*, with the key that its kind needs unless told otherwise."""
        from casework.services.acts import DEED_KINDS

        person = self.people[who]
        key = person.deed if (kind in DEED_KINDS if deed is None else deed) else person.day
        return self._signed(
            kind, report, facts, added, f"officer:{person.account}", key, ordinal, removed
        )

    def sign_as_reporter(
        self, filed: Filed, kind: str, facts: Mapping[str, Any], added: Sequence[Record] = ()
    ) -> SignedEvent:
        """Sign an act as the reporter."""
        return self._signed(kind, filed.report, facts, added, "reporter", filed.key, None, ())

    def _signed(
        self,
        kind: str,
        report: str,
        facts: Mapping[str, Any],
        added: Sequence[Record],
        actor: str,
        key: PrivateKey | ReporterKey,
        ordinal: int | None,
        removed: Sequence[Named],
    ) -> SignedEvent:
        if ordinal is None:
            ordinal = self.case(report).events + 1 if report else 0
        event = Event(
            site=SITE,
            report=report,
            kind=kind,
            ordinal=ordinal,
            at=self.now.strftime("%Y-%m-%dT%H:%M:%SZ"),
            actor=actor,
            signer=key.public.sign.hex(),
            facts=dict(facts),
            added=tuple(one.named for one in added),
            removed=tuple(removed),
        )
        return SignedEvent(event, key.sign(signing_bytes(event)))

    # What the public site does ------------------------------------------------

    def file_report(
        self,
        *,
        region: str = "410329",
        sector: str = "hazardous_chemicals",
        matter: str = "violation",
        about: str | None = None,
        narrative: str = "储罐区动火作业未办理审批，安全阀已停用。",
        parts: Mapping[str, str] | None = None,
        identity: Mapping[str, str] | None = None,
        files: Iterable[tuple[str, bytes]] = (),
        retry: tuple[bytes, bytes] = (b"", b""),
    ) -> Filed:
        """File a report through the intake service; returns what the reporter keeps."""
        today = self.now.astimezone(SHANGHAI).date()
        routed = route(self.routing, region, sector, matter, about=about, on=today)
        report, code = new_id(), draw_code()
        receipt = derive(code, parameters=self.trust.keyset.code_parameters, pepper=self.pepper)
        key = ReporterKey(receipt.secret)
        sending = Sending.begin(site=SITE, report_id=report, sending_id=new_id())
        dossier = compose(
            sending,
            facts=Facts(
                region=region,
                sector=sector,
                matter=matter,
                about=about,
                channel="web",
                received_on=today.isoformat(),
                case_number=new_case_number(region, today.year),
                lead=routed.lead,
                supervisor=routed.supervisor,
                offices=routed.offices,
                rule=routed.rule,
            ),
            parts={"narrative": narrative, "enterprise": "样本化工有限公司", **(parts or {})},
            identity={"who": json.dumps({"name": "样本甲"})} if identity is None else identity,
            files=[self._file(sending, name, body) for name, body in files],
            keyset=self.trust.keyset,
            reporter=key.public,
            new_id=new_id,
        )
        case = intake.submit_report(
            self.store,
            new=intake.NewReport(
                event=dossier.event,
                objects=(dossier.manifest, *dossier.objects),
                wraps=dossier.wraps,
                items=dossier.items,
                pieces=dossier.pieces,
                files=dossier.files,
                locator=receipt.locator,
                reporter_key=key.public.encode(),
                retry_id=retry[0],
                retry_box=retry[1],
                retry_expires_at=self.now + timedelta(hours=1),
            ),
            now=self.now,
        )
        return Filed(report, case.case_number, code, key, receipt.locator)

    def _file(self, sending: Sending, name: str, body: bytes) -> FileEntry:
        file_id, blob = new_id(), Blobs.new_name()
        sealer = sending.file_sealer(file_id)
        with self.blobs.writer(blob) as writer:
            writer.write(b"".join([sealer.header, sealer.push(body), *sealer.finish()]))
            writer.flush_durable()
        return FileEntry(
            file_id=file_id,
            blob_name=blob,
            name=name,
            media_type="application/octet-stream",
            plain_size=len(body),
            cleaned="not cleaned",
            stored_size=sealer.stored_size,
            digest=sealer.digest(),
        )

    # What officers do -----------------------------------------------------------

    def accept(self, report: str, who: str = "yjj-officer") -> Case:
        """Accept a report today, under the policy in force."""
        return verification.accept_report(
            self.store,
            act=self.sign(who, "report.accepted", report, self.acceptance(report)),
            trust=self.trust,
            policies=self.policies,
            calendar=calendar.work_calendar(self.store),
            now=self.now,
        )

    def acceptance(self, report: str) -> dict[str, str]:
        """The facts of an acceptance today."""
        case, today = self.case(report), self.now.astimezone(SHANGHAI).date()
        policy = self.policies.in_force(case.region, case.sector, today)
        due = clock_due(policy, "verify", today, calendar=calendar.work_calendar(self.store))
        return {
            "policy": policy.id,
            "policy_sha256": policy.sha256,
            "accepted_on": today.isoformat(),
            "verify_due_on": due.due_on.isoformat(),
        }

    def conclude(
        self,
        report: str,
        who: str = "yjj-officer",
        finding: str = "substantiated",
        fines_fen: Sequence[int] = (40_000_000,),
        facts: Mapping[str, Any] | None = None,
    ) -> Case:
        """Record a finding today."""
        account = self.sealed_object("finding")
        return verification.record_finding(
            self.store,
            act=self.sign(
                who,
                "finding.recorded",
                report,
                {
                    "finding": finding,
                    "penalty_no": "样罚〔2026〕1号" if fines_fen else "",
                    "fines_fen": list(fines_fen),
                    "facts": dict(facts or {}),
                    "concluded_on": self.now.astimezone(SHANGHAI).date().isoformat(),
                },
                [account],
            ),
            account_object=account,
            trust=self.trust,
            now=self.now,
        )

    def sealed_object(self, kind: str, report: str = "", text: str = "样本文字") -> SealedObject:
        """Some sealed text of a kind; nobody will open it."""
        object_id, key = new_id(), secrets.token_bytes(32)
        context = part_context(SITE, report, kind, object_id)
        return SealedObject(object_id, "", kind, 1, seal_text(text, key=key, context=context))

    def appropriate(self, amount_fen: int = 100_000_000, year: int = 2026) -> None:
        """Grant money to the fund."""
        fund.appropriate(
            self.store,
            act=self.sign(
                "finance", "fund.appropriated", "", {"year": year, "amount_fen": amount_fen}
            ),
            trust=self.trust,
            now=self.now,
        )

    def reserve(self, report: str, who: str = "yjj-officer") -> Case:
        """Propose the computed award."""
        return rewards.reserve_reward(
            self.store,
            act=self.sign(who, "reward.reserved", report, self.proposal(report)),
            trust=self.trust,
            policies=self.policies,
            now=self.now,
        )

    def proposal(self, report: str) -> dict[str, Any]:
        """The facts of a proposal as the rules compute them."""
        due = rewards.proposal(
            self.store, report=report, policies=self.policies, now=self.now
        )
        return {
            "award": new_id(),
            "amount_fen": due.quote.amount_fen,
            "year": due.year,
            "policy": due.case.policy_id,
            "policy_sha256": due.case.policy_sha256,
            "trace_sha256": due.trace_sha256,
        }

    def approve(self, report: str, who: str = "awb-approver") -> Case:
        """Approve the proposed award."""
        case = self.case(report)
        assert case.award is not None
        facts = {
            "award": case.award.id,
            "amount_fen": case.award.amount_fen,
            "binding": binding(case, case.award),
        }
        return rewards.approve_reward(
            self.store,
            act=self.sign(who, "reward.approved", report, facts),
            trust=self.trust,
            now=self.now,
        )

    def say(self, filed: Filed, text: str = "补充一句。") -> Case:
        """Post a message as the reporter."""
        object_id = new_id()
        context = part_context(SITE, filed.report, "message", object_id)
        message = SealedObject(
            object_id, "", "message", 1, seal_message(text, key=bytes(32), context=context)
        )
        return mailbox.post_message(
            self.store,
            act=self.sign_as_reporter(filed, "message.sent", {"from": "reporter"}, [message]),
            message=message,
            trust=self.trust,
            now=self.now,
        )

    def claim(self, filed: Filed, *, how: str = "account", claim_hash: str = "ab" * 32) -> Case:
        """Claim the award as the reporter: to a sealed account, or at the counter."""
        award = self.case(filed.report).award
        assert award is not None
        facts: dict[str, Any] = {"award": award.id, "how": how}
        item, pieces = None, ()
        if how == "counter":
            facts["claim_hash"] = claim_hash
        else:
            item, pieces = seal_item(
                json.dumps({"name": "样本甲", "account": "6222000000000000"}, ensure_ascii=False),
                site=SITE,
                report=filed.report,
                kind="payee",
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
        release = new_id()
        facts = {
            "release": release,
            "item": award.item,
            "version": award.version,
            "purpose": "pay_award",
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
                {"release": release, "seat": seat.number},
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
        return rewards.pay_reward(
            self.store,
            act=self.sign(who, "reward.paid", report, self.payment(report, **given)),
            trust=self.trust,
            now=self.now,
        )

    def approved(self, **given: Any) -> Filed:
        """File a report and bring it to an approved award."""
        filed = self.file_report(**given)
        self.accept(filed.report)
        self.conclude(filed.report)
        self.reserve(filed.report)
        self.approve(filed.report)
        return filed

    def read(self, report: str, who: str = "yjj-officer") -> reading.CaseFile:
        """Open a case file, which is recorded."""
        sending = self.store.read(lambda uow: uow.events.of_report(report))[0].event.facts["sending"]
        return reading.open_case_file(
            self.store,
            act=self.sign(who, "report.read", report, {"sending": sending}),
            trust=self.trust,
            now=self.now,
        )


def make_world(home: Path, database_url: str) -> World:
    """Found an instance in *home*, hold its ceremony, and return it with everybody's keys."""
    settings = Settings.from_environment(
        {"TONGGUI_HOME": str(home), "TONGGUI_DATABASE_URL": database_url}
    )
    instance = Instance(
        site=SITE,
        region="410329",
        demo=True,
        addresses={office: f"{office}@offices.invalid" for office, _ in STAFF.values()},
    )
    founding.found(settings, instance, step=lambda _text: nullcontext())
    store = Store.open(settings.database_url, site=SITE)
    people = {login: _person(login) for login in STAFF}
    routing = load_routing((ROOT / "casework/routing/410329.toml").read_bytes())
    log_key = _hold_ceremony(settings, store, people, routing)
    store.write(lambda uow: [uow.accounts.insert(_account(settings, p)) for p in people.values()])
    digest = (settings.secrets / "console" / "first-key-set").read_bytes()
    return World(
        settings=settings,
        store=store,
        blobs=Blobs.open(settings.blob_url),
        trust=load_trust(store, first_digest=digest, newest_number=1),
        routing=routing,
        policies=Policies.load(ROOT / "casework" / "policies"),
        people=people,
        log_key=log_key,
    )


def _person(login: str) -> Person:
    office, roles = STAFF[login]
    return Person(
        account=new_id(),
        login=login,
        office=office,
        roles=tuple(sorted(roles)),
        day=PrivateKey.generate(),
        deed=PrivateKey.generate(),
        totp=secrets.token_bytes(20),
    )


def _hold_ceremony(
    settings: Settings, store: Store, people: Mapping[str, Person], routing: Routing
) -> LogKey:
    offices = sorted({person.office for person in people.values()})
    above = {code: routing.department(code).supervisor for code in offices}
    held = ceremony(
        site=SITE,
        demo=True,
        issued_on="2026-03-01",
        members=sorted((p.member for p in people.values()), key=lambda one: one.account),
        offices=[OfficePlan(c, above[c] if above[c] in offices else "") for c in offices],
        seats=[
            SeatPlan(
                people[f"seat{n}-holder"].office,
                people[f"seat{n}-holder"].account,
                people[f"seat{n}-deputy"].account,
            )
            for n in (1, 2, 3)
        ],
        threshold=2,
        costs=CHEAP,
    )
    message = keyset_signing_bytes(held.keyset_body)
    signers = [people["seat1-holder"], people["seat2-holder"]]
    keysets.store_ceremony(
        store,
        number=1,
        body=held.keyset_body,
        signatures={one.account: one.deed.sign(message) for one in signers},
        wraps=[
            MemberWrap(w.kind, w.name, w.key_id.hex(), w.account or RECOVERY, w.body)  # type: ignore[arg-type]
            for w in held.wraps
        ],
    )
    founding.keep_keys(
        settings, log_seed=held.log_secret, digest=held.keyset.digest(), number=1
    )
    return LogKey(held.log_secret)


def _account(settings: Settings, person: Person) -> Account:
    pepper = (settings.secrets / "console" / "password-pepper").read_bytes()
    salt = secrets.token_bytes(16)
    key = password_key(
        PASSWORD,
        salt=salt,
        pepper=pepper,
        opslimit=CHEAP.password_opslimit,
        memlimit=CHEAP.password_memlimit,
    )

    def boxed(secret: bytes, what: str, under: bytes = key) -> bytes:
        return seal_secret(
            secret, key=under, context=account_context(SITE, person.account, what)
        )

    return Account(
        id=person.account,
        login=person.login,
        display_name=f"样本·{person.login}",
        office=person.office,
        roles=frozenset(person.roles),
        state="active",
        salt=salt,
        day_box=boxed(person.day.secret, "day"),
        deed_box=boxed(person.deed.secret, "deed"),
        totp_box=boxed(person.totp, "totp", pepper_key(pepper)),
        day_key=person.day.public.encode().hex(),
        deed_key=person.deed.public.encode().hex(),
    )
