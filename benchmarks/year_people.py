"""What reporters, officers, heads and supervisors do in benchmarks.year: one life a case.

Everything goes through the product's own services: each act is composed, signed, checked and
stored. What somebody does next is drawn when they have done one thing; the same run draws the
same lives, whoever acts them out.
"""

import random
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from typing import TYPE_CHECKING, Any, Final

from benchmarks import year_claims as claims
from benchmarks import year_turns as turns
from benchmarks.year_desk import Desk, Step, login_of
from casework.clock import SHANGHAI
from casework.domain.case import AskState, Case, State
from casework.domain.closing import missing, standing
from casework.domain.ids import new_id
from casework.domain.refusal_templates import OUT_OF_SCOPE, template_of
from casework.domain.supervision import HEAD
from casework.services import (
    closing,
    extensions,
    milestones,
    orders,
    rectification,
    refusals,
    standstills,
    verification,
)
from casework.services.rulebook import rulebook
from crypto.events import SealedObject

if TYPE_CHECKING:
    from people import Filed

AWB: Final = "410329-awb"
SUPERVISOR: Final = "awb-supervisor"
OFFICES: Final = 12
LATE_OFFICES: Final = 3  # of these, where people let things lie
LATE: Final = 0.05
LATE_THERE: Final = 0.3
TRUE: Final = ("substantiated", "partly")
FOUND: Final = (*TRUE, "unsubstantiated", "unsubstantiated", "cannot_be_verified")
VERIFIED_AFTER: Final = (2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 18, 22, 27)  # days
ACCEPTED_AFTER: Final = (0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.6, 1)  # days
OPEN_HOURS: Final = (8, 17)


