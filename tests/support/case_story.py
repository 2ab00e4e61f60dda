"""One case told act by act, with the people who act in it: for tests of the rules."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from casework.domain.award import binding
from casework.domain.case import Act, Case
from casework.domain.report import advance, open_case

SHA = "ab" * 32
YJJ, AWB, CITY = "410329-yjj", "410329-awb", "410300-awb"


@dataclass(frozen=True, slots=True)
class Person:
    """An account as the rules see it."""

    account: str
    office: str = ""
    roles: frozenset[str] = frozenset()


def person(account: str, office: str, *roles: str) -> Person:
    """Return somebody of an office with these roles."""
    return Person(account, office, frozenset(roles))


REPORTER = Person("reporter")
JOBS = Person("jobs")
OFFICER = person("officer", YJJ, "officer")
OFFICER_2 = person("officer2", YJJ, "officer")
LEADER = person("leader", YJJ, "leader")
SUPERVISOR = person("supervisor", AWB, "supervisor")
APPROVER = person("approver", AWB, "approver")
CASHIER = person("cashier", "410329-czj", "cashier")
CASHIER_2 = person("cashier2", "410329-czj", "cashier")
FINANCE = person("finance", "410329-czj", "finance")
CUSTODIAN_1 = person("custodian1", "410329-czj", "custodian")
CUSTODIAN_2 = person("custodian2", "410329-jw", "custodian")
CUSTODIAN_3 = person("custodian3", AWB, "custodian")

RECEIVED: Mapping[str, object] = {
    "region": "410329",
    "sector": "coal_mines",
    "matter": "violation",
    "about": None,
    "channel": "web",
    "received_on": "2026-03-01",
    "case_number": "410329-2026-K7M2Q9XR",
    "lead": YJJ,
    "supervisor": AWB,
    "offices": [YJJ, AWB],
    "sending": "s1",
    "manifest": "00" * 32,
    "reporter_box": "11" * 32,
    "reporter_sign": "22" * 32,
    "rule": "r-coal-mines",
}

VERIFY = {"clock": "verify", "since": 2}  # accepted by the second act
FACTS: Mapping[str, Mapping[str, object]] = {
    "report.read": {"sending": "s1"},
    "file.read": {"file": "f1"},
    "report.accepted": {
        "policy": "yichuan-2022",
        "policy_sha256": SHA,
        "accepted_on": "2026-03-02",
        "verify_due_on": "2026-04-01",
    },
    "refusal.proposed": {
        "reason_code": "no_clear_facts",
        "basis": "应急管理部安全生产举报平台受理范围说明",
    },
    "refusal.declined": {"asked": 2, "reason_code": "to_be_accepted"},
    "report.refused": {
        "reason_code": "no_clear_facts",
        "refused_on": "2026-03-02",
        "asked": 2,
    },
    "report.transferred": {
        "lead": "410329-zjj",
        "supervisor": AWB,
        "reason_code": "not_competent",
    },
    "assignment.proposed": {"lead": "410329-zjj", "basis": "who_governs"},
    "assignment.drawn": {"seed": SHA, "candidates": ["officer"], "officer": "officer"},
    "assignment.handed": {"from": "officer", "to": "officer2", "reason_code": "on_leave"},
    "return.requested": {
        "citation": "伊安委〔2022〕6号第十八条",
        "reason_code": "not_competent",
        "to": "410329-zjj",
    },
    "return.overruled": {"asked": 2},
    "cohandlers.named": {"co": ["410329-jtj"]},
    "opinion.given": {},
    "copy.sent": {"copies": ["410329106000-zf"]},
    "observation.given": {},
    "interference.noted": {"readers": [AWB]},
    "interference.read": {"asked": 2},
    "discipline.answered": {"document": "伊纪函〔2026〕1号"},
    "case.merged": {"into": "report2", "rank": 2, "kind": "same"},
    "merge.joined": {"report": "report2", "rank": 2, "kind": "same", "place": 7},
    "merge.undone": {"from": "report2", "reason_code": "another_matter"},
    "merge.left": {"report": "report2"},
    "finding.recorded": {
        "finding": "substantiated",
        "penalty_no": "伊应急罚〔2026〕1号",
        "fines_fen": [40_000_000],
        "facts": {},
        "concluded_on": "2026-03-20",
    },
    "visit.planned": {"purpose": "verify", "officers": ["officer", "officer2"]},
    "visit.photographed": {"visit": 3, "photos": ["p1"]},
    "visit.recorded": {
        "visit": 3,
        "visited_on": "2026-03-22",
        "result": "complete",
        "checklist": "violation",
        "checklist_sha256": SHA,
    },
    "visit.returned": {"visit": 3, "recorded": 4},
    "visit.signed": {"visit": 3, "recorded": 4, "record": SHA},
    "visit.dropped": {"visit": 3, "reason_code": "not_needed"},
    "message.sent": {"from": "office"},
    "evidence.added": {"sending": "s2", "manifest": "33" * 32},
    "case.closed": {"closed_on": "2026-03-21"},
    "referral.made": {"to": "police", "document": "伊应急移〔2026〕1号"},
    "referral.acknowledged": {"asked": 3, "document": "伊公回〔2026〕1号"},
    "rectification.ordered": {"document": "伊应急责改〔2026〕1号"},
    "report.deemed_accepted": {
        "policy": "yichuan-2022",
        "policy_sha256": SHA,
        "accepted_on": "2026-03-17",
        "verify_due_on": "2026-04-16",
    },
    "milestone.recorded": {"milestone": "signed_in", "document": ""},
    "clock.reminded": {**VERIFY, "stage": "50%", "on": "2026-03-17"},
    "clock.overdue": {**VERIFY, "due_on": "2026-04-01", "on": "2026-04-02"},
    "clock.recomputed": {
        **VERIFY,
        "was": "2026-04-01",
        "due_on": "2026-04-02",
        "calendar": "ef" * 32,
    },
    "case.escalated": {**VERIFY, "rung": "supervisor", "to": AWB, "on": "2026-04-03"},
    "step.acknowledged": {**VERIFY, "rung": "supervisor"},
    "extension.requested": {
        **VERIFY,
        "value": 30,
        "unit": "day",
        "reason_code": "complex",
        "approver_role": "supervisor",
        "was": "2026-04-01",
    },
    "extension.granted": {"asked": 3, "due_on": "2026-05-01"},
    "extension.refused": {"asked": 3},
    "pause.requested": {
        **VERIFY,
        "reason_code": "expert_test",
        "document": "伊应急鉴〔2026〕1号",
        "approver_role": "supervisor",
        "first": "2026-03-22",
        "until": "2026-05-20",
    },
    "pause.granted": {"asked": 3},
    "pause.refused": {"asked": 3},
    "pause.ended": {"asked": 3, "on": "2026-03-22", "due_on": "2026-04-01"},
    "order.issued": {"order": "o1", "number": "伊督〔2026〕K7M2Q9XR号", "kind": "order"},
    "order.answered": {"order": "o1"},
    "reward.reserved": {
        "award": "a1",
        "amount_fen": 6_000_000,
        "year": 2026,
        "policy": "yichuan-2022",
        "policy_sha256": SHA,
        "trace_sha256": "cd" * 32,
    },
    "reward.rejected": {"award": "a1"},
    "reward.claimed": {"award": "a1", "how": "account", "item": "i1", "version": 1},
    "report.urged": {"urged_on": "2026-03-22"},
    "objection.filed": {"since": 4, "until": "2026-04-01"},
    "review.decided": {"asked": 7, "outcome": "kept"},
    "case.redone": {"report": "report2", "asked": 7, "verify_due_on": "2026-05-02"},
    "callback.asked": {"month": 1, "on": "2026-04-22"},
    "callback.phoned": {"month": 1, "release": "r1", "answer": "solved"},
    "satisfaction.given": {"month": 0, "answer": "solved"},
    "recusal.noted": {"account": "officer2", "why": "declared"},
    "protection.ordered": {"measure": "stop", "document": "伊人社护〔2026〕1号"},
    "protection.ended": {"asked": 2},
    "malice.proposed": {"basis": "《治安管理处罚法》第二十九条"},
    "malice.confirmed": {"asked": 7},
    "malice.declined": {"asked": 7},
    "code.changed": {"reporter_box": "44" * 32, "reporter_sign": "55" * 32},
    "keys.resealed": {"seat": 1, "from": "44" * 32, "to": "55" * 32},
    "keys.contributed": {"seat": 1, "from_seat": 2},
    "keys.rebuilt": {"seat": 1},
    "release.requested": {
        "release": "r1",
        "item": "i1",
        "version": 1,
        "purpose": "pay_award",
        "expires_at": "2026-03-25T08:00:00Z",
    },
    "release.approved": {"release": "r1", "seat": 1, "seat_key": SHA},
    "release.refused": {"release": "r1", "reason_code": "not_necessary"},
    "release.opened": {"release": "r1"},
    "release.expired": {"release": "r1"},
    "release.voided": {"release": "r1", "why": "requester_left"},
    "release.attempted": {"release": "r1", "why": "separation"},
    "hold.requested": {"hold": "h1", "reason_code": "criminal_case", "until": "2026-05-31"},
    "hold.approved": {"hold": "h1", "seat": 1},
    "hold.lifted": {"hold": "h1"},
    "identity.withdrawn": {"items": ["i1"]},
    "identity.erased": {"items": ["i1"], "asked": SHA, "backups_until": "2026-04-26"},
    "identity.forgotten": {"erased": SHA, "forgotten_on": "2026-03-22"},
    "destruction.requested": {"reason_code": "court_order"},
    "destruction.confirmed": {"reason_code": "court_order"},
    "case.destroyed": {"reason": "early", "class": "substantiated"},
    "reward.paid": {"award": "a1", "amount_fen": 6_000_000, "year": 2026, "means": "transfer"},
}


@dataclass
class Story:
    """One case and all that happened to it, told act by act."""

    case: Case
    acts: list[Act] = field(default_factory=list)

    def act(self, kind: str, who: Person, /, **changed: object) -> Act:
        """Return the next act, with the usual facts but for those *changed*; None leaves out.

        `at` is the act's own time; a fact of that name is given as `happened_at`.
        """
        at = str(changed.pop("at", "2026-03-22T08:00:00Z"))
        if "happened_at" in changed:
            changed["at"] = changed.pop("happened_at")
        facts = {**FACTS.get(kind, {}), **changed}
        if kind in ("reward.approved", "reward.funded"):
            facts = {**self._approval(), **facts}
        if kind in ("case.closed", "closing.declined"):
            facts = {"asked": self._closing(), **facts}
        given = {name: value for name, value in facts.items() if value is not None}
        ordinal = self.case.events + 1
        return Act(kind, ordinal, at, who.account, who.office, who.roles, given)

    def tell(self, kind: str, who: Person, /, **changed: object) -> "Story":
        """Let it happen."""
        act = self.act(kind, who, **changed)
        self.case = advance(self.case, act)
        self.acts.append(act)
        return self

    def _closing(self) -> int:
        """The newest proposal to close, or an act that is none."""
        return self.case.closings[-1].ordinal if self.case.closings else 1

    def _approval(self) -> Mapping[str, object]:
        award = self.case.award
        if award is None:
            return {"award": "a1", "amount_fen": 1, "binding": SHA}
        return {
            "award": award.id,
            "amount_fen": award.amount_fen,
            "binding": binding(self.case, award),
        }

    # ---- how far the story may already be told

    def accepted(self) -> "Story":
        """Accepted by the officer on 2 March, due on 1 April."""
        return self.tell("report.accepted", OFFICER)

    def refused(self) -> "Story":
        """Not accepted: proposed by the officer, confirmed by the head of the office."""
        asked = self.case.events + 1
        self.tell("refusal.proposed", OFFICER)
        return self.tell("report.refused", LEADER, asked=asked)

    def concluded(self, finding: str = "substantiated") -> "Story":
        """With a finding of the officer, and a fine of 400,000 CNY if it is true."""
        true = finding in ("substantiated", "partly")
        changed = {} if true else {"penalty_no": "", "fines_fen": []}
        return self.accepted().tell("finding.recorded", OFFICER, finding=finding, **changed)

    def proposed(self) -> "Story":
        """With the reporter told, and the close proposed by the officer."""
        self.tell("message.sent", OFFICER, about="result")
        return self.tell("closing.proposed", OFFICER)

    def reserved(self) -> "Story":
        """With an award of 60,000 CNY proposed by the officer."""
        return self.concluded().tell("reward.reserved", OFFICER)

    def approved(self) -> "Story":
        """With the award approved."""
        return self.reserved().tell("reward.approved", APPROVER)

    def claimed(self) -> "Story":
        """Claimed to an account."""
        return self.approved().tell("reward.claimed", REPORTER)

    def requested(self) -> "Story":
        """With the payee item asked for by the cashier."""
        return self.claimed().tell("release.requested", CASHIER)

    def agreed(self) -> "Story":
        """With the agreement of two custodians."""
        self.requested().tell("release.approved", CUSTODIAN_1)
        return self.tell("release.approved", CUSTODIAN_2, seat=2)

    def opened(self) -> "Story":
        """With the payee item opened by the cashier."""
        return self.agreed().tell("release.opened", CASHIER)

    def paid(self) -> "Story":
        """Paid."""
        return self.opened().tell("reward.paid", CASHIER)


def begin(**changed: object) -> Story:
    """Return a story of which only the beginning is told."""
    facts = {**RECEIVED, **changed}
    first = Act("report.received", 1, str(facts["received_on"]), "nobody", "", frozenset(), facts)
    return Story(open_case(facts, report_id="report1"), [first])


def followed_up(story: Story) -> Story:
    """With a visit of the office above to a listed case, signed by both who went."""
    above = person("above", story.case.supervisor, "officer")
    told = {"purpose": "follow_up", "officers": ["supervisor", "above"]}
    visit = story.case.events + 1
    story.tell("visit.planned", SUPERVISOR, **told)
    story.tell("visit.recorded", SUPERVISOR, visit=visit)
    return story.tell("visit.signed", above, visit=visit, recorded=visit + 1)
