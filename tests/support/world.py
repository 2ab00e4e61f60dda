"""What people do in a test instance: file, sign, accept, approve, release, pay."""

import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from casework.clock import SHANGHAI
from casework.domain.award import binding
from casework.domain.award_approval import beyond_fen, kind_for
from casework.domain.case import Case
from casework.domain.co_handling import offices_of
from casework.domain.ids import new_case_number, new_id
from casework.domain.refusal_templates import template_of
from casework.domain.roles import Role
from casework.domain.routing import route
from casework.services import (
    closing,
    fund,
    intake,
    mailbox,
    reading,
    refusals,
    rewards,
    verification,
)
from casework.storage.blobs import Blobs
from crypto.context import (
    key_id,
    part_context,
    wrap_context,
)
from crypto.dossier import Facts, FileEntry, Sending, compose
from crypto.events import KeyWrap, SealedObject, SignedEvent
from crypto.mailbox import ReporterKey, seal_message
from crypto.receipt import derive, draw_code
from crypto.seal import seal_text, wrap_key
from payment import Paying
from people import SITE, Filed


class World(Paying):
    """One instance and everybody in it."""

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
        code: str = "",
        urgent_from: str = "",
        scope: str = "",
        channel: str = "web",
    ) -> Filed:
        """File a report through the intake service; returns what the reporter keeps."""
        today, has_office = self.now.astimezone(SHANGHAI).date(), self.trust.keyset.has_office
        routed = route(self.routing, region, sector, matter, about=about, on=today)
        discipline = one if has_office(one := routed.discipline or "") else ""
        offices = offices_of(routed.lead, routed.supervisor, discipline=discipline)
        report, code = new_id(), code or draw_code()
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
                channel=channel,
                received_on=today.isoformat(),
                case_number=new_case_number(region, today.year),
                lead=routed.lead,
                supervisor=routed.supervisor,
                offices=offices,
                discipline=discipline,
                rule=routed.rule or "",
                urgent_from=urgent_from,
                scope=scope,
                co=tuple(c for c in routed.co_handlers if has_office(c) and c not in offices),
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

    def accept(self, report: str, who: str = "yjj-officer", enterprise: str = "") -> Case:
        """Accept a report today, under the policy in force."""
        act = self.sign(who, "report.accepted", report, self.acceptance(report))
        return self.accept_with(act, enterprise)

    def accept_with(self, act: SignedEvent, enterprise: str = "") -> Case:
        """Accept a report by an act that was signed already; *enterprise* is a mark."""
        return verification.accept_report(
            self.store, act=act, trust=self.trust, now=self.now, enterprise=enterprise
        )

    def acceptance(self, report: str) -> dict[str, str]:
        """The facts of an acceptance today."""
        case = self.case(report)
        return verification.acceptance(self.store, case=case, now=self.now).facts

    def propose_refusal(
        self,
        report: str,
        who: str = "yjj-officer",
        reason_code: str = "no_clear_facts",
        words: SealedObject | None = None,
        **changed: Any,
    ) -> int:
        """Propose not to accept a report; returns the ordinal of the proposal."""
        case, words = self.case(report), words or self.sealed_object("refusal", report)
        template = template_of(reason_code, scope=case.scope)
        facts = {"reason_code": reason_code, "basis": template.cite if template else "–", **changed}
        act = self.sign(who, "refusal.proposed", report, facts, [words])
        refusals.propose_refusal(
            self.store, act=act, words=words, trust=self.trust, now=self.now
        )  # fmt: skip
        return act.event.ordinal

    def confirm_refusal(self, report: str, by: str = "yjj-leader", **changed: Any) -> Case:
        """Confirm the refusal that was proposed last."""
        asked = self.case(report).refusals[-1]
        facts = {
            "reason_code": asked.reason_code,
            "refused_on": self.now.astimezone(SHANGHAI).date().isoformat(),
            "asked": asked.ordinal,
            **changed,
        }
        reason = self.sealed_object("reason", report)
        return refusals.refuse_report(
            self.store,
            act=self.sign(by, "report.refused", report, facts, [reason]),
            reason=reason,
            trust=self.trust,
            now=self.now,
        )

    def refuse(
        self, report: str, who: str = "yjj-officer", by: str = "yjj-leader", **changed: Any
    ) -> Case:
        """Not accepted: proposed by one person and confirmed by another, today."""
        self.propose_refusal(report, who, **changed)
        return self.confirm_refusal(report, by)

    def conclude(
        self,
        report: str,
        who: str = "yjj-officer",
        finding: str = "substantiated",
        fines_fen: Sequence[int] = (40_000_000,),
        facts: Mapping[str, Any] | None = None,
        basis: str = "documents",
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
                    "basis": basis,
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

    def wrap_to(self, office: str, report: str, key_kind: str) -> KeyWrap:
        """Some key wrapped to an office; nobody will open it."""
        key, key_of = secrets.token_bytes(32), self.trust.keyset.office(office).key
        context = wrap_context(SITE, report, "", key_kind, b"")
        return KeyWrap(
            new_id(),
            "",
            key_kind,
            f"office:{office}",
            key_id(key),
            key_of.box.hex(),
            wrap_key(key, context=context, recipient=key_of),
        )

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
        """Propose the computed award: of the claim that is open, or by hand."""
        facts = self.proposal(report)
        by_hand = "policy" in facts
        return (rewards.reserve_reward if by_hand else rewards.propose_reward)(
            self.store,
            act=self.sign(who, "reward.reserved" if by_hand else "reward.proposed", report, facts),
            trust=self.trust,
            policies=self.policies,
            now=self.now,
        )

    def propose_reward(self, report: str, who: str = "yjj-officer", **given: Any) -> Case:
        """Propose the computed award for the claim that is open."""
        return rewards.propose_reward(
            self.store,
            act=self.sign(who, "reward.proposed", report, {**self.proposal(report), **given}),
            trust=self.trust,
            policies=self.policies,
            now=self.now,
        )

    def proposal(self, report: str) -> dict[str, Any]:
        """The facts of a proposal as the rules compute them."""
        due = rewards.proposal(self.store, report=report, policies=self.policies, now=self.now)
        policy = self.policies.get(due.case.policy_id)
        return due.facts(due.quote.amount_fen or 0, policy)

    def approve(self, report: str, who: str = "awb-approver") -> Case:
        """Agree to the proposed award with the whole ladder, *who* first, then finance."""
        case = self.say_yes(report, who)
        if case.award is not None and case.award.next_rung == Role.FINANCE:
            case = self.say_yes(report, "finance")
        return case

    def say_yes(self, report: str, who: str = "awb-approver", **given: Any) -> Case:
        """Agree to the proposed award as one of the ladder."""
        case = self.case(report)
        assert case.award is not None
        facts: dict[str, Any] = {
            "award": case.award.id,
            "amount_fen": case.award.amount_fen,
            "binding": binding(case, case.award),
        }
        less = beyond_fen(case, case.award)
        facts |= {"less_fen": less} if less else {}
        return rewards.approve_reward(
            self.store,
            act=self.sign(who, kind_for(case.award.next_rung), report, {**facts, **given}),
            trust=self.trust,
            now=self.now,
        )

    def follow_up(
        self, report: str, by: str = "awb-supervisor", other: str = "yjj-officer"
    ) -> Case:
        """Visit a listed case for the office above; the one records, the other signs."""
        from visiting import follow_up

        return follow_up(self, report, by, other)

    def tell_result(self, report: str, who: str = "yjj-officer") -> Case:
        """Tell the reporter what was found."""
        message = self.sealed_object("message", report)
        return verification.send_message(
            self.store,
            act=self.sign(
                who, "message.sent", report, {"from": "office", "about": "result"}, [message]
            ),
            message=message,
            trust=self.trust,
            now=self.now,
        )

    def propose_closing(self, report: str, who: str = "yjj-officer") -> Case:
        """Propose that a case be closed."""
        return closing.propose_closing(
            self.store,
            act=self.sign(who, "closing.proposed", report, {}),
            trust=self.trust,
            now=self.now,
        )

    def agree_to_closing(self, report: str, who: str = "yjj-leader") -> Case:
        """Close a case that somebody proposed to close."""
        facts = {
            "closed_on": self.now.astimezone(SHANGHAI).date().isoformat(),
            "asked": self.case(report).closings[-1].ordinal,
        }
        return closing.close_case(
            self.store,
            act=self.sign(who, "case.closed", report, facts),
            trust=self.trust,
            now=self.now,
        )

    def close(self, report: str, proposer: str = "yjj-officer", who: str = "yjj-leader") -> Case:
        """Tell the reporter what was found, propose the close, and agree to it."""
        self.tell_result(report, proposer)
        self.propose_closing(report, proposer)
        return self.agree_to_closing(report, who)

    def say(self, filed: Filed, text: str = "补充一句。", *, thread: bytes = bytes(32)) -> Case:
        """Post a message as the reporter; who means to open it again gives the thread key."""
        object_id = new_id()
        context = part_context(SITE, filed.report, "message", object_id)
        message = SealedObject(
            object_id, "", "message", 1, seal_message(text, key=thread, context=context)
        )
        return mailbox.post_message(
            self.store,
            act=self.sign_as_reporter(filed, "message.sent", {"from": "reporter"}, [message]),
            message=message,
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
        sending = self.store.read(lambda uow: uow.events.of_report(report))[0].event.facts[
            "sending"
        ]
        return reading.open_case_file(
            self.store,
            act=self.sign(who, "report.read", report, {"sending": sending}),
            trust=self.trust,
            now=self.now,
        )