@dataclass(slots=True)
class Life:
    """One case of the year.

    Attributes:
        late: whether its office lets it lie.
        office: that it came to.
        first: the life of the report of the same matter that came in just before; None for none.
        filed: what the reporter holds; filed_by_name: whether they gave a name.
    """

    number: int
    draw: random.Random
    report: str = ""
    late: bool = False
    office: str = ""
    first: "Life | None" = None
    filed: "Filed | None" = None
    filed_by_name: bool = False

    def file(self, desk: Desk) -> None:
        """Come in, and decide what the office does first."""
        lead = self.first.office if self.first else self.draw.choice(desk.offices)
        self.office = lead
        self.late = self.chance(LATE_THERE if lead in desk.offices[:LATE_OFFICES] else LATE)
        desk.done["report.received"] += 1
        self.filed_by_name = self.chance(claims.NAMED_PART)
        identity = {"who": "{}"} if self.filed_by_name else {}
        about: dict[str, Any] = {"sector": desk.sectors[lead], "identity": identity}
        if self.first is None and self.chance(turns.RETALIATION_PART):
            about["matter"] = "retaliation"
        if self.first is None and self.chance(turns.URGENT_PART):
            about["urgent_from"] = turns.hour_of(desk)
        self.filed = desk.world.file_report(**about)
        self.report = self.filed.report
        if "matter" in about:
            turns.plan_protection(self, desk)
        if "urgent_from" in about:
            self.later(desk, 0.5 if self.late else 0, turns.attend)
        self._begin(desk, is_apart="matter" in about)

    def _begin(self, desk: Desk, *, is_apart: bool) -> None:
        """Decide what the office does first; what is *apart* is passed on to nobody."""
        if self.first is not None:
            self.later(desk, 1, turns.join)
        elif not is_apart and self.chance(0.04):
            self.later(desk, 0.3, Life.transfer)
        elif not is_apart and self.chance(turns.RETURNED_PART):
            self.later(desk, self.draw.choice((0.1, 0.3, 1)), turns.ask_back)
        elif self.late and self.chance(0.15):
            self.later(desk, 25, Life.conclude)  # nobody accepts it: the rules do
        elif self.late and self.chance(0.4):
            self.later(desk, self.draw.randint(2, 13), Life.accept_or_refuse)
        else:
            self.later(desk, self.draw.choice(ACCEPTED_AFTER), Life.accept_or_refuse)

    def go_on(self, desk: Desk, days: float) -> None:
        """Decide on it some days on."""
        self.later(desk, days, Life.accept_or_refuse)

    def take_over(self, desk: Desk) -> None:
        """Sign in what came from another office."""
        self.later(desk, 0.5, Life.sign_in)

    def chance(self, part: float) -> bool:
        """Draw."""
        return self.draw.random() < part

    # Before acceptance ---------------------------------------------------------------------

    def transfer(self, desk: Desk, case: Case) -> None:
        """Give it to another office, which takes it."""
        if case.state is not State.RECEIVED:
            return
        lead = self.draw.choice([one for one in desk.offices if one != case.lead])
        wraps = [desk.world.wrap_to(lead, case.report_id, kind) for kind in ("content", "thread")]
        facts = {"lead": lead, "supervisor": AWB, "reason_code": "not_competent"}
        signed = desk.sign(case, self._officer(case), "report.transferred", facts, wraps)
        verification.transfer_report(desk.world.store, wraps=wraps, **signed)
        self.take_over(desk)

    def sign_in(self, desk: Desk, case: Case) -> None:
        """Take over what was transferred."""
        if case.state is State.RECEIVED:
            self.milestone(desk, case, "signed_in")
            self.later(desk, self.draw.choice((0.3, 1)), Life.accept_or_refuse)

    def accept_or_refuse(self, desk: Desk, case: Case) -> None:
        """Decide whether to take it up."""
        if case.state is not State.RECEIVED:
            self._verify(desk)
            return
        if self.chance(0.06):
            self._refuse(desk, case)
            return
        taken = verification.acceptance(desk.world.store, case=case, now=desk.world.now)
        signed = desk.sign(case, self._officer(case), "report.accepted", taken.facts)
        verification.accept_report(desk.world.store, **signed)
        self._verify(desk)

    def _refuse(self, desk: Desk, case: Case) -> None:
        """The officer proposes it, the head confirms it."""
        words, reason = self._text(desk, case, "refusal"), self._text(desk, case, "reason")
        template = template_of(OUT_OF_SCOPE)
        assert template is not None
        facts = {"reason_code": OUT_OF_SCOPE, "basis": template.cite}
        signed = desk.sign(case, self._officer(case), "refusal.proposed", facts, [words])
        case = refusals.propose_refusal(desk.world.store, words=words, **signed)
        told = {"reason_code": OUT_OF_SCOPE, "refused_on": desk.today, "asked": case.events}
        signed = desk.sign(case, self._head(case), "report.refused", told, [reason])
        refusals.refuse_report(desk.world.store, reason=reason, **signed)

    def _verify(self, desk: Desk) -> None:
        if self.chance(0.02):
            self.later(desk, self.draw.randint(1, 3), Life.learn_of_accident)
        if self.chance(0.07):
            self.later(desk, self.draw.randint(10, 27), Life.ask_for_time)
        if self.chance(0.05):
            self.later(desk, self.draw.randint(2, 20), Life.ask_for_pause)
        if self.chance(0.01):
            self.later(desk, self.draw.randint(2, 20), Life.order)
        if self.late and self.chance(0.1):
            return  # nobody verifies it
        days = self.draw.randint(31, 75) if self.late and self.chance(0.6) else None
        self.later(desk, days or self.draw.choice(VERIFIED_AFTER), Life.conclude)

    # While it is verified ------------------------------------------------------------------

    def learn_of_accident(self, desk: Desk, case: Case) -> None:
        """Hear of an accident, which has to be entered within a day and completed in seven."""
        if case.state is State.ACCEPTED:
            self.milestone(desk, case, "accident_known")
            hours = self.draw.randint(25, 50) if self.late else self.draw.randint(1, 22)
            desk.later(desk.world.now + timedelta(hours=hours), self, Life.enter_accident)

    def enter_accident(self, desk: Desk, case: Case) -> None:
        """Enter it, and complete it later."""
        self.milestone(desk, case, "accident_entered", "样报1号")
        self.later(desk, self.draw.randint(2, 11 if self.late else 6), Life.complete_accident)

    def complete_accident(self, desk: Desk, case: Case) -> None:
        """Complete it."""
        self.milestone(desk, case, "accident_completed", "样报2号")

    def ask_for_time(self, desk: Desk, case: Case) -> None:
        """Ask for more time before the last day."""
        since = self._since(case)
        if case.state is not State.ACCEPTED or case.extensions or not since:
            return
        clock = extensions.extension_room(
            desk.world.store, report=self.report, clock="verify", since=since, now=desk.world.now
        ).clock
        facts = {
            "clock": "verify",
            "since": since,
            "value": self.draw.randint(10, 30),
            "unit": "day",
            "reason_code": "complex",
            "approver_role": "supervisor",
            "was": clock.due.due_on.isoformat(),
        }
        signed = desk.sign(case, self._officer(case), "extension.requested", facts)
        extensions.request_extension(desk.world.store, **signed)
        self.later(desk, self.draw.choice((1, 1, 2, 4)), Life.decide_on_time)

    def decide_on_time(self, desk: Desk, case: Case) -> None:
        """Grant it mostly, refuse it sometimes, forget it now and then."""
        asked = next((one for one in case.extensions if one.state is AskState.REQUESTED), None)
        if case.state is not State.ACCEPTED or asked is None or self.chance(0.1):
            return
        store, now = desk.world.store, desk.world.now
        message: SealedObject | None = None
        if self.chance(0.2):
            given: dict[str, Any] = {"asked": asked.ordinal}
            signed = desk.sign(case, SUPERVISOR, "extension.refused", given)
        else:
            proposal = extensions.extension_proposal(
                store, report=self.report, ordinal=asked.ordinal, now=now
            )
            if proposal.clock.due.due_on < date.fromisoformat(desk.today):
                return  # over a holiday the last day came first: it cannot be granted any more
            message = self._text(desk, case, "reason")
            given = {"asked": asked.ordinal, "due_on": proposal.new.due_on.isoformat()}
            signed = desk.sign(case, SUPERVISOR, "extension.granted", given, [message])
        extensions.decide_extension(store, message=message, **signed)

    def ask_for_pause(self, desk: Desk, case: Case) -> None:
        """Ask that the clock stand still for some days."""
        since = self._since(case)
        if case.state is not State.ACCEPTED or case.standstills or not since:
            return
        first = date.fromisoformat(desk.today) + timedelta(days=self.draw.randint(0, 3))
        facts = {
            "clock": "verify",
            "since": since,
            "reason_code": "expert_test",
            "document": "样鉴〔2026〕1号",
            "approver_role": "supervisor",
            "first": first.isoformat(),
            "until": (first + timedelta(days=self.draw.randint(3, 40))).isoformat(),
        }
        signed = desk.sign(case, self._officer(case), "pause.requested", facts)
        standstills.request_pause(desk.world.store, **signed)
        self.later(desk, 1, Life.decide_on_pause)

    def decide_on_pause(self, desk: Desk, case: Case) -> None:
        """Grant it mostly."""
        asked = next((one for one in case.standstills if one.state is AskState.REQUESTED), None)
        if case.state is not State.ACCEPTED or asked is None:
            return
        kind = "pause.refused" if self.chance(0.2) else "pause.granted"
        signed = desk.sign(case, SUPERVISOR, kind, {"asked": asked.ordinal})
        standstills.decide_pause(desk.world.store, **signed)
        if kind == "pause.granted" and self.chance(0.5):
            self.later(desk, self.draw.randint(1, 20), Life.end_pause)

    def end_pause(self, desk: Desk, case: Case) -> None:
        """End it before its time."""
        lasts = next((one for one in case.standstills if one.state is AskState.GRANTED), None)
        if lasts is None:
            return
        book = rulebook(desk.world.store)
        due = book.due_after_pause(case, lasts.ordinal, desk.world.now)
        facts = {"asked": lasts.ordinal, "on": desk.today, "due_on": due.due_on.isoformat()}
        signed = desk.sign(case, self._officer(case), "pause.ended", facts)
        standstills.end_pause(desk.world.store, **signed)

    def order(self, desk: Desk, case: Case) -> None:
        """Demand an answer, as the office above."""
        text = self._text(desk, case, "order")
        number = f"样督〔{desk.today[:4]}〕{self._signs(8)}号"
        facts = {"order": new_id(), "number": number, "kind": "order"}
        signed = desk.sign(case, SUPERVISOR, "order.issued", facts, [text])
        orders.issue_order(desk.world.store, text=text, **signed)
        self.later(desk, self.draw.randint(1, 14 if self.late else 4), Life.answer_order)

    def answer_order(self, desk: Desk, case: Case) -> None:
        """Answer it, as the head of the office."""
        waits = next((one for one in case.orders if not one.answered_by), None)
        if waits is None:
            return
        text = self._text(desk, case, "order_answer")
        signed = desk.sign(case, self._head(case), "order.answered", {"order": waits.id}, [text])
        orders.answer_order(desk.world.store, text=text, **signed)

    # From the finding on -------------------------------------------------------------------

    def conclude(self, desk: Desk, case: Case) -> None:
        """Record what was found."""
        if case.state is not State.ACCEPTED:
            return
        account = self._text(desk, case, "finding")
        found = self.draw.choice(FOUND)
        facts = {
            "finding": found,
            "penalty_no": "",
            "fines_fen": [],
            "facts": {},
            "concluded_on": desk.today,
            "basis": "documents",
            **(claims.penalty_of(self) if found in TRUE else {}),
        }
        signed = desk.sign(case, self._officer(case), "finding.recorded", facts, [account])
        verification.record_finding(desk.world.store, account_object=account, **signed)
        slow = self.late and self.chance(0.4)
        self.later(desk, self.draw.randint(11, 30) if slow else self.draw.randint(0, 6), Life.tell)
        if found in TRUE and self.filed_by_name:
            claims.plan(self, desk, slow=slow)
        elif found in TRUE:
            days = self.draw.randint(15, 40) if slow else self.draw.randint(0, 9)
            self.later(desk, days, Life.decline)
        if found in TRUE and self.chance(0.25):
            self.later(desk, self.draw.randint(0, 5), Life.order_rectified)
        if case.escalated and self.chance(0.5):
            self.later(desk, self.draw.randint(0, 3), Life.acknowledge)
        slow = self.late and self.chance(0.2)
        days = self.draw.randint(62, 90) if slow else self.draw.randint(1, 24)
        self.later(desk, days, Life.propose_closing)

    def tell(self, desk: Desk, case: Case) -> None:
        """Tell the reporter."""
        message = self._text(desk, case, "message")
        facts = {"from": "office", "about": "result"}
        signed = desk.sign(case, self._officer(case), "message.sent", facts, [message])
        verification.send_message(desk.world.store, message=message, **signed)
        turns.tell_joined(desk, case)
        if self.chance(0.02):
            self.later(desk, self.draw.randint(1, 9), Life.object)

    def decline(self, desk: Desk, case: Case) -> None:
        """Decide that there is no reward."""
        self.milestone(desk, case, "reward_declined", "样奖1号")

    def order_rectified(self, desk: Desk, case: Case) -> None:
        """Order the enterprise to put it right."""
        if case.state is not State.CONCLUDED:
            return
        text = self._text(desk, case, "rectification")
        facts = {"document": "样改1号"}
        signed = desk.sign(case, self._officer(case), "rectification.ordered", facts, [text])
        rectification.order_rectification(desk.world.store, text=text, **signed)
        days = self.draw.randint(31, 50) if self.late else self.draw.randint(3, 28)
        self.later(desk, days, Life.rectified)

    def rectified(self, desk: Desk, case: Case) -> None:
        """Record that it is put right."""
        self.milestone(desk, case, "rectified", "样改2号")
        self.later(desk, self.draw.randint(1, 16 if self.late else 8), Life.recheck)

    def recheck(self, desk: Desk, case: Case) -> None:
        """Look again; what is not mended is ordered anew."""
        again = self.chance(0.1)
        outcome = {"outcome": "not_fixed"} if again else {}
        self.milestone(desk, case, "rechecked", "样复0号", **outcome)
        if again:
            self.later(desk, self.draw.randint(3, 14), Life.rectified)

    def object(self, desk: Desk, case: Case) -> None:
        """Take an objection, as the office above, and review it later."""
        self.milestone(desk, case, "objection_received", "样复1号", SUPERVISOR)
        self.later(desk, self.draw.randint(3, 40), Life.review)

    def review(self, desk: Desk, case: Case) -> None:
        """End the review."""
        self.milestone(desk, case, "reviewed", "样复2号", SUPERVISOR)

    def acknowledge(self, desk: Desk, case: Case) -> None:
        """Let who a case was brought before note that they know."""
        brought = [one for one in case.escalated if one not in case.acknowledged]
        if not brought:
            return
        clock, _, rung = brought[0].partition("/")
        key, _, since = clock.partition(".")
        who = self._head(case) if rung == HEAD and key not in _ABOVE else SUPERVISOR
        facts = {"clock": key, "since": int(since), "rung": rung}
        signed = desk.sign(case, who, "step.acknowledged", facts)
        orders.acknowledge_step(desk.world.store, **signed)

    def propose_closing(self, desk: Desk, case: Case) -> None:
        """Propose to close it, or look again in a few days while something is still to be done."""
        if case.state is not State.CONCLUDED or standing(case) is not None:
            return
        if missing(case):
            self.later(desk, self.draw.randint(1, 4), Life.propose_closing)
            return
        signed = desk.sign(case, self._officer(case), "closing.proposed", {})
        closing.propose_closing(desk.world.store, **signed)
        self.later(desk, self.draw.randint(0, 3), Life.close)

    def close(self, desk: Desk, case: Case) -> None:
        """Agree to it, as the head of the office; who stood on a list is taken off it."""
        asked = standing(case)
        if case.state is not State.CONCLUDED or asked is None:
            return
        if missing(case):  # something has come since
            self.later(desk, self.draw.randint(1, 4), Life.close)
            return
        facts = {"closed_on": desk.today, "asked": asked.ordinal}
        signed = desk.sign(case, self._head(case), "case.closed", facts)
        closing.close_case(desk.world.store, **signed)
        if any(one.name == "listed" for one in case.marks):
            self.later(desk, self.draw.randint(1, 9), Life.delist)

    def delist(self, desk: Desk, case: Case) -> None:
        """See it once more with an officer of the department, then take it off the list."""
        desk.world.follow_up(case.report_id, SUPERVISOR, self._officer(case))
        desk.done.update(dict.fromkeys(("visit.planned", "visit.recorded", "visit.signed"), 1))
        case = desk.world.case(case.report_id)
        self.milestone(desk, case, "delisted", "样摘1号", SUPERVISOR)

    # What all of these need ------------------------------------------------------------------

    def later(self, desk: Desk, days: float, step: Step) -> None:
        """Do something so many days on, in office hours, but in any case after now."""
        begun = desk.world.now.astimezone(SHANGHAI) + timedelta(days=days)
        hour, minute = self.draw.randint(*OPEN_HOURS), self.draw.randint(0, 59)
        at = begun.replace(hour=hour, minute=minute, second=self.draw.randint(1, 59), microsecond=0)
        soonest = desk.world.now + timedelta(minutes=self.draw.randint(1, 40))
        desk.later(max(at.astimezone(UTC), soonest), self, step)

    def milestone(
        self,
        desk: Desk,
        case: Case,
        name: str,
        document: str = "",
        who: str = "",
        **more: str,
    ) -> None:
        """Record one, as the officer or as somebody else."""
        facts = {"milestone": name, "document": document, **more}
        signed = desk.sign(case, who or self._officer(case), "milestone.recorded", facts)
        milestones.record_milestone(desk.world.store, **signed)

    def _text(self, desk: Desk, case: Case, kind: str) -> SealedObject:
        return desk.world.sealed_object(kind, case.report_id)

    def _officer(self, case: Case) -> str:
        return login_of(case.lead, "officer")

    def _head(self, case: Case) -> str:
        return login_of(case.lead, "leader")

    def _since(self, case: Case) -> int:
        return next((one.ordinal for one in case.marks if one.name == "accepted"), 0)

    def _signs(self, number: int) -> str:
        return "".join(self.draw.choice("ABCDEFGHJKLMNPQRSTUVWXYZ23456789") for _ in range(number))


_ABOVE: Final = ("review", "retaliation_answer", "reward_review")
